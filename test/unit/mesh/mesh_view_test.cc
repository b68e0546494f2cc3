#include "mesh/mesh_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/memo.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using test::ReadObjects;
using test::Scene;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Visit = std::function<void(const Object&)>;

// "namespace/name version" of all that `each` visits.
std::vector<std::string> Seen(const std::function<void(const Visit&)>& each) {
  std::vector<std::string> seen;
  each([&](const Object& object) {
    seen.push_back(std::string(object.ns()) + "/" + std::string(object.name()) +
                   " " + std::string(object.annotations()["is"].Str()));
  });
  return seen;
}

// The new self of a ServiceEntry first, then the mesh with its older self.
constexpr std::string_view kChangedEntry = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop, annotations: {is: new}}
spec: {hosts: [new.example, kept.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop, annotations: {is: old}}
spec: {hosts: [old.example, kept.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: web, annotations: {is: other}}
spec: {hosts: [kept.example]}
)";

TEST(MeshViewTest, FindShowsTheNewSelf) {
  const Scene scene(kChangedEntry);
  const MeshView mesh(scene.inventory(), &scene.subject());
  EXPECT_EQ(mesh.subject(), &scene.subject());
  EXPECT_EQ(mesh.Find(kServiceEntry, "shop", "a").object, &scene.subject());
  EXPECT_EQ(mesh.Find(kServiceEntry, "web", "a").object->ns(), "web");
  EXPECT_EQ(mesh.Find(kService, "shop", "a").presence, Presence::kMissing);
}

TEST(MeshViewTest, ListsShowTheNewSelfInPlaceOfTheOld) {
  const Scene scene(kChangedEntry);
  const MeshView mesh(scene.inventory(), &scene.subject());
  const auto of_host = [&](std::string_view host) {
    return Seen([&](const Visit& visit) {
      mesh.ForEachEntryOfHost(mesh.At(host), visit);
    });
  };
  EXPECT_THAT(Seen([&](const Visit& visit) {
                mesh.ForEach(kServiceEntry, "shop", visit);
              }),
              ElementsAre("shop/a new"));
  EXPECT_THAT(Seen([&](const Visit& visit) {
                mesh.ForEachNamed(kServiceEntry, "a", visit);
              }),
              UnorderedElementsAre("shop/a new", "web/a other"));
  EXPECT_THAT(of_host("old.example"), IsEmpty());
  EXPECT_THAT(of_host("new.example"), ElementsAre("shop/a new"));
  EXPECT_THAT(of_host("kept.example"),
              UnorderedElementsAre("shop/a new", "web/a other"));
}

TEST(MeshViewTest, WithoutASubjectTheMeshIsAsItIs) {
  const Scene scene(kChangedEntry);
  const MeshView mesh(scene.inventory(), nullptr);
  EXPECT_EQ(mesh.subject(), nullptr);
  EXPECT_EQ(
      mesh.Find(kServiceEntry, "shop", "a").object->annotations()["is"].Str(),
      "old");
  EXPECT_THAT(Seen([&](const Visit& visit) {
                mesh.ForEachEntryOfHost(mesh.At("old.example"), visit);
              }),
              ElementsAre("shop/a old"));
}

TEST(MeshViewTest, ANewObjectIsAdded) {
  const Scene scene(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: team, annotations: {is: new}}
spec: {hosts: [kept.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop, annotations: {is: old}}
spec: {hosts: [kept.example]}
)");
  const MeshView mesh(scene.inventory(), &scene.subject());
  EXPECT_THAT(Seen([&](const Visit& visit) {
                mesh.ForEachEntryOfHost(mesh.At("kept.example"), visit);
              }),
              UnorderedElementsAre("shop/a old", "team/b new"));
  EXPECT_THAT(mesh.namespaces(), UnorderedElementsAre("shop", "team"));
}

TEST(MeshViewTest, ReferrersFollowTheNewSelf) {
  const Scene scene(R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop, annotations: {is: new}}
spec: {host: new}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop, annotations: {is: old}}
spec: {host: old}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: shop}
spec: {http: [{route: [{destination: {host: old}}]}]}
)");
  const MeshView mesh(scene.inventory(), &scene.subject());
  const auto referrers = [&](const GroupKind& from, std::string_view name) {
    const std::string host = std::string(name) + ".shop.svc.cluster.local";
    return Seen([&](const Visit& visit) {
      mesh.ForEachReferrer(from, kService, host, visit);
    });
  };
  EXPECT_THAT(referrers(kDestinationRule, "old"), IsEmpty());
  EXPECT_THAT(referrers(kDestinationRule, "new"), ElementsAre("shop/a new"));
  EXPECT_THAT(referrers(kVirtualService, "old"), ElementsAre("shop/v "));
  EXPECT_THAT(referrers(kVirtualService, "new"), IsEmpty());
}

