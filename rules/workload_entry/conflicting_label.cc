// The same label with two values: metadata silently wins.

#include <string>
#include <string_view>

#include "rules/rule.h"

namespace meshvet::rules {
namespace {

void CheckMaps(Node winning, Node losing, std::string_view winner,
               RuleContext& ctx) {
  for (const auto& [key, value] : losing.Members()) {
    const Node other = winning[key];
    if (!other.exists() || !value.exists()) continue;
    if (other.Text() == value.Text()) continue;
    ctx.Report(value, "label \"" + std::string(key) + "\" is \"" +
                          value.Text() + "\" here and \"" + other.Text() +
                          "\" in " + std::string(winner) + ", which wins")
        .About(std::string(key))
        .Fix(Safety::kSafe, "remove the value that loses", {Remove(value)});
  }
}

void Check(const Object& object, RuleContext& ctx) {
  if (object.kind() == kWorkloadGroup) {
    CheckMaps(object.spec()["metadata"]["labels"],
              object.spec()["template"]["labels"], "spec.metadata.labels", ctx);
  } else {
    CheckMaps(object.labels(), object.spec()["labels"], "metadata.labels", ctx);
  }
}

}  // namespace

extern constinit const Rule workload_entry_conflicting_label = {
    .id = "workload-entry-conflicting-label",
    .title = "WorkloadEntry has one label with two values",
    .severity = Severity::kWarning,
    .rationale =
        R"(A WorkloadEntry has two label maps. istiod merges them, and for a key of both
takes the value of `metadata.labels` without a word, so a selector written
against `spec.labels` selects nothing. For a WorkloadGroup the maps are
`spec.metadata.labels` and `spec.template.labels`. The fix removes the value that
has no effect.)",
    .kinds = {kWorkloadEntry, kWorkloadGroup},
    .bad = {{"Two versions", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy, labels: {app: ledger, version: v4}}
spec: {address: 10.0.0.12, labels: {app: ledger, version: v3}}
)"},
            {"In a group", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: ledger, namespace: legacy}
spec:
  metadata: {labels: {app: ledger, version: v4}}
  template: {labels: {version: v3}}
)"}},
    .good = {{"The same value twice", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy, labels: {app: ledger, version: v3}}
spec: {address: 10.0.0.12, labels: {app: ledger}}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules
