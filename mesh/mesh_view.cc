#include "mesh/mesh_view.h"

#include <algorithm>

#include "mesh/memo.h"
#include "mesh/references.h"
#include "mesh/workload.h"

namespace meshvet {

namespace {

// What `inventory` holds under the identity of `object`; null for one that has
// no name yet.
const Object* StoredSelf(const Inventory& inventory, const Object& object) {
  if (object.name().empty()) return nullptr;
  return inventory.Find(object.kind(), object.ns(), object.name()).object;
}

}  // namespace

MeshView::MeshView(const Inventory& inventory, const Object* subject,
                   LookupLog* log)
    : MeshView(inventory, subject,
               subject == nullptr ? nullptr : StoredSelf(inventory, *subject),
               log) {}

MeshView::MeshView(const Inventory& inventory, const Object* subject,
                   const Object* older, LookupLog* log)
    : inventory_(inventory),
      subject_(subject),
      older_(older),
      log_(log),
      memo_(std::make_unique_for_overwrite<Memo>()) {}

MeshView MeshView::Without(const Inventory& inventory, const Object& gone,
                           LookupLog* log) {
  return {inventory, nullptr, StoredSelf(inventory, gone), log};
}

MeshView::~MeshView() = default;

bool MeshView::Covers(const GroupKind& kind, std::string_view ns) const {
  Note(kind);
  const bool covers = coverage().Covers(kind, ns);
  if (covers) NoteAbsence(kind, ns, {});
  return covers;
}

void MeshView::NoteAbsence(const GroupKind& kind, std::string_view ns,
                           std::string_view name) const {
  if (log_ == nullptr) return;
  // The kind's own text may be an object's, and not live as long as the log.
  const auto known = std::ranges::find(KnownKinds(), kind);
  if (known == KnownKinds().end()) return;
  log_->absences.insert({*known, std::string(ns), std::string(name)});
}

bool MeshView::IsSubject(const GroupKind& kind, std::string_view ns,
                         std::string_view name) const {
  return subject_ != nullptr && subject_->kind() == kind &&
         subject_->ns() == ns && subject_->name() == name && !name.empty();
}

Lookup MeshView::Find(const GroupKind& kind, std::string_view ns,
                      std::string_view name) const {
  Note(kind);
  if (IsSubject(kind, ns, name)) return {Presence::kFound, subject_};
  return Overlaid(kind, ns, name, inventory_.Find(kind, ns, name));
}

Lookup MeshView::FindService(const ServiceName& service,
                             const KnownHost& host) const {
  Note(kService);
  if (IsSubject(kService, service.ns, service.name)) {
    return {Presence::kFound, subject_};
  }
  return Overlaid(kService, service.ns, service.name,
                  inventory_.FindService(service.ns, *host.record));
}

// What has no new self is about to be deleted.
Lookup MeshView::Overlaid(const GroupKind& kind, std::string_view ns,
                          std::string_view name, Lookup found) const {
  if (found.object != nullptr && found.object == older_) {
    return {Presence::kMissing};
  }
  if (found.presence == Presence::kMissing) NoteAbsence(kind, ns, name);
  return found;
}

bool MeshView::SubjectDefinesHost(std::string_view host) const {
  if (subject_->kind() != kServiceEntry) return false;
  for (const Node own : subject_->spec()["hosts"]) {
    if (own.Str() == host) return true;
  }
  return false;
}

bool MeshView::SubjectRefersTo(const GroupKind& kind,
                               std::string_view target) const {
  bool refers = false;
  ForEachReference(*subject_, config(), [&](const Reference& reference) {
    refers |= reference.kind == kind && reference.target == target;
  });
  return refers;
}

// A superset of what `selector` selects: the workloads with its rarest pair.
// Labels that are no text in a file count by their text, as in Labels::Matches.
Inventory::Objects MeshView::WorkloadsLike(std::string_view ns,
                                           Node selector) const {
  std::optional<Inventory::Objects> rarest;
  for (const auto& [key, value] : selector.Members()) {
    const auto list = inventory_.WorkloadsWithLabel(ns, key, value.Text());
    if (!rarest || list.size() < rarest->size()) rarest = list;
  }
  return rarest.value_or(Inventory::Objects());
}

bool MeshView::Selects(Node selector, const Object& workload) {
  return !selector.empty() && WorkloadLabels(workload).Matches(selector);
}

std::vector<std::string_view> MeshView::namespaces() const {
  std::vector<std::string_view> names(inventory_.namespaces().begin(),
                                      inventory_.namespaces().end());
  if (subject_ != nullptr && !subject_->ns().empty() &&
      !inventory_.namespaces().contains(subject_->ns())) {
    names.push_back(subject_->ns());
  }
  return names;
}

}  // namespace meshvet
