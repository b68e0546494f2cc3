// File: mesh/workload.h
//
// Workloads: what a selector selects. Pods, the pod templates of Deployments
// and their kin, WorkloadEntries, and the template of a WorkloadGroup.

#ifndef MESHVET_MESH_WORKLOAD_H_
#define MESHVET_MESH_WORKLOAD_H_

#include <functional>
#include <string_view>

#include "mesh/label_selector.h"
#include "mesh/node.h"
#include "mesh/object.h"

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

void ForEachWorkloadLabel(
    const Object& object,
    const std::function<void(std::string_view key, std::string_view value)>&
        visit);

}  // namespace meshvet

#endif  // MESHVET_MESH_WORKLOAD_H_
