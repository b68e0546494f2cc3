// `meshvet serve` as its users meet it: a process, its ports, its signals, its
// files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "certs/self_signed.h"
#include "test/support/api_server_rules.h"
#include "test/support/run_binary.h"
#include "test/unit/cli/running_server.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::ReplaceFile;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// No lame duck: who tests something else need not wait for it.
const std::vector<std::string> kQuick = {"--lame-duck", "0s"};

std::vector<std::string> Quick(std::vector<std::string> more) {
  more.insert(more.end(), kQuick.begin(), kQuick.end());
  return more;
}

bool IsAllowed(const Answer& answer) {
  return Json::parse(answer.body).at("response").at("allowed");
}

std::string PolicyText(const std::string& rules) {
  return "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nrules: " + rules +
         "\n";
}
const std::string kLenient =
    PolicyText("{workload-entry-missing-label: warning}");

TEST(Serve, StartsWithNothingAtAll) {
  const TempFolder folder;
  RunningServer server(folder, kQuick);
  EXPECT_EQ(server.Get("/livez").status, 200);
  EXPECT_EQ(server.Get("/readyz").body, "ok\n");
  const Answer verbose = server.Get("/readyz?verbose");
  EXPECT_EQ(verbose.status, 200);
  for (const char* check :
       {"certificate", "policy", "serving", "started", "listener"}) {
    EXPECT_THAT(verbose.body, HasSubstr("[+]" + std::string(check) + " ok\n"));
  }
  EXPECT_THAT(verbose.body,
              HasSubstr("[+]rules ok: not run where they need what is not "
                        "known: "));
  EXPECT_THAT(verbose.body, HasSubstr(", virtual-service-unknown-host ("));
  EXPECT_EQ(server.Get("/").status, 404);
  EXPECT_EQ(server.Get("/validate").status, 404);
  EXPECT_TRUE(IsAllowed(server.Ask("/validate", GoodReview())));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_THAT(server.Events("draining"), SizeIs(1));
  EXPECT_THAT(server.Events("stopped"), SizeIs(1));
}

TEST(Serve, AnswersAsTheApiServerDemands) {
  const TempFolder folder;
  RunningServer server(folder, kQuick);
  for (const Json& review : {GoodReview(), BadReview(), MendableReview()}) {
    for (const char* path : {"/validate", "/mutate"}) {
      const Answer answer =
          server.Ask(path + std::string("?timeout=10s"), review);
      EXPECT_THAT(
          test::FindViolations(review.dump(), path, answer.status, answer.body),
          IsEmpty());
      EXPECT_TRUE(answer.Has("Content-Type: application/json; charset=utf-8"));
    }
  }
  EXPECT_FALSE(IsAllowed(server.Ask("/validate", BadReview())));
  EXPECT_TRUE(IsAllowed(server.Ask("/mutate", BadReview())));
  const Json patch =
      Json::parse(server.Ask("/mutate", MendableReview()).body)["response"];
  EXPECT_EQ(patch["patchType"], "JSONPatch");
}

// From the caller's header into the line of the log, and never into another's.
TEST(Serve, LogsTheTraceOfADenial) {
  const TempFolder folder;
  RunningServer server(folder, kQuick);
  const std::string trace =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  TestClient client(server.port(), server.tls());
  const auto post = [&](const std::string& body, const std::string& headers) {
    return client.Exchange(Post("/validate?timeout=5s", body, headers))
        .value_or(Answer{})
        .status;
  };
  const std::string header = "traceparent: " + trace + "\r\n";
  EXPECT_EQ(post(BadReview().dump(), header), 200);
  EXPECT_EQ(post(BadReview().dump(), ""), 200);
  EXPECT_EQ(post("{}", "TraceParent: " + trace + "\r\n"), 400);
  EXPECT_EQ(post("{}", "traceparent: \"}evil\r\n"), 400);
  ASSERT_TRUE(server.WaitForEvent("denied", 2));
  ASSERT_TRUE(server.WaitForEvent("error", 2));
  const auto trace_of = [&](const std::string& event, size_t index) {
    return server.Events(event)[index].value("traceparent", "none");
  };
  EXPECT_EQ(trace_of("denied", 0), trace);
  EXPECT_EQ(trace_of("denied", 1), "none");
  EXPECT_EQ(trace_of("error", 0), trace);
  EXPECT_EQ(trace_of("error", 1), "none");
}

