#include "mesh/workload.h"

#include <algorithm>

#include "mesh/kinds.h"

namespace meshvet {
namespace {

constexpr std::string_view kInject = "sidecar.istio.io/inject";

constexpr std::string_view kTlsMode = "security.istio.io/tlsMode";

bool RunsPods(const GroupKind& kind) {
  return std::ranges::find(PodKinds(), kind) != PodKinds().end();
}

}  // namespace

Node PodTemplate(const Object& object) {
  const GroupKind& kind = object.kind();
  if (kind == kPod) return object.root();
  if (kind == kCronJob) return object.spec()["jobTemplate"]["spec"]["template"];
  return RunsPods(kind) ? object.spec()["template"] : Node();
}

Labels WorkloadLabels(const Object& object) {
  if (object.kind() == kWorkloadEntry) {
    return Labels(object.labels(), object.spec()["labels"]);
  }
  if (object.kind() == kWorkloadGroup) {
    return Labels(object.spec()["metadata"]["labels"],
                  object.spec()["template"]["labels"]);
  }
  return Labels(PodTemplate(object)["metadata"]["labels"]);
}

std::string_view ServiceAccount(const Object& object) {
  if (object.kind() == kWorkloadEntry) {
    return object.spec()["serviceAccount"].Str();
  }
  if (object.kind() == kWorkloadGroup) {
    return object.spec()["template"]["serviceAccount"].Str();
  }
  return PodTemplate(object)["spec"]["serviceAccountName"].Str();
}

bool IsOutsideMesh(const Object& object) {
  const Node metadata = PodTemplate(object)["metadata"];
  const Node label = metadata["labels"][kInject];
  const Node said = label.exists() ? label : metadata["annotations"][kInject];
  return said.Text() == "false";
}

bool TakesIstioMutualTls(const Object& workload) {
  const Node mode = WorkloadLabels(workload)[kTlsMode];
  if (mode.exists()) return mode.Str() == "istio";
  return workload.kind() == kWorkloadEntry ? !ServiceAccount(workload).empty()
                                           : !IsOutsideMesh(workload);
}

Node WorkloadSelectorOf(const RegistryService& service) {
  const Node spec = service.object->spec();
  return service.is_entry() ? spec["workloadSelector"]["labels"]
                            : spec["selector"];
}

void ForEachWorkloadOf(const RegistryService& service, const MeshView& mesh,
                       const std::function<void(const Object&)>& visit) {
  const Node selector = WorkloadSelectorOf(service);
  mesh.ForEachWorkload(PodKinds(), service.ns(), selector, visit);
  mesh.ForEachWorkload(std::span(&kWorkloadEntry, 1), service.ns(), selector,
                       visit);
}

void ForEachWorkloadLabel(
    const Object& object,
    const std::function<void(std::string_view, std::string_view)>& visit) {
  WorkloadLabels(object).ForEach([&](std::string_view key, Node value) {
    // In a file a label may be a number: it counts by its text.
    value.IsString() ? visit(key, value.Str()) : visit(key, value.Text());
  });
}

}  // namespace meshvet
