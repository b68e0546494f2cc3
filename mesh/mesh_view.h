// File: mesh/mesh_view.h
//
// MeshView: the mesh as it will be once the object under review is in it, or
// gone. The snapshot still holds the object's older self, or nothing; the view
// shows the new one in its place, and notes which kinds were asked for.
//
//   MeshView mesh(*inventory, &object);
//   mesh.ForEach(kPeerAuthentication, "shop", [](const Object& policy) { … });
//
// A view belongs to one thread and lives no longer than what it was made of.

#ifndef MESHVET_MESH_MESH_VIEW_H_
#define MESHVET_MESH_MESH_VIEW_H_

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/host_name.h"
#include "mesh/inventory.h"
#include "mesh/kinds.h"
#include "mesh/object.h"

namespace meshvet {

// That nothing but what the snapshot holds exists: of this kind, in this
// namespace (everywhere if `ns` is empty) and of this name (of any if `name` is
// empty). For a Namespace, `name` is what it is called.
struct Absence {
  GroupKind kind;  // one of KnownKinds()
  std::string ns;
  std::string name;

  friend auto operator<=>(const Absence&, const Absence&) = default;
};

// What rules asked of the mesh.
struct LookupLog {
  // The kinds looked up; a rule's `needs` are held against them.
  std::set<GroupKind> kinds;
  // What was answered because the snapshot claims to be complete: all that a
  // finding "this does not exist" can rest on.
  std::set<Absence> absences;
};

// A host name and what the snapshot has under it: found once, for all that is
// asked of it.
struct KnownHost {
  std::string_view name;
  const HostRecord* record;  // never null
};

struct Memo;  // mesh/memo.h, for mesh/ alone

class MeshView {
 public:
  // `subject` may be null: the mesh as the snapshot has it.
  MeshView(const Inventory& inventory, const Object* subject,
           LookupLog* log = nullptr);
  // The mesh once `gone` is deleted: it is provably missing.
  static MeshView Without(const Inventory& inventory, const Object& gone,
                          LookupLog* log = nullptr);
  ~MeshView();
  MeshView(const MeshView&) = delete;
  MeshView& operator=(const MeshView&) = delete;

  const MeshConfig& config() const { return inventory_.mesh_config(); }
  const Coverage& coverage() const { return inventory_.coverage(); }
  const Object* subject() const { return subject_; }

  // Whether everything of `kind` in `ns` is known; see Coverage::Covers.
  bool Covers(const GroupKind& kind, std::string_view ns) const;
  Lookup Find(const GroupKind& kind, std::string_view ns,
              std::string_view name) const;

  KnownHost At(std::string_view host) const {
    return {host, &inventory_.At(host)};
  }
  // As Find(kService, …), of the Service whose name `host` is.
  Lookup FindService(const ServiceName& service, const KnownHost& host) const;

  // Each calls `visit(const Object&)` for what Inventory's function of that
  // purpose lists, and for the subject where it belongs there.
  template <typename Visit>
  void ForEach(const GroupKind& kind, std::string_view ns,
               const Visit& visit) const;
  template <typename Visit>
  void ForEachNamed(const GroupKind& kind, std::string_view name,
                    const Visit& visit) const;
  template <typename Visit>
  void ForEachEntryOfHost(const KnownHost& host, const Visit& visit) const;
  template <typename Visit>
  void ForEachRuleOfHost(const KnownHost& host, const Visit& visit) const;
  // `from` is the kind of the referrers wanted.
  template <typename Visit>
  void ForEachReferrer(const GroupKind& from, const GroupKind& kind,
                       std::string_view target, const Visit& visit) const;
  // Workloads of the kinds `of` in `ns` whose labels match the map `selector`;
  // none for an empty selector.
  template <typename Visit>
  void ForEachWorkload(std::span<const GroupKind> of, std::string_view ns,
                       Node selector, const Visit& visit) const;

  std::vector<std::string_view> namespaces() const;

