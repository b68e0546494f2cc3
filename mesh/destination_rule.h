// File: mesh/destination_rule.h
//
// Which DestinationRule a client uses for a host, and where a DestinationRule
// holds what.

#ifndef MESHVET_MESH_DESTINATION_RULE_H_
#define MESHVET_MESH_DESTINATION_RULE_H_

#include <functional>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/mesh_view.h"
#include "mesh/node.h"
#include "mesh/object.h"
#include "mesh/registry.h"

namespace meshvet {

// The rules that together make the effective one, oldest first; empty if none
// applies.
struct EffectiveRule {
  std::pmr::vector<const Object*> rules;
  // Rules with a workloadSelector, which take the place of `rules` for the pods
  // they select.
  std::pmr::vector<const Object*> selecting;
  // Whether everything that might apply is known; if not, an empty `rules` or a
  // subset that is not among them proves nothing.
  bool is_certain = false;

  bool HasSubset(std::string_view name) const;
  // The subset `name` of the first of `rules` that has one; missing if none
  // has.
  Node Subset(std::string_view name) const;
};

// For clients in `client_ns` calling `host` (a full name) of a service in
// `service_ns`: rules of the client's namespace, else of the service's, else of
// the root namespace; the first level with any match wins, nothing is merged
// across levels. The empty `client_ns` stands for a namespace that no rule
// names.
//   Level 1 holds what its namespace exports to itself, in the root namespace
//   only what is private; levels 2 and 3 what is not private.
//   Within a level the most specific host is taken, exact before wildcard; in
//   levels 2 and 3 before a look at who may see it.
//   Rules for that host with equal exportTo are merged oldest first; a newer
//   one whose exportTo holds more is folded into the older; of those that stay
//   apart the newest visible one counts.
//   If level 1 has rules with a workloadSelector and no others, all other pods
//   have no rule at all.
// (push_context.go:1259-1345, destination_rule.go:46-140, sidecar.go:713-735.)
EffectiveRule LookUpDestinationRule(const MeshView& mesh, const KnownHost& host,
                                    std::string_view service_ns,
                                    std::string_view client_ns);
// The same, remembered: worked out once for each view, and the answer lives as
// long as the view.
const EffectiveRule& FindDestinationRule(const MeshView& mesh,
                                         std::string_view host,
                                         std::string_view service_ns,
                                         std::string_view client_ns);

// The rules that `rule` is one with for `host`, oldest first and itself among
// them, and the service its clients find there. Of its clients the first kind
// that uses it stands for all: its own namespace's, those its exportTo names,
// anyone. No rules: nobody uses it for this host, because others come first.
struct RuleInForce {
  std::pmr::vector<const Object*> rules;
  RegistryService service;

  // The trafficPolicy that counts, of the first rule with one; missing if none
  // has.
  Node traffic_policy() const;
  // Whose policy that is; the first if there is none.
  const Object& policy_owner() const;
};
RuleInForce FindRuleInForce(const Object& rule, const MeshView& mesh,
                            std::string_view host);

// Whether istiod makes one rule of two for one host and namespace.
bool AreMerged(const Object& a, const Object& b);

// The full name a rule's host stands for.
std::string HostOf(const Object& destination_rule, const MeshConfig& config);

// One place of a rule that can hold `tls`.
struct PolicyScope {
  Node policy;              // the trafficPolicy or portLevelSettings element
  std::string_view subset;  // empty for the rule's own
  Node port;                // port.number of a portLevelSettings element
  bool is_port_level = false;
};

// spec.trafficPolicy, its portLevelSettings, every subset's trafficPolicy and
// its portLevelSettings, in that order; only those that are there, and of two
// entries for one port the first, as the other never counts.
void ForEachPolicyScope(const Object& destination_rule,
                        const std::function<void(const PolicyScope&)>& visit);

}  // namespace meshvet

#endif  // MESHVET_MESH_DESTINATION_RULE_H_
