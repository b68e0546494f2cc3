// A delegate must exist, be one, and be visible.

#include <string>
#include <string_view>

#include "mesh/virtual_service.h"
#include "mesh/visibility.h"
#include "rules/nearest_object.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

bool HasDelegates(const Object& vs) {
  for (const Node route : vs.spec()["http"]) {
    if (route["delegate"].exists()) return true;
  }
  return false;
}

// Why `delegate` cannot serve `root`; empty if it can.
std::string Unfit(const Object& delegate, const Object& root,
                  const MeshConfig& config) {
  if (!delegate.spec()["hosts"].empty()) return "has hosts of its own";
  if (HasDelegates(delegate)) return "delegates again, which Istio ignores";
  const ExportTo exported(delegate.spec()["exportTo"],
                          config.default_virtual_service_export_to);
  if (!exported.VisibleTo(root.ns(), delegate.ns())) {
    return "is not exported to namespace " + std::string(root.ns());
  }
  return {};
}

void CheckDelegate(const Object& vs, Node delegate, RuleContext& ctx) {
  const Node place = delegate["name"];
  const std::string_view name = place.Str();
  if (name.empty()) return;
  const std::string target = DelegateTarget(vs, delegate);
  const std::string ns = target.substr(0, target.find('/'));
  const Lookup found = ctx.mesh().Find(kVirtualService, ns, name);
  if (found.presence == Presence::kUnknown) {
    ctx.NotRun("the VirtualServices of namespace " + ns + " are not known");
    return;
  }
  std::string reason;
  if (found.object == nullptr) {
    reason = "does not exist" +
             DidYouMeanObject(ctx.mesh(), kVirtualService, ns, name);
  } else {
    reason = Unfit(*found.object, vs, ctx.config());
  }
  if (reason.empty()) return;
  ctx.Report(place, "delegate VirtualService " + target + " " + reason +
                        ": this route is dropped without a word")
      .About(target);
}

void Check(const Object& vs, RuleContext& ctx) {
  for (const Node route : vs.spec()["http"]) {
    if (const Node delegate = route["delegate"]) {
      CheckDelegate(vs, delegate, ctx);
    }
  }
}

}  // namespace

extern constinit const Rule virtual_service_unknown_delegate = {
    .id = "virtual-service-unknown-delegate",
    .title = "VirtualService delegates to one that is not there or not fit",
    .severity = Severity::kError,
    .rationale =
        R"(A delegate is a VirtualService without `hosts`, in the named namespace or the
root VirtualService's own, exported to it, and one level deep. If any of that is
not so, istiod drops the route that delegates and says so only in its log: the
requests it was meant for get a 404.)",
    .kinds = {kVirtualService},
    .needs = {kVirtualService},
    .strictest = Action::kWarn,
    .bad = {{"There is none", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http: [{match: [{uri: {prefix: /cart}}], delegate: {name: cart}}]
)"},
            {"It has hosts", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http: [{match: [{uri: {prefix: /cart}}], delegate: {name: cart}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  http: [{route: [{destination: {host: cart}}]}]
)"},
            {"It keeps to its own namespace", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http: [{match: [{uri: {prefix: /pay}}], delegate: {name: pay, namespace: payments}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: pay, namespace: payments}
spec:
  exportTo: ["."]
  http: [{route: [{destination: {host: pay}}]}]
)"}},
    .good = {{"A fit delegate", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http: [{match: [{uri: {prefix: /cart}}], delegate: {name: cart}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  http: [{route: [{destination: {host: cart}}]}]
)"}},
    .check = Check,
};

}  // namespace meshvet::rules
