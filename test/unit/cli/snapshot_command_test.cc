// `meshvet snapshot` and --cluster, against a scripted API server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <regex>
#include <string>

#include "test/support/run_binary.h"
#include "test/unit/cli/kubeconfig.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cli {
namespace {

using cluster::ScriptedServer;
using cluster::SeenRequest;
using cluster::StatusJson;
using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Reply = ScriptedServer::Reply;

// One namespace with one Service; Istio's CRDs are not installed.
class SnapshotCommand : public ::testing::Test {
 protected:
  SnapshotCommand() {
    server_.On("", [this](const SeenRequest& request, Reply& reply) {
      Answer(request.path, reply);
    });
    PutKubeconfig(folder_, server_);
    folder_.Put("route.yaml",
                "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
                "metadata: {name: v, namespace: shop}\n"
                "spec:\n  hosts: [reviews]\n"
                "  http: [{route: [{destination: {host: nowhere}}]}]\n");
  }

  void Answer(const std::string& path, Reply& reply) const {
    if (path == "/version") {
      return reply.Json(200, R"({"gitVersion":"v1.36.2"})");
    }
    if (path.find(".io") != std::string::npos) {
      return reply.Json(404, StatusJson(404, "NotFound", "no such page"));
    }
    if (path == "/api/v1/pods" && pods_are_forbidden) {
      return reply.Json(403, StatusJson(403, "Forbidden", "pods: no"));
    }
    if (path == "/api/v1/services" && services_are_broken) {
      return reply.Json(400, StatusJson(400, "X", "what?"));
    }
    const char* items = "";
    if (path == "/api/v1/namespaces") items = R"({"metadata":{"name":"shop"}})";
    if (path == "/api/v1/services") {
      items = R"({"metadata":{"namespace":"shop","name":"reviews","uid":"u"},)"
              R"("spec":{"ports":[{"name":"http","port":80}]}})";
    }
    reply.Json(200, R"({"metadata":{"resourceVersion":"1"},"items":[)" +
                        std::string(items) + "]}");
  }

  Ran Run(const std::string& arguments, const std::string& environment = {}) {
    return RunBinary(folder_.path(), arguments, environment);
  }
  std::string Url() const {
    return "https://127.0.0.1:" + std::to_string(server_.port());
  }

  std::atomic<bool> pods_are_forbidden = false;
  std::atomic<bool> services_are_broken = false;
  TempFolder folder_;
  ScriptedServer server_;
};

std::string Timeless(const std::string& text) {
  return std::regex_replace(text, std::regex("taken: \"[^\"]*\""),
                            "taken: \"\"");
}

constexpr const char* kWhole =
    R"(# What `meshvet snapshot` found in a cluster. Of a kind that is listed here as
# complete, what is not in this file does not exist.
apiVersion: meshvet.dev/v1alpha1
kind: Snapshot
taken: ""
kubernetes: "v1.36.2"
complete:
  - Namespace
  - Service
  - Pod
  - ReplicationController
  - Deployment.apps
  - StatefulSet.apps
  - DaemonSet.apps
  - ReplicaSet.apps
  - Job.batch
  - CronJob.batch
  - VirtualService.networking.istio.io
  - DestinationRule.networking.istio.io
  - Gateway.networking.istio.io
  - ServiceEntry.networking.istio.io
  - Sidecar.networking.istio.io
  - WorkloadEntry.networking.istio.io
  - WorkloadGroup.networking.istio.io
  - PeerAuthentication.security.istio.io
  - RequestAuthentication.security.istio.io
  - AuthorizationPolicy.security.istio.io
  - Gateway.gateway.networking.k8s.io
  - ReferenceGrant.gateway.networking.k8s.io
rootNamespace: "istio-system"
---
{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}
---
{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"shop","name":"reviews"},"spec":{"ports":[{"name":"http","port":80}]}}
)";

TEST_F(SnapshotCommand, WritesTheMesh) {
  const Ran ran = Run("snapshot -o mesh.yaml --kubeconfig kube.yaml");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, AllOf(StartsWith("2 objects of 22 kinds from " + Url() +
                                        " (v1.36.2); not installed: "
                                        "VirtualService.networking.istio.io, "),
                             Not(HasSubstr("hush"))));
  const std::string text = ReadFile(folder_ / "mesh.yaml");
  EXPECT_EQ(Timeless(text), kWhole);
  EXPECT_TRUE(std::regex_search(
      text, std::regex("taken: \"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:"
                       "[0-9]{2}:[0-9]{2}Z\"\n")));
  const Ran piped = Run("snapshot -q", "KUBECONFIG=kube.yaml");
  EXPECT_EQ(piped.exit_code, 0);
  EXPECT_EQ(Timeless(piped.out), kWhole);
  EXPECT_THAT(piped.err, IsEmpty());
}

