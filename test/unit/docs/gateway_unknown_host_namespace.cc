// A Gateway host that is kept for a namespace which does not exist.

#include <string>
#include <string_view>
#include <vector>

#include "mesh/suggestion.h"
#include "rules/consent.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

// The namespace of "shop/*.example.com"; empty where the host names none.
std::string_view NamespaceOf(std::string_view host) {
  const size_t slash = host.find('/');
  if (slash == host.npos) return {};
  const std::string_view ns = host.substr(0, slash);
  return ns == "*" || ns == "." ? std::string_view() : ns;
}

void Report(Node host, std::string_view ns, RuleContext& ctx) {
  std::vector<std::string_view> known;
  ctx.mesh().ForEach(kNamespace, "", [&](const Object& other) {
    known.push_back(other.name());
  });
  ReportBuilder report =
      ctx.Report(host, "namespace \"" + std::string(ns) + "\" does not exist" +
                           DidYouMean(ns, known) +
                           ", so no VirtualService can use this host");
  report.About(std::string(host.Str()));
  const std::string nearest = Nearest(ns, known);
  if (nearest.empty()) return;
  const std::string_view rest = host.Str().substr(ns.size());
  report.Fix(Safety::kUnsafe, "keep it for " + nearest,
             {Set(host, nearest + std::string(rest))});
}

void CheckHost(Node host, RuleContext& ctx) {
  const std::string_view ns = NamespaceOf(host.Str());
  if (ns.empty() || MatchesGlobs(ctx.option("expected"), ns)) return;
  switch (ctx.mesh().Find(kNamespace, "", ns).presence) {
    case Presence::kFound:
      return;
    case Presence::kUnknown:
      ctx.NotRun("whether namespace " + std::string(ns) + " exists is unknown");
      return;
    case Presence::kMissing:
      Report(host, ns, ctx);
      return;
  }
}

void Check(const Object& gateway, RuleContext& ctx) {
  for (const Node server : gateway.spec()["servers"]) {
    for (const Node host : server["hosts"]) CheckHost(host, ctx);
  }
}

}  // namespace

extern constinit const Rule gateway_unknown_host_namespace = {
    .id = "gateway-unknown-host-namespace",
    .title = "Gateway host kept for a namespace that does not exist",
    .severity = Severity::kWarning,
    .rationale =
        R"(A host `shop/*.example.com` may be bound by VirtualServices of namespace `shop`
alone. Where there is no such namespace nothing can bind it, and calls to it end
in a 404.)",
    .kinds = {kGateway},
    .needs = {kNamespace},
    .options = {{"expected", OptionType::kGlobs, "[]",
                 "Namespaces that come later, by glob"}},
    .bad = {{"A slip in the name", R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-ingress}
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: ["shp/*.example.com"]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
)"}},
    .good = {{"A namespace that is there", R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-ingress}
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: ["shop/*.example.com", "*/status.example.com"]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
)"},
             {"One that comes later", R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-ingress}
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: ["team-blue/*.example.com"]
)",
              R"({"expected": ["team-*"]})"}},
    .check = Check,
};

}  // namespace meshvet::rules
