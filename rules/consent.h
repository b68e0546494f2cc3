// File: rules/consent.h
//
// Who may route where. An author cannot grant himself another team's
// namespace: consent comes from the policy, from the namespace that is routed
// to, or from a grant that lies there.

#ifndef MESHVET_RULES_CONSENT_H_
#define MESHVET_RULES_CONSENT_H_

#include <string>
#include <string_view>

#include "mesh/node.h"
#include "mesh/object.h"
#include "rules/rule_context.h"

namespace meshvet::rules {

inline constexpr std::string_view kAllowRoutesFrom =
    "meshvet.dev/allow-routes-from";
inline constexpr std::string_view kAllowCrossNamespaceHosts =
    "meshvet.dev/allow-cross-namespace-hosts";

enum class Consent { kGiven, kRefused, kUnknown };

// Something in another namespace that a VirtualService wants to use.
struct Crossing {
  const Object& virtual_service;
  std::string_view to;    // the owner's namespace
  std::string_view host;  // full name; empty for a delegate
  // For a ReferenceGrant, which exists for Services and delegates alone.
  GroupKind kind;
  std::string_view name;
  bool has_grants = true;
};

// Consent by any of
//   option `allow` of the policy: [{from, to, hosts}]
//   option `trustedNamespaces`, by default the root namespace
//   annotation meshvet.dev/allow-routes-from on the Namespace
//   a ReferenceGrant in that namespace (gateway.networking.k8s.io)
//   with option `selfConsent`, an annotation on the VirtualService itself
// kUnknown if nothing known gives it, but the Namespace or its grants are not
// known.
Consent FindConsent(const RuleContext& ctx, const Crossing& crossing);

// A comma list of globs, as annotations hold it.
bool MatchesCommaList(std::string_view globs, std::string_view text);
// A glob or a list of globs, where a leading "!" excludes. Only exclusions
// match everything else.
bool MatchesGlobs(Node globs, std::string_view text);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_CONSENT_H_
