#include "rules/nearest_object.h"

#include <optional>
#include <vector>

#include "mesh/host_name.h"
#include "mesh/suggestion.h"

namespace meshvet::rules {
namespace {

struct Name {
  std::string_view ns;
  std::string_view name;
};

std::optional<Name> FindNearest(const MeshView& mesh, const GroupKind& kind,
                                std::string_view ns, std::string_view name) {
  std::vector<const Object*> twins;
  mesh.ForEachNamed(kind, name,
                    [&](const Object& object) { twins.push_back(&object); });
  if (twins.size() == 1) return Name{twins.front()->ns(), name};
  std::vector<const Object*> objects;
  std::vector<std::string_view> names;
  mesh.ForEach(kind, ns, [&](const Object& object) {
    objects.push_back(&object);
    names.push_back(object.name());
  });
  const std::string nearest = Nearest(name, names);
  for (const Object* object : objects) {
    if (object->name() == nearest) return Name{object->ns(), object->name()};
  }
  return std::nullopt;
}

std::string Asked(const std::string& name) {
  return " (did you mean \"" + name + "\"?)";
}

}  // namespace

std::string DidYouMeanObject(const MeshView& mesh, const GroupKind& kind,
                             std::string_view ns, std::string_view name) {
  const auto nearest = FindNearest(mesh, kind, ns, name);
  if (!nearest) return {};
  return Asked(std::string(nearest->ns).append("/").append(nearest->name));
}

std::string DidYouMeanHost(const MeshView& mesh, std::string_view host,
                           std::string_view client_ns) {
  const std::string& domain = mesh.config().domain;
  if (const auto service = ParseServiceHost(host, domain)) {
    const auto nearest =
        FindNearest(mesh, kService, service->ns, service->name);
    if (!nearest) return {};
    return Asked(ServiceHost(nearest->name, nearest->ns, domain));
  }
  std::vector<std::string_view> hosts;
  mesh.ForEach(kServiceEntry, client_ns, [&](const Object& entry) {
    for (const Node own : entry.spec()["hosts"]) hosts.push_back(own.Str());
  });
  return DidYouMean(host, hosts);
}

}  // namespace meshvet::rules
