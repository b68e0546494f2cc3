#include "mesh/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/mesh_view.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using test::ReadObjects;
using test::Scene;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Join(const std::pmr::vector<RegistryService>& services) {
  std::string titles;
  for (const RegistryService& service : services) {
    if (!titles.empty()) titles += ", ";
    titles += service.object->Title();
  }
  return titles;
}

std::string_view ToString(Presence presence) {
  if (presence == Presence::kFound) return "found";
  return presence == Presence::kMissing ? "missing" : "unknown";
}

// "found: visible ones; hidden: others".
std::string Say(const HostLookup& found) {
  std::string text(ToString(found.presence));
  if (found.is_assumed) text += " assumed";
  if (!found.services.empty()) text += ": " + Join(found.services);
  if (!found.hidden.empty()) text += "; hidden: " + Join(found.hidden);
  return text;
}

std::string Look(std::string_view yaml, std::string_view host,
                 std::string_view client,
                 const Coverage& coverage = {.complete = true},
                 const MeshConfig& config = {}) {
  InventoryBuilder builder(config, coverage);
  for (auto& object : ReadObjects(yaml)) builder.Put(object);
  const auto inventory = builder.Snapshot();
  const MeshView mesh(*inventory, nullptr);
  return Say(FindHost(mesh, host, client));
}

constexpr std::string_view kReviews = "reviews.shop.svc.cluster.local";

struct ExportCase {
  const char* exported;  // the annotation
  // Whether clients of shop (its own), web and other see the Service.
  const char* seen_by;
};

TEST(RegistryTest, AServiceIsSeenByWhomItsAnnotationNames) {
  const ExportCase cases[] = {
      {"''", "shop web other"},
      {"'*'", "shop web other"},
      {"'.'", "shop"},
      {"web", "web"},
      {"shop", "shop"},
      {"'.,web'", "shop web"},
      {"' . , web '", "shop web"},
      {"'web,other'", "web other"},
      {"'~'", ""},
      {"'~,web'", ""},
      {"'~,*'", "shop web other"},
      {"'   '", ""},
      {"','", ""},
      {"WEB", ""},
      {"7", "shop web other"},
  };
  for (const ExportCase& c : cases) {
    const std::string yaml = R"(
apiVersion: v1
kind: Service
metadata:
  name: reviews
  namespace: shop
  annotations: {networking.istio.io/exportTo: )" +
                             std::string(c.exported) + "}";
    std::string seen_by;
    for (const char* client : {"shop", "web", "other"}) {
      const std::string said = Look(yaml, kReviews, client);
      if (said == "found: Service shop/reviews") {
        seen_by += seen_by.empty() ? client : " " + std::string(client);
      } else {
        EXPECT_EQ(said, "missing; hidden: Service shop/reviews");
      }
    }
    EXPECT_EQ(seen_by, c.seen_by) << c.exported;
  }
}

TEST(RegistryTest, AnEntryIsSeenByWhomItsExportToNames) {
  const ExportCase cases[] = {
      {"[]", "shop web other"},
      {"['*']", "shop web other"},
      {"['.']", "shop"},
      {"[web]", "web"},
      {"['~']", ""},
      {"['.', other]", "shop other"},
      {"null", "shop web other"},
  };
  for (const ExportCase& c : cases) {
    const std::string yaml = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: shop}
spec: {hosts: [x.example], exportTo: )" +
                             std::string(c.exported) + "}";
    std::string seen_by;
    for (const char* client : {"shop", "web", "other"}) {
      if (Look(yaml, "x.example", client) != "found: ServiceEntry shop/e") {
        continue;
      }
      seen_by += seen_by.empty() ? client : " " + std::string(client);
    }
    EXPECT_EQ(seen_by, c.seen_by) << c.exported;
  }
}

TEST(RegistryTest, WhoSaysNothingIsSeenAsTheMeshSays) {
  MeshConfig config;
  config.default_service_export_to = {"."};
  constexpr std::string_view kBoth = R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: shop}
spec: {hosts: [x.example]}
)";
  const Coverage all{.complete = true};
  EXPECT_EQ(Look(kBoth, kReviews, "shop", all, config),
            "found: Service shop/reviews");
  EXPECT_EQ(Look(kBoth, kReviews, "web", all, config),
            "missing; hidden: Service shop/reviews");
  EXPECT_EQ(Look(kBoth, "x.example", "web", all, config),
            "missing; hidden: ServiceEntry shop/e");
}

// Each document is an entry for x.example, or the Service x in shop.
std::string Entry(const std::string& ns, const std::string& created,
                  const std::string& export_to,
                  const std::string& host = "x.example") {
  const std::string stamp =
      created.empty() ? "" : ", creationTimestamp: '" + created + "'";
  return R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: )" +
         ns + stamp + R"(}
spec: {hosts: [)" +
         host + "], exportTo: " + export_to + "}\n";
}

constexpr const char* kOld = "2020-01-01T00:00:00Z";
constexpr const char* kNew = "2024-01-01T00:00:00Z";

struct OrderCase {
  const char* what;
  std::vector<std::string> documents;
  const char* host;
  const char* wanted;  // for a client in web
};

TEST(RegistryTest, OneOfSeveralOwnersComesFirst) {
  const std::string service_host = "x.shop.svc.cluster.local";
  const std::string service = R"(
apiVersion: v1
kind: Service
metadata: {name: x, namespace: shop, creationTimestamp: ')" +
                              std::string(kNew) + "'}\n";
  const OrderCase cases[] = {
      {"the client's own, however young",
       {Entry("a", kOld, "['*']"), Entry("web", kNew, "['*']")},
       "x.example",
       "found: ServiceEntry web/e, ServiceEntry a/e"},
      {"an entry exported by name before an older public one",
       {Entry("a", kOld, "['*']"), Entry("b", kNew, "[web]")},
       "x.example",
       "found: ServiceEntry b/e, ServiceEntry a/e"},
      {"who names the client beside a star is public",
       {Entry("a", kNew, "['*', web]"), Entry("b", kOld, "['*']")},
       "x.example",
       "found: ServiceEntry b/e, ServiceEntry a/e"},
      {"the oldest of public ones",
       {Entry("a", kNew, "['*']"), Entry("b", kOld, "['*']")},
       "x.example",
       "found: ServiceEntry b/e, ServiceEntry a/e"},
      {"what is not yet stored is the youngest",
       {Entry("a", "", "['*']"), Entry("b", kNew, "['*']")},
       "x.example",
       "found: ServiceEntry b/e, ServiceEntry a/e"},
      {"twins by namespace",
       {Entry("b", kOld, "['*']"), Entry("a", kOld, "['*']")},
       "x.example",
       "found: ServiceEntry a/e, ServiceEntry b/e"},
      {"a Service before an older foreign entry",
       {Entry("a", kOld, "[web]", service_host), service},
       "x.shop.svc.cluster.local",
       "found: Service shop/x, ServiceEntry a/e"},
      {"the client's own entry before a foreign Service",
       {service, Entry("web", kNew, "['*']", service_host)},
       "x.shop.svc.cluster.local",
       "found: ServiceEntry web/e, Service shop/x"},
      {"hidden ones apart",
       {service, Entry("a", kOld, "['.']", service_host)},
       "x.shop.svc.cluster.local",
       "found: Service shop/x; hidden: ServiceEntry a/e"},
  };
  for (const OrderCase& c : cases) {
    std::string yaml;
    for (const std::string& document : c.documents) yaml += "---" + document;
    EXPECT_EQ(Look(yaml, c.host, "web"), c.wanted) << c.what;
  }
}

TEST(RegistryTest, OfTwinsInOneNamespaceTheKubernetesServiceCounts) {
  const std::string yaml = Entry("shop", kOld, "['*']", std::string(kReviews)) +
                           R"(
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop, creationTimestamp: ')" +
                           kNew + "'}\n";
  EXPECT_EQ(Look(yaml, kReviews, "shop"),
            "found: Service shop/reviews, ServiceEntry shop/e");
}

constexpr std::string_view kSmallMesh = R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: web}
spec: {hosts: [api.example, "*.wild.example", mysql]}
)";

