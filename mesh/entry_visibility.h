// File: mesh/entry_visibility.h
//
// How far a ServiceEntry is seen at most, whatever its exportTo says: the
// mesh's serviceEntryVisibility (Istio 1.31; docs/ops/configuration/mesh/
// serviceentry-visibility on istio.io). Only with `applyToSidecars: true` does
// it count for sidecars and gateways (pilot/pkg/model/push_context.go:1097 in
// istio/istio).

#ifndef MESHVET_MESH_ENTRY_VISIBILITY_H_
#define MESHVET_MESH_ENTRY_VISIBILITY_H_

#include <memory>
#include <optional>
#include <string_view>

#include "mesh/document.h"
#include "mesh/node.h"

namespace meshvet {

class EntryVisibility {
 public:
  enum class Reach { kEveryone, kOwnNamespace, kNobody };

  // Every entry is public.
  EntryVisibility() = default;
  // From the field `serviceEntryVisibility`.
  explicit EntryVisibility(Node setting);

  bool is_limited() const { return setting_ != nullptr; }

  // The reach of the entries of `ns`, whose Namespace carries `labels`: the
  // first policy all of whose rules match says it, else defaultVisibility. A
  // policy without rules matches; a rule without a selector, or with one that
  // Kubernetes refuses, never does (pilot/pkg/model
  // CompileServiceEntryVisibility). Nothing if `labels` are not known (null)
  // and a policy asks for more than the namespace's name.
  std::optional<Reach> Of(std::string_view ns, const Node* labels) const;

  friend bool operator==(const EntryVisibility& a, const EntryVisibility& b);

 private:
  std::shared_ptr<const Document> setting_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_ENTRY_VISIBILITY_H_
