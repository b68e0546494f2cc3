// File: cluster/resource.h
//
// Resource: under which path an API server serves a kind. Kubernetes' own kinds
// are v1 everywhere; for those of CRDs discovery says which versions there are
// (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api).

#ifndef MESHVET_CLUSTER_RESOURCE_H_
#define MESHVET_CLUSTER_RESOURCE_H_

#include <span>
#include <string>
#include <string_view>

#include "cluster/api_client.h"
#include "mesh/object.h"
#include "mesh/result.h"

namespace meshvet::cluster {

struct Resource {
  GroupKind kind;
  std::string_view plural;
  bool is_custom = false;  // it may not be installed
};

// Of every kind an inventory keeps (mesh/kinds.h KnownKinds), in that order.
std::span<const Resource> WatchedResources();

struct ServedResource {
  bool is_installed = false;
  std::string path;         // "/apis/networking.istio.io/v1/gateways"
  std::string api_version;  // "networking.istio.io/v1"

  // The path for one namespace; for all of them if `ns` is empty.
  std::string PathIn(std::string_view ns) const;
};

// Asks which version serves the kind: the group's preferred one, else the first
// that has it (Gateway API's ReferenceGrant is v1beta1 while its group prefers
// v1). An error means that the server could not say, or not until `deadline`;
// without one each of its requests has the time of any other.
Result<ServedResource> Discover(ApiSession& session, const Resource& resource,
                                Deadline deadline = {});

// Whether it may be an object's name (RFC 1123, as Kubernetes takes it), and so
// stands in a path as it is.
bool IsObjectName(std::string_view text);

// `text` as a value in a query.
std::string PercentEncode(std::string_view text);

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_RESOURCE_H_
