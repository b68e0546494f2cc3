// File: rules/nearest_object.h
//
// "Did you mean …?" among the objects of the mesh.

#ifndef MESHVET_RULES_NEAREST_OBJECT_H_
#define MESHVET_RULES_NEAREST_OBJECT_H_

#include <string>
#include <string_view>

#include "mesh/mesh_view.h"

namespace meshvet::rules {

// What an author who named `name` of `ns` may have meant: the object of that
// name in the only other namespace that has one, else the nearest name in `ns`.
// " (did you mean \"…\"?)" with the name written in full, or nothing.
std::string DidYouMeanObject(const MeshView& mesh, const GroupKind& kind,
                             std::string_view ns, std::string_view name);
// The same for a Service or ServiceEntry host.
std::string DidYouMeanHost(const MeshView& mesh, std::string_view host,
                           std::string_view client_ns);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_NEAREST_OBJECT_H_
