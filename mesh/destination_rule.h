// File: mesh/destination_rule.h
//
// Which DestinationRule a client uses for a host, and where a DestinationRule
// holds what.

#ifndef MESHVET_MESH_DESTINATION_RULE_H_
#define MESHVET_MESH_DESTINATION_RULE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/mesh_view.h"
#include "mesh/node.h"
#include "mesh/object.h"

namespace meshvet {

// The rules that together make the effective one, the one whose trafficPolicy
// wins first; empty if none applies.
struct EffectiveRule {
  std::vector<const Object*> rules;
  // Whether everything that might apply is known; if not, an empty `rules` or a
  // subset that is not among them proves nothing.
  bool is_certain = false;

  // The subset `name` of the first rule that has one; missing if none has.
  Node Subset(std::string_view name) const;
};

// For clients in `client_ns` calling `host` (a full name) of a service in
// `service_ns`: rules of the client's namespace, else of the service's, else of
// the root namespace; the first level with any match wins, nothing is merged
// across levels. Within a level the most specific host is taken, exact before
// wildcard, and same-host rules with equal exportTo are merged oldest first,
// while of those that differ the newest counts (push_context.go:1259-1345,
// destination_rule.go:46-140, sidecar.go:713-735). A rule with a
// workloadSelector is left out: it is for single pods.
// Worked out once for each view; the answer lives as long as the view.
const EffectiveRule& FindDestinationRule(const MeshView& mesh,
                                         std::string_view host,
                                         std::string_view service_ns,
                                         std::string_view client_ns);

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
// its portLevelSettings, in that order; only those that are there.
void ForEachPolicyScope(const Object& destination_rule,
                        const std::function<void(const PolicyScope&)>& visit);

}  // namespace meshvet

#endif  // MESHVET_MESH_DESTINATION_RULE_H_
