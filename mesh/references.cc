#include "mesh/references.h"

#include <utility>

#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/registry.h"
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

void VisitDestinationRule(const Object& object, const MeshConfig& config,
                          const Visit& visit) {
  const Node host = object.spec()["host"];
  if (host.Str().empty()) return;
  visit({kService, ResolveHost(host.Str(), object.ns(), config.domain), host});
  if (IsWildcard(host.Str())) {
    visit({kService, std::string(kAnyWildcard), host});
  }
}

// "namespace/host": a name with a wildcard is no reference to anything.
void VisitSidecar(const Object& object, const Visit& visit) {
  for (const Node listener : object.spec()["egress"]) {
    for (const Node import : listener["hosts"]) {
      const size_t slash = import.Str().find('/');
      if (slash == std::string_view::npos) continue;
      const std::string_view host = import.Str().substr(slash + 1);
      if (host.empty() || IsWildcard(host)) continue;
      visit({kService, std::string(host), import});
    }
  }
}

void VisitAlias(const Object& object, const Visit& visit) {
  const std::string_view host = RegistryService{&object}.external_name();
  if (host.empty()) return;
  visit({kService, std::string(host), object.spec()["externalName"]});
}

void VisitPolicyTarget(const Object& object, Node target,
                       const MeshConfig& config, const Visit& visit) {
  const std::string_view name = target["name"].Str();
  if (name.empty()) return;
  std::string_view group = target["group"].Str();
  if (group == "core") group = {};
  const GroupKind kind{group, target["kind"].Str()};
  if (kind == kService) {
    visit({kService, ServiceHost(name, object.ns(), config.domain), target});
    return;
  }
  for (const GroupKind& known : {kServiceEntry, kKubernetesGateway}) {
    if (kind != known) continue;
    visit({known, std::string(object.ns()).append("/").append(name), target});
  }
}

void VisitPolicy(const Object& object, const MeshConfig& config,
                 const Visit& visit) {
  VisitPolicyTarget(object, object.spec()["targetRef"], config, visit);
  for (const Node target : object.spec()["targetRefs"]) {
    VisitPolicyTarget(object, target, config, visit);
  }
}

}  // namespace

void ForEachReference(const Object& object, const MeshConfig& config,
                      const Visit& visit) {
  const GroupKind& kind = object.kind();
  if (kind == kVirtualService) {
    VisitVirtualService(object, config, visit);
  } else if (kind == kDestinationRule) {
    VisitDestinationRule(object, config, visit);
  } else if (kind == kService) {
    VisitAlias(object, visit);
  } else if (kind == kSidecar) {
    VisitSidecar(object, visit);
  } else if (kind == kAuthorizationPolicy || kind == kRequestAuthentication) {
    VisitPolicy(object, config, visit);
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
