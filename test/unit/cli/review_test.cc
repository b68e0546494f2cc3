#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/support/api_server_rules.h"
#include "test/support/run_binary.h"
#include "test/unit/cli/running_server.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Review, GivesTheServersAnswer) {
  const TempFolder folder;
  // A mesh without which no rule could speak of the host.
  WriteFile(folder / "mesh/shop.yaml",
            "apiVersion: v1\nkind: Service\n"
            "metadata: {name: reviews, namespace: shop}\n"
            "spec: {ports: [{name: http, port: 80}]}\n");
  WriteFile(folder / "policy.yaml",
            "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
            "context: {closedNamespaces: [shop]}\n");
  Json routed = GoodReview();
  routed["request"]["kind"]["kind"] = "VirtualService";
  routed["request"]["namespace"] = "shop";
  routed["request"]["object"] = Json::parse(R"({
    "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
    "metadata": {"name": "ledger", "namespace": "shop"},
    "spec": {"hosts": ["reviews"], "http": [{"route": [
      {"destination": {"host": "revews.shop.svc.cluster.local"}}]}]}})");
  const std::string flags = "--inventory mesh --config policy.yaml ";
  const RunningServer server(
      folder, {"--inventory", (folder / "mesh").string(), "--config",
               (folder / "policy.yaml").string(), "--lame-duck", "0s"});
  for (const Json& review :
       {GoodReview(), BadReview(), MendableReview(), routed}) {
    WriteFile(folder / "review.json", review.dump());
    for (const std::string path : {"/validate", "/mutate"}) {
      const Answer served = server.Ask(path, review);
      ASSERT_EQ(served.status, 200);
      const bool allowed = Json::parse(served.body)["response"]["allowed"];
      const Ran ran =
          RunBinary(folder.path(), "review review.json " + flags +
                                       (path == "/mutate" ? "--mutate" : ""));
      EXPECT_EQ(ran.out, served.body + "\n");
      EXPECT_EQ(ran.err, "");
      EXPECT_EQ(ran.exit_code, allowed ? 0 : 1);
      EXPECT_THAT(test::FindViolations(review.dump(), path, 200, ran.out),
                  IsEmpty());
    }
  }
  const Ran knowing = RunBinary(folder.path(), "review review.json " + flags);
  EXPECT_THAT(knowing.out, HasSubstr("virtual-service-unknown-host"));
  EXPECT_NE(knowing.out, RunBinary(folder.path(), "review review.json").out);
}

TEST(Review, ReadsStandardInput) {
  const TempFolder folder;
  WriteFile(folder / "review.json", BadReview().dump());
  const Ran ran = RunBinary(folder.path(), "review - <review.json");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out, RunBinary(folder.path(), "review review.json").out);
}

TEST(Review, SaysWhyThereIsNoAnswer) {
  const TempFolder folder;
  WriteFile(folder / "review.json", GoodReview().dump());
  WriteFile(folder / "broken.json", "{\"kind\":");
  Json other = GoodReview();
  other["apiVersion"] = "admission.k8s.io/v1beta1";
  WriteFile(folder / "other.json", other.dump());
  WriteFile(folder / "policy.yaml", "kind: Config\n");
  const struct {
    const char* arguments;
    int exit_code;
    const char* message;
  } table[] = {
      {"broken.json", 2, "{\"error\":"},
      {"other.json", 2,
       "{\"error\":\"expected "
       "admission.k8s.io/v1\",\"field\":\"/apiVersion\"}"},
      {"none.json", 2, "meshvet: none.json: No such file or directory\n"},
      {".", 3, "meshvet: .: Is a directory\n"},
      {"review.json --inventory none", 2, "meshvet: none: no such file\n"},
      {"review.json --config policy.yaml", 2, "policy.yaml"},
      {"review.json --config none.yaml", 2, "none.yaml"},
      {"review.json --mesh-config none.yaml", 2, "none.yaml"},
      {"", 2, "file"},
      {"review.json --mutat", 2, "--mutate"},
  };
  for (const auto& [arguments, exit_code, message] : table) {
    const Ran ran =
        RunBinary(folder.path(), std::string("review ") + arguments);
    EXPECT_EQ(ran.exit_code, exit_code) << arguments << "\n" << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
    EXPECT_EQ(ran.out, "") << arguments;
  }
}

}  // namespace
}  // namespace meshvet::cli
