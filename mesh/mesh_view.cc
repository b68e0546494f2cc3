#include "mesh/mesh_view.h"

#include "mesh/memo.h"
#include "mesh/references.h"
#include "mesh/workload.h"

namespace meshvet {

MeshView::MeshView(const Inventory& inventory, const Object* subject,
                   LookupLog* log)
    : inventory_(inventory),
      subject_(subject),
      log_(log),
      memo_(std::make_unique<Memo>()) {
  if (subject == nullptr || subject->name().empty()) return;
  older_ =
      inventory.Find(subject->kind(), subject->ns(), subject->name()).object;
}

MeshView::~MeshView() = default;

bool MeshView::Covers(const GroupKind& kind, std::string_view ns) const {
  Note(kind);
  return coverage().Covers(kind, ns);
}

Lookup MeshView::Find(const GroupKind& kind, std::string_view ns,
                      std::string_view name) const {
  Note(kind);
  if (subject_ != nullptr && subject_->kind() == kind && subject_->ns() == ns &&
      subject_->name() == name) {
    return {Presence::kFound, subject_};
  }
  return inventory_.Find(kind, ns, name);
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
Inventory::Objects MeshView::WorkloadsLike(std::string_view ns,
                                           Node selector) const {
  std::optional<Inventory::Objects> rarest;
  for (const auto& [key, value] : selector.Members()) {
    const auto list = inventory_.WorkloadsWithLabel(ns, key, value.Str());
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
