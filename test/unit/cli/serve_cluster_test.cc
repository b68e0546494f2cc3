// `meshvet serve` that takes the mesh from a cluster: a scripted API server
// stands for it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "certs/self_signed.h"
#include "test/support/run_binary.h"
#include "test/unit/cli/kubeconfig.h"
#include "test/unit/cli/running_server.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cli {
namespace {

using cluster::ScriptedServer;
using cluster::SeenRequest;
using cluster::StatusJson;
using test::Ran;
using test::ReplaceFile;
using test::RunBinary;
using test::TempFolder;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
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
    return PutKubeconfig(folder, server_);
  }

  std::atomic<bool> is_ready = false;
  // What a read of the Service `late` finds.
  std::atomic<bool> late_exists = false;
  // What it says to Events.
  std::atomic<int> events_status = 201;

  // Those it was sent, as "NAMESPACE KIND/NAME TYPE REASON", without what
  // happened again.
  std::vector<std::string> Events() const {
    std::vector<std::string> texts;
    for (const char* ns : {"default", "mesh"}) {
      for (const SeenRequest& request :
           server_.Requests(std::string("/apis/events.k8s.io/v1/namespaces/") +
                            ns + "/events")) {
        const Json event = Json::parse(request.body);
        texts.push_back(ns + (" " + Text(event["regarding"], "kind")) + "/" +
                        Text(event["regarding"], "name") + " " +
                        Text(event, "type") + " " + Text(event, "reason"));
      }
    }
    return texts;
  }
  // The writes about what happened again to the first Event in "default".
  std::vector<SeenRequest> Repeats() const {
    const std::string events =
        "/apis/events.k8s.io/v1/namespaces/default/events";
    const auto made = server_.Requests(events);
    if (made.empty()) return {};
    const Json first = Json::parse(made.front().body);
    return server_.Requests(events + "/" + Text(first["metadata"], "name"));
  }
  bool WaitForEvent(const std::string& text) const {
    return WaitUntil([&] {
      const auto events = Events();
      return std::ranges::find(events, text) != events.end();
    });
  }

 private:
  static std::string Text(const Json& object, const char* key) {
    return object.value(key, "");
  }

  void Answer(const SeenRequest& request, Reply& reply) {
    const std::string& path = request.path;
    if (path.starts_with("/apis/events.k8s.io/")) {
      return reply.Json(events_status,
                        StatusJson(events_status, "X", "no Events"));
    }
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

std::string PolicyFile(const std::string& rules) {
  return "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nrules: " + rules +
         "\n";
}

// About the pod where it is known, else about the webhook configuration.
TEST(ServeCluster, TellsTheClusterOfAPolicyItRejects) {
  const struct {
    std::vector<std::string> environment;
    std::string event;
  } cases[] = {
      {{"POD_NAMESPACE=mesh", "POD_NAME=meshvet-7c9f", "POD_UID=u1"},
       "mesh Pod/meshvet-7c9f Warning PolicyRejected"},
      {{"POD_NAMESPACE=../x", "POD_NAME=meshvet-7c9f"},
       "default ValidatingWebhookConfiguration/meshvet Warning "
       "PolicyRejected"},
      {{},
       "default ValidatingWebhookConfiguration/meshvet Warning "
       "PolicyRejected"},
  };
  for (const auto& c : cases) {
    const TempFolder folder;
    SmallCluster cluster;
    const std::string policy = folder.Put("policy.yaml", PolicyFile("{}"));
    RunningServer server(folder,
                         {"--kubeconfig", cluster.Kubeconfig(folder),
                          "--config", policy, "--lame-duck", "0s"},
                         c.environment);
    ReplaceFile(policy, PolicyFile("{no-such-rule: error}"));
    EXPECT_TRUE(cluster.WaitForEvent(c.event));
    EXPECT_TRUE(WaitUntil([&] {
      return server.Metric("meshvet_events_total{result=\"recorded\"}") == 1;
    }));
    EXPECT_EQ(server.Metric("meshvet_events_total{result=\"lost\"}"), 0);
    EXPECT_THAT(cluster.Events(), ElementsAre(c.event));
  }
}

// What happens again is written every ten seconds at the most, and at the end.
TEST(ServeCluster, AnEventThatWaitsItsTurnIsWrittenBeforeTheEnd) {
  const TempFolder folder;
  SmallCluster cluster;
  const std::string policy = folder.Put("policy.yaml", PolicyFile("{}"));
  RunningServer server(folder, {"--kubeconfig", cluster.Kubeconfig(folder),
                                "--config", policy, "--lame-duck", "0s"});
  const std::string wrong = PolicyFile("{no-such-rule: error}");
  ReplaceFile(policy, wrong);
  ASSERT_TRUE(cluster.WaitForEvent(
      "default ValidatingWebhookConfiguration/meshvet Warning "
      "PolicyRejected"));
  ReplaceFile(policy, PolicyFile("{tag:tls: info}"));
  ASSERT_TRUE(server.WaitForEvent("policy replaced"));
  ReplaceFile(policy, wrong);
  ASSERT_TRUE(server.WaitForEvent("policy rejected", 2));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  const auto repeats = cluster.Repeats();
  ASSERT_THAT(repeats, SizeIs(1));
  EXPECT_EQ(Json::parse(repeats[0].body)["series"]["count"], 2);
  EXPECT_THAT(server.Events("event lost"), IsEmpty());
}

TEST(ServeCluster, TellsTheClusterOfCertificates) {
  const TempFolder folder;
  SmallCluster cluster;
  constexpr std::chrono::hours kDay{24};
  const auto expiring =
      *certs::SelfSigned({"localhost"}, {"127.0.0.1"},
                         {.lifetime = 30 * kDay,
                          .now = std::chrono::system_clock::now() - 28 * kDay});
  folder.Put("tls.crt", certs::ChainPem(*expiring.identity));
  folder.Put("tls.key", certs::KeyPem(*expiring.identity));
  RunningServer server(
      folder, {"--kubeconfig", cluster.Kubeconfig(folder), "--lame-duck", "0s",
               "--tls-cert-file", (folder / "tls.crt").string(),
               "--tls-private-key-file", (folder / "tls.key").string()});
  const std::string about =
      "default ValidatingWebhookConfiguration/meshvet Warning ";
  EXPECT_TRUE(cluster.WaitForEvent(about + "CertificateExpiring"));
  ASSERT_TRUE(server.WaitForEvent("certificate expiring"));
  EXPECT_THAT(
      server.Events("certificate expiring")[0]["message"].get<std::string>(),
      MatchesRegex("the certificate ends at "
                   "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z and "
                   "was not renewed: serial number [0-9A-Fa-f]+"));
  folder.Put("tls.key", "no key");
  EXPECT_TRUE(cluster.WaitForEvent(about + "CertificateRejected"));
}

TEST(ServeCluster, CountsEventsTheClusterDoesNotTake) {
  const TempFolder folder;
  SmallCluster cluster;
  cluster.events_status = 403;
  cluster.is_ready = true;
  const std::string policy = folder.Put("policy.yaml", PolicyFile("{}"));
  RunningServer server(folder, {"--kubeconfig", cluster.Kubeconfig(folder),
                                "--config", policy, "--lame-duck", "0s"});
  ReplaceFile(policy, PolicyFile("{no-such-rule: error}"));
  ASSERT_TRUE(server.WaitForEvent("event lost"));
  EXPECT_EQ(server.Events("event lost")[0]["message"],
            "write Event: no Events");
  EXPECT_EQ(server.Metric("meshvet_events_total{result=\"lost\"}"), 1);
  EXPECT_TRUE(WaitUntil([&] { return server.Get("/readyz").status == 200; }));
}

// Rules that need what nobody has confirmed for long are named, and do not
// deny. It makes no replica unready.
TEST(ServeCluster, NamesTheRulesThatDoNotRun) {
  const TempFolder folder;
  SmallCluster cluster;
  cluster.is_ready = true;
  const std::string policy = folder.Put(
      "policy.yaml",
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
      "rules: {virtual-service-unknown-host: {severity: error, action: "
      "deny}}\n");
  RunningServer server(
      folder, {"--kubeconfig", cluster.Kubeconfig(folder), "--config", policy,
               "--lame-duck", "0s", "--max-watch-age", "2s"});
  ASSERT_TRUE(WaitUntil([&] { return server.Get("/readyz").status == 200; }));
  ASSERT_TRUE(server.WaitForEvent("watch outdated"));
  const std::string series =
      "meshvet_rule_kinds_unknown{rule=\"virtual-service-unknown-host\"}";
  ASSERT_TRUE(WaitUntil([&] { return server.Metric(series) == 3; }));
  EXPECT_TRUE(Allows(server.Ask("/validate", RouteReview("ratings"))));
  EXPECT_EQ(server.Metric("meshvet_rule_not_run_total{"
                          "rule=\"virtual-service-unknown-host\"}"),
            1);
  EXPECT_EQ(server.Metric("meshvet_watch_known{resource=\"services\"}"), 0);
  const Answer verbose = server.Get("/readyz?verbose");
  EXPECT_EQ(verbose.status, 200);
  EXPECT_THAT(verbose.body,
              AllOf(HasSubstr(", virtual-service-unknown-host ("),
                    HasSubstr("; outdated, rules that need them do not run: "),
                    ContainsRegex("watch age [0-9]+ s [(]namespaces [0-9]+ s, "
                                  ".*services [0-9]+ s, ")));
}

TEST(ServeCluster, RefusesAnAgeOfNothingOrForEver) {
  const TempFolder folder;
  SmallCluster cluster;
  for (const char* age : {"0s", "-1m", "525601m"}) {
    const Ran ran = RunBinary(
        folder.path(), std::string("serve --max-watch-age ") + age +
                           " --kubeconfig " + cluster.Kubeconfig(folder));
    EXPECT_EQ(ran.exit_code, 2) << age;
    EXPECT_EQ(ran.err,
              "meshvet: --max-watch-age: must be more than 0, and a year at "
              "most\n")
        << age;
  }
}

}  // namespace
}  // namespace meshvet::cli
