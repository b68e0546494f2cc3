#include "rules/rule.h"

namespace meshvet::rules {
namespace {

void Check(const Object& gateway, RuleContext& ctx) {
  for (const Node server : gateway.spec()["servers"]) {
    if (server["port"]["protocol"].Str() != "HTTP") continue;
    if (server["tls"]["httpsRedirect"].Bool()) continue;
    ctx.Report(server, "serves plain HTTP without redirecting to HTTPS")
        .About(server["port"]["number"].Text())
        .Fix(Safety::kUnsafe, "set httpsRedirect: true",
             {SetJson(server["tls"]["httpsRedirect"], "true")});
  }
}

}  // namespace

extern constinit const Rule gateway_http_without_redirect = {
    .id = "gateway-http-without-redirect",
    .title = "Gateway serves plain HTTP without an HTTPS redirect",
    .severity = Severity::kWarning,
    .rationale = "Cookies and tokens cross the network in clear text.",
    .kinds = {kGateway},
    .bad = {{"Port 80 open to all", R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
)"}},
    .good = {{"Port 80 only redirects", R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: ["*"]
    tls: {httpsRedirect: true}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules
