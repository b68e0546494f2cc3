#include "lint/config/config_schema.h"
#include "rules/rule.h"

namespace meshvet::lint {
namespace {

constexpr const char* kHead =
    R"(# What a team decided about the rules of meshvet. The linter, the gate and the
# webhook read the same file. As it stands it changes nothing: take away the "#"
# of the lines that you want.
apiVersion: meshvet.dev/v1alpha1
kind: Config

# What this builds on: preset:recommended, strict, ist-compat, ambient, or the
# path of another configuration.
#extends: [preset:recommended]

# What cannot be read off the objects.
#istio:
#  domain: cluster.local
#  trustDomain: cluster.local
#  rootNamespace: istio-system
#  meshConfig: mesh.yaml

# Which files are read below the folders that are given.
#files:
#  include: ["deploy/**"]
#  exclude: ["**/tests/**"]

# What else is known of the mesh.
#context:
#  paths: [platform/services.yaml]
#  assumeHosts: ["*.corp.example"]
#  closedNamespaces: [shop]

# Environments that define the same objects on purpose.
#sets:
#  staging: [overlays/staging]
#  prod: [overlays/prod]

# How bad each finding is, and what the webhook does: error, warning, info, off,
# or {severity, action: deny|warn|audit|off, fix: auto|off, options}. What each
# rule finds: meshvet explain RULE. A line for tag:NAME speaks of all rules with
# that tag; a rule's own line wins.
#rules:
)";

constexpr const char* kTail = R"(
# Other settings for some objects.
#overrides:
#  - match: {files: ["legacy/*"], namespaces: ["kube-*"]}
#    rules:
#      workload-entry-missing-label: warning

# Agreed exceptions.
#suppressions:
#  requireReason: true
#  locked: [virtual-service-cross-namespace-host]
#  istCompat: false  # galley.istio.io/analyze-suppress is for istioctl alone
#  entries:
#    - rule: destination-rule-mtls-mismatch
#      object: "DestinationRule/shop/legacy-*"
#      reason: the old machines cannot speak mTLS yet
#      until: "2030-12-31"

# Findings that are agreed to be mended later: meshvet baseline create.
#baseline: .meshvet-baseline.json

#output:
#  formats: [full]
#  failOn: error

# How meshvet fix mends.
#fix:
#  unsafe: false
#  disable: [destination-rule-tls-fields-ignored]
)";

}  // namespace

std::string StarterConfiguration() {
  std::string text = kHead;
  for (const rules::Rule* rule : rules::AllRules()) {
    const std::string_view severity =
        rule->off_by_default ? "off" : rules::ToString(rule->severity);
    text.append("#  ").append(rule->id).append(": ").append(severity) += '\n';
  }
  return text + kTail;
}

}  // namespace meshvet::lint