TEST_F(SnapshotCommand, AsksTheClusterThatKubectlWould) {
  std::filesystem::create_directories(folder_ / ".kube");
  std::filesystem::rename(folder_ / "kube.yaml", folder_ / ".kube/config");
  std::filesystem::rename(folder_ / "ca.pem", folder_ / ".kube/ca.pem");
  const Ran ran = Run("snapshot -q", "HOME='" + folder_.path().string() + "'");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(Timeless(ran.out), kWhole);
}

TEST_F(SnapshotCommand, SaysWhatItMayNotRead) {
  pods_are_forbidden = true;
  const Ran ran = Run("snapshot -q -o mesh.yaml --kubeconfig kube.yaml");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.err,
            "meshvet: not in the snapshot: Pod: list pods: pods: no\n");
  EXPECT_THAT(ReadFile(folder_ / "mesh.yaml"),
              AllOf(HasSubstr("unknown:\n  - kind: Pod\n    reason: \"list "
                              "pods: pods: no\"\n"),
                    Not(HasSubstr("  - Pod\n"))));
  EXPECT_EQ(Run("snapshot --allow-partial --kubeconfig kube.yaml").exit_code,
            0);
}

TEST_F(SnapshotCommand, KeepsTheFileWhenThereIsNoAnswer) {
  folder_.Put("mesh.yaml", "before");
  services_are_broken = true;
  const Ran ran = Run("snapshot -o mesh.yaml --kubeconfig kube.yaml");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.err, "meshvet: " + Url() + ": list services: what?\n");
  EXPECT_EQ(ReadFile(folder_ / "mesh.yaml"), "before");
}

TEST_F(SnapshotCommand, NamesWhatIsWrongWithTheUse) {
  folder_.Put("broken.yaml", "a: [");
  const struct {
    const char* arguments;
    int exit_code;
    const char* problem;
  } cases[] = {
      {"snapshot", 2, "no cluster is named"},
      {"snapshot --kubeconfig nowhere.yaml", 2, "nowhere.yaml"},
      {"snapshot --kubeconfig broken.yaml", 2, "broken.yaml:1:"},
      {"snapshot --kubeconfig kube.yaml --kube-context x", 2, "x"},
      {"snapshot --kubeconfig kube.yaml -o no/such/folder.yaml", 3,
       "no/such/folder.yaml"},
      {"lint --cluster route.yaml", 2, "no cluster is named"},
      {"lint --kubeconfig kube.yaml route.yaml", 2,
       "--kubeconfig requires --cluster"},
      {"lint --cluster --kubeconfig broken.yaml route.yaml", 2,
       "broken.yaml:1:"},
      {"baseline create --cluster route.yaml", 2, "no cluster is named"},
  };
  for (const auto& test : cases) {
    const Ran ran = Run(test.arguments);
    EXPECT_EQ(ran.exit_code, test.exit_code) << test.arguments << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(test.problem)) << test.arguments;
    EXPECT_THAT(ran.out, IsEmpty()) << test.arguments;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / ".meshvet-baseline.json"));
}

TEST_F(SnapshotCommand, GivesTheSameVerdictAsTheClusterItself) {
  ASSERT_EQ(Run("snapshot -o mesh.yaml --kubeconfig kube.yaml").exit_code, 0);
  // Alone the file proves nothing.
  const Ran alone = Run("lint route.yaml -o concise");
  EXPECT_EQ(alone.exit_code, 0) << alone.out;
  for (const std::string command : {"lint", "gate", "fix --check"}) {
    const std::string judge = command + " -v route.yaml -o concise ";
    const Ran offline = Run(judge + "--context mesh.yaml");
    const Ran online = Run(judge + "--cluster --kubeconfig kube.yaml");
    EXPECT_EQ(online.exit_code, offline.exit_code) << command;
    EXPECT_EQ(online.out, offline.out) << command;
    EXPECT_EQ(online.err, offline.err) << command;
  }
  const Ran online =
      Run("lint -q route.yaml -o concise --cluster", "KUBECONFIG=kube.yaml");
  EXPECT_EQ(online.exit_code, 1);
  EXPECT_THAT(online.out, HasSubstr("virtual-service-unknown-host"));
  services_are_broken = true;
  const Ran failed = Run("lint route.yaml --cluster --kubeconfig kube.yaml");
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_EQ(failed.err, "meshvet: " + Url() + ": list services: what?\n");
}

TEST_F(SnapshotCommand, ListsWhatIsUnknownAsSkipped) {
  pods_are_forbidden = true;
  const Ran ran = Run("lint -v route.yaml --cluster --kubeconfig kube.yaml");
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("skipped <cluster>: context: nothing is known "
                                 "of kind Pod: list pods: pods: no"));
}

}  // namespace
}  // namespace meshvet::cli
