#include "mesh/registry.h"

#include <algorithm>
#include <tuple>

#include "mesh/glob.h"
#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/memo.h"

namespace meshvet {
namespace {

constexpr std::string_view kExportToAnnotation = "networking.istio.io/exportTo";

std::optional<int64_t> TargetOf(Node port, int64_t number, bool is_entry) {
  const Node target = port["targetPort"];
  if (!target.exists()) return number;
  // An entry's 0 is proto3 for "not set".
  if (is_entry && target.Int() == 0) return number;
  return target.Int();
}

ServicePort ReadPort(Node port, bool is_entry) {
  ServicePort read;
  read.node = port;
  read.number = port[is_entry ? "number" : "port"].Int().value_or(0);
  read.name = port["name"].Str();
  read.protocol =
      is_entry ? ParseProtocol(port["protocol"].Str())
               : ServicePortProtocol(port["name"].Str(), port["protocol"].Str(),
                                     port["appProtocol"], read.number);
  read.target_number = TargetOf(port, read.number, is_entry);
  return read;
}

ExportTo ExportOf(const RegistryService& service, const MeshConfig& config) {
  if (service.is_entry()) {
    return ExportTo(service.object->spec()["exportTo"],
                    config.default_service_export_to);
  }
  return ExportTo::FromAnnotation(
      service.object->annotations()[kExportToAnnotation],
      config.default_service_export_to);
}

// The order in which istiod prefers services of one host for a client in
// `client_ns`.
void SortByPreference(std::vector<RegistryService>& services,
                      std::string_view client_ns, const MeshConfig& config) {
  const auto rank = [&](const RegistryService& service) {
    if (service.ns() == client_ns) return 0;
    if (!service.is_entry()) return 1;
    return ExportOf(service, config).Names(client_ns) ? 2 : 3;
  };
  if (services.size() < 2) return;
  std::ranges::stable_sort(services, [&](const auto& a, const auto& b) {
    return std::tuple(rank(a), a.object->created(), a.ns()) <
           std::tuple(rank(b), b.object->created(), b.ns());
  });
}

bool IsAssumed(const MeshView& mesh, std::string_view host) {
  return std::ranges::any_of(
      mesh.coverage().assumed_hosts,
      [&](const std::string& glob) { return GlobMatch(glob, host); });
}

HostLookup LookUpHost(const MeshView& mesh, std::string_view host,
                      std::string_view client_ns) {
  HostLookup found;
  const auto add = [&](const Object& object) {
    const RegistryService service{&object};
    const bool visible = IsVisibleTo(service, client_ns, mesh.config());
    (visible ? found.services : found.hidden).push_back(service);
  };
  bool covered = false;
  if (const auto name = ParseServiceHost(host, mesh.config().domain)) {
    const Lookup service = mesh.Find(kService, name->ns, name->name);
    if (service.object != nullptr) add(*service.object);
    // An entry elsewhere could define the name, but only as a shadow of the
    // namespace it claims.
    covered = service.presence != Presence::kUnknown;
  } else {
    covered = mesh.Covers(kServiceEntry, "");
  }
  mesh.ForEachEntryOfHost(host, add);
  SortByPreference(found.services, client_ns, mesh.config());
  found.is_assumed = found.services.empty() && IsAssumed(mesh, host);
  if (!found.services.empty()) {
    found.presence = Presence::kFound;
  } else if (covered && !found.is_assumed) {
    found.presence = Presence::kMissing;
  }
  return found;
}

}  // namespace

bool RegistryService::is_entry() const {
  return object->kind() == kServiceEntry;
}

bool RegistryService::is_external() const {
  return is_entry() && object->spec()["location"].Str() != "MESH_INTERNAL";
}

bool RegistryService::is_passthrough() const {
  if (!is_entry()) return object->spec()["clusterIP"].Str() == "None";
  const std::string_view resolution = object->spec()["resolution"].Str();
  return resolution.empty() || resolution == "NONE";
}

std::string_view RegistryService::external_name() const {
  if (is_entry() || object->spec()["type"].Str() != "ExternalName") return {};
  return object->spec()["externalName"].Str();
}

std::vector<ServicePort> Ports(const RegistryService& service) {
  std::vector<ServicePort> ports;
  for (const Node port : service.object->spec()["ports"]) {
    ports.push_back(ReadPort(port, service.is_entry()));
  }
  return ports;
}

std::optional<ServicePort> FindPort(const RegistryService& service,
                                    int64_t number) {
  const bool is_entry = service.is_entry();
  for (const Node port : service.object->spec()["ports"]) {
    if (port[is_entry ? "number" : "port"].Int() == number) {
      return ReadPort(port, is_entry);
    }
  }
  return std::nullopt;
}

bool IsVisibleTo(const RegistryService& service, std::string_view client_ns,
                 const MeshConfig& config) {
  return ExportOf(service, config).VisibleTo(client_ns, service.ns());
}

const HostLookup& FindHost(const MeshView& mesh, std::string_view host,
                           std::string_view client_ns) {
  return mesh.memo().hosts.Get(
      {host, client_ns}, [&] { return LookUpHost(mesh, host, client_ns); });
}

}  // namespace meshvet
