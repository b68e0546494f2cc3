// `meshvet serve` that takes the mesh from a cluster: a scripted API server
// stands for it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "test/support/run_binary.h"
#include "test/unit/cli/running_server.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cli {
namespace {

using cluster::ScriptedServer;
using cluster::SeenRequest;
using cluster::StatusJson;
using test::Ran;
using test::RunBinary;
using test::TempFolder;
using ::testing::HasSubstr;
using ::testing::Not;
using Reply = ScriptedServer::Reply;

// One namespace with one Service; Istio's CRDs are not installed. Pods are not
// listed until `is_ready`.
class SmallCluster {
 public:
  SmallCluster() {
    server_.On("", [this](const SeenRequest& request, Reply& reply) {
      Answer(request, reply);
    });
  }

  std::string Kubeconfig(const TempFolder& folder) const {
    return folder.Put(
        "kube.yaml",
        "current-context: c\n"
        "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
        "clusters: [{name: k, cluster: {server: \"https://127.0.0.1:" +
            std::to_string(server_.port()) +
            "\", certificate-authority: ca.pem}}]\n"
            "users: [{name: u, user: {token: t}}]\n");
  }
  std::string CaFile(const TempFolder& folder) const {
    return folder.Put("ca.pem", server_.ca_pem());
  }

  std::atomic<bool> is_ready = false;
  // What a read of the Service `late` finds.
  std::atomic<bool> late_exists = false;

 private:
  void Answer(const SeenRequest& request, Reply& reply) {
    const std::string& path = request.path;
    if (path == "/api/v1/namespaces/shop/services/late" && late_exists) {
      return reply.Json(200, Service("late"));
    }
    if (path.starts_with("/api/v1/namespaces/shop/services/")) {
      const std::string name = path.substr(path.rfind('/') + 1);
      return reply.Json(
          404, R"({"reason":"NotFound","details":{"name":")" + name + R"("}})");
    }
    if (path.find(".io") != std::string::npos) {
      return reply.Json(404, StatusJson(404, "NotFound", "no such page"));
    }
    if (path == "/api/v1/pods" && !is_ready) {
      return reply.Json(500, StatusJson(500, "X", "etcd is away"));
    }
    if (request.Query("watch") == "1") {
      reply.BeginStream();
      return reply.Hang();
    }
    const std::string items = path == "/api/v1/services" ? Service("reviews")
                              : path == "/api/v1/namespaces" ? kShop
                                                             : "";
    reply.Json(
        200, R"({"metadata":{"resourceVersion":"1"},"items":[)" + items + "]}");
  }

  static std::string Service(const std::string& name) {
    return R"({"metadata":{"namespace":"shop","name":")" + name +
           R"("},"spec":{"ports":[{"name":"http","port":80}]}})";
  }
  static constexpr const char* kShop = R"({"metadata":{"name":"shop"}})";

  ScriptedServer server_;
};

// A VirtualService that routes to this host.
Json RouteReview(const std::string& host) {
  Json review = GoodReview();
  Json& request = review["request"];
  request["kind"]["kind"] = "VirtualService";
  request["name"] = "v";
  request["namespace"] = "shop";
  request["object"] = {
      {"apiVersion", "networking.istio.io/v1"},
      {"kind", "VirtualService"},
      {"metadata", {{"name", "v"}, {"namespace", "shop"}}},
      {"spec",
       {{"hosts", {host}},
        {"http", {{{"route", {{{"destination", {{"host", host}}}}}}}}}}}};
  return review;
}

bool Allows(const Answer& answer) {
  return Json::parse(answer.body).at("response").at("allowed");
}

