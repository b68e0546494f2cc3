#include "mesh/destination_host.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "mesh/kinds.h"
#include "mesh/memo.h"
#include "mesh/registry.h"

namespace meshvet {
namespace {

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return lower;
}

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
  mesh.ForEachEntryOfHost(host, [&](const Object&) { defined = true; });
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

DestinationHost Read(const MeshView& mesh, std::string_view written,
                     std::string_view config_namespace) {
  DestinationHost host;
  host.resolved = ResolveHost(written, config_namespace, mesh.config().domain);
  host.target = host.resolved;
  const auto service = ParseServiceHost(host.resolved, mesh.config().domain);
  if (!service) {
    ReadIntended(mesh, written, config_namespace, host);
    return host;
  }
  const Lookup found = mesh.Find(kService, service->ns, service->name);
  if (found.object == nullptr) return host;
  const std::string_view other = RegistryService{found.object}.external_name();
  if (other.empty()) return host;
  host.alias = found.object;
  host.target = other;
  return host;
}

}  // namespace

const DestinationHost& ReadDestinationHost(const MeshView& mesh,
                                           std::string_view written,
                                           std::string_view config_namespace) {
  return mesh.memo().destinations.Get({written, config_namespace}, [&] {
    return Read(mesh, written, config_namespace);
  });
}

HostOwners FindOwners(const MeshView& mesh, std::string_view host,
                      std::string_view client_ns) {
  HostOwners owners;
  if (const auto service = ParseServiceHost(host, mesh.config().domain)) {
    // Namespaces are lower case: a capital here is a slip, not another owner.
    owners.namespaces.push_back(ToLower(service->ns));
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