struct PresenceCase {
  const char* host;
  const char* wanted;
};

TEST(RegistryTest, AHostIsComparedAsItIsWritten) {
  const PresenceCase cases[] = {
      {"reviews.shop.svc.cluster.local", "found: Service shop/reviews"},
      {"Reviews.shop.svc.cluster.local", "missing"},
      {"reviews.Shop.svc.cluster.local", "missing"},
      {"reviews.shop.svc.cluster.local.", "missing"},
      {"reviews.shop.svc.other.domain", "missing"},
      {"reviews.shop.svc", "missing"},
      {"reviews.shop", "missing"},
      {"reviews", "missing"},
      {"*.shop.svc.cluster.local", "missing"},
      {"api.example", "found: ServiceEntry web/e"},
      {"API.example", "missing"},
      {"www.api.example", "missing"},
      {"x.wild.example", "missing"},
      {"*.wild.example", "found: ServiceEntry web/e"},
      {"*", "missing"},
      {"", "missing"},
      {"10.0.0.1", "missing"},
      // An entry's host is never resolved, a destination's is: only the literal
      // meets it.
      {"mysql", "found: ServiceEntry web/e"},
      {"mysql.web.svc.cluster.local", "missing"},
  };
  for (const PresenceCase& c : cases) {
    EXPECT_EQ(Look(kSmallMesh, c.host, "shop"), c.wanted) << c.host;
  }
}

TEST(RegistryTest, WhatIsNotKnownToBeAllIsUnknown) {
  const Coverage shop{.closed_namespaces = {"shop"}};
  const Coverage services{.complete_kinds = {kService}};
  const Coverage entries{.complete_kinds = {kServiceEntry}};
  const auto look = [](const char* host, const Coverage& coverage) {
    return Look(kSmallMesh, host, "shop", coverage);
  };
  EXPECT_EQ(look("ratings.shop.svc.cluster.local", {}), "unknown");
  EXPECT_EQ(look("ratings.shop.svc.cluster.local", shop), "missing");
  EXPECT_EQ(look("ratings.web.svc.cluster.local", shop), "unknown");
  EXPECT_EQ(look("ratings.web.svc.cluster.local", services), "missing");
  EXPECT_EQ(look("ratings.web.svc.cluster.local", entries), "unknown");
  // Any namespace may define a name that is no Service's.
  EXPECT_EQ(look("www.example", shop), "unknown");
  EXPECT_EQ(look("www.example", services), "unknown");
  EXPECT_EQ(look("www.example", entries), "missing");
  EXPECT_EQ(look("reviews.shop.svc.cluster.local", {}),
            "found: Service shop/reviews");
}

TEST(RegistryTest, AHiddenServiceIsProvablyOutOfReach) {
  constexpr std::string_view kHidden = R"(
apiVersion: v1
kind: Service
metadata:
  {name: reviews, namespace: shop, annotations: {networking.istio.io/exportTo: .}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: shop}
spec: {hosts: [x.example], exportTo: [.]}
)";
  EXPECT_EQ(Look(kHidden, kReviews, "web", {}),
            "missing; hidden: Service shop/reviews");
  // Somebody else may define that name for everyone.
  EXPECT_EQ(Look(kHidden, "x.example", "web", {}),
            "unknown; hidden: ServiceEntry shop/e");
}

TEST(RegistryTest, AssumedHostsAreNeverMissing) {
  const Coverage coverage{.complete = true,
                          .assumed_hosts = {"*.example", "a.b.svc.*"}};
  const auto look = [&](const char* host) {
    return Look(kSmallMesh, host, "shop", coverage);
  };
  EXPECT_EQ(look("www.example"), "unknown assumed");
  EXPECT_EQ(look("a.b.svc.cluster.local"), "unknown assumed");
  EXPECT_EQ(look("c.b.svc.cluster.local"), "missing");
  EXPECT_EQ(look("api.example"), "found: ServiceEntry web/e");
}

