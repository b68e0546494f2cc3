// A random walk of changes, held against a plain list of objects and the most
// obvious way to answer each question.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "mesh/document.h"
#include "mesh/inventory.h"
#include "mesh/kinds.h"
#include "mesh/references.h"
#include "mesh/workload.h"

namespace meshvet {
namespace {

using Shared = std::shared_ptr<const Object>;
using Titles = std::multiset<std::string>;

constexpr std::array kModelKinds = {
    kService, kServiceEntry,  kVirtualService, kDestinationRule,
    kPod,     kWorkloadEntry, kSidecar,        kNamespace};
const std::vector<std::string>& Namespaces() {
  static const std::vector<std::string> kAll = {"shop", "web", "team"};
  return kAll;
}
const std::vector<std::string>& Names() {
  static const std::vector<std::string> kAll = {"a", "b", "c", "d"};
  return kAll;
}
const std::vector<std::string>& Hosts() {
  static const std::vector<std::string> kAll = {
      "a",         "b.shop.svc.cluster.local", "x.example",
      "*.example", "c.web.svc.cluster.local",  "a.web.svc.cluster.local"};
  return kAll;
}

class Model {
 public:
  using Holds = std::function<bool(const Object&)>;

  void Put(const Shared& object) { objects_[IdentityOf(*object)] = object; }
  bool Remove(const Object& object) {
    return objects_.erase(IdentityOf(object)) > 0;
  }
  size_t size() const { return objects_.size(); }
  const Object* Find(const Object& like) const {
    const auto found = objects_.find(IdentityOf(like));
    return found == objects_.end() ? nullptr : found->second.get();
  }
  Titles Where(const Holds& holds) const {
    Titles titles;
    for (const auto& [identity, object] : objects_) {
      if (holds(*object)) titles.insert(object->root().ToJson());
    }
    return titles;
  }
  std::set<std::string> Inhabited() const {
    std::set<std::string> all;
    for (const auto& [identity, object] : objects_) {
      if (!object->ns().empty()) all.emplace(object->ns());
    }
    return all;
  }

 private:
  using Identity = std::tuple<std::string, std::string, std::string>;
  static Identity IdentityOf(const Object& object) {
    return {std::string(object.kind().kind), std::string(object.ns()),
            std::string(object.name())};
  }

  std::map<Identity, Shared> objects_;
};

Titles TitlesOf(Inventory::Objects objects) {
  Titles titles;
  for (const Object* object : objects) {
    titles.insert(object->root().ToJson());
  }
  return titles;
}

class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {}

  bool OneOf(unsigned n) { return random_() % n == 0; }

  template <typename List>
  const auto& Pick(const List& list) {
    return list[random_() % list.size()];
  }

  Shared RandomObject() {
    const GroupKind& kind = Pick(kModelKinds);
    const std::string group(kind.group);
    const std::string json =
        R"({"apiVersion": ")" + (group.empty() ? "" : group + "/") +
        R"(v1", "kind": ")" + std::string(kind.kind) +
        R"(", "metadata": {"name": ")" + Pick(Names()) +
        R"(", "namespace": ")" + Pick(Namespaces()) + R"(", "labels": )" +
        RandomLabels() + R"(}, "spec": )" + RandomSpec(kind) + "}";
    Result<Document> parsed = ParseJson(json, {});
    if (!parsed) throw std::runtime_error(json);
    auto document = std::make_shared<const Document>(std::move(*parsed));
    return std::make_shared<const Object>(document->root(), document);
  }

 private:
  std::string Quoted(const std::string& text) { return '"' + text + '"'; }

  std::string RandomLabels() {
    return R"({"app": )" + Quoted(Pick(Names())) + R"(, "v": )" +
           Quoted(Pick(Names())) + "}";
  }

  std::string RandomSpec(const GroupKind& kind) {
    const std::string host = Quoted(Pick(Hosts()));
    const std::string other = Quoted(Pick(Hosts()));
    if (kind == kServiceEntry) {
      return R"({"hosts": [)" + host + ", " + other + "]}";
    }
    if (kind == kVirtualService) {
      return R"({"gateways": ["web/a", )" + Quoted(Pick(Names())) +
             R"(], "http": [{"route": [{"destination": {"host": )" + host +
             R"(}}], "mirror": {"host": )" + other +
             R"(}}, {"delegate": {"name": )" + Quoted(Pick(Names())) +
             R"(, "namespace": "team"}}]})";
    }
    if (kind == kDestinationRule) return R"({"host": )" + host + "}";
    if (kind == kSidecar) {
      return R"({"egress": [{"hosts": [")" + Pick(Namespaces()) + "/" +
             Pick(Hosts()) + R"("]}]})";
    }
    if (kind == kWorkloadEntry) return R"({"labels": )" + RandomLabels() + "}";
    if (kind == kService && OneOf(2)) {
      return R"({"type": "ExternalName", "externalName": )" + host + "}";
    }
    return "{}";
  }

  std::mt19937 random_;
};

bool RefersTo(const Object& object, const GroupKind& kind,
              const std::string& target) {
  bool refers = false;
  ForEachReference(object, {}, [&](const Reference& reference) {
    refers |= reference.kind == kind && reference.target == target;
  });
  return refers;
}

bool DefinesHost(const Object& object, const std::string& host) {
  if (object.kind() != kServiceEntry) return false;
  for (const Node own : object.spec()["hosts"]) {
    if (own.Str() == host) return true;
  }
  return false;
}

bool HasLabel(const Object& object, const std::string& key,
              const std::string& value) {
  const auto& kinds = PodKinds();
  const bool is_workload =
      std::ranges::find(kinds, object.kind()) != kinds.end() ||
      object.kind() == kWorkloadEntry;
  return is_workload && WorkloadLabels(object)[key].Str() == value;
}

void CompareLists(const Inventory& inventory, const Model& model) {
  for (const GroupKind& kind : kModelKinds) {
    for (const std::string& name : Names()) {
      EXPECT_EQ(TitlesOf(inventory.Named(kind, name)),
                model.Where([&](const Object& object) {
                  return object.kind() == kind && object.name() == name;
                }));
    }
    for (const std::string& ns : Namespaces()) {
      EXPECT_EQ(TitlesOf(inventory.List(kind, ns)),
                model.Where([&](const Object& object) {
                  return object.kind() == kind && object.ns() == ns;
                }));
    }
  }
}

void CompareHosts(const Inventory& inventory, const Model& model) {
  std::vector<std::string> hosts = Hosts();
  hosts.emplace_back(kAnyWildcard);
  for (const std::string& ns : Namespaces()) {
    for (const std::string& name : Names()) {
      hosts.push_back(name + "." + ns + ".svc.cluster.local");
    }
  }
  for (const std::string& host : hosts) {
    const HostRecord& record = inventory.At(host);
    EXPECT_EQ(TitlesOf(record.services), model.Where([&](const Object& object) {
      return object.kind() == kService &&
             ServiceHost(object.name(), object.ns(), "cluster.local") == host;
    }));
    EXPECT_EQ(TitlesOf(record.entries), model.Where([&](const Object& object) {
      return DefinesHost(object, host);
    }));
    EXPECT_EQ(TitlesOf(record.rules), model.Where([&](const Object& object) {
      return object.kind() == kDestinationRule &&
             RefersTo(object, kService, host);
    }));
    for (const GroupKind& from : kModelKinds) {
      EXPECT_EQ(TitlesOf(inventory.Referrers(from, kService, host)),
                model.Where([&](const Object& object) {
                  return object.kind() == from &&
                         RefersTo(object, kService, host);
                }));
    }
  }
}

void CompareNamesAndLabels(const Inventory& inventory, const Model& model) {
  for (const std::string& ns : Namespaces()) {
    for (const std::string& name : Names()) {
      for (const GroupKind& kind : {kGateway, kVirtualService}) {
        const std::string target = ns + "/" + name;
        EXPECT_EQ(TitlesOf(inventory.Referrers(kVirtualService, kind, target)),
                  model.Where([&](const Object& object) {
                    return RefersTo(object, kind, target);
                  }));
      }
      EXPECT_EQ(TitlesOf(inventory.WorkloadsWithLabel(ns, "app", name)),
                model.Where([&](const Object& object) {
                  return object.ns() == ns && HasLabel(object, "app", name);
                }));
    }
  }
}

void Compare(const Inventory& inventory, const Model& model) {
  EXPECT_EQ(inventory.size(), model.size());
  EXPECT_EQ(std::set<std::string>(inventory.namespaces().begin(),
                                  inventory.namespaces().end()),
            model.Inhabited());
  CompareLists(inventory, model);
  CompareHosts(inventory, model);
  CompareNamesAndLabels(inventory, model);
}

class InventoryModelTest : public testing::TestWithParam<unsigned> {};

TEST_P(InventoryModelTest, AgreesWithAPlainListAfterEveryChange) {
  Walk walk(GetParam());
  Model model;
  InventoryBuilder builder;
  std::vector<std::pair<std::shared_ptr<const Inventory>, Model>> past;
  for (int step = 0; step < 1'500; ++step) {
    const Shared object = walk.RandomObject();
    if (walk.OneOf(3)) {
      EXPECT_EQ(builder.Remove(object->kind(), object->ns(), object->name()),
                model.Remove(*object));
    } else {
      EXPECT_TRUE(builder.Put(object));
      model.Put(object);
    }
    const auto inventory = builder.Snapshot();
    EXPECT_EQ(
        inventory->Find(object->kind(), object->ns(), object->name()).object,
        model.Find(*object));
    if (step % 100 == 99) past.emplace_back(inventory, model);
  }
  // All of them now, when every later change has been made.
  for (const auto& [inventory, then] : past) Compare(*inventory, then);
}

INSTANTIATE_TEST_SUITE_P(Seeds, InventoryModelTest,
                         testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace meshvet
