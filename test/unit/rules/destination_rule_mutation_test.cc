// Thousands of generated DestinationRules: what is mended stays mended, and
// what mesh/ says of their effective TLS is what a second, plain reading of the
// same text says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "mesh/client_tls.h"
#include "mesh/mesh_view.h"
#include "rules/fix.h"
#include "test/unit/rules/destination_rule_case.h"

namespace meshvet::rules {
namespace {

// Settings as the generator chose them; the oracle reads these, not YAML.
// "-" has no tls, "{}" has no mode.
struct Policy {
  bool exists = false;
  std::string tls = "-";
  std::vector<std::pair<int, std::string>> ports;  // in order, with tls
};

struct World {
  Policy rule;
  std::map<std::string, Policy> subsets;
  std::string yaml;
};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  World Next() {
    World world;
    const bool external = Chance(4);
    const std::string host = external ? "bank.example" : "cart";
    world.rule = NextPolicy();
    std::string spec = "host: " + host + Write(world.rule);
    if (Chance(2)) {
      for (const char* name : {"v1", "v2"}) world.subsets[name] = NextPolicy();
      spec += ", subsets: [";
      for (const auto& [name, policy] : world.subsets) {
        spec += "{name: " + name + ", labels: {version: " + name + "}" +
                Write(policy) + "}, ";
      }
      spec += "]";
    }
    world.yaml = TheRule(spec) + Servers(external) + Peers() + Feeds(host);
    return world;
  }

 private:
  bool Chance(unsigned of) { return random_() % of == 0; }

  template <size_t N>
  std::string Pick(const std::array<const char*, N>& words) {
    return words[random_() % N];
  }

  std::string NextTls() {
    return Pick<8>({"-", "-", "{}", "DISABLE", "SIMPLE", "MUTUAL",
                    "ISTIO_MUTUAL", "ISTIO_MUTUAL"});
  }

  Policy NextPolicy() {
    Policy policy;
    policy.exists = !Chance(4);
    if (!policy.exists) return policy;
    policy.tls = NextTls();
    for (const int port : {80, 443, 80}) {
      if (Chance(3)) policy.ports.emplace_back(port, NextTls());
    }
    return policy;
  }

  std::string WriteTls(const std::string& tls) {
    if (tls == "-") return "";
    if (tls == "{}") return Chance(2) ? "tls: {}" : "tls: {sni: x}";
    std::string text = "tls: {mode: " + tls;
    if (tls == "MUTUAL") text += ", clientCertificate: a, privateKey: b";
    if (Chance(4)) text += ", caCertificates: c";
    if (Chance(8)) text += ", subjectAltNames: [d]";
    return text + "}";
  }

  std::string Write(const Policy& policy) {
    if (!policy.exists) return "";
    std::string text = ", trafficPolicy: {" + WriteTls(policy.tls);
    if (policy.tls != "-") text += ", ";
    if (Chance(3)) text += "connectionPool: {tcp: {maxConnections: 1}}, ";
    if (policy.ports.empty()) return text + "}";
    text += "portLevelSettings: [";
    for (const auto& [port, tls] : policy.ports) {
      text += "{port: {number: " + std::to_string(port) + "}";
      if (tls != "-") text += ", " + WriteTls(tls);
      text += "}, ";
    }
    return text + "]}";
  }

  std::string Servers(bool external) {
    const std::string plain = Pick<4>({"http", "tcp", "grpc", "web"});
    const std::string secure = Pick<3>({"https", "tls", "http"});
    if (external) {
      const std::string word = plain == "web" ? "http" : plain;
      return Bank("{number: 80, protocol: " + word +
                      ", targetPort: " + Pick<2>({"80", "443"}) +
                      "}, {number: 443, protocol: " + secure + "}",
                  Chance(3) ? ", location: MESH_INTERNAL" : "");
    }
    std::string yaml = Cart("{name: " + plain +
                            ", port: 80, targetPort: 8080}, {name: " + secure +
                            "-x, port: 443, targetPort: 8443}");
    for (const std::string version : {"v1", "v2"}) {
      if (Chance(3)) continue;
      const std::string inject =
          Chance(4) ? ", sidecar.istio.io/inject: \"false\"" : "";
      yaml += Deployment("cart-" + version,
                         "app: cart, version: " + version + inject);
    }
    return yaml;
  }

