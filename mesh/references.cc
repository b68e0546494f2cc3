#include "mesh/references.h"

#include <utility>

#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/virtual_service.h"

namespace meshvet {
namespace {

using Visit = std::function<void(const Reference&)>;

void VisitVirtualService(const Object& object, const MeshConfig& config,
                         const Visit& visit) {
  ForEachDestination(object, [&](const Destination& destination) {
    const std::string_view host = destination.node["host"].Str();
    if (host.empty()) return;
    visit({kService, ResolveHost(host, object.ns(), config.domain),
           destination.node["host"]});
  });
  ForEachGatewayName(object, [&](Node gateway) {
    if (gateway.Str().empty() || gateway.Str() == "mesh") return;
    visit({kGateway, ResolveGatewayName(gateway.Str(), object.ns()), gateway});
  });
  for (const Node route : object.spec()["http"]) {
    const Node delegate = route["delegate"];
    if (delegate["name"].Str().empty()) continue;
    visit({kVirtualService, DelegateTarget(object, delegate), delegate});
  }
}

}  // namespace

void ForEachReference(const Object& object, const MeshConfig& config,
                      const Visit& visit) {
  if (object.kind() == kVirtualService) {
    VisitVirtualService(object, config, visit);
  } else if (object.kind() == kDestinationRule) {
    const Node host = object.spec()["host"];
    if (host.Str().empty()) return;
    visit(
        {kService, ResolveHost(host.Str(), object.ns(), config.domain), host});
    if (IsWildcard(host.Str())) {
      visit({kService, std::string(kAnyWildcard), host});
    }
  }
}

std::string ResolveGatewayName(std::string_view gateway,
                               std::string_view config_namespace) {
  if (gateway == "mesh") return "mesh";
  if (const size_t slash = gateway.find('/'); slash != gateway.npos) {
    const std::string_view ns = gateway.substr(0, slash);
    const std::string_view name = gateway.substr(slash + 1);
    return std::string(ns == "." ? config_namespace : ns)
        .append("/")
        .append(name);
  }
  if (const size_t dot = gateway.find('.'); dot != gateway.npos) {
    const std::string_view rest = gateway.substr(dot + 1);
    return std::string(rest.substr(0, rest.find('.')))
        .append("/")
        .append(gateway.substr(0, dot));
  }
  return std::string(config_namespace).append("/").append(gateway);
}

}  // namespace meshvet
