#include "mesh/inventory.h"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <utility>

#include "mesh/glob.h"
#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/references.h"
#include "mesh/workload.h"

namespace meshvet {
namespace {

// A key. Its parts end in line breaks, which no kind and no name of a
// stored object holds; what a key of other text finds is looked at again, see
// MeshView::Selects. Most fit without an allocation.
class Key {
 public:
  Key(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) size_ += part.size() + 1;
    char* at = room_.data();
    if (size_ > room_.size()) {
      long_.resize(size_);
      at = long_.data();
    }
    for (const std::string_view part : parts) {
      at = std::copy(part.begin(), part.end(), at);
      *at++ = '\n';
    }
  }

  std::string_view view() const {
    return {size_ > room_.size() ? long_.data() : room_.data(), size_};
  }

 private:
  size_t size_ = 0;
  std::array<char, 160> room_;  // filled before it is read
  std::string long_;
};

Key IdentityKey(const GroupKind& kind, std::string_view ns,
                std::string_view name) {
  return {kind.group, kind.kind, ns, name};
}

Key TargetKey(const GroupKind& from, const GroupKind& kind,
              std::string_view target) {
  return {from.group, from.kind, kind.group, kind.kind, target};
}

bool HasLineBreak(std::string_view text) {
  return text.find('\n') != text.npos;
}

bool IsName(std::string_view text) {
  return !text.empty() && !HasLineBreak(text);
}

}  // namespace

bool Coverage::Covers(const GroupKind& kind, std::string_view ns) const {
  if (complete) return true;
  if (std::ranges::find(complete_kinds, kind) != complete_kinds.end()) {
    return true;
  }
  return !ns.empty() &&
         std::ranges::any_of(closed_namespaces, [&](const std::string& glob) {
           return GlobMatch(glob, ns);
         });
}

Lookup Inventory::Find(const GroupKind& kind, std::string_view ns,
                       std::string_view name) const {
  const auto* found = objects_.Find(IdentityKey(kind, ns, name).view());
  return LookupOf(found == nullptr ? nullptr : found->get(), kind,
                  IsClusterScoped(kind) ? name : ns);
}

Lookup Inventory::FindService(std::string_view ns,
                              const HostRecord& host) const {
  return LookupOf(host.services.empty() ? nullptr : host.services.front(),
                  kService, ns);
}

Lookup Inventory::LookupOf(const Object* object, const GroupKind& kind,
                           std::string_view home) const {
  if (object != nullptr) return {Presence::kFound, object};
  return {coverage_->Covers(kind, home) ? Presence::kMissing
                                        : Presence::kUnknown};
}

Inventory::Objects Inventory::ListAt(const Lists& lists, std::string_view key) {
  const auto* list = lists.Find(key);
  return list == nullptr ? Objects() : Objects(*list);
}

Inventory::Objects Inventory::List(const GroupKind& kind,
                                   std::string_view ns) const {
  return ListAt(by_kind_, Key({kind.group, kind.kind, ns}).view());
}

Inventory::Objects Inventory::Named(const GroupKind& kind,
                                    std::string_view name) const {
  return ListAt(by_name_, Key({kind.group, kind.kind, name}).view());
}

const HostRecord& Inventory::At(std::string_view host) const {
  static const HostRecord kNothing;
  const HostRecord* record = hosts_.Find(host);
  return record == nullptr ? kNothing : *record;
}

Inventory::Objects Inventory::Referrers(const GroupKind& from,
                                        const GroupKind& kind,
                                        std::string_view target) const {
  if (from == kDestinationRule && kind == kService) return At(target).rules;
  return ListAt(by_target_, TargetKey(from, kind, target).view());
}

Inventory::Objects Inventory::WorkloadsWithLabel(std::string_view ns,
                                                 std::string_view key,
                                                 std::string_view value) const {
  return ListAt(by_label_, Key({ns, key, value}).view());
}

InventoryBuilder::InventoryBuilder(MeshConfig config, Coverage coverage)
    : config_(std::make_shared<const MeshConfig>(std::move(config))),
      coverage_(std::make_shared<const Coverage>(std::move(coverage))),
      namespaces_(
          std::make_shared<const std::set<std::string, std::less<>>>()) {}

InventoryBuilder::InventoryBuilder(const Inventory& start)
    : config_(start.config_),
      coverage_(start.coverage_),
      namespaces_(start.namespaces_),
      size_(start.size_),
      objects_(start.objects_),
      hosts_(start.hosts_),
      by_kind_(start.by_kind_),
      by_name_(start.by_name_),
      by_label_(start.by_label_),
      by_target_(start.by_target_) {}

void InventoryBuilder::SetCoverage(Coverage coverage) {
  coverage_ = std::make_shared<const Coverage>(std::move(coverage));
}