TEST(RegistryTest, TheObjectUnderReviewCounts) {
  const Scene scene(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: web}
spec: {hosts: [new.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: web}
spec: {hosts: [old.example]}
)");
  const MeshView mesh(scene.inventory(), &scene.subject());
  EXPECT_EQ(Say(FindHost(mesh, "new.example", "shop")),
            "found: ServiceEntry web/e");
  EXPECT_EQ(Say(FindHost(mesh, "old.example", "shop")), "missing");
}

TEST(RegistryTest, AnswersAreKeptForTheLifeOfTheView) {
  const Scene scene(R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
)");
  const MeshView mesh(scene.inventory(), &scene.subject());
  const HostLookup& first = FindHost(mesh, kReviews, "shop");
  EXPECT_EQ(&FindHost(mesh, kReviews, "shop"), &first);
  EXPECT_NE(&FindHost(mesh, kReviews, "web"), &first);
  EXPECT_FALSE(ImportsMore(first, "shop"));
}

TEST(RegistryTest, SidecarsImportTheirOwnWhateverItsExportTo) {
  constexpr std::string_view kNotForItsOwn = R"(
apiVersion: v1
kind: Service
metadata:
  {name: reviews, namespace: shop, annotations: {networking.istio.io/exportTo: web}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: shop}
spec: {hosts: [x.example], exportTo: ['~']}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: team}
spec: {hosts: [x.example], exportTo: ['~']}
)";
  InventoryBuilder builder({}, {.complete = true});
  for (auto& object : ReadObjects(kNotForItsOwn)) builder.Put(object);
  const auto inventory = builder.Snapshot();
  const MeshView mesh(*inventory, nullptr);
  EXPECT_EQ(Say(FindHost(mesh, kReviews, "shop")),
            "missing; hidden: Service shop/reviews");
  const auto imported = [&](std::string_view host, std::string_view ns) {
    return Say(Import(FindHost(mesh, host, ns), ns, mesh.config()));
  };
  EXPECT_EQ(imported(kReviews, "shop"), "found: Service shop/reviews");
  EXPECT_EQ(imported(kReviews, "web"), "found: Service shop/reviews");
  EXPECT_EQ(imported(kReviews, "team"),
            "missing; hidden: Service shop/reviews");
  EXPECT_EQ(imported("x.example", "shop"),
            "found: ServiceEntry shop/e; hidden: ServiceEntry team/e");
}

TEST(RegistryServiceTest, KnowsWhereItIs) {
  const auto objects = ReadObjects(R"(
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None}}
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: ExternalName, externalName: www.example}}
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {externalName: www.example}}
---
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a}}
---
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a}, spec: {location: MESH_INTERNAL, resolution: STATIC}}
---
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a}, spec: {location: MESH_EXTERNAL, resolution: NONE, type: ExternalName, externalName: x}}
)");
  std::vector<std::string> said;
  for (const auto& object : objects) {
    const RegistryService service{object.get()};
    said.push_back(std::string(service.is_entry() ? "entry" : "service") +
                   (service.is_external() ? " external" : "") +
                   (service.is_passthrough() ? " passthrough" : "") + " " +
                   std::string(service.external_name()));
  }
  EXPECT_THAT(said, ElementsAre("service ", "service passthrough ",
                                "service www.example", "service ",
                                "entry external passthrough ", "entry ",
                                "entry external passthrough "));
}

struct PortCase {
  const char* port;
  int64_t number;
  const char* name;
  Protocol protocol;
  std::optional<int64_t> target;
};

void ExpectPort(const char* head, const PortCase& c) {
  const auto object = ReadObjects(head + std::string(c.port) + "]}").front();
  const RegistryService service{object.get()};
  const auto ports = Ports(service);
  ASSERT_EQ(ports.size(), 1U) << c.port;
  EXPECT_EQ(ports[0].number, c.number) << c.port;
  EXPECT_EQ(ports[0].name, c.name) << c.port;
  EXPECT_EQ(ports[0].protocol, c.protocol) << c.port;
  EXPECT_EQ(ports[0].target_number, c.target) << c.port;
  EXPECT_EQ(ports[0].node.value(), object->spec()["ports"][size_t{0}].value());
  const auto found = FindPort(service, c.number);
  EXPECT_EQ(found != nullptr, c.number != 0) << c.port;
  EXPECT_FALSE(FindPort(service, 81)) << c.port;
}