  std::string NextMtls() {
    return Pick<4>({"UNSET", "DISABLE", "PERMISSIVE", "STRICT"});
  }

  std::string Peers() {
    std::string yaml;
    if (Chance(2)) {
      yaml += Peer("istio-system", "mtls: {mode: " + NextMtls() + "}");
    }
    if (Chance(2)) yaml += Mtls(NextMtls());
    if (Chance(3)) {
      yaml += Peer(
          "shop",
          "selector: {matchLabels: {" + Pick<2>({"app: cart", "version: v2"}) +
              "}}, mtls: {mode: " + NextMtls() + "}, portLevelMtls: {\"" +
              Pick<2>({"8080", "8443"}) + "\": {mode: " + NextMtls() + "}}");
    }
    return yaml;
  }

  std::string Feeds(const std::string& host) {
    if (Chance(2)) return "";
    const std::string subset = Pick<3>({"", ", subset: v1", ", subset: v2"});
    return Routes("hosts: [" + host + "], " + Pick<3>({"http", "tls", "tcp"}) +
                  ": [{match: [{port: 443}], route: [{destination: {host: " +
                  host + subset + ", port: {number: 443}}}]}]");
  }

  std::mt19937 random_;
};

// The oracle: effective TLS by the words of the semantics.
//   1. The rule's entry for the port, whole, else its policy.
//   2. The subset's entry for the port, whole; else its tls if it has any.
std::string First(const Policy& policy, int port, bool& by_entry) {
  for (const auto& [number, tls] : policy.ports) {
    if (number != port) continue;
    by_entry = true;
    return tls;
  }
  by_entry = false;
  return policy.tls;
}

std::string Oracle(const World& world, const std::string& subset, int port) {
  bool by_entry = false;
  std::string tls = First(world.rule, port, by_entry);
  if (!subset.empty()) {
    const std::string own = First(world.subsets.at(subset), port, by_entry);
    if (by_entry || own != "-") tls = own;
  }
  if (tls == "-") return "unset";
  return tls == "{}" ? "DISABLE" : tls;
}

TEST(DefaultPolicyTest, MendsWhatIsSafeByThreeRules) {
  std::vector<std::string_view> mending;
  for (const Rule* rule : AllRules()) {
    if (rule->auto_fix && rule->id.starts_with("destination-rule-")) {
      mending.push_back(rule->id);
    }
  }
  EXPECT_THAT(mending,
              ::testing::ElementsAre("destination-rule-mtls-mismatch",
                                     "destination-rule-port-tls-not-inherited",
                                     "destination-rule-tls-fields-ignored"));
}

// One after the other, until all is well: the chain of a forgotten mode, whose
// certificates ISTIO_MUTUAL then ignores, and an entry that loses both.
TEST(MutationTest, FollowsAChainOfFixes) {
  const test::Scene scene(
      TheRule("host: cart, trafficPolicy: {tls: {caCertificates: c}, "
              "portLevelSettings: [{port: {number: 81}}]}") +
      Cart("{name: http, port: 80}, {name: grpc, port: 81}") + Mtls("STRICT"));
  const Engine engine(
      test::ReadPolicyText("{apiVersion: meshvet.dev/v1alpha1, kind: Config}"));
  const Mutation mutation =
      engine.Mutate({.object = &scene.subject()}, scene.inventory());
  EXPECT_EQ(
      WritePatch(mutation.patch),
      R"([{"op":"add","path":"/spec/trafficPolicy/tls/mode","value":"ISTIO_MUTUAL"},{"op":"add","path":"/spec/trafficPolicy/portLevelSettings/0/tls","value":{"caCertificates":"c","mode":"ISTIO_MUTUAL"}},{"op":"remove","path":"/spec/trafficPolicy/tls/caCertificates"},{"op":"remove","path":"/spec/trafficPolicy/portLevelSettings/0/tls/caCertificates"}])");
}

constexpr unsigned kWorlds = 3000;

TEST(GeneratedDestinationRulesTest, EffectiveTlsIsWhatTheTextSays) {
  Generator generator(7);
  size_t clusters = 0;
  for (unsigned i = 0; i < kWorlds; ++i) {
    const World world = generator.Next();
    const test::Scene scene(world.yaml);
    const MeshView mesh(scene.inventory(), &scene.subject());
    size_t visited = 0;
    ForEachCluster(scene.subject(), mesh, [&](const Cluster& cluster) {
      ++visited;
      const std::string subset(cluster.subset["name"].Str());
      ASSERT_EQ(ToString(cluster.tls.mode),
                Oracle(world, subset, static_cast<int>(cluster.port.number)))
          << cluster.Title() << "\n"
          << world.yaml;
    });
    ASSERT_EQ(visited, 2 * (1 + world.subsets.size())) << world.yaml;
    clusters += visited;
  }
  EXPECT_GT(clusters, 2 * kWorlds);
}

// The findings of all rules that /mutate would mend.
size_t SafeFixable(const Engine& engine, const Object& object,
                   const Inventory& inventory) {
  size_t count = 0;
  for (const Finding& finding :
       engine.Evaluate({.object = &object}, inventory).findings) {
    count += IsAutoFixed(finding, object, "", engine.policy()) ? 1U : 0U;
  }
  return count;
}

std::shared_ptr<const Object> Apply(const Object& object,
                                    const std::vector<PatchOperation>& patch) {
  Finding as_if;
  as_if.fix = patch;
  return test::Mended(object, as_if);
}

void ExpectMends(const Engine& engine, const World& world, size_t& mended) {
  const test::Scene scene(world.yaml);
  const Object& object = scene.subject();
  const Mutation mutation =
      engine.Mutate({.object = &object}, scene.inventory());
  ASSERT_EQ(mutation.patch.empty(),
            SafeFixable(engine, object, scene.inventory()) == 0)
      << world.yaml;
  if (mutation.patch.empty()) return;
  ++mended;
  const auto after = Apply(object, mutation.patch);
  ASSERT_TRUE(
      engine.Mutate({.object = after.get()}, scene.inventory()).patch.empty())
      << world.yaml;
  ASSERT_EQ(SafeFixable(engine, *after, scene.inventory()), 0U) << world.yaml;
  const auto before = Mismatches(object, scene.inventory());
  for (const std::string& found : Mismatches(*after, scene.inventory())) {
    ASSERT_TRUE(before.contains(found)) << found << "\n" << world.yaml;
  }
}

TEST(GeneratedDestinationRulesTest, MutationConverges) {
  // Every safe fix, those that are not applied by default among them.
  const Engine all(test::ReadPolicyText(
      "{apiVersion: meshvet.dev/v1alpha1, kind: Config, rules: "
      "{destination-rule-tls-port-mismatch: {fix: auto}}}"));
  Generator generator(11);
  size_t mended = 0;
  for (unsigned i = 0; i < kWorlds && !HasFatalFailure(); ++i) {
    ExpectMends(all, generator.Next(), mended);
  }
  EXPECT_GT(mended, kWorlds / 10);
}

// One at a time, too: each removes its own finding, and a safe one raises none
// of the two mismatches.
TEST(GeneratedDestinationRulesTest, EachFixWorksAlone) {
  const Engine engine(
      test::ReadPolicyText("{apiVersion: meshvet.dev/v1alpha1, kind: Config}"));
  Generator generator(13);
  size_t fixes = 0;
  for (unsigned i = 0; i < kWorlds / 3; ++i) {
    const World world = generator.Next();
    SCOPED_TRACE(world.yaml);
    const test::Scene scene(world.yaml);
    for (const Finding& finding :
         engine.Evaluate({.object = &scene.subject()}, scene.inventory())
             .findings) {
      if (finding.fix.empty()) continue;
      ExpectFixWorks(finding.rule, scene, finding);
      ++fixes;
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(fixes, kWorlds / 10);
}

}  // namespace
}  // namespace meshvet::rules