TEST(Serve, LogsOneLineForADenialAndCountsIt) {
  const TempFolder folder;
  RunningServer server(folder, kQuick);
  server.Ask("/validate", GoodReview());
  server.Ask("/validate", BadReview(true));
  ASSERT_TRUE(server.WaitForEvent("denied"));
  const auto denials = server.Events("denied");
  ASSERT_THAT(denials, SizeIs(1));
  Json line = denials.front();
  EXPECT_THAT(line["message"].get<std::string>(),
              StartsWith("meshvet found 2 problems in WorkloadEntry "
                         "legacy/ledger:\n"));
  EXPECT_TRUE(line["microseconds"].is_number());
  EXPECT_TRUE(line["time"].is_string());
  for (const char* key : {"message", "microseconds", "time"}) line.erase(key);
  EXPECT_EQ(line, (Json{{"level", "warning"},
                        {"event", "denied"},
                        {"path", "/validate"},
                        {"uid", "u1"},
                        {"user", "jane"},
                        {"operation", "CREATE"},
                        {"kind", "WorkloadEntry"},
                        {"namespace", "legacy"},
                        {"name", "ledger"},
                        {"dry_run", true},
                        {"rules", {"workload-entry-missing-label"}}}));
  const auto count = [&](const char* dry_run, const char* verdict) {
    return server.Metric(std::string("meshvet_requests_total{dry_run=\"") +
                         dry_run +
                         "\",kind=\"WorkloadEntry\",operation=\"CREATE\","
                         "path=\"/validate\",verdict=\"" +
                         verdict + "\"}");
  };
  EXPECT_EQ(count("true", "denied"), 1);
  EXPECT_EQ(count("false", "allowed"), 1);
  EXPECT_EQ(server.Metric("meshvet_rule_verdicts_total{dry_run=\"true\","
                          "rule=\"workload-entry-missing-label\","
                          "verdict=\"denied\"}"),
            1);
  EXPECT_GE(server.Metric("meshvet_rule_kinds_unknown{rule=\"virtual-service-"
                          "unknown-host\"}"),
            1);
  EXPECT_EQ(server.Metric("meshvet_policy_generation"), 1);
  EXPECT_GT(server.Metric("meshvet_cert_not_after_seconds"), 1.7e9);
}

TEST(Serve, HonoursTheTimeout) {
  const TempFolder folder;
  RunningServer server(folder, kQuick);
  const Answer answer = server.Ask("/validate?timeout=1ns", BadReview());
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.Has("Retry-After: 1"));
  EXPECT_THAT(test::FindRefusalViolations(answer.status, answer.body),
              IsEmpty());
  EXPECT_EQ(server.Metric("meshvet_deadline_exceeded_total"), 1);
  EXPECT_TRUE(server.WaitForEvent("error"));
}

TEST(Serve, RefusesWhatIsNoReview) {
  const TempFolder folder;
  RunningServer server(folder, kQuick);
  const std::string body = GoodReview().dump();
  const auto post = [&](const std::string& path, const std::string& type) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  };
  const struct {
    std::string request;
    int status;
  } table[] = {
      {post("/validate", "text/plain"), 415},
      {post("/else", "application/json"), 404},
      {"POST /validate HTTP/1.1\r\nHost: h\r\n"
       "Content-Type: application/json\r\n\r\n",
       411},
      {Post("/validate", ""), 400},
      {Post("/validate", "{"), 400},
      {"GET /validate HTTP/1.1\r\nHost: h\r\n\r\n", 405},
  };
  for (const auto& [request, status] : table) {
    const Answer answer = server.Send(request);
    EXPECT_EQ(answer.status, status) << request;
    EXPECT_FALSE(Json::parse(answer.body).contains("response")) << request;
  }
}

