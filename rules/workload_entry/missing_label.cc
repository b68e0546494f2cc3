// A WorkloadEntry must carry `app` and `version`, or what the policy asks for.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/workload.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

struct Required {
  std::string_view key;
  std::string_view pattern;  // empty for any value
};

std::vector<Required> RequiredLabels(const RuleContext& ctx) {
  const Node option = ctx.option("labels");
  if (!option.exists()) return {{"app", {}}, {"version", {}}};
  std::vector<Required> required;
  for (const Node entry : option) {
    if (entry.IsString()) {
      required.push_back({entry.Str(), {}});
    } else {
      required.push_back({entry["key"].Str(), entry["pattern"].Str()});
    }
  }
  return required;
}

// The labels in which Istio itself looks for the same answer, in its order
// (pkg/kube/labels/labels.go:26-106).
std::array<std::string_view, 2> CanonicalLabels(std::string_view key) {
  if (key == "app") {
    return {"service.istio.io/canonical-name", "app.kubernetes.io/name"};
  }
  if (key == "version") {
    return {"service.istio.io/canonical-revision", "app.kubernetes.io/version"};
  }
  return {};
}

bool IsFit(const RuleContext& ctx, const Required& required,
           const std::string& value) {
  if (value.empty()) return false;
  return required.pattern.empty() ||
         ctx.MatchesPattern(required.pattern, value);
}

// The two label maps of an object, and where a new label goes.
struct LabelPlaces {
  Node winning;  // its values win
  Node losing;
  Node addition;
};

LabelPlaces PlacesOf(const Object& object) {
  if (object.kind() == kWorkloadGroup) {
    const Node of_template = object.spec()["template"]["labels"];
    return {object.spec()["metadata"]["labels"], of_template, of_template};
  }
  const Node own = object.spec()["labels"];
  return {object.labels(), own, own.exists() ? own : object.labels()};
}

// A key that is there without a fit value is mended where it stands.
Node PlaceFor(const LabelPlaces& places, std::string_view key) {
  if (places.winning[key].exists()) return places.winning[key];
  if (places.losing[key].exists()) return places.losing[key];
  return places.addition[key];
}

// The value that the only ServiceEntry asks for which would select the entry
// if it had the label.
std::optional<std::string> WantedBySelector(const Object& object,
                                            const Labels& labels,
                                            const Required& required,
                                            const MeshView& mesh) {
  std::vector<std::string> wanted;
  mesh.ForEach(kServiceEntry, object.ns(), [&](const Object& entry) {
    const Node selector = entry.spec()["workloadSelector"]["labels"];
    if (selector.size() < 2 || !selector[required.key].exists()) return;
    for (const auto& [key, value] : selector.Members()) {
      if (key == required.key) continue;
      if (labels[key].Text() != value.Text()) return;
    }
    wanted.push_back(selector[required.key].Text());
  });
  if (wanted.size() != 1) return std::nullopt;
  return std::move(wanted.front());
}

struct Answer {
  std::string value;
  std::string source;
  Safety safety;
};

std::optional<Answer> FindAnswer(const Object& object, const Labels& labels,
                                 const Required& required,
                                 const RuleContext& ctx) {
  for (const std::string_view canonical : CanonicalLabels(required.key)) {
    const std::string value = labels[canonical].Text();
    if (!canonical.empty() && IsFit(ctx, required, value)) {
      return Answer{value, std::string(canonical), Safety::kSafe};
    }
  }
  const auto wanted = WantedBySelector(object, labels, required, ctx.mesh());
  if (!wanted || !IsFit(ctx, required, *wanted)) return std::nullopt;
  return Answer{*wanted, "the ServiceEntry that selects it", Safety::kUnsafe};
}

std::string Describe(const Object& object, const Required& required,
                     const std::string& value) {
  const std::string key = "\"" + std::string(required.key) + "\"";
  const std::string whose = object.kind() == kWorkloadGroup
                                ? "entries of this WorkloadGroup"
                                : "this WorkloadEntry";
  if (value.empty()) {
    return "label " + key + " is missing: telemetry and routing by " +
           std::string(required.key) + " do not see " + whose;
  }
  return "label " + key + " is \"" + value + "\", which does not match " +
         std::string(required.pattern);
}

