#include "mesh/registry.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "mesh/glob.h"
#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/memo.h"

namespace meshvet {
namespace {

constexpr std::string_view kExportToAnnotation = "networking.istio.io/exportTo";

std::optional<int64_t> TargetOf(Node port, int64_t number) {
  const Node target = port["targetPort"];
  // 0 and "" are "not set": to proto3 in an entry, to the API server in a
  // Service (kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service).
  const bool is_blank = target.IsString() && target.Str().empty();
  if (!target.exists() || is_blank || target.Int() == 0) return number;
  return target.Int();
}

ServicePort ReadPort(Node port, bool is_entry) {
  ServicePort read;
  read.node = port;
  read.number = port[is_entry ? "number" : "port"].Int().value_or(0);
  read.name = port["name"].Str();
  read.protocol = is_entry
                      ? ParseProtocol(port["protocol"].Str())
                      : ServicePortProtocol(read.name, port["protocol"].Str(),
                                            port["appProtocol"], read.number);
  read.target_number = TargetOf(port, read.number);
  return read;
}

// What an object says of itself, whatever the mesh's settings are.
struct RegistryFacts {
  std::vector<ServicePort> ports;
  // Nothing where the mesh's default counts.
  std::optional<ExportTo> export_to;
};

std::optional<ExportTo> OwnExport(const RegistryService& service) {
  if (service.is_entry()) {
    const Node list = service.object->spec()["exportTo"];
    if (!list.IsArray() || list.empty()) return {};
    return ExportTo(list, {});
  }
  const Node list = service.object->annotations()[kExportToAnnotation];
  if (list.Str().empty()) return {};
  return ExportTo::FromAnnotation(list, {});
}

const RegistryFacts& FactsOf(const RegistryService& service) {
  return service.object->facts().Get<RegistryFacts>([&] {
    RegistryFacts facts;
    for (const Node port : service.object->spec()["ports"]) {
      facts.ports.push_back(ReadPort(port, service.is_entry()));
    }
    facts.export_to = OwnExport(service);
    return facts;
  });
}

// A list with "*" makes a service public, whatever names stand beside it
// (pilot/pkg/model/push_context.go:1609-1616).
bool IsExportedByName(const RegistryService& service,
                      std::string_view client_ns, const MeshConfig& config) {
  const auto names = [&](const ExportTo& exported) {
    return !exported.IsPublic() && exported.Names(client_ns);
  };
  const auto& own = FactsOf(service).export_to;
  return own ? names(*own)
             : names(ExportTo(Node(), config.default_service_export_to));
}

// The order in which istiod prefers services of one host for a client in
// `client_ns`. Of twins in one namespace the Kubernetes Service counts, however
// old the entry is (pilot/pkg/model/push_context.go initServiceRegistry). What
// was never stored is younger than all that was.
void SortByPreference(std::pmr::vector<RegistryService>& services,
                      std::string_view client_ns, const MeshConfig& config) {
  if (services.size() < 2) return;
  const auto rank = [&](const RegistryService& service) {
    if (service.ns() == client_ns) return service.is_entry() ? 1 : 0;
    if (!service.is_entry()) return 2;
    return IsExportedByName(service, client_ns, config) ? 3 : 4;
  };
  const auto age = [](const RegistryService& service) {
    const std::string_view created = service.object->created();
    return std::tuple(created.empty(), created, service.ns());
  };
  std::ranges::stable_sort(services, [&](const auto& a, const auto& b) {
    return std::tuple(rank(a), age(a)) < std::tuple(rank(b), age(b));
  });
}

bool IsAssumed(const MeshView& mesh, std::string_view host) {
  return std::ranges::any_of(
      mesh.coverage().assumed_hosts,
      [&](const std::string& glob) { return GlobMatch(glob, host); });
}

// Whether the mesh lets the client see what is exported to it; nothing if that
// hangs on a Namespace that is not known.
std::optional<bool> IsWithinReach(const RegistryService& entry,
                                  std::string_view client_ns,
                                  const MeshView& mesh) {
  using Reach = EntryVisibility::Reach;
  const Object* home = mesh.Find(kNamespace, "", entry.ns()).object;
  const Node labels = home == nullptr ? Node() : home->labels();
  const auto reach = mesh.config().entry_visibility.Of(
      entry.ns(), home == nullptr ? nullptr : &labels);
  if (!reach) return std::nullopt;
  return *reach == Reach::kEveryone ||
         (*reach == Reach::kOwnNamespace && entry.ns() == client_ns);
}

std::optional<bool> IsVisible(const RegistryService& service,
                              std::string_view client_ns,
                              const MeshView& mesh) {
  if (!IsVisibleTo(service, client_ns, mesh.config())) return false;
  const bool is_limited =
      service.is_entry() && mesh.config().entry_visibility.is_limited();
  return is_limited ? IsWithinReach(service, client_ns, mesh) : true;
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

const std::vector<ServicePort>& Ports(const RegistryService& service) {
  return FactsOf(service).ports;
}

const ServicePort* FindPort(const RegistryService& service, int64_t number) {
  if (number == 0) return nullptr;  // how a port without a number reads
  const ServicePort* udp = nullptr;
  for (const ServicePort& port : Ports(service)) {
    if (port.number != number) continue;
    if (port.protocol != Protocol::kUdp) return &port;
    if (udp == nullptr) udp = &port;
  }
  return udp;
}

bool IsVisibleTo(const RegistryService& service, std::string_view client_ns,
                 const MeshConfig& config) {
  const auto& own = FactsOf(service).export_to;
  if (own) return own->VisibleTo(client_ns, service.ns());
  return IsVisibleByDefault(config.default_service_export_to, client_ns,
                            service.ns());
}

std::optional<NamedService> FindNamedService(const MeshView& mesh,
                                             const KnownHost& host) {
  const auto name = ParseServiceHost(host.name, mesh.config().domain);
  if (!name) return {};
  return NamedService{*name, mesh.FindService(*name, host)};
}

HostLookup LookUpHost(const MeshView& mesh, const KnownHost& host,
                      const std::optional<NamedService>& service,
                      std::string_view client_ns) {
  std::pmr::memory_resource* const memory = &mesh.memo().memory;
  HostLookup found{.services = std::pmr::vector<RegistryService>(memory),
                   .hidden = std::pmr::vector<RegistryService>(memory)};
  bool is_certain = true;
  const auto add = [&](const Object& object) {
    const RegistryService candidate{&object};
    const std::optional<bool> visible = IsVisible(candidate, client_ns, mesh);
    is_certain = is_certain && visible.has_value();
    if (!visible) return;
    (*visible ? found.services : found.hidden).push_back(candidate);
  };
  if (service && service->lookup.object != nullptr) {
    add(*service->lookup.object);
  }
  mesh.ForEachEntryOfHost(host, add);
  SortByPreference(found.services, client_ns, mesh.config());
  if (!found.services.empty()) {
    found.presence = Presence::kFound;
    return found;
  }
  found.is_assumed = IsAssumed(mesh, host.name);
  // An entry elsewhere could define a Service's name, but only as a shadow of
  // the namespace it claims.
  const bool is_covered = service
                              ? service->lookup.presence != Presence::kUnknown
                              : mesh.Covers(kServiceEntry, "");
  if (is_covered && is_certain && !found.is_assumed) {
    found.presence = Presence::kMissing;
  }
  return found;
}

const HostLookup& FindHost(const MeshView& mesh, std::string_view host,
                           std::string_view client_ns) {
  return mesh.memo().hosts.Get({host, client_ns}, [&](HostLookup& found) {
    const KnownHost at = mesh.At(host);
    found = LookUpHost(mesh, at, FindNamedService(mesh, at), client_ns);
  });
}

bool ImportsMore(const HostLookup& found, std::string_view client_ns) {
  return found.services.empty() &&
         std::ranges::any_of(found.hidden, [&](const RegistryService& hidden) {
           return hidden.ns() == client_ns;
         });
}

HostLookup Import(HostLookup found, std::string_view client_ns,
                  const MeshConfig& config) {
  if (!ImportsMore(found, client_ns)) return found;
  const auto is_own = [&](const RegistryService& service) {
    return service.ns() == client_ns;
  };
  found.presence = Presence::kFound;
  found.is_assumed = false;
  std::ranges::copy_if(found.hidden, std::back_inserter(found.services),
                       is_own);
  std::erase_if(found.hidden, is_own);
  SortByPreference(found.services, client_ns, config);
  return found;
}

}  // namespace meshvet
