// Credentials: kubeconfigs, a pod's service account, files that are replaced.

#include "cluster/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "cluster/rotating_text.h"
#include "test/support/temp_folder.h"

namespace meshvet::cluster {
namespace {

using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kConfig = R"(apiVersion: v1
kind: Config
current-context: dev
contexts:
- {name: dev, context: {cluster: here, user: jane}}
- {name: prod, context: {cluster: there, user: ""}}
clusters:
- name: here
  cluster:
    server: https://10.0.0.1:6443/k8s/c-1/
    certificate-authority-data: Q0E=
    tls-server-name: kubernetes.default.svc
- name: there
  cluster: {server: "https://[fd00::1]", certificate-authority: pki/ca.pem}
users:
- name: jane
  user: {token: t0k3n, client-certificate: jane.pem, client-key-data: S0VZ}
)";

std::string Complaint(std::string_view text, std::string_view context = "") {
  const TempFolder folder;
  const std::string file = folder.Put("kube.yaml", std::string(text));
  const auto access = ReadKubeconfig(file, context);
  if (access) return "accepted";
  std::string where = access.error().where;
  if (where.rfind(file, 0) == 0) where.erase(0, file.size());
  return where + " " + access.error().message;
}

// A kubeconfig whose cluster and user hold this, in flow style.
std::string With(const std::string& cluster, const std::string& user) {
  return "current-context: c\ncontexts: [{name: c, context: {cluster: k, "
         "user: u}}]\nclusters:\n- name: k\n  cluster: {" +
         cluster + "}\nusers:\n- name: u\n  user: {" + user + "}\n";
}

TEST(Kubeconfig, ReadsTheCurrentContext) {
  const TempFolder folder;
  const auto access =
      ReadKubeconfig(folder.Put("kube.yaml", std::string(kConfig)), "");
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->host, "10.0.0.1");
  EXPECT_EQ(access->port, 6443);
  EXPECT_EQ(access->path_prefix, "/k8s/c-1");
  EXPECT_TRUE(access->tls);
  EXPECT_EQ(access->server_name, "kubernetes.default.svc");
  EXPECT_FALSE(access->skip_verify);
  EXPECT_EQ(access->ca.text, "CA");
  EXPECT_EQ(access->client_certificate.file, folder.path() / "jane.pem");
  EXPECT_EQ(access->client_key.text, "KEY");
  EXPECT_EQ(access->token.text, "t0k3n");
  EXPECT_THAT(access->warnings, ElementsAre());
}

TEST(Kubeconfig, ReadsAnotherContext) {
  const TempFolder folder;
  const auto access =
      ReadKubeconfig(folder.Put("kube.yaml", std::string(kConfig)), "prod");
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->host, "fd00::1");
  EXPECT_EQ(access->port, 443);
  EXPECT_EQ(access->path_prefix, "");
  EXPECT_EQ(access->ca.file, folder.path() / "pki/ca.pem");
  EXPECT_TRUE(access->token.empty());
}

TEST(Kubeconfig, DataWinOverFilesAndATokenFileOverAToken) {
  const TempFolder folder;
  const auto access = ReadKubeconfig(
      folder.Put("kube.yaml",
                 With("server: https://h, certificate-authority: f, "
                      "certificate-authority-data: Q0E=",
                      "token: text, tokenFile: /var/token")),
      "");
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->ca.text, "CA");
  EXPECT_EQ(access->ca.file, "");
  EXPECT_EQ(access->token.file, "/var/token");
}

TEST(Kubeconfig, WarnsOfWhatIsNotSafe) {
  const TempFolder folder;
  const auto skipping = ReadKubeconfig(
      folder.Put("a.yaml",
                 With("server: https://h, insecure-skip-tls-verify: true", "")),
      "");
  ASSERT_TRUE(skipping.ok()) << skipping.error().message;
  EXPECT_TRUE(skipping->skip_verify);
  EXPECT_THAT(skipping->warnings,
              ElementsAre(HasSubstr("insecure-skip-tls-verify")));
  const auto plain = ReadKubeconfig(
      folder.Put("b.yaml", With("server: http://h:8001", "")), "");
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->port, 8001);
  EXPECT_THAT(plain->warnings, ElementsAre(HasSubstr("plain HTTP")));
}

