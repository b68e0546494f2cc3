// What servers accept: PeerAuthentication by its precedence.

#include "mesh/peer_authentication.h"

#include <gtest/gtest.h>

#include <string>

#include "mesh/mesh_view.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

// A PeerAuthentication "ns/name" with this spec.
std::string Peer(const std::string& ns, const std::string& spec,
                 const std::string& name = "default",
                 const std::string& year = "") {
  const std::string created =
      year.empty() ? ""
                   : ", creationTimestamp: \"" + year + "-01-01T00:00:00Z\"";
  return "{kind: PeerAuthentication, apiVersion: security.istio.io/v1, "
         "metadata: {namespace: " +
         ns + ", name: " + name + created + "}, spec: {" + spec + "}}\n---\n";
}

std::string Mode(const std::string& mode) {
  return "mtls: {mode: " + mode + "}";
}

const char* const kService =
    "{kind: Service, apiVersion: v1, metadata: {namespace: shop, name: cart}, "
    "spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: "
    "8080}, {name: admin, port: 81, targetPort: adm}]}}\n---\n";

std::string Deployment(const std::string& name, const std::string& labels) {
  return "{kind: Deployment, apiVersion: apps/v1, metadata: {namespace: shop, "
         "name: " +
         name + "}, spec: {template: {metadata: {labels: {" + labels +
         "}}, spec: {containers: [{ports: [{name: adm, containerPort: "
         "9000}]}]}}}}\n---\n";
}

// The mode of port `port` of Service shop/cart among `others`.
ServerTls ModeAmong(const std::string& others, int64_t port = 80,
                    Coverage coverage = {.complete = true},
                    const std::string& subset_labels = "") {
  const test::Scene scene(kService + others, std::move(coverage));
  const MeshView mesh(scene.inventory(), &scene.subject());
  const RegistryService service{&scene.subject()};
  if (subset_labels.empty()) {
    return ServerMode(mesh, service, *FindPort(service, port));
  }
  const auto labels = test::ReadObjects("{l: {" + subset_labels + "}}");
  return ServerMode(mesh, service, *FindPort(service, port),
                    labels.front()->root()["l"]);
}

const std::string kMesh = Peer("istio-system", Mode("STRICT"));
const std::string kNamespace = Peer("shop", Mode("DISABLE"));
const std::string kSelector = "selector: {matchLabels: {app: cart}}, ";
const std::string kPods = Deployment("cart", "app: cart");

struct Case {
  const char* what;
  std::string mesh;
  ServerTls mode;
};

TEST(ServerModeTest, OverridesMeshByNamespaceByWorkload) {
  const Case cases[] = {
      {"nothing said", "", ServerTls::kPermissive},
      {"the mesh", kMesh, ServerTls::kStrict},
      {"the namespace", kMesh + kNamespace, ServerTls::kDisable},
      {"another namespace's", Peer("web", Mode("STRICT")),
       ServerTls::kPermissive},
      {"UNSET inherits", kMesh + Peer("shop", Mode("UNSET")),
       ServerTls::kStrict},
      {"no mode inherits", kMesh + Peer("shop", "mtls: {}"),
       ServerTls::kStrict},
      {"no mtls inherits", kMesh + Peer("shop", ""), ServerTls::kStrict},
      {"UNSET in the mesh", Peer("istio-system", Mode("UNSET")),
       ServerTls::kPermissive},
      {"a word that is no mode", Peer("shop", Mode("strict")),
       ServerTls::kUnknown},
      {"a workload",
       kMesh + kNamespace + kPods +
           Peer("shop", kSelector + Mode("PERMISSIVE"), "w"),
       ServerTls::kPermissive},
      {"a workload's UNSET",
       kMesh + kNamespace + kPods +
           Peer("shop", kSelector + Mode("UNSET"), "w"),
       ServerTls::kDisable},
      {"a workload of other labels",
       kMesh + kPods +
           Peer("shop",
                "selector: {matchLabels: {app: pay}}, " + Mode("DISABLE"), "w"),
       ServerTls::kStrict},
      {"an empty selector is none",
       kPods + Peer("shop", "selector: {}, " + Mode("STRICT")),
       ServerTls::kStrict},
      {"a selector in the root namespace selects nobody",
       kPods + Peer("istio-system", kSelector + Mode("STRICT")),
       ServerTls::kPermissive},
  };
  for (const Case& c : cases) EXPECT_EQ(ModeAmong(c.mesh), c.mode) << c.what;
}

TEST(ServerModeTest, TakesTheOldestOfSeveral) {
  const Case cases[] = {
      {"of the mesh",
       Peer("istio-system", Mode("STRICT"), "b", "2001") +
           Peer("istio-system", Mode("DISABLE"), "a", "2002"),
       ServerTls::kStrict},
      {"of the namespace",
       Peer("shop", Mode("STRICT"), "a", "2002") +
           Peer("shop", Mode("DISABLE"), "b", "2001"),
       ServerTls::kDisable},
      {"even if it says nothing",
       kMesh + Peer("shop", Mode("UNSET"), "b", "2001") +
           Peer("shop", Mode("DISABLE"), "a", "2002"),
       ServerTls::kStrict},
      {"what was never stored is the newest",
       Peer("shop", Mode("STRICT"), "a") +
           Peer("shop", Mode("DISABLE"), "b", "2001"),
       ServerTls::kDisable},
      {"of the workload",
       kPods + Peer("shop", kSelector + Mode("STRICT"), "a", "2002") +
           Peer("shop", kSelector + Mode("DISABLE"), "b", "2001"),
       ServerTls::kDisable},
  };
  for (const Case& c : cases) EXPECT_EQ(ModeAmong(c.mesh), c.mode) << c.what;
}

