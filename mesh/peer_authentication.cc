#include "mesh/peer_authentication.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "mesh/kinds.h"
#include "mesh/workload.h"

namespace meshvet {
namespace {

using Policies = std::vector<const Object*>;

// Nothing when the mode is missing or UNSET: it inherits. A word that is no
// mode says nothing anyone could rely on.
std::optional<ServerTls> ReadMode(Node mtls) {
  if (!mtls["mode"].exists()) return std::nullopt;
  const std::string_view mode = mtls["mode"].Str();
  if (mode == "UNSET") return std::nullopt;
  if (mode == "DISABLE") return ServerTls::kDisable;
  if (mode == "PERMISSIVE") return ServerTls::kPermissive;
  if (mode == "STRICT") return ServerTls::kStrict;
  return ServerTls::kUnknown;
}

Node SelectorOf(const Object& policy) {
  return policy.spec()["selector"]["matchLabels"];
}

// Oldest first; what was never stored is the newest.
Policies PoliciesOf(const MeshView& mesh, std::string_view ns,
                    bool with_selector) {
  Policies policies;
  mesh.ForEach(kPeerAuthentication, ns, [&](const Object& policy) {
    if (SelectorOf(policy).empty() != with_selector)
      policies.push_back(&policy);
  });
  std::ranges::stable_sort(policies, [](const Object* a, const Object* b) {
    return std::tuple(a->created().empty(), a->created(), a->name()) <
           std::tuple(b->created().empty(), b->created(), b->name());
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

// Whether a policy that selects `wanted` selects every pod with the labels
// `selected`, whatever others it has.
Match MatchSelectors(Node wanted, const Labels& selected) {
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

// Where calls to `port` arrive. A WorkloadEntry may say so itself, by the
// port's name (serviceentry/conversion.go:416-434).
std::optional<int64_t> WorkloadPort(const Object* workload,
                                    const ServicePort& port) {
  if (workload != nullptr && workload->kind() == kWorkloadEntry) {
    const auto own = workload->spec()["ports"][port.name].Int();
    if (own) return own;
  }
  if (port.target_number) return port.target_number;
  if (workload == nullptr) return std::nullopt;
  return ContainerPort(*workload, port.node["targetPort"].Str());
}

// The first of `policies` that selects decides. Where one only may, the answer
// must be the same with it and without it.
template <typename Selects>
ServerTls Decide(std::span<const Object* const> policies,
                 std::optional<int64_t> port, ServerTls inherited,
                 const Selects& selects) {
  if (policies.empty()) return inherited;
  const Object& first = *policies.front();
  const Match match = selects(first);
  const ServerTls with = ModeOfPort(first, port, inherited);
  if (match == Match::kYes) return with;
  const ServerTls without =
      Decide(policies.subspan(1), port, inherited, selects);
  if (match == Match::kNo || with == without) return without;
  return ServerTls::kUnknown;
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
                     const ServicePort& port, Node subset_labels) {
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
    const Labels labels = WorkloadLabels(workload);
    if (!labels.Matches(subset_labels)) return;
    const ServerTls mode = Decide(
        std::span<const Object* const>(policies), WorkloadPort(&workload, port),
        inherited, [&](const Object& policy) {
          return labels.Matches(SelectorOf(policy)) ? Match::kYes : Match::kNo;
        });
    common = common.value_or(mode) == mode ? mode : ServerTls::kUnknown;
  });
  if (common) return *common;
  const Labels selected(subset_labels, WorkloadSelectorOf(service));
  return Decide(std::span<const Object* const>(policies),
                WorkloadPort(nullptr, port), inherited,
                [&](const Object& policy) {
                  return MatchSelectors(SelectorOf(policy), selected);
                });
}

}  // namespace meshvet