constexpr std::string_view kChangedPod = R"(
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop, labels: {app: new, v: "1"}, annotations: {is: new}}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop, labels: {app: old, v: "1"}, annotations: {is: old}}
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: shop, labels: {app: old, v: 1}, annotations: {is: other}}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: web, labels: {app: new, v: "1"}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop, labels: {app: new}}
---
apiVersion: v1
kind: Service
metadata: {name: selectors, namespace: shop}
spec: {app_new: {app: new}, app_old: {app: old}, both: {v: "1", app: old}, none: {},
       v_text: {v: "1"}, v_number: {v: 1}}
)";

TEST(MeshViewTest, WorkloadsAreSelectedByTheirNewLabels) {
  const Scene scene(kChangedPod);
  const MeshView mesh(scene.inventory(), &scene.subject());
  const Node selectors =
      scene.inventory().Find(kService, "shop", "selectors").object->spec();
  const auto pods = [&](std::string_view selector) {
    return Seen([&](const Visit& visit) {
      mesh.ForEachWorkload(PodKinds(), "shop", selectors[selector], visit);
    });
  };
  EXPECT_THAT(pods("app_new"), ElementsAre("shop/a new"));
  EXPECT_THAT(pods("app_old"), ElementsAre("shop/b other"));
  EXPECT_THAT(pods("both"), ElementsAre("shop/b other"));
  EXPECT_THAT(pods("none"), IsEmpty());
  EXPECT_THAT(pods("missing"), IsEmpty());
  // In a file a label may be a number: it counts by its text, both ways.
  for (const char* selector : {"v_text", "v_number"}) {
    EXPECT_THAT(pods(selector),
                UnorderedElementsAre("shop/a new", "shop/b other"));
  }
  EXPECT_THAT(Seen([&](const Visit& visit) {
                mesh.ForEachWorkload(std::span(&kWorkloadEntry, 1), "shop",
                                     selectors["app_new"], visit);
              }),
              ElementsAre("shop/vm "));
}

TEST(MeshViewTest, AnObjectWithoutANameIsNobodysOlderSelf) {
  const Scene scene(R"(
apiVersion: v1
kind: Pod
metadata: {generateName: a-, namespace: shop, labels: {app: a}, annotations: {is: new}}
---
apiVersion: v1
kind: Pod
metadata: {name: a-1, namespace: shop, labels: {app: a}, annotations: {is: old}}
)");
  const MeshView mesh(scene.inventory(), &scene.subject());
  EXPECT_THAT(
      Seen([&](const Visit& visit) { mesh.ForEach(kPod, "shop", visit); }),
      ElementsAre("shop/a-1 old", "shop/ new"));
  EXPECT_EQ(mesh.Find(kPod, "shop", "").object, nullptr);
  EXPECT_EQ(mesh.Find(kPod, "shop", "a-").presence, Presence::kMissing);
}

TEST(MeshViewTest, WhatIsDeletedIsProvablyGone) {
  const Scene scene(kChangedEntry, Coverage{});
  const MeshView mesh = MeshView::Without(scene.inventory(), scene.subject());
  EXPECT_EQ(mesh.subject(), nullptr);
  const Lookup gone = mesh.Find(kServiceEntry, "shop", "a");
  EXPECT_EQ(gone.presence, Presence::kMissing);
  EXPECT_EQ(gone.object, nullptr);
  EXPECT_EQ(mesh.Find(kServiceEntry, "web", "a").presence, Presence::kFound);
  EXPECT_EQ(mesh.Find(kServiceEntry, "web", "b").presence, Presence::kUnknown);
  for (const char* host : {"old.example", "new.example"}) {
    EXPECT_THAT(Seen([&](const Visit& visit) {
                  mesh.ForEachEntryOfHost(mesh.At(host), visit);
                }),
                IsEmpty());
  }
  EXPECT_THAT(Seen([&](const Visit& visit) {
                mesh.ForEachNamed(kServiceEntry, "a", visit);
              }),
              ElementsAre("web/a other"));
}

TEST(MeshViewTest, DeletingWhatIsNotThereChangesNothing) {
  const Scene scene(kChangedPod, Coverage{});
  const Scene other(kChangedEntry, Coverage{});
  const MeshView mesh = MeshView::Without(scene.inventory(), other.subject());
  EXPECT_EQ(mesh.Find(kPod, "shop", "a").presence, Presence::kFound);
  EXPECT_EQ(mesh.Find(kServiceEntry, "shop", "a").presence, Presence::kUnknown);
}