// Calls `edit(map, key, list)` for every list that `object` stands in: `list`
// is how it is reached from the entry of `key`.
template <typename Edit>
void InventoryBuilder::ForEachList(const Object& object, const Edit& edit) {
  constexpr std::identity kItself;
  const GroupKind& kind = object.kind();
  edit(by_kind_, Key({kind.group, kind.kind, object.ns()}).view(), kItself);
  edit(by_name_, Key({kind.group, kind.kind, object.name()}).view(), kItself);
  if (kind == kService) {
    edit(hosts_, ServiceHost(object.name(), object.ns(), config_->domain),
         &HostRecord::services);
  } else if (kind == kServiceEntry) {
    for (const Node host : object.spec()["hosts"]) {
      edit(hosts_, host.Str(), &HostRecord::entries);
    }
  }
  ForEachWorkloadLabel(
      object, [&](std::string_view key, std::string_view value) {
        edit(by_label_, Key({object.ns(), key, value}).view(), kItself);
      });
  ForEachReferrerList(object, edit);
}

template <typename Edit>
void InventoryBuilder::ForEachReferrerList(const Object& object,
                                           const Edit& edit) {
  const GroupKind& from = object.kind();
  ForEachReference(object, *config_, [&](const Reference& reference) {
    const auto& [kind, target, place] = reference;
    if (from == kDestinationRule && kind == kService) {
      edit(hosts_, target, &HostRecord::rules);
    } else {
      edit(by_target_, TargetKey(from, kind, target).view(), std::identity());
    }
  });
}

bool InventoryBuilder::Put(std::shared_ptr<const Object> object) {
  if (!IsName(object->name()) || HasLineBreak(object->ns())) return false;
  if (std::ranges::find(KnownKinds(), object->kind()) == KnownKinds().end()) {
    return false;
  }
  Unlink(object->kind(), object->ns(), object->name());
  const Object* pointer = object.get();
  // An object that names a target twice is still one referrer.
  const auto add_once = [&](auto& map, std::string_view key, auto list) {
    map.Change(key, [&](auto& entry) {
      auto& objects = std::invoke(list, entry);
      if (objects.empty() || objects.back() != pointer) {
        objects.push_back(pointer);
      }
      return true;
    });
  };
  ForEachList(*object, add_once);
  if (!object->ns().empty()) NoteNamespace(object->ns(), true);
  const Key key = IdentityKey(object->kind(), object->ns(), object->name());
  objects_.Change(key.view(), [&](std::shared_ptr<const Object>& entry) {
    entry = std::move(object);
    return true;
  });
  ++size_;
  return true;
}

bool InventoryBuilder::Remove(const GroupKind& kind, std::string_view ns,
                              std::string_view name) {
  const std::string home(ns);  // `ns` may belong to the object that goes
  if (!Unlink(kind, ns, name)) return false;
  if (IsDeserted(home)) NoteNamespace(home, false);
  return true;
}

bool InventoryBuilder::IsDeserted(std::string_view ns) const {
  return std::ranges::all_of(KnownKinds(), [&](const GroupKind& kind) {
    const Key key{kind.group, kind.kind, ns};
    return by_kind_.current().Find(key.view()) == nullptr;
  });
}

void InventoryBuilder::NoteNamespace(std::string_view ns, bool inhabited) {
  const auto known = namespaces_->find(ns);
  if ((known != namespaces_->end()) == inhabited) return;
  auto changed =
      std::make_shared<std::set<std::string, std::less<>>>(*namespaces_);
  if (inhabited) {
    changed->emplace(ns);
  } else {
    changed->erase(*known);
  }
  namespaces_ = std::move(changed);
}

bool InventoryBuilder::Unlink(const GroupKind& kind, std::string_view ns,
                              std::string_view name) {
  const Key key = IdentityKey(kind, ns, name);
  const auto* found = objects_.current().Find(key.view());
  if (found == nullptr) return false;
  const std::shared_ptr<const Object> object = *found;
  ForEachList(*object, [&](auto& map, std::string_view at, auto list) {
    map.Change(at, [&](auto& entry) {
      std::erase(std::invoke(list, entry), object.get());
      return !entry.empty();
    });
  });
  objects_.Change(key.view(), [](const auto&) { return false; });
  --size_;
  return true;
}

std::shared_ptr<const Inventory> InventoryBuilder::Snapshot() {
  auto snapshot = std::make_shared<Inventory>();
  snapshot->config_ = config_;
  snapshot->coverage_ = coverage_;
  snapshot->namespaces_ = namespaces_;
  snapshot->size_ = size_;
  snapshot->objects_ = objects_.Finish();
  snapshot->hosts_ = hosts_.Finish();
  snapshot->by_kind_ = by_kind_.Finish();
  snapshot->by_name_ = by_name_.Finish();
  snapshot->by_label_ = by_label_.Finish();
  snapshot->by_target_ = by_target_.Finish();
  return snapshot;
}

}  // namespace meshvet
