// File: test/unit/rules/destination_rule_case.h
//
// Cases for the rules about DestinationRules: a mesh told in one-line YAML and
// what one rule says of it, whole. Each fix is tried as well: it must remove
// its own finding, and a safe one must raise nothing of the two TLS mismatches.

#ifndef MESHVET_TEST_UNIT_RULES_DESTINATION_RULE_CASE_H_
#define MESHVET_TEST_UNIT_RULES_DESTINATION_RULE_CASE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/json_patch.h"
#include "rules/engine.h"
#include "rules/rule.h"
#include "test/support/scene.h"

namespace meshvet::rules {

inline constexpr std::string_view kDocumentEnd = "\n---\n";

inline std::string Istio(std::string_view group, std::string_view kind,
                         std::string_view metadata, std::string_view spec) {
  std::string text = "{apiVersion: ";
  text.append(group).append("/v1, kind: ").append(kind);
  text.append(", metadata: {").append(metadata).append("}, spec: {");
  return text.append(spec).append("}}").append(kDocumentEnd);
}

inline std::string TheRule(std::string_view spec) {
  return Istio("networking.istio.io", "DestinationRule",
               "namespace: shop, name: rule", spec);
}

// ServiceEntry of bank.example, MESH_EXTERNAL unless `rest` says otherwise.
inline std::string Bank(std::string_view ports, std::string_view rest = "") {
  return Istio("networking.istio.io", "ServiceEntry",
               "namespace: shop, name: bank",
               "hosts: [bank.example], resolution: DNS, ports: [" +
                   std::string(ports) + "]" + std::string(rest));
}

// Service cart of namespace shop.
inline std::string Cart(std::string_view ports, std::string_view rest = "") {
  std::string text =
      "{apiVersion: v1, kind: Service, metadata: {namespace: shop, name: "
      "cart}, spec: {selector: {app: cart}, ports: [";
  text.append(ports).append("]").append(rest).append("}}");
  return text.append(kDocumentEnd);
}

inline std::string Peer(std::string_view ns, std::string_view spec) {
  return Istio("security.istio.io", "PeerAuthentication",
               "namespace: " + std::string(ns) + ", name: " +
                   (spec.starts_with("selector") ? "workload" : "default"),
               spec);
}

// PeerAuthentication of namespace shop as a whole.
inline std::string Mtls(std::string_view mode) {
  return Peer("shop", "mtls: {mode: " + std::string(mode) + "}");
}

inline std::string Routes(std::string_view spec) {
  return Istio("networking.istio.io", "VirtualService",
               "namespace: shop, name: routes", spec);
}

inline std::string Deployment(std::string_view name, std::string_view labels) {
  std::string text = "{apiVersion: apps/v1, kind: Deployment, metadata: ";
  text.append("{namespace: shop, name: ").append(name);
  text.append("}, spec: {template: {metadata: {labels: {").append(labels);
  return text.append("}}}}}").append(kDocumentEnd);
}

struct Want {
  std::string_view head;  // "error deny /spec/host"
  std::vector<std::string_view> words;
  std::string fix = {};  // "safe [{"op":…}]"
};

struct RuleCase {
  std::string_view what;
  std::string mesh;
  std::vector<Want> findings = {};
  std::string_view not_run = {};
  Coverage coverage = {.complete = true};
  MeshConfig config = {};
};

inline std::string HeadOf(const Finding& finding) {
  return std::string(ToString(finding.severity)) + " " +
         std::string(ToString(finding.action)) + " " + finding.pointer;
}

inline std::string FixOf(const Finding& finding) {
  if (finding.fix.empty()) return {};
  return (finding.fix_safety == Safety::kSafe ? "safe " : "unsafe ") +
         WritePatch(finding.fix);
}

inline constexpr std::array<std::string_view, 2> kMismatches = {
    "destination-rule-tls-port-mismatch", "destination-rule-mtls-mismatch"};

// What the two mismatches say of `object`, by rule and subject.
inline std::set<std::string> Mismatches(const Object& object,
                                        const Inventory& inventory) {
  static const Engine engine(
      test::ReadPolicyText("{apiVersion: meshvet.dev/v1alpha1, kind: Config}"));
  std::set<std::string> found;
  for (const Finding& finding :
       engine.Evaluate({.object = &object}, inventory).findings) {
    if (std::ranges::find(kMismatches, finding.rule) != kMismatches.end()) {
      found.insert(std::string(finding.rule) + " " + finding.about);
    }
  }
  return found;
}

inline std::vector<Finding> JudgeObject(std::string_view rule,
                                        const Object& object,
                                        const Inventory& inventory) {
  const Rule* found = FindRule(rule);
  const Engine engine(
      test::ReadPolicyText("{apiVersion: meshvet.dev/v1alpha1, kind: Config}"),
      {}, std::span(&found, 1));
  return engine.Evaluate({.object = &object}, inventory).findings;
}

inline void ExpectFixWorks(std::string_view rule, const test::Scene& scene,
                           const Finding& finding) {
  const auto mended = test::Mended(scene.subject(), finding);
  for (const Finding& left : JudgeObject(rule, *mended, scene.inventory())) {
    EXPECT_NE(left.about, finding.about) << "the fix leaves its finding";
  }
  if (finding.fix_safety != Safety::kSafe) return;
  const auto before = Mismatches(scene.subject(), scene.inventory());
  for (const std::string& found : Mismatches(*mended, scene.inventory())) {
    EXPECT_TRUE(before.contains(found)) << "the fix raises " << found;
  }
}

inline void Check(std::string_view rule, const RuleCase& c) {
  SCOPED_TRACE(c.what);
  const test::Scene scene(c.mesh, c.coverage, c.config);
  const Evaluation said = test::Judge(rule, scene);
  ASSERT_EQ(said.findings.size(), c.findings.size())
      << ::testing::PrintToString(test::Lines(said));
  for (size_t i = 0; i < said.findings.size(); ++i) {
    const Finding& finding = said.findings[i];
    EXPECT_EQ(HeadOf(finding), c.findings[i].head);
    for (const std::string_view words : c.findings[i].words) {
      EXPECT_THAT(finding.message, ::testing::HasSubstr(std::string(words)));
    }
    EXPECT_EQ(FixOf(finding), c.findings[i].fix);
    if (!finding.fix.empty()) ExpectFixWorks(rule, scene, finding);
  }
  std::string reasons;
  for (const NotRun& not_run : said.not_run) reasons += not_run.reason;
  EXPECT_EQ(reasons, c.not_run);
}

}  // namespace meshvet::rules

#endif  // MESHVET_TEST_UNIT_RULES_DESTINATION_RULE_CASE_H_