TEST(ServeCluster, JudgesByWhatTheClusterHas) {
  const TempFolder folder;
  SmallCluster cluster;
  cluster.CaFile(folder);
  const std::string policy = folder.Put(
      "policy.yaml",
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
      "rules: {virtual-service-unknown-host: {severity: error, action: "
      "deny}}\n");
  RunningServer server(folder, {"--kubeconfig", cluster.Kubeconfig(folder),
                                "--config", policy, "--lame-duck", "0s"});
  // Until all is known nothing is judged, and the API server is told to come
  // again.
  EXPECT_TRUE(WaitUntil([&] {
    return server.Get("/readyz").body ==
           "[-]cluster failed: not synced: pods (list pods: etcd is away)\n"
           "failed\n";
  }));
  const Answer early = server.Ask("/validate", RouteReview("reviews"));
  EXPECT_EQ(early.status, 503);
  EXPECT_TRUE(early.Has("Retry-After: 1"));
  cluster.is_ready = true;
  ASSERT_TRUE(WaitUntil([&] { return server.Get("/readyz").status == 200; }));
  EXPECT_THAT(server.Get("/readyz?verbose").body,
              AllOf(HasSubstr("[+]cluster ok: 2 objects, watch age "),
                    HasSubstr("; not installed: virtualservices.networking."
                              "istio.io, "),
                    Not(HasSubstr("forbidden"))));
  EXPECT_TRUE(Allows(server.Ask("/validate", RouteReview("reviews"))));
  EXPECT_FALSE(Allows(server.Ask("/validate", RouteReview("ratings"))));
  // Created a moment ago: the watch has not told it, and maybe never will.
  cluster.late_exists = true;
  EXPECT_TRUE(Allows(server.Ask("/validate", RouteReview("late"))));
  for (const auto& [series, value] :
       {std::pair("meshvet_inventory_objects{resource=\"services\"}", 1.0),
        std::pair("meshvet_watch_known{resource=\"pods\"}", 1.0),
        std::pair("meshvet_watch_lists_total{resource=\"services\"}", 1.0),
        std::pair("meshvet_live_reads_total{answer=\"absent\"}", 1.0),
        std::pair("meshvet_live_reads_total{answer=\"present\"}", 1.0),
        std::pair("meshvet_live_reads_total{answer=\"unknown\"}", 0.0)}) {
    EXPECT_EQ(server.Metric(series), value) << series;
  }
  EXPECT_GE(server.Metric("meshvet_watch_errors_total{resource=\"pods\"}"), 1);
  EXPECT_TRUE(server.WaitForEvent("watch failed"));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST(ServeCluster, TakesTheKubeconfigOfTheEnvironment) {
  const TempFolder folder;
  const Ran ran = RunBinary(folder.path(), "serve", "KUBECONFIG=missing.yaml");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err, "meshvet: missing.yaml: cannot be read\n");
}

TEST(ServeCluster, SaysWhatIsWrongWithTheFlags) {
  const TempFolder folder;
  folder.Put("mesh.yaml", "");
  folder.Put("exec.yaml",
             "current-context: c\n"
             "contexts: [{name: c, context: {cluster: k, user: eks}}]\n"
             "clusters: [{name: k, cluster: {server: \"https://h\"}}]\n"
             "users: [{name: eks, user: {exec: {command: aws}}}]\n");
  const struct {
    std::string arguments;
    std::string environment;
    std::string error;
  } cases[] = {
      {"--kubeconfig missing.yaml", "", "missing.yaml: cannot be read\n"},
      {"--kubeconfig exec.yaml --inventory mesh.yaml", "",
       "--kubeconfig and --inventory exclude each other\n"},
      {"--kube-context c", "", "--kube-context needs --kubeconfig\n"},
      {"", "KUBECONFIG=a.yaml:b.yaml",
       "KUBECONFIG: names several files: choose one by --kubeconfig\n"},
      {"--kubeconfig exec.yaml --kube-context d", "",
       "exec.yaml:2:11: contexts: none is named \"d\"\n"},
      {"--kubeconfig exec.yaml", "",
       "exec.yaml:4:34: users[name=eks].user.exec: plugins are not supported: "
       "use a token, a token file or a client certificate, such as a service "
       "account's\n"},
  };
  for (const auto& c : cases) {
    const Ran ran =
        RunBinary(folder.path(), "serve " + c.arguments, c.environment);
    EXPECT_EQ(ran.exit_code, 2) << c.arguments;
    EXPECT_EQ(ran.err, "meshvet: " + c.error) << c.arguments;
  }
}

}  // namespace
}  // namespace meshvet::cli
