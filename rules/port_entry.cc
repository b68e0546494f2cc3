#include "rules/port_entry.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "rules/tls_clash.h"

namespace meshvet::rules {
namespace {

// All that a port entry can hold beside `port` and `tls`
// (networking/util/util.go shallowCopyPortTrafficPolicy).
constexpr std::array<std::string_view, 3> kPortFields = {
    "loadBalancer", "connectionPool", "outlierDetection"};

std::string PortEntry(const Cluster& cluster, const std::string& settings) {
  std::string entry =
      R"({"port":{"number":)" + std::to_string(cluster.port.number) + "}";
  for (const std::string_view field : kPortFields) {
    const Node value = EffectiveField(cluster.traffic_policy, cluster.subset,
                                      cluster.port.number, field);
    if (value.exists()) entry += "," + Quote(field) + ":" + value.ToJson();
  }
  return entry + ",\"tls\":" + settings + "}";
}

bool HoldsMore(Node policy) {
  for (const auto& [field, value] : policy.Members()) {
    if (field == "tls" || field == "portLevelSettings") continue;
    if (std::ranges::find(kPortFields, field) == kPortFields.end()) return true;
  }
  return false;
}

bool IsOwnSubset(const Object& rule, Node subset) {
  for (const Node own : rule.spec()["subsets"]) {
    if (own.value() == subset.value()) return true;
  }
  return false;
}

bool HasEntry(const Cluster& cluster) {
  return cluster.tls.is_port_level && !Inherits(cluster);
}

}  // namespace

std::vector<Edit> SetPortTls(const Object& rule, const Cluster& cluster,
                             const std::string& settings) {
  const Node subset = cluster.subset;
  if (HasEntry(cluster)) return {SetJson(cluster.tls.policy["tls"], settings)};
  if (subset.exists() && !IsOwnSubset(rule, subset)) return {};
  const Node home =
      subset.exists() ? subset["trafficPolicy"] : rule.spec()["trafficPolicy"];
  return {AppendJson(home["portLevelSettings"], PortEntry(cluster, settings))};
}

bool LosesByPortEntry(const Cluster& cluster) {
  return !HasEntry(cluster) && (HoldsMore(cluster.traffic_policy) ||
                                HoldsMore(cluster.subset["trafficPolicy"]));
}

}  // namespace meshvet::rules