// What a finding of absence rests on: no more, since each is asked of the
// cluster again, and no less.
TEST(MeshViewTest, NotesWhatItAnswersByTheSnapshotBeingComplete) {
  const Scene scene(kChangedPod,
                    Coverage{.complete_kinds = {kPod, kService, kNamespace}});
  const auto nothing = [](const Object&) {};
  const auto logged = [&](const std::function<void(const MeshView&)>& ask) {
    LookupLog log;
    const MeshView mesh(scene.inventory(), &scene.subject(), &log);
    ask(mesh);
    return log.absences;
  };
  using Mesh = const MeshView&;
  EXPECT_THAT(logged([](Mesh m) { m.Find(kService, "a", "b"); }),
              ElementsAre(Absence{kService, "a", "b"}));
  EXPECT_THAT(logged([](Mesh m) { m.Find(kNamespace, "", "b"); }),
              ElementsAre(Absence{kNamespace, "", "b"}));
  EXPECT_THAT(logged([](Mesh m) { m.Covers(kPod, "a"); }),
              ElementsAre(Absence{kPod, "a", ""}));
  EXPECT_THAT(logged([](Mesh m) { m.Covers(kPod, ""); }),
              ElementsAre(Absence{kPod, "", ""}));
  // Found, unknown, or only looked through.
  EXPECT_THAT(logged([](Mesh m) { m.Find(kPod, "shop", "a"); }), IsEmpty());
  EXPECT_THAT(logged([](Mesh m) { m.Find(kGateway, "a", "b"); }), IsEmpty());
  EXPECT_THAT(logged([](Mesh m) { m.Covers(kGateway, "a"); }), IsEmpty());
  EXPECT_THAT(logged([&](Mesh m) { m.ForEach(kPod, "a", nothing); }),
              IsEmpty());
  // What is being deleted is missing whatever the cluster says.
  LookupLog log;
  const MeshView without =
      MeshView::Without(scene.inventory(), scene.subject(), &log);
  EXPECT_EQ(without.Find(kPod, "shop", "a").presence, Presence::kMissing);
  EXPECT_THAT(log.absences, IsEmpty());
}

TEST(MeshViewTest, NotesTheKindsThatWereAskedFor) {
  const Scene scene(kChangedPod);
  const Node none{};
  const auto nothing = [](const Object&) {};
  const auto logged = [&](const std::function<void(const MeshView&)>& ask) {
    LookupLog log;
    const MeshView mesh(scene.inventory(), &scene.subject(), &log);
    ask(mesh);
    return log.kinds;
  };
  using Mesh = const MeshView&;
  EXPECT_THAT(logged([](Mesh) {}), IsEmpty());
  EXPECT_THAT(logged([](Mesh m) { m.Find(kService, "a", "b"); }),
              ElementsAre(kService));
  EXPECT_THAT(logged([](Mesh m) { m.Covers(kGateway, "a"); }),
              ElementsAre(kGateway));
  EXPECT_THAT(logged([&](Mesh m) { m.ForEach(kPod, "a", nothing); }),
              ElementsAre(kPod));
  EXPECT_THAT(logged([&](Mesh m) { m.ForEachNamed(kPod, "a", nothing); }),
              ElementsAre(kPod));
  EXPECT_THAT(logged([&](Mesh m) { m.ForEachEntryOfHost(m.At("a"), nothing); }),
              ElementsAre(kServiceEntry));
  EXPECT_THAT(logged([&](Mesh m) {
                m.ForEachReferrer(kSidecar, kService, "a", nothing);
              }),
              ElementsAre(kSidecar));
  EXPECT_THAT(logged([&](Mesh m) {
                m.ForEachWorkload(PodKinds(), "a", none, nothing);
              }),
              testing::SizeIs(PodKinds().size()));
}

TEST(AnswersTest, EachQuestionIsWorkedOutOnce) {
  std::pmr::monotonic_buffer_resource memory;
  Answers<std::string, 3> answers(&memory);
  int asked = 0;
  const auto find = [&](std::string& answer) {
    answer = "answer " + std::to_string(++asked);
  };
  const std::string& first = answers.Get({"a", "b"}, find);
  EXPECT_EQ(&answers.Get({"a", "b"}, find), &first);
  EXPECT_EQ(answers.Get({"ab", ""}, find), "answer 2");
  EXPECT_EQ(answers.Get({"a", "", "b"}, find), "answer 3");
  for (int i = 0; i < 1'000; ++i) answers.Get({std::to_string(i)}, find);
  EXPECT_EQ(first, "answer 1");
  EXPECT_EQ(answers.Get({"999"}, find), "answer 1003");
}

TEST(AnswersTest, AQuestionMayAskFurtherOnes) {
  std::pmr::monotonic_buffer_resource memory;
  Answers<std::string, 2> answers(&memory);
  const auto inner = [](std::string& answer) { answer = "in"; };
  const auto outer = [&](std::string& answer) {
    answer = "<" + answers.Get({"inner"}, inner) + ">";
  };
  EXPECT_EQ(answers.Get({"outer"}, outer), "<in>");
  EXPECT_EQ(answers.Get({"outer"}, inner), "<in>");
}

}  // namespace
}  // namespace meshvet