TEST(Kubeconfig, SaysWhatIsWrongAndWhere) {
  const std::string plugins =
      "plugins are not supported: use a token, a token file or a client "
      "certificate, such as a service account's";
  const struct {
    std::string text;
    std::string complaint;
  } cases[] = {
      {"[]", ":1:1 is no kubeconfig: not a mapping"},
      {"a: [", ":1:5 did not find expected node content"},
      {"kind: Config",
       ":1:1 current-context: not set, and no context was "
       "named"},
      {"current-context: x", ":1:1 contexts: none is named \"x\""},
      {"current-context: x\ncontexts: [{name: x, context: {cluster: c}}, "
       "{name: x, context: {}}]",
       ":2:46 contexts[name=x]: there is another of that name"},
      {"current-context: x\ncontexts: [{name: x}]",
       ":2:12 contexts[name=x].context: missing or no mapping"},
      {"current-context: x\ncontexts: [{name: x, context: {user: u}}]",
       ":2:31 contexts[name=x].context.cluster: not set"},
      {With("", ""),
       ":5:12 clusters[name=k].cluster.server: not a URL like "
       "https://host:6443"},
      {With("server: ftp://h", ""),
       ":5:21 clusters[name=k].cluster.server: not a URL like "
       "https://host:6443"},
      {With("server: https://h:70000", ""),
       ":5:21 clusters[name=k].cluster.server: not a URL like "
       "https://host:6443"},
      {With("server: https://u@h", ""),
       ":5:21 clusters[name=k].cluster.server: not a URL like "
       "https://host:6443"},
      {With("server: https://h, proxy-url: http://p", ""),
       ":5:43 clusters[name=k].cluster.proxy-url: proxies are not supported"},
      {With("server: https://h, certificate-authority-data: '*'", ""),
       ":5:60 clusters[name=k].cluster.certificate-authority-data: not "
       "base64"},
      {With("server: https://h", "exec: {command: aws}"),
       ":8:16 users[name=u].user.exec: " + plugins},
      {With("server: https://h", "auth-provider: {name: gcp}"),
       ":8:25 users[name=u].user.auth-provider: " + plugins},
      {With("server: https://h", "username: jane"),
       ":8:20 users[name=u].user.username: passwords are not supported"},
      {With("server: https://h", "as: root"),
       ":8:14 users[name=u].user.as: impersonation is not supported"},
      {With("server: https://h", "client-key-data: S0VZ"),
       ":8:9 users[name=u].user: client-certificate and client-key go "
       "together"},
      {With("server: https://h", "token: 7"),
       ":8:17 users[name=u].user.token: not a text"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Complaint(c.text), testing::StartsWith(c.complaint)) << c.text;
  }
  EXPECT_EQ(Complaint(kConfig, "test"),
            ":5:1 contexts: none is named \"test\"");
}

TEST(Kubeconfig, HasLimits) {
  EXPECT_THAT(Complaint(std::string((1 << 20) + 1, '#')),
              HasSubstr("larger than 1 MiB"));
  std::string deep = "a: ";
  for (int i = 0; i < 100; ++i) deep += '[';
  EXPECT_THAT(Complaint(deep), HasSubstr("nested too deeply"));
  EXPECT_EQ(ReadKubeconfig("/nowhere/kube.yaml", "").error().where,
            "/nowhere/kube.yaml");
}

class ServiceAccount : public testing::Test {
 protected:
  ServiceAccount() {
    setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    folder_.Put("token", "t1\n");
    folder_.Put("ca.crt", "CA");
  }
  ~ServiceAccount() override {
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("KUBERNETES_SERVICE_PORT");
  }

  TempFolder folder_;
};

TEST_F(ServiceAccount, IsWhatKubeletMounts) {
  const auto access = ServiceAccountAccess(folder_.path());
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->host, "10.96.0.1");
  EXPECT_EQ(access->port, 443);
  EXPECT_EQ(access->token.file, folder_.path() / "token");
  EXPECT_EQ(access->ca.file, folder_.path() / "ca.crt");
}

TEST_F(ServiceAccount, SaysWhatIsMissing) {
  const auto where = [&] {
    const auto access = ServiceAccountAccess(folder_.path());
    return access ? "" : access.error().where;
  };
  setenv("KUBERNETES_SERVICE_PORT", "https", 1);
  EXPECT_EQ(where(), "KUBERNETES_SERVICE_PORT");
  setenv("KUBERNETES_SERVICE_PORT", "443", 1);
  std::filesystem::remove(folder_ / "token");
  EXPECT_EQ(where(), folder_.path() / "token");
  unsetenv("KUBERNETES_SERVICE_HOST");
  EXPECT_EQ(where(), "KUBERNETES_SERVICE_HOST");
}

TEST(RotatingText, IsReadAgainWhenAsked) {
  const TempFolder folder;
  auto token = RotatingText::FromFile(folder.Put("token", "one"));
  ASSERT_TRUE(token.ok());
  EXPECT_FALSE(token->Refresh());
  folder.Put("token", "two");
  EXPECT_EQ(token->Current(), "one");  // not every time
  EXPECT_TRUE(token->Refresh());
  EXPECT_EQ(token->Current(), "two");
}

TEST(RotatingText, KeepsWhatItHasWhenTheFileIsOfNoUse) {
  const TempFolder folder;
  auto token = RotatingText::FromFile(folder.Put("token", "one"));
  ASSERT_TRUE(token.ok());
  folder.Put("token", "");
  EXPECT_FALSE(token->Refresh());
  folder.Put("token", std::string((1 << 20) + 1, 'x'));
  EXPECT_FALSE(token->Refresh());
  std::filesystem::remove(folder / "token");
  EXPECT_FALSE(token->Refresh());
  EXPECT_EQ(token->Current(), "one");
}

}  // namespace
}  // namespace meshvet::cluster
