// An entry with a host name for an address is lost to all but DNS entries.

#include <string>
#include <string_view>

#include "mesh/host_name.h"
#include "mesh/workload.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

bool ResolvesByDns(const Object& service_entry) {
  const std::string_view resolution = service_entry.spec()["resolution"].Str();
  return resolution == "DNS" || resolution == "DNS_ROUND_ROBIN";
}

void Check(const Object& entry, RuleContext& ctx) {
  const Node address = entry.spec()["address"];
  if (address.Str().empty() || IsIpAddress(address.Str())) return;
  const Labels labels = WorkloadLabels(entry);
  const auto report = [&](const Object& service, Node selector,
                          std::string_view why) {
    if (selector.empty() || !labels.Matches(selector)) return;
    ctx.Report(address, service.Title() + " selects this WorkloadEntry, but " +
                            std::string(why) + " takes no address like \"" +
                            std::string(address.Str()) +
                            "\": the entry is left out without a word")
        .About(service.Title())
        .See(service, selector, "the selector is here");
  };
  ctx.mesh().ForEach(kServiceEntry, entry.ns(), [&](const Object& service) {
    if (ResolvesByDns(service)) return;
    report(service, service.spec()["workloadSelector"]["labels"],
           "a ServiceEntry without DNS resolution");
  });
  ctx.mesh().ForEach(kService, entry.ns(), [&](const Object& service) {
    report(service, service.spec()["selector"], "a Service");
  });
}

}  // namespace

extern constinit const Rule workload_entry_hostname_address_not_selectable = {
    .id = "workload-entry-hostname-address-not-selectable",
    .title = "WorkloadEntry with a host name where an IP address is needed",
    .severity = Severity::kWarning,
    .rationale =
        R"(An `address` that is a host name or `unix://…` is served only by ServiceEntries
with `resolution: DNS`. A Kubernetes Service, or a ServiceEntry with
`resolution: STATIC`, that selects such an entry leaves it out, and nothing says
so: part of the capacity is missing.)",
    .kinds = {kWorkloadEntry},
    .needs = {kService, kServiceEntry},
    .bad = {{"Selected by a STATIC entry", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: vm7.corp.example, labels: {app: ledger, version: v3}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: legacy}
spec:
  hosts: [ledger.example]
  resolution: STATIC
  workloadSelector: {labels: {app: ledger}}
)"},
            {"Selected by a Service", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: "unix:///run/ledger.sock", labels: {app: ledger, version: v3}}
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: legacy}
spec: {selector: {app: ledger}, ports: [{port: 80, name: http}]}
)"}},
    .good = {{"Selected by a DNS entry", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: vm7.corp.example, labels: {app: ledger, version: v3}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: legacy}
spec:
  hosts: [ledger.example]
  resolution: DNS
  workloadSelector: {labels: {app: ledger}}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules
