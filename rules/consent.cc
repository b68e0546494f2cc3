#include "rules/consent.h"

#include <algorithm>

#include "mesh/comma_list.h"
#include "mesh/glob.h"
#include "mesh/kinds.h"

namespace meshvet::rules {
namespace {

bool PolicyAllows(const RuleContext& ctx, const Crossing& crossing) {
  for (const Node entry : ctx.option("allow")) {
    if (!MatchesGlobs(entry["from"], crossing.virtual_service.ns())) continue;
    if (!MatchesGlobs(entry["to"], crossing.to)) continue;
    if (entry["hosts"].exists() &&
        !MatchesGlobs(entry["hosts"], crossing.host)) {
      continue;
    }
    return true;
  }
  return false;
}

bool IsTrusted(const RuleContext& ctx, std::string_view ns) {
  const Node trusted = ctx.option("trustedNamespaces");
  return trusted.exists() ? MatchesGlobs(trusted, ns)
                          : ns == ctx.config().root_namespace;
}

bool AuthorConsents(const RuleContext& ctx, const Crossing& crossing) {
  if (!ctx.option("selfConsent").Bool()) return false;
  const std::string_view list =
      crossing.virtual_service.annotations()[kAllowCrossNamespaceHosts].Str();
  if (list == "true") return true;
  return MatchesCommaList(list, crossing.to) ||
         (!crossing.host.empty() && MatchesCommaList(list, crossing.host));
}

// spec.from and spec.to of the Gateway API's ReferenceGrant: any pair counts.
bool Grants(const Object& grant, const Crossing& crossing) {
  const Node spec = grant.spec();
  const bool from = std::ranges::any_of(spec["from"], [&](Node entry) {
    return entry["group"].Str() == kVirtualService.group &&
           entry["kind"].Str() == kVirtualService.kind &&
           entry["namespace"].Str() == crossing.virtual_service.ns();
  });
  return from && std::ranges::any_of(spec["to"], [&](Node entry) {
           const std::string_view name = entry["name"].Str();
           return entry["group"].Str() == crossing.kind.group &&
                  entry["kind"].Str() == crossing.kind.kind &&
                  (name.empty() || name == crossing.name);
         });
}

Consent FromGrants(const RuleContext& ctx, const Crossing& crossing) {
  if (!crossing.has_grants) return Consent::kRefused;
  Consent consent = ctx.mesh().Covers(kReferenceGrant, crossing.to)
                        ? Consent::kRefused
                        : Consent::kUnknown;
  ctx.mesh().ForEach(kReferenceGrant, crossing.to, [&](const Object& grant) {
    if (Grants(grant, crossing)) consent = Consent::kGiven;
  });
  return consent;
}

Consent FromNamespace(const RuleContext& ctx, const Crossing& crossing) {
  const Lookup ns = ctx.mesh().Find(kNamespace, "", crossing.to);
  if (ns.presence == Presence::kUnknown) return Consent::kUnknown;
  if (ns.presence == Presence::kMissing) return Consent::kRefused;
  const std::string_view list =
      ns.object->annotations()[kAllowRoutesFrom].Str();
  return MatchesCommaList(list, crossing.virtual_service.ns())
             ? Consent::kGiven
             : Consent::kRefused;
}

}  // namespace

bool MatchesCommaList(std::string_view globs, std::string_view text) {
  return AnyInCommaList(globs, [&](std::string_view glob) {
    return !glob.empty() && GlobMatch(glob, text);
  });
}

bool MatchesGlobs(Node globs, std::string_view text) {
  bool has_inclusion = false;
  bool included = false;
  bool excluded = false;
  const auto match = [&](std::string_view glob) {
    if (glob.starts_with('!')) {
      excluded |= GlobMatch(glob.substr(1), text);
    } else {
      has_inclusion = true;
      included |= GlobMatch(glob, text);
    }
  };
  if (globs.IsString()) match(globs.Str());
  for (const Node glob : globs) match(glob.Str());
  if (!globs.exists() || excluded) return false;
  return has_inclusion ? included : !globs.empty() || globs.IsString();
}

Consent FindConsent(const RuleContext& ctx, const Crossing& crossing) {
  if (IsTrusted(ctx, crossing.virtual_service.ns()) ||
      PolicyAllows(ctx, crossing) || AuthorConsents(ctx, crossing)) {
    return Consent::kGiven;
  }
  const Consent by_namespace = FromNamespace(ctx, crossing);
  const Consent by_grant = FromGrants(ctx, crossing);
  if (by_namespace == Consent::kGiven || by_grant == Consent::kGiven) {
    return Consent::kGiven;
  }
  const bool unknown =
      by_namespace == Consent::kUnknown || by_grant == Consent::kUnknown;
  return unknown ? Consent::kUnknown : Consent::kRefused;
}

}  // namespace meshvet::rules
