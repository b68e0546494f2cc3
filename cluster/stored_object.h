// File: cluster/stored_object.h
//
// StoredObject: an object as the API server sends it, cut down to what rules
// read. Most of what a cluster stores is of no use here: status and
// managedFields, the copy of itself that `kubectl apply` keeps in an
// annotation, and of a pod everything but its ports and its service account.

#ifndef MESHVET_CLUSTER_STORED_OBJECT_H_
#define MESHVET_CLUSTER_STORED_OBJECT_H_

#include <memory>
#include <string_view>

#include "mesh/node.h"
#include "mesh/object.h"

namespace meshvet::cluster {

using ObjectPtr = std::shared_ptr<const Object>;

// A copy with memory of its own. `api_version` and `kind` are what the item is,
// since the items of a list of Kubernetes' own kinds do not say so themselves.
// Null if it has no name.
ObjectPtr StoredObject(Node item, std::string_view api_version,
                       std::string_view kind);

// metadata.resourceVersion.
std::string_view ResourceVersionOf(const Object& object);

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_STORED_OBJECT_H_