  // Answers worked out so far; see mesh/memo.h.
  Memo& memo() const { return *memo_; }

 private:
  MeshView(const Inventory& inventory, const Object* subject,
           const Object* older, LookupLog* log);

  void Note(const GroupKind& kind) const {
    if (log_ != nullptr) log_->kinds.insert(kind);
  }
  // What is shown of this identity where the snapshot has `found`.
  Lookup Overlaid(const GroupKind& kind, std::string_view ns,
                  std::string_view name, Lookup found) const;
  bool IsSubject(const GroupKind& kind, std::string_view ns,
                 std::string_view name) const;
  void NoteAbsence(const GroupKind& kind, std::string_view ns,
                   std::string_view name) const;
  // Visits `list` without the subject's older self, then the subject if it
  // `belongs`.
  template <typename Visit, typename Belongs>
  void Overlay(Inventory::Objects list, const Visit& visit,
               const Belongs& belongs) const;
  bool SubjectDefinesHost(std::string_view host) const;
  bool SubjectRefersTo(const GroupKind& kind, std::string_view target) const;
  Inventory::Objects WorkloadsLike(std::string_view ns, Node selector) const;
  static bool Selects(Node selector, const Object& workload);

  const Inventory& inventory_;
  const Object* subject_;
  // What the snapshot has and the view has not: the subject's older self.
  const Object* older_;
  LookupLog* log_;
  std::unique_ptr<Memo> memo_;
};

template <typename Visit, typename Belongs>
void MeshView::Overlay(Inventory::Objects list, const Visit& visit,
                       const Belongs& belongs) const {
  for (const Object* object : list) {
    if (object != older_) visit(*object);
  }
  if (subject_ != nullptr && belongs()) visit(*subject_);
}

template <typename Visit>
void MeshView::ForEach(const GroupKind& kind, std::string_view ns,
                       const Visit& visit) const {
  Note(kind);
  Overlay(inventory_.List(kind, ns), visit,
          [&] { return subject_->kind() == kind && subject_->ns() == ns; });
}

template <typename Visit>
void MeshView::ForEachNamed(const GroupKind& kind, std::string_view name,
                            const Visit& visit) const {
  Note(kind);
  Overlay(inventory_.Named(kind, name), visit,
          [&] { return subject_->kind() == kind && subject_->name() == name; });
}

template <typename Visit>
void MeshView::ForEachEntryOfHost(const KnownHost& host,
                                  const Visit& visit) const {
  Note(kServiceEntry);
  Overlay(host.record->entries, visit,
          [&] { return SubjectDefinesHost(host.name); });
}

template <typename Visit>
void MeshView::ForEachRuleOfHost(const KnownHost& host,
                                 const Visit& visit) const {
  Note(kDestinationRule);
  Overlay(host.record->rules, visit, [&] {
    return subject_->kind() == kDestinationRule &&
           SubjectRefersTo(kService, host.name);
  });
}

template <typename Visit>
void MeshView::ForEachReferrer(const GroupKind& from, const GroupKind& kind,
                               std::string_view target,
                               const Visit& visit) const {
  Note(from);
  Overlay(inventory_.Referrers(from, kind, target), visit, [&] {
    return subject_->kind() == from && SubjectRefersTo(kind, target);
  });
}

template <typename Visit>
void MeshView::ForEachWorkload(std::span<const GroupKind> of,
                               std::string_view ns, Node selector,
                               const Visit& visit) const {
  for (const GroupKind& kind : of) Note(kind);
  const auto wanted = [&](const Object& object) {
    return std::ranges::find(of, object.kind()) != of.end() &&
           Selects(selector, object);
  };
  const auto visit_wanted = [&](const Object& object) {
    if (wanted(object)) visit(object);
  };
  Overlay(WorkloadsLike(ns, selector), visit_wanted,
          [&] { return subject_->ns() == ns; });
}

}  // namespace meshvet

#endif  // MESHVET_MESH_MESH_VIEW_H_