TEST(Serve, LimitsTheBody) {
  const TempFolder folder;
  RunningServer server(folder, Quick({"--max-body", "4Ki"}));
  EXPECT_EQ(server.Ask("/validate", GoodReview()).status, 200);
  EXPECT_EQ(server.Send(Post("/validate", std::string(5'000, ' '))).status,
            413);
}

TEST(Serve, TakesUpANewPolicy) {
  const TempFolder folder;
  const fs::path file = folder / "policy.yaml";
  WriteFile(file, PolicyText("{}"));
  RunningServer server(
      folder, Quick({"--config", file.string(), "--config-interval", "50ms"}));
  EXPECT_FALSE(IsAllowed(server.Ask("/validate", BadReview())));

  WriteFile(file, kLenient);  // in place
  ASSERT_TRUE(server.WaitForEvent("policy replaced"));
  EXPECT_TRUE(IsAllowed(server.Ask("/validate", BadReview())));
  EXPECT_EQ(server.Metric("meshvet_policy_generation"), 2);

  ReplaceFile(file, PolicyText("{}"));
  ASSERT_TRUE(server.WaitForEvent("policy replaced", 2));
  EXPECT_FALSE(IsAllowed(server.Ask("/validate", BadReview())));
  EXPECT_EQ(server.Metric("meshvet_policy_generation"), 3);
}

TEST(Serve, KeepsItsPolicyOverABadOne) {
  const TempFolder folder;
  const fs::path file = folder / "policy.yaml";
  WriteFile(file, kLenient);
  RunningServer server(folder, Quick({"--config", file.string()}));
  ReplaceFile(file, PolicyText("{workload-entry-mising-label: info}"));
  ASSERT_TRUE(server.WaitForEvent("policy rejected"));
  const Json event = server.Events("policy rejected").front();
  EXPECT_EQ(event["level"], "error");
  EXPECT_THAT(event["message"].get<std::string>(),
              AllOf(HasSubstr("policy.yaml:3"),
                    HasSubstr("workload-entry-missing-label")));
  EXPECT_EQ(server.Metric("meshvet_config_reload_failed_total"), 1);
  EXPECT_EQ(server.Metric("meshvet_policy_generation"), 1);
  EXPECT_TRUE(IsAllowed(server.Ask("/validate", BadReview())));
  EXPECT_EQ(server.Get("/readyz").status, 200);
  fs::remove(file);
  ASSERT_TRUE(server.WaitForEvent("policy rejected", 2));
  EXPECT_TRUE(IsAllowed(server.Ask("/validate", BadReview())));
}

void WritePair(const fs::path& directory, const certs::SelfSignedPair& pair) {
  WriteFile(directory / "tls.crt", certs::ChainPem(*pair.identity));
  WriteFile(directory / "tls.key", certs::KeyPem(*pair.identity));
}

certs::SelfSignedPair NewPair() {
  return *certs::SelfSigned({"localhost"}, {"127.0.0.1"});
}

bool Serves(const RunningServer& server, const certs::SelfSignedPair& pair) {
  const TestClient client(server.port(), {.ca_pem = pair.ca_pem});
  return client.connected();
}

std::vector<std::string> TlsFlags(const fs::path& directory) {
  return Quick({"--tls-cert-file", (directory / "tls.crt").string(),
                "--tls-private-key-file", (directory / "tls.key").string()});
}

TEST(Serve, TakesUpTheCertificateOfASecret) {
  // As kubelet mounts it: tls.crt -> ..data/tls.crt, ..data -> a folder.
  const TempFolder folder;
  const fs::path mount = folder / "mount";
  const certs::SelfSignedPair first = NewPair();
  const certs::SelfSignedPair second = NewPair();
  WritePair(mount / "..1", first);
  WritePair(mount / "..2", second);
  fs::create_symlink("..1", mount / "..data");
  fs::create_symlink("..data/tls.crt", mount / "tls.crt");
  fs::create_symlink("..data/tls.key", mount / "tls.key");
  RunningServer server(folder, TlsFlags(mount));
  EXPECT_TRUE(Serves(server, first));
  fs::create_symlink("..2", mount / "..data_tmp");
  fs::rename(mount / "..data_tmp", mount / "..data");
  EXPECT_TRUE(WaitUntil([&] { return Serves(server, second); }));
  EXPECT_FALSE(Serves(server, first));
  ASSERT_TRUE(server.WaitForEvent("certificate"));
  EXPECT_THAT(server.Events("certificate"), SizeIs(1));
}

TEST(Serve, TakesUpARewrittenCertificateAndNoMismatchedOne) {
  const TempFolder folder;
  const certs::SelfSignedPair first = NewPair();
  const certs::SelfSignedPair second = NewPair();
  const certs::SelfSignedPair third = NewPair();
  WritePair(folder.path(), first);
  RunningServer server(folder, TlsFlags(folder.path()));
  WritePair(folder.path(), second);
  ASSERT_TRUE(WaitUntil([&] { return Serves(server, second); }));

  // A writer that was held up between the two files was told of, too.
  const size_t before = server.Events("certificate rejected").size();
  ReplaceFile(folder / "tls.key", certs::KeyPem(*third.identity));
  ASSERT_TRUE(server.WaitForEvent("certificate rejected", before + 1));
  EXPECT_TRUE(Serves(server, second));
  EXPECT_EQ(server.Get("/readyz").status, 200);
  EXPECT_EQ(server.Metric("meshvet_config_reload_failed_total"), before + 1);
  WritePair(folder.path(), third);
  EXPECT_TRUE(WaitUntil([&] { return Serves(server, third); }));
}

TEST(Serve, AdmitsOnlyTheNamedClient) {
  const TempFolder folder;
  const auto jane =
      *certs::SelfSigned({"api-server"}, {}, {.client_auth = true});
  const auto stranger = NewPair();
  WriteFile(folder / "clients.pem", jane.ca_pem);
  const std::string ca = (folder / "clients.pem").string();
  const auto status = [](const RunningServer& server,
                         certs::TlsIdentityPtr identity) {
    TestClient::Tls tls = server.tls();
    tls.identity = std::move(identity);
    TestClient client(server.port(), tls);
    return client.Exchange(Post("/validate", GoodReview().dump()))
        .value_or(Answer{})
        .status;
  };
  {
    RunningServer server(
        folder, Quick({"--client-ca-file", ca, "--client-name", "other",
                       "--client-name", "api-server"}));
    EXPECT_EQ(status(server, jane.identity), 200);
    EXPECT_EQ(status(server, nullptr), 0);
    EXPECT_EQ(status(server, stranger.identity), 0);
  }
  RunningServer server(
      folder, Quick({"--client-ca-file", ca, "--client-name", "other"}));
  EXPECT_EQ(status(server, jane.identity), 0);
}

TEST(Serve, LosesNoCallWhenItIsAskedToEnd) {
  const TempFolder folder;
  RunningServer server(folder, {"--lame-duck", "10s", "--grace", "60s"});
  const std::string request = Post("/validate", GoodReview().dump());
  TestClient idle(server.port(), server.tls());
  ASSERT_EQ(idle.Exchange(request)->status, 200);
  TestClient under_way(server.port(), server.tls());
  ASSERT_TRUE(under_way.Send(request.substr(0, 100)));

  server.Signal(SIGTERM);
  ASSERT_TRUE(server.WaitForEvent("draining"));
  const Answer ready = server.Get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("[-]serving failed: shutting down\n"));
  EXPECT_EQ(server.Get("/livez").status, 200);

  // New calls, calls on old connections and calls under way.
  const Answer fresh = server.Send(request);
  EXPECT_EQ(fresh.status, 200);
  EXPECT_TRUE(fresh.Has("Connection: close"));
  const Answer old = idle.Exchange(request).value_or(Answer{});
  EXPECT_EQ(old.status, 200);
  EXPECT_TRUE(old.Has("Connection: close"));
  ASSERT_TRUE(under_way.Send(request.substr(100)));
  const Answer last = under_way.Read().value_or(Answer{});
  EXPECT_EQ(last.status, 200);
  EXPECT_TRUE(last.Has("Connection: close"));
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_THAT(server.Events("stopped"), SizeIs(1));
}

TEST(Serve, HurriesOnASecondSignal) {
  const TempFolder folder;
  RunningServer server(folder, {"--lame-duck", "10m"});
  server.Signal(SIGINT);
  ASSERT_TRUE(server.WaitForEvent("draining"));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST(Serve, WaitsForNobodyAfterASecondSignal) {
  const TempFolder folder;
  RunningServer server(folder, {"--lame-duck", "0s", "--grace", "10m"});
  TestClient slow(server.port(), server.tls());
  ASSERT_TRUE(slow.Send(Post("/validate", "{}").substr(0, 100)));
  ASSERT_TRUE(WaitUntil([&] {
    return server.Metric("meshvet_connections{state=\"active\"}") == 1;
  }));
  server.Signal(SIGTERM);
  ASSERT_TRUE(server.WaitForEvent("draining"));
  ASSERT_TRUE(WaitUntil([&] { return !TestClient(server.port()).connected(); }))
      << "the port closes first";
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_THAT(server.Events("cut off"), SizeIs(1));
}

TEST(Serve, SaysWhatKeepsItFromStarting) {
  const TempFolder folder;
  WriteFile(folder / "bad.yaml", PolicyText("{no-such-rule: error}"));
  WriteFile(folder / "tls.crt", certs::ChainPem(*NewPair().identity));
  WriteFile(folder / "tls.key", certs::KeyPem(*NewPair().identity));
  const struct {
    const char* arguments;
    int exit_code;
    const char* message;
  } table[] = {
      {"--listen 8443", 2, "meshvet: --listen: expected HOST:PORT\n"},
      {"--listen localhost:port", 2,
       "meshvet: --listen: \"port\" is no port\n"},
      {"--listen 127.0.0.1:65536", 2,
       "meshvet: --listen: \"65536\" is no port\n"},
      {"--ops-listen 1", 2, "meshvet: --ops-listen: expected HOST:PORT\n"},
      {"--tls-cert-file tls.crt", 2,
       "meshvet: --tls-cert-file and --tls-private-key-file go together\n"},
      {"--tls-cert-file tls.crt --tls-private-key-file tls.key", 2,
       "meshvet: tls.key: "},
      {"--tls-cert-file none --tls-private-key-file tls.key", 2,
       "meshvet: none: "},
      {"--tls-secret tls", 2,
       "meshvet: --tls-secret: expected NAMESPACE/NAME\n"},
      {"--tls-secret mesh/../x", 2,
       "meshvet: --tls-secret: expected NAMESPACE/NAME\n"},
      {"--tls-secret mesh/tls", 2,
       "meshvet: --tls-secret: needs a cluster: --kubeconfig, or to run in a "
       "pod\n"},
      {"--tls-secret mesh/tls --tls-ca-out ca.pem", 2,
       "meshvet: --tls-secret: excludes other ways of certificates\n"},
      {"--tls-secret mesh/tls --tls-dns-name 'a b'", 2,
       "meshvet: a b: is not a DNS name\n"},
      {"--tls-secret mesh/tls --tls-ca-grace 20s", 2,
       "meshvet: --tls-ca-grace: must be at least three times "
       "--tls-secret-interval\n"},
      {"--tls-secret mesh/tls --tls-secret-interval 0s", 2,
       "meshvet: --tls-secret-interval: must be more than 0\n"},
      {"--client-ca-file /dev/null", 2,
       "meshvet: /dev/null: holds no certificate\n"},
      {"--client-name jane", 2,
       "meshvet: --client-name needs --client-ca-file\n"},
      {"--client-ca-file none", 2, "meshvet: none: "},
      {"--client-ca-file bad.yaml", 2, "meshvet: bad.yaml: "},
      {"--inventory none", 2, "meshvet: none: no such file\n"},
      {"--config none.yaml", 2, "meshvet: none.yaml: "},
      {"--config bad.yaml", 2,
       "meshvet: bad.yaml:3:23: unknown rule \"no-such-rule\"\n"},
      {"--config-interval 9ms", 2,
       "meshvet: --config-interval: must be at least 10ms\n"},
      {"--mesh-config none.yaml", 2, "meshvet: none.yaml: "},
      {"--tls-ca-out none/ca.pem", 3, "meshvet: none/ca.pem: cannot write\n"},
      {"--lame-duck soon", 2, "--lame-duck"},
      {"--max-body much", 2, "--max-body"},
      {"--tls-min-version 1.1", 2, "--tls-min-version"},
      {"--no-such-flag", 2, "--no-such-flag"},
      {"surplus", 2, "surplus"},
  };
  for (const auto& [arguments, exit_code, message] : table) {
    // A port that is taken at worst: none of these may come to use it.
    const std::string listen =
        std::string(arguments).find("listen") == std::string::npos
            ? "--listen 127.0.0.1:0 --ops-listen 127.0.0.1:0 "
            : "--tls-min-version 1.3 ";
    const Ran ran = RunBinary(folder.path(), "serve " + listen + arguments);
    EXPECT_EQ(ran.exit_code, exit_code) << arguments << "\n" << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
    EXPECT_EQ(ran.out, "") << arguments;
  }
}

TEST(Serve, SaysWhichPortIsTaken) {
  const TempFolder folder;
  const RunningServer server(folder, kQuick);
  const std::string webhook = "127.0.0.1:" + std::to_string(server.port());
  Ran ran = RunBinary(folder.path(),
                      "serve --ops-listen 127.0.0.1:0 --listen " + webhook);
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.err, "meshvet: " + webhook +
                         ": cannot listen: Address already in use\n");
  const std::string ops = "127.0.0.1:" + std::to_string(server.ops_port());
  ran = RunBinary(folder.path(),
                  "serve --listen 127.0.0.1:0 --ops-listen " + ops);
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.err,
            "meshvet: " + ops + ": cannot listen: Address already in use\n");
}

}  // namespace
}  // namespace meshvet::cli
