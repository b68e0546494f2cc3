// A folder with a few objects, and a test over them that the program is run on.

#ifndef MESHVET_TEST_UNIT_RULETEST_TEST_CASE_H_
#define MESHVET_TEST_UNIT_RULETEST_TEST_CASE_H_

#include <gtest/gtest.h>

#include <string>

#include "test/support/run_binary.h"

namespace meshvet::ruletest {

// The cases of `t.yaml` begin at its line 5.
inline const std::string kHead =
    "apiVersion: meshvet.dev/v1alpha1\n"
    "kind: RuleTest\n"
    "metadata: {name: t}\n"
    "cases:\n";

// Denied: the Service is another namespace's.
inline const std::string kAway =
    "apiVersion: networking.istio.io/v1\n"
    "kind: VirtualService\n"
    "metadata: {name: a, namespace: shop}\n"
    "spec:\n"
    "  hosts: [a]\n"
    "  http: [{route: [{destination: {host: b.pay.svc.cluster.local}}]}]\n";
inline const std::string kHome =
    "apiVersion: networking.istio.io/v1\n"
    "kind: VirtualService\n"
    "metadata: {name: a, namespace: shop}\n"
    "spec: {hosts: [a], http: [{route: [{destination: {host: b}}]}]}\n";
// Mended by /mutate: canonical labels tell.
inline const std::string kEntry =
    "apiVersion: networking.istio.io/v1\n"
    "kind: WorkloadEntry\n"
    "metadata:\n"
    "  name: e\n"
    "  namespace: shop\n"
    "  labels: {app.kubernetes.io/name: till, version: v1}  # of the till\n"
    "spec: {address: 192.0.2.1}\n";

class TestCommand : public ::testing::Test {
 protected:
  TestCommand() {
    folder_.Put("away.yaml", kAway);
    folder_.Put("home.yaml", kHome);
    folder_.Put("entry.yaml", kEntry);
  }

  test::Ran Run(const std::string& cases, const std::string& flags = "t.yaml") {
    folder_.Put("t.yaml", kHead + cases);
    return test::RunBinary(folder_.path(), "test " + flags);
  }

  test::TempFolder folder_;
};

}  // namespace meshvet::ruletest

#endif  // MESHVET_TEST_UNIT_RULETEST_TEST_CASE_H_