TEST(ServerModeTest, ReadsPortsOfTheWorkload) {
  const auto by_port = [](const std::string& port, const std::string& mode) {
    return Peer("shop",
                kSelector + Mode("STRICT") + ", portLevelMtls: {\"" + port +
                    "\": {mode: " + mode + "}}",
                "w");
  };
  EXPECT_EQ(ModeAmong(kPods + by_port("8080", "DISABLE")), ServerTls::kDisable);
  EXPECT_EQ(ModeAmong(kPods + by_port("80", "DISABLE")), ServerTls::kStrict);
  EXPECT_EQ(ModeAmong(kPods + by_port("8080", "UNSET")), ServerTls::kStrict);
  // A named targetPort is the container's.
  EXPECT_EQ(ModeAmong(kPods + by_port("9000", "DISABLE"), 81),
            ServerTls::kDisable);
  EXPECT_EQ(ModeAmong(kPods + by_port("8080", "DISABLE"), 81),
            ServerTls::kStrict);
  // Without a workload to look at, its number is not known.
  EXPECT_EQ(ModeAmong(by_port("9000", "DISABLE"), 81), ServerTls::kUnknown);
  // Only with a selector.
  EXPECT_EQ(ModeAmong(kPods + Peer("shop", Mode("STRICT") +
                                               ", portLevelMtls: {\"8080\": "
                                               "{mode: DISABLE}}")),
            ServerTls::kStrict);
  // A WorkloadEntry says by the port's name where calls arrive.
  const std::string machine =
      "{kind: WorkloadEntry, apiVersion: networking.istio.io/v1, metadata: "
      "{namespace: shop, name: m, labels: {app: cart}}, spec: {address: "
      "10.0.0.1, ports: {http: 7070}}}\n---\n";
  EXPECT_EQ(ModeAmong(machine + by_port("7070", "DISABLE")),
            ServerTls::kDisable);
  EXPECT_EQ(ModeAmong(machine + by_port("8080", "DISABLE")),
            ServerTls::kStrict);
}

TEST(ServerModeTest, IsUnknownWhereWorkloadsDiffer) {
  const std::string two = Deployment("v1", "app: cart, version: v1") +
                          Deployment("v2", "app: cart, version: v2");
  const std::string of_v2 = Peer(
      "shop", "selector: {matchLabels: {version: v2}}, " + Mode("STRICT"), "w");
  EXPECT_EQ(ModeAmong(two + of_v2), ServerTls::kUnknown);
  EXPECT_EQ(ModeAmong(two + of_v2 + kMesh), ServerTls::kStrict);
  // A subset is its own workloads.
  EXPECT_EQ(ModeAmong(two + of_v2, 80, {.complete = true}, "version: v1"),
            ServerTls::kPermissive);
  EXPECT_EQ(ModeAmong(two + of_v2, 80, {.complete = true}, "version: v2"),
            ServerTls::kStrict);
}

TEST(ServerModeTest, TellsBySelectorsWhereNoWorkloadIsKnown) {
  const auto selecting = [](const std::string& labels,
                            const std::string& mode) {
    return Peer("shop",
                "selector: {matchLabels: {" + labels + "}}, " + Mode(mode),
                "w");
  };
  EXPECT_EQ(ModeAmong(selecting("app: cart", "STRICT")), ServerTls::kStrict);
  EXPECT_EQ(ModeAmong(selecting("app: pay", "STRICT")), ServerTls::kPermissive);
  EXPECT_EQ(ModeAmong(selecting("tier: web", "STRICT")), ServerTls::kUnknown);
  EXPECT_EQ(ModeAmong(selecting("tier: web", "PERMISSIVE")),
            ServerTls::kPermissive);
  EXPECT_EQ(ModeAmong(selecting("tier: web", "STRICT"), 80, {.complete = true},
                      "tier: web"),
            ServerTls::kStrict);
}

TEST(ServerModeTest, IsUnknownWhereNotAllIsThere) {
  EXPECT_EQ(ModeAmong("", 80, {}), ServerTls::kUnknown);
  EXPECT_EQ(ModeAmong(kMesh, 80, {}), ServerTls::kUnknown);
  EXPECT_EQ(ModeAmong(kNamespace, 80, {.closed_namespaces = {"shop"}}),
            ServerTls::kDisable);
  EXPECT_EQ(ModeAmong("", 80, {.closed_namespaces = {"shop"}}),
            ServerTls::kUnknown);
  EXPECT_EQ(
      ModeAmong(kMesh, 80, {.closed_namespaces = {"shop", "istio-system"}}),
      ServerTls::kStrict);
  EXPECT_EQ(ModeAmong(kMesh, 80, {.complete_kinds = {kPeerAuthentication}}),
            ServerTls::kStrict);
}

TEST(NamespaceModeTest, KnowsNoWorkloads) {
  const test::Scene scene(kService + kMesh + kPods +
                          Peer("shop", kSelector + Mode("DISABLE"), "w"));
  const MeshView mesh(scene.inventory(), &scene.subject());
  EXPECT_EQ(NamespaceMode(mesh, "shop"), ServerTls::kStrict);
  EXPECT_EQ(NamespaceMode(mesh, "istio-system"), ServerTls::kStrict);
}

}  // namespace
}  // namespace meshvet