void CheckLabel(const Object& object, const Labels& labels,
                const Required& required, RuleContext& ctx) {
  const std::string value = labels[required.key].Text();
  if (IsFit(ctx, required, value)) return;
  const Node place = PlaceFor(PlacesOf(object), required.key);
  ReportBuilder report = ctx.Report(place, Describe(object, required, value));
  report.About(std::string(required.key));
  // A machine may still bring the label when it registers.
  if (object.kind() == kWorkloadGroup) report.As(Severity::kWarning);
  if (const auto answer = FindAnswer(object, labels, required, ctx)) {
    report.Fix(answer->safety,
               "add " + std::string(required.key) + ": " + answer->value +
                   " (from " + answer->source + ")",
               {Set(place, answer->value)});
  }
}

void Check(const Object& object, RuleContext& ctx) {
  // Judged at its group.
  if (object.annotations()["istio.io/autoRegistrationGroup"].exists()) return;
  const Labels labels = WorkloadLabels(object);
  for (const Required& required : RequiredLabels(ctx)) {
    CheckLabel(object, labels, required, ctx);
  }
}

}  // namespace

extern constinit const Rule workload_entry_missing_label = {
    .id = "workload-entry-missing-label",
    .title = "WorkloadEntry without the labels that identify it",
    .severity = Severity::kError,
    .rationale =
        R"(A machine in the mesh has no pod and no Deployment to take its name from:
`app` and `version` are all that telemetry, Kiali and subsets by version have.
Judged is what istiod makes of the two label maps, `metadata.labels` over
`spec.labels`; for a WorkloadGroup, what its entries will get
(`spec.template.labels` under `spec.metadata.labels`), as a warning, since a
machine may bring a label of its own. An empty value is none. Entries that
registered themselves are judged at their group.

The fix is safe where another label that Istio reads for the same purpose holds
the answer (`service.istio.io/canonical-name`, `app.kubernetes.io/name`,
`service.istio.io/canonical-revision`, `app.kubernetes.io/version`), and a guess
where the only ServiceEntry that would otherwise select the entry asks for a
value.)",
    .kinds = {kWorkloadEntry, kWorkloadGroup},
    .needs = {kServiceEntry},
    .options = {{"labels", OptionType::kRequiredLabels, R"(["app", "version"])",
                 "The keys to require; {key, pattern} asks for a value in "
                 "which the regular expression matches somewhere"}},
    .auto_fix = true,
    .bad =
        {{"No version", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: 10.0.0.12, labels: {app: ledger}}
)"},
         {"The answer stands beside it", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: ledger-1
  namespace: legacy
  labels: {app.kubernetes.io/name: ledger, app.kubernetes.io/version: v3}
spec: {address: 10.0.0.12}
)"},
         {"A ServiceEntry knows what it selects", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: 10.0.0.12, labels: {app: ledger}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: legacy}
spec:
  hosts: [ledger.legacy.example]
  workloadSelector: {labels: {app: ledger, version: v3}}
)"},
         {"A group whose entries will have none", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: ledger, namespace: legacy}
spec:
  metadata: {labels: {app: ledger}}
  template: {serviceAccount: ledger}
)"},
         {"A value the policy does not accept", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: 10.0.0.12, labels: {app: ledger, version: latest}}
)",
          R"({"labels": ["app", {"key": "version", "pattern": "^v[0-9]"}]})"}},
    .good = {{"One label in each map", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy, labels: {version: v3}}
spec: {address: 10.0.0.12, labels: {app: ledger}}
)"},
             {"It registered itself", R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: ledger-10.0.0.12
  namespace: legacy
  annotations: {istio.io/autoRegistrationGroup: ledger}
spec: {address: 10.0.0.12}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules
