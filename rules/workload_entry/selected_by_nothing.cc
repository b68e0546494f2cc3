// An entry that no Service and no ServiceEntry selects receives nothing.

#include <string>

#include "mesh/workload.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

bool Selects(Node selector, const Labels& labels) {
  return !selector.empty() && labels.Matches(selector);
}

bool IsSelected(const Object& entry, const MeshView& mesh) {
  const Labels labels = WorkloadLabels(entry);
  bool selected = false;
  mesh.ForEach(kServiceEntry, entry.ns(), [&](const Object& service) {
    selected |= Selects(service.spec()["workloadSelector"]["labels"], labels);
  });
  mesh.ForEach(kService, entry.ns(), [&](const Object& service) {
    selected |= Selects(service.spec()["selector"], labels);
  });
  return selected;
}

void Check(const Object& entry, RuleContext& ctx) {
  if (entry.annotations()["istio.io/autoRegistrationGroup"].exists()) return;
  if (IsSelected(entry, ctx.mesh())) return;
  const std::string ns(entry.ns());
  if (!ctx.mesh().Covers(kService, ns) ||
      !ctx.mesh().Covers(kServiceEntry, ns)) {
    ctx.NotRun("the Services and ServiceEntries of namespace " + ns +
               " are not all known");
    return;
  }
  ctx.Report(entry.spec()["labels"],
             "no Service and no ServiceEntry of namespace " + ns +
                 " selects this WorkloadEntry: nothing is sent to it")
      .About("not selected");
}

}  // namespace

extern constinit const Rule workload_entry_selected_by_nothing = {
    .id = "workload-entry-selected-by-nothing",
    .title = "WorkloadEntry that nothing selects",
    .severity = Severity::kInfo,
    .rationale =
        R"(A WorkloadEntry receives traffic through a ServiceEntry whose
`workloadSelector`, or a Service whose `selector`, matches its labels in the same
namespace. One that nothing selects may be prepared for later, or may have lost
its Service to a renamed label.)",
    .kinds = {kWorkloadEntry},
    .needs = {kService, kServiceEntry},
    .bad = {{"The selector asks for another app", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: 10.0.0.12, labels: {app: ledger, version: v3}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: legacy}
spec: {hosts: [ledger.example], workloadSelector: {labels: {app: ledgers}}}
)"}},
    .good = {{"A Service selects it", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: 10.0.0.12, labels: {app: ledger, version: v3}}
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: legacy}
spec: {selector: {app: ledger}, ports: [{port: 80, name: http}]}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules
