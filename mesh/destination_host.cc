#include "mesh/destination_host.h"

#include <algorithm>
#include <array>

#include "mesh/kinds.h"
#include "mesh/memo.h"

namespace meshvet {
namespace {

// Endings of names on the internet that nobody calls a namespace.
bool LooksPublic(std::string_view last_label) {
  constexpr std::array kTopLevel = {
      std::string_view("com"),   std::string_view("net"),
      std::string_view("org"),   std::string_view("io"),
      std::string_view("dev"),   std::string_view("edu"),
      std::string_view("gov"),   std::string_view("cloud"),
      std::string_view("app"),   std::string_view("example"),
      std::string_view("local"), std::string_view("internal")};
  return last_label.size() == 2 ||
         std::ranges::find(kTopLevel, last_label) != kTopLevel.end();
}

bool IsKnownNamespace(const MeshView& mesh, std::string_view ns) {
  if (mesh.Find(kNamespace, "", ns).presence == Presence::kFound) return true;
  const auto names = mesh.namespaces();
  return std::ranges::find(names, ns) != names.end();
}

bool IsDefinedByEntry(const MeshView& mesh, std::string_view host) {
  bool defined = false;
  mesh.ForEachEntryOfHost(mesh.At(host),
                          [&](const Object&) { defined = true; });
  return defined;
}

// Whether "x.y" was meant as Service x of namespace y, and not as the name of
// some host outside that nobody has told us of.
bool IsMeantAsService(const MeshView& mesh, std::string_view written,
                      const ServiceName& service, Presence presence) {
  if (presence == Presence::kFound) return true;
  const bool has_two_labels = std::ranges::count(written, '.') == 1;
  if (!has_two_labels || written.back() == '.') return true;
  return IsKnownNamespace(mesh, service.ns) || !LooksPublic(service.ns);
}

// "reviews." is a short name with a dot too many.
std::optional<ServiceName> ShortNameWithDot(std::string_view written,
                                            std::string_view ns) {
  if (written.size() < 2 || written.find('.') != written.size() - 1) return {};
  return ServiceName{written.substr(0, written.size() - 1), ns};
}

void ReadIntended(const MeshView& mesh, std::string_view written,
                  std::string_view config_namespace, DestinationHost& host) {
  auto intended = ShortNameWithDot(written, config_namespace);
  if (!intended) intended = IntendedService(written, mesh.config().domain);
  if (!intended || IsDefinedByEntry(mesh, written)) return;
  const Presence presence =
      mesh.Find(kService, intended->ns, intended->name).presence;
  if (!IsMeantAsService(mesh, written, *intended, presence)) return;
  host.intended = {std::string(intended->name), std::string(intended->ns)};
  host.intended_presence = presence;
}

// The Service that `resolved` is the name of. What was a short name is known to
// be one, and need not be taken apart.
std::optional<NamedService> FindService(const MeshView& mesh,
                                        const KnownHost& host,
                                        std::string_view written,
                                        std::string_view config_namespace) {
  const std::string_view resolved = host.name;
  const bool was_short = resolved.size() != written.size();
  if (!was_short || config_namespace.empty() ||
      config_namespace.find('.') != config_namespace.npos) {
    return FindNamedService(mesh, host);
  }
  const ServiceName name{
      resolved.substr(0, written.size()),
      resolved.substr(written.size() + 1, config_namespace.size())};
  return NamedService{name, mesh.FindService(name, host)};
}

void Read(const MeshView& mesh, std::string_view written,
          std::string_view config_namespace, DestinationHost& host) {
  host.resolved = ResolveHost(written, config_namespace, mesh.config().domain,
                              mesh.memo().memory);
  host.target = host.resolved;
  host.record = mesh.At(host.target).record;
  host.service = FindService(mesh, host.at(), written, config_namespace);
  if (!host.service) {
    ReadIntended(mesh, written, config_namespace, host);
    return;
  }
  const Object* service = host.service->lookup.object;
  if (service == nullptr) return;
  const std::string_view other = RegistryService{service}.external_name();
  if (other.empty()) return;
  host.alias = service;
  host.target = other;
  host.record = mesh.At(other).record;
  host.service = FindNamedService(mesh, host.at());
}

}  // namespace

DestinationHost::DestinationHost() = default;

const DestinationHost& ReadDestinationHost(const MeshView& mesh,
                                           std::string_view written,
                                           std::string_view config_namespace) {
  return mesh.memo().destinations.Get(
      {written, config_namespace}, [&](DestinationHost& host) {
        Read(mesh, written, config_namespace, host);
      });
}

HostOwners FindOwners(const MeshView& mesh, std::string_view host,
                      std::string_view client_ns) {
  HostOwners owners;
  if (const auto service = ParseServiceHost(host, mesh.config().domain)) {
    // Namespaces are lower case: a capital here is a slip, not another owner.
    owners.namespaces.push_back(LowerCase(service->ns));
    return owners;
  }
  owners.through_entries = true;
  const HostLookup& found = FindHost(mesh, host, client_ns);
  for (const RegistryService& entry : found.services) {
    if (entry.ns() == client_ns) {
      owners.namespaces = {std::string(client_ns)};
      return owners;
    }
    owners.namespaces.emplace_back(entry.ns());
  }
  std::ranges::sort(owners.namespaces);
  owners.namespaces.erase(
      std::unique(owners.namespaces.begin(), owners.namespaces.end()),
      owners.namespaces.end());
  return owners;
}

}  // namespace meshvet
