#include "mesh/peer_authentication.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "mesh/kinds.h"
#include "mesh/workload.h"

namespace meshvet {
namespace {

using Policies = std::vector<const Object*>;

// Nothing when the mode is missing or UNSET: it inherits.
std::optional<ServerTls> ReadMode(Node mtls) {
  const std::string_view mode = mtls["mode"].Str();
  if (mode == "DISABLE") return ServerTls::kDisable;
  if (mode == "PERMISSIVE") return ServerTls::kPermissive;
  if (mode == "STRICT") return ServerTls::kStrict;
  return std::nullopt;
}

Node SelectorOf(const Object& policy) {
  return policy.spec()["selector"]["matchLabels"];
}

// Oldest first.
Policies PoliciesOf(const MeshView& mesh, std::string_view ns,
                    bool with_selector) {
  Policies policies;
  mesh.ForEach(kPeerAuthentication, ns, [&](const Object& policy) {
    if (SelectorOf(policy).empty() != with_selector)
      policies.push_back(&policy);
  });
  std::ranges::stable_sort(policies, [](const Object* a, const Object* b) {
    return std::tuple(a->created(), a->name()) <
           std::tuple(b->created(), b->name());
  });
  return policies;
}

std::optional<ServerTls> NamespaceOwnMode(const MeshView& mesh,
                                          std::string_view ns) {
  const Policies policies = PoliciesOf(mesh, ns, false);
  if (policies.empty()) return std::nullopt;
  return ReadMode(policies.front()->spec()["mtls"]);
}

enum class Match { kNo, kYes, kMaybe };

// Whether a policy that selects `wanted` selects every pod that a Service
// selecting `selected` stands for.
Match MatchSelectors(Node wanted, Node selected) {
  Match match = Match::kYes;
  for (const auto& [key, value] : wanted.Members()) {
    const Node own = selected[key];
    if (!own.exists()) {
      match = Match::kMaybe;
    } else if (own.Text() != value.Text()) {
      return Match::kNo;
    }
  }
  return match;
}

// The mode `policy` sets for `port` of a workload; `inherited` where it is
// silent.
ServerTls ModeOfPort(const Object& policy, std::optional<int64_t> port,
                     ServerTls inherited) {
  const ServerTls own = ReadMode(policy.spec()["mtls"]).value_or(inherited);
  const Node by_port = policy.spec()["portLevelMtls"];
  if (by_port.empty()) return own;
  if (!port) return ServerTls::kUnknown;
  const std::string key = std::to_string(*port);
  return ReadMode(by_port[std::string_view(key)]).value_or(own);
}

// The number of a named port among the pod's containers.
std::optional<int64_t> ContainerPort(const Object& workload,
                                     std::string_view name) {
  for (const Node container : PodTemplate(workload)["spec"]["containers"]) {
    for (const Node port : container["ports"]) {
      if (port["name"].Str() == name) return port["containerPort"].Int();
    }
  }
  return std::nullopt;
}

std::optional<int64_t> WorkloadPort(const Object* workload,
                                    const ServicePort& port) {
  if (port.target_number) return port.target_number;
  if (workload == nullptr) return std::nullopt;
  return ContainerPort(*workload, port.node["targetPort"].Str());
}

// The first of `policies` that selects decides.
template <typename Selects>
ServerTls Decide(const Policies& policies, std::optional<int64_t> port,
                 ServerTls inherited, const Selects& selects) {
  for (const Object* policy : policies) {
    switch (selects(*policy)) {
      case Match::kYes:
        return ModeOfPort(*policy, port, inherited);
      case Match::kMaybe:
        return ServerTls::kUnknown;
      case Match::kNo:
        break;
    }
  }
  return inherited;
}

}  // namespace

std::string_view ToString(ServerTls mode) {
  switch (mode) {
    case ServerTls::kUnknown:
      return "unknown";
    case ServerTls::kDisable:
      return "DISABLE";
    case ServerTls::kPermissive:
      return "PERMISSIVE";
    case ServerTls::kStrict:
      return "STRICT";
  }
  return "";
}

ServerTls NamespaceMode(const MeshView& mesh, std::string_view ns) {
  if (!mesh.Covers(kPeerAuthentication, ns)) return ServerTls::kUnknown;
  if (const auto own = NamespaceOwnMode(mesh, ns)) return *own;
  const std::string& root = mesh.config().root_namespace;
  if (!mesh.Covers(kPeerAuthentication, root)) return ServerTls::kUnknown;
  return NamespaceOwnMode(mesh, root).value_or(ServerTls::kPermissive);
}

ServerTls ServerMode(const MeshView& mesh, const RegistryService& service,
                     const ServicePort& port) {
  const std::string_view ns = service.ns();
  const ServerTls inherited = NamespaceMode(mesh, ns);
  // In the root namespace a policy with a selector is no workload policy.
  if (inherited == ServerTls::kUnknown || ns == mesh.config().root_namespace) {
    return inherited;
  }
  const Policies policies = PoliciesOf(mesh, ns, true);
  if (policies.empty()) return inherited;
  std::optional<ServerTls> common;
  ForEachWorkloadOf(service, mesh, [&](const Object& workload) {
    const ServerTls mode =
        Decide(policies, WorkloadPort(&workload, port), inherited,
               [&](const Object& policy) {
                 return WorkloadLabels(workload).Matches(SelectorOf(policy))
                            ? Match::kYes
                            : Match::kNo;
               });
    common = common.value_or(mode) == mode ? mode : ServerTls::kUnknown;
  });
  if (common) return *common;
  return Decide(policies, WorkloadPort(nullptr, port), inherited,
                [&](const Object& policy) {
                  return MatchSelectors(SelectorOf(policy),
                                        WorkloadSelectorOf(service));
                });
}

}  // namespace meshvet