TEST(PortsTest, OfAServiceAreFilledInAsTheApiServerDoes) {
  using P = Protocol;
  const PortCase cases[] = {
      {"{port: 80}", 80, "", P::kUnknown, 80},
      {"{port: 80, name: http}", 80, "http", P::kHttp, 80},
      {"{port: 80, name: grpc-a, targetPort: 8080}", 80, "grpc-a", P::kGrpc,
       8080},
      {"{port: 80, name: http, targetPort: web}", 80, "http", P::kHttp, {}},
      {"{port: 80, name: http, targetPort: 0}", 80, "http", P::kHttp, 80},
      {"{port: 80, name: http, targetPort: ''}", 80, "http", P::kHttp, 80},
      {"{port: 80, name: http, targetPort: null}", 80, "http", P::kHttp, 80},
      {"{port: 80, name: http, protocol: UDP}", 80, "http", P::kUdp, 80},
      {"{port: 80, name: http, appProtocol: https}", 80, "http", P::kHttps, 80},
      {"{port: 80, name: http, appProtocol: ''}", 80, "http", P::kUnknown, 80},
      {"{port: 3306}", 3306, "", P::kTcp, 3306},
      {"{name: http}", 0, "http", P::kHttp, 0},
      {"{port: '80', name: http}", 0, "http", P::kHttp, 0},
  };
  for (const PortCase& c : cases) {
    ExpectPort("apiVersion: v1\nkind: Service\nspec: {ports: [", c);
  }
}

TEST(PortsTest, OfAnEntrySpeakWhatTheirProtocolSays) {
  using P = Protocol;
  const PortCase cases[] = {
      {"{number: 80, name: http}", 80, "http", P::kUnknown, 80},
      {"{number: 443, name: a, protocol: TLS}", 443, "a", P::kTls, 443},
      {"{number: 80, protocol: http, targetPort: 443}", 80, "", P::kHttp, 443},
      {"{number: 80, protocol: HTTP, targetPort: 0}", 80, "", P::kHttp, 80},
      {"{number: 53, protocol: UDP}", 53, "", P::kUdp, 53},
      {"{number: 3306}", 3306, "", P::kUnknown, 3306},
      {"{number: 80, protocol: HTTP-a}", 80, "", P::kUnknown, 80},
      {"{port: 80, protocol: HTTP}", 0, "", P::kHttp, 0},
  };
  for (const PortCase& c : cases) {
    ExpectPort(
        "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nspec: "
        "{ports: [",
        c);
  }
}

TEST(PortsTest, TheOneThatIsProxiedCounts) {
  const auto object = ReadObjects(R"(
apiVersion: v1
kind: Service
spec: {ports: [{port: 53, name: dns, protocol: UDP}, {port: 53, name: tcp-dns}, {port: 80, name: http},
{port: 80, name: tcp}, {port: 90, name: a, protocol: UDP}, {port: 90, name: b, protocol: UDP}]}
)")
                          .front();
  const RegistryService service{object.get()};
  EXPECT_EQ(FindPort(service, 53)->name, "tcp-dns");
  EXPECT_EQ(FindPort(service, 80)->name, "http");
  EXPECT_EQ(FindPort(service, 90)->name, "a");
  EXPECT_THAT(Ports(service), testing::SizeIs(6));
}

TEST(PortsTest, SurviveWhatIsNoPort) {
  for (const char* ports : {"null", "7", "{}", "[]"}) {
    const auto object =
        ReadObjects("apiVersion: v1\nkind: Service\nspec: {ports: " +
                    std::string(ports) + "}")
            .front();
    EXPECT_THAT(Ports(RegistryService{object.get()}), IsEmpty()) << ports;
  }
  const auto object = ReadObjects(
                          "apiVersion: v1\nkind: Service\nspec: {ports: [7, "
                          "null, {}]}")
                          .front();
  EXPECT_THAT(Ports(RegistryService{object.get()}), testing::SizeIs(3));
}

}  // namespace
}  // namespace meshvet
