#include "cluster/secret_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cluster/webhook_configurations.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kSecrets = "/api/v1/namespaces/mesh/secrets";
constexpr const char* kSecret = "/api/v1/namespaces/mesh/secrets/tls";
const std::string kConfigurations = "/apis/admissionregistration.k8s.io/v1/";

class SecretClientTest : public testing::Test {
 protected:
  void Answer(const std::string& path, int status, const std::string& body) {
    server_.On(path, [=](const SeenRequest&, ScriptedServer::Reply& reply) {
      reply.Json(status, body);
    });
  }

  ScriptedServer server_;
  StopSignal stop_;
  std::shared_ptr<ApiClient> api_ = *ApiClient::Make(server_.access());
  SecretClient secret_{*api_, stop_, "mesh", "tls"};
  WebhookConfigurations configurations_{*api_, stop_, "meshvet"};
};

TEST_F(SecretClientTest, ReadsWhatIsThere) {
  EXPECT_EQ(secret_.Read()->version, "");
  Answer(kSecret, 200,
         R"({"metadata": {"resourceVersion": "7"}, "data": {"a": "Zm9v",
             "empty": ""}})");
  const auto secret = secret_.Read();
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(secret->version, "7");
  EXPECT_THAT(secret->data, ElementsAre(Pair("a", "foo"), Pair("empty", "")));
}

TEST_F(SecretClientTest, SaysWhatItCannotRead) {
  const struct {
    int status;
    std::string body;
    std::string message;
  } table[] = {
      {403, StatusJson(403, "Forbidden", "secrets is forbidden"),
       "read Secret mesh/tls: secrets is forbidden"},
      {500, "oops", "read Secret mesh/tls: HTTP 500"},
      {200, R"({"metadata": {"resourceVersion": "7"}, "data": {"a": "?"}})",
       "read Secret mesh/tls: data.a is not base64"},
      {200, R"({"metadata": {"resourceVersion": "7"}, "data": {"a": 5}})",
       "read Secret mesh/tls: data.a is not base64"},
      {200, R"({"data": {}})", "read Secret mesh/tls: it has no version"},
  };
  for (const auto& one : table) {
    Answer(kSecret, one.status, one.body);
    const auto secret = secret_.Read();
    EXPECT_EQ(secret ? "" : secret.error().message, one.message);
  }
}

TEST_F(SecretClientTest, KnowsWhenAnotherWasFaster) {
  const std::string conflict = StatusJson(409, "Conflict", "changed");
  Answer(kSecret, 409, conflict);
  EXPECT_FALSE(*secret_.Write({{"a", "b"}}, "7"));
  Answer(kSecret, 404, StatusJson(404, "NotFound", "gone"));
  EXPECT_FALSE(*secret_.Write({{"a", "b"}}, "7"));
  Answer(kSecret, 200, "{}");
  EXPECT_TRUE(*secret_.Write({{"a", "b"}}, "7"));
  Answer(kSecrets, 409, conflict);
  EXPECT_FALSE(*secret_.Write({{"a", "b"}}, ""));
  Answer(kSecrets, 201, "{}");
  EXPECT_TRUE(*secret_.Write({{"a", "b"}}, ""));
  // No such namespace: nobody was faster.
  Answer(kSecrets, 404, StatusJson(404, "NotFound", "no namespace"));
  EXPECT_EQ(secret_.Write({{"a", "b"}}, "").error().message,
            "write Secret mesh/tls: no namespace");
}

TEST_F(SecretClientTest, ReadsTheConfigurationsThereAre) {
  EXPECT_THAT(*configurations_.Read(), IsEmpty());
  Answer(kConfigurations + "mutatingwebhookconfigurations/meshvet", 200,
         R"({"metadata": {"name": "meshvet", "resourceVersion": "3",
               "annotations": {"meshvet.dev/promote": "never"}},
             "webhooks": [{"name": "m", "failurePolicy": "Ignore",
               "clientConfig": {"caBundle": "Zm9v"}}, {"name": "n",
               "clientConfig": {"caBundle": "?"}}]})");
  const auto all = configurations_.Read();
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 1U);
  const WebhookConfiguration& one = all->front();
  EXPECT_EQ(one.Title(), "MutatingWebhookConfiguration meshvet");
  EXPECT_EQ(one.version, "3");
  EXPECT_FALSE(one.may_promote);
  EXPECT_THAT(one.webhooks, ElementsAre(Field(&WebhookEntry::ca_bundle, "foo"),
                                        Field(&WebhookEntry::ca_bundle, "")));
  EXPECT_EQ(one.webhooks[0].failure_policy, "Ignore");
}

TEST_F(SecretClientTest, SaysWhichConfigurationItMayNotTouch) {
  const std::string path =
      kConfigurations + "validatingwebhookconfigurations/meshvet";
  Answer(path, 403, StatusJson(403, "Forbidden", "not you"));
  EXPECT_EQ(configurations_.Read().error().message,
            "read ValidatingWebhookConfiguration meshvet: not you");
  const WebhookConfiguration one{.name = "meshvet", .version = "3"};
  EXPECT_EQ(configurations_.SetCaBundle(one, "pem").error().message,
            "patch ValidatingWebhookConfiguration meshvet: not you");
  Answer(path, 409, StatusJson(409, "Conflict", "changed"));
  EXPECT_FALSE(*configurations_.SetFailurePolicy(one, "Fail"));
}

}  // namespace
}  // namespace meshvet::cluster
