// File: mesh/workload.h
//
// Workloads: what a selector selects. Pods, the pod templates of Deployments
// and their kin, WorkloadEntries, and the template of a WorkloadGroup.

#ifndef MESHVET_MESH_WORKLOAD_H_
#define MESHVET_MESH_WORKLOAD_H_

#include <functional>
#include <string_view>

#include "mesh/label_selector.h"
#include "mesh/mesh_view.h"
#include "mesh/node.h"
#include "mesh/object.h"
#include "mesh/registry.h"

namespace meshvet {

// The labels an endpoint of this workload carries; none for other kinds.
//   Pod            metadata.labels
//   Deployment, …  spec.template.metadata.labels (CronJob: of its jobTemplate)
//   WorkloadEntry  metadata.labels over spec.labels (istio
//                  serviceentry/conversion.go:184-196)
//   WorkloadGroup  spec.template.labels under spec.metadata.labels, which is
//                  what its entries get (autoregistration/controller.go)
Labels WorkloadLabels(const Object& object);

// The pod this object is or will run: a node with `metadata` and `spec`;
// missing for a kind without pods.
Node PodTemplate(const Object& object);

// The service account of the workload's identity; empty if none is named.
std::string_view ServiceAccount(const Object& object);

// Whether this workload is known to have no sidecar: the label or annotation
// sidecar.istio.io/inject says "false". Nothing said means it may have one.
bool IsOutsideMesh(const Object& object);

// Whether the endpoints of this workload take Istio's mTLS, as far as it says:
// by its label security.istio.io/tlsMode, which is "istio" or not; without it a
// WorkloadEntry does if it names a service account (serviceentry/
// conversion.go:395-407), and pods do unless they are outside the mesh.
bool TakesIstioMutualTls(const Object& workload);

// What `service` selects its workloads by: a Service's spec.selector, an
// entry's workloadSelector.labels.
Node WorkloadSelectorOf(const RegistryService& service);

// The known workloads behind the service: pods, pod templates and
// WorkloadEntries for a Service, WorkloadEntries and pods for an entry. Only in
// its own namespace (serviceentry/conversion.go:556-562).
void ForEachWorkloadOf(const RegistryService& service, const MeshView& mesh,
                       const std::function<void(const Object&)>& visit);

void ForEachWorkloadLabel(
    const Object& object,
    const std::function<void(std::string_view key, std::string_view value)>&
        visit);

}  // namespace meshvet

#endif  // MESHVET_MESH_WORKLOAD_H_
