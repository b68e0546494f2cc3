#include "lint/input/loader_rules.h"

#include <algorithm>
#include <array>

namespace meshvet::lint {

using rules::Rule;
using rules::Severity;

constinit const Rule kYamlSyntax = {
    .id = "yaml-syntax",
    .title = "The document is not YAML that Kubernetes can read",
    .severity = Severity::kError,
    .rationale =
        "A document that cannot be parsed is not applied, or only in part, and "
        "nothing in it was vetted. The other documents of the file are read "
        "all the same, for a line that starts with `---` ends any document.\n\n"
        "This finding cannot be ignored.",
    .bad = {{"A list that is never closed", "hosts: [a, b\n"}},
    .good = {{"Closed", "hosts: [a, b]\n"}},
};

constinit const Rule kYamlLimit = {
    .id = "yaml-limit",
    .title = "The document is larger or deeper than any manifest",
    .severity = Severity::kError,
    .rationale =
        "Aliases that multiply, thousands of levels and scalars of many "
        "megabytes exhaust whoever reads them. Such a document is left out.\n\n"
        "This finding cannot be ignored.",
    .bad = {{"Each line ten times the one before",
             "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
             "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
             "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"}},
    .good = {{"A shared list", "a: &a [x]\nb: *a\n"}},
};

constinit const Rule kDuplicateKey = {
    .id = "duplicate-key",
    .title = "A key stands twice in one mapping",
    .severity = Severity::kError,
    .rationale =
        "Some readers take the first of two equal keys, others the last, and "
        "strict ones refuse the document, so what was reviewed may not be what "
        "is stored. Keep one of them.",
    .bad = {{"Two namespaces",
             "metadata:\n  namespace: shop\n  namespace: pay\n"}},
    .good = {{"One namespace", "metadata:\n  namespace: shop\n"}},
};

constinit const Rule kDuplicateObject = {
    .id = "duplicate-object",
    .title = "The same object is defined twice",
    .severity = Severity::kInfo,
    .rationale =
        "Whichever definition is applied last wins, and references are judged "
        "against the last one read. Environments that define the same objects "
        "on purpose belong in `sets:` of the configuration.",
    .bad = {{"Twice reviews in shop",
             "apiVersion: v1\nkind: Service\n"
             "metadata: {name: reviews, namespace: shop}\n---\n"
             "apiVersion: v1\nkind: Service\n"
             "metadata: {name: reviews, namespace: shop}\n"}},
    .good = {{"In two namespaces",
              "apiVersion: v1\nkind: Service\n"
              "metadata: {name: reviews, namespace: shop}\n---\n"
              "apiVersion: v1\nkind: Service\n"
              "metadata: {name: reviews, namespace: pay}\n"}},
};

constinit const Rule kUnknownApiVersion = {
    .id = "unknown-api-version",
    .title = "Istio does not serve the kind in this version",
    .severity = Severity::kError,
    .rationale =
        "The API server refuses a version of a kind that the definitions "
        "installed with Istio do not serve: `no matches for kind`. Without "
        "`--istio-version`, or `istio.version` in the configuration, the "
        "versions of all releases since 1.18 are known, and a misspelt one is "
        "found; with it those of that release alone, so that "
        "`networking.istio.io/v1` is found where a mesh runs 1.21, which came "
        "without it. Of a release that is newer than this program nothing is "
        "said. All versions of a kind have the same fields.",
    .bad = {{"A version there never was",
             "apiVersion: networking.istio.io/v2\nkind: VirtualService\n"
             "metadata: {name: reviews, namespace: shop}\n"},
            {"Misspelt",
             "apiVersion: networking.istio.io/v1bta1\nkind: VirtualService\n"
             "metadata: {name: reviews, namespace: shop}\n"}},
    .good = {{"One that every release serves",
              "apiVersion: networking.istio.io/v1beta1\n"
              "kind: VirtualService\n"
              "metadata: {name: reviews, namespace: shop}\n"}},
};

constinit const Rule kUnknownKind = {
    .id = "unknown-kind",
    .title = "The API group has no such kind",
    .severity = Severity::kError,
    .rationale =
        "The API server refuses a kind its group does not define. Groups that "
        "belong to neither Istio nor the Gateway API are not judged.",
    .bad = {{"Misspelt",
             "apiVersion: networking.istio.io/v1\nkind: VirtualServce\n"
             "metadata: {name: reviews, namespace: shop}\n"}},
    .good = {{"Spelt right",
              "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
              "metadata: {name: reviews, namespace: shop}\n"}},
};

constinit const Rule kHelmTemplate = {
    .id = "helm-template",
    .title = "The file is a template, not a manifest",
    .severity = Severity::kWarning,
    .rationale =
        "A file with `{{ … }}` becomes YAML only once it is rendered, so "
        "nothing in it was vetted. Lint what the chart renders: "
        "`helm template . | meshvet lint -`.",
    .bad = {{"A value to be filled in",
             "metadata:\n  name: {{ .Values.name }}\n"}},
    .good = {{"Rendered", "metadata:\n  name: shop\n"}},
};

constinit const Rule kHelmChart = {
    .id = "helm-chart",
    .title = "The directory is a Helm chart",
    .severity = Severity::kInfo,
    .rationale =
        "A chart's templates become manifests only once they are rendered, so "
        "the directory was not read. Lint what it renders: "
        "`helm template . | meshvet lint -`.",
    .bad = {{"Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"}},
    .good = {{"What `helm template` prints",
              "# Source: shop/templates/service.yaml\n"
              "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\n"}},
};

constinit const Rule kKustomization = {
    .id = "kustomization",
    .title = "The directory is a kustomization",
    .severity = Severity::kInfo,
    .rationale =
        "What is applied is what the build makes of these files: patches, "
        "prefixes and namespaces are not seen here. Lint the result: "
        "`kubectl kustomize . | meshvet lint -`.",
    .bad = {{"kustomization.yaml", "resources: [service.yaml]\n"}},
    .good = {{"What `kubectl kustomize` prints",
              "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\n"}},
};

constinit const Rule kSuppressionBlanket = {
    .id = "suppression-blanket",
    .title = "An annotation silences every code of Istio or Kiali",
    .severity = Severity::kInfo,
    .rationale =
        "`galley.istio.io/analyze-suppress: \"*\"` hides what is found today "
        "and whatever will be found later, and so does "
        "`kiali.io/ignore-validations: \"\"`. Name the codes that are meant, "
        "or use `ignore.meshvet.dev/RULE` with a reason.",
    .bad = {{"All of them",
             "apiVersion: v1\nkind: Service\nmetadata:\n  name: reviews\n"
             "  namespace: shop\n  annotations:\n"
             "    galley.istio.io/analyze-suppress: \"*\"\n"}},
    .good = {{"One of them",
              "apiVersion: v1\nkind: Service\nmetadata:\n  name: reviews\n"
              "  namespace: shop\n  annotations:\n"
              "    galley.istio.io/analyze-suppress: IST0118\n"}},
};

constinit const Rule kSuppressionExpired = {
    .id = "suppression-expired",
    .title = "An agreed exception is past its last day",
    .severity = Severity::kWarning,
    .rationale =
        "An entry under `suppressions.entries` holds up to the day that "
        "`until` names. From then on it silences nothing: what it was about is "
        "found again. Mend that, agree on another day, or remove the entry: "
        "`meshvet fix` does, where the folder of the configuration is among "
        "what it is to mend.",
    .bad = {{"A day that has passed",
             "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
             "suppressions:\n  entries:\n"
             "    - rule: destination-rule-duplicate-subset\n"
             "      object: \"DestinationRule/shop/*\"\n"
             "      until: 2020-01-31\n"}},
    .good = {{"A day to come",
              "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
              "suppressions:\n  entries:\n"
              "    - rule: destination-rule-duplicate-subset\n"
              "      object: \"DestinationRule/shop/*\"\n"
              "      until: 2099-01-31\n"}},
};

constinit const Rule kSuppressionInvalid = {
    .id = "suppression-invalid",
    .title = "A comment or annotation cannot silence what it names",
    .severity = Severity::kWarning,
    .rationale =
        "A comment `# meshvet:ignore` and an annotation `ignore.meshvet.dev/…` "
        "name the rules they silence. One without a rule, with a rule there is "
        "not, with one that is locked, or at a place where it speaks of "
        "nothing silences nothing, while its reader believes it does.",
    .bad = {{"A rule there is not",
             "# meshvet:ignore duplicate-objekt -- on purpose\n"
             "apiVersion: v1\nkind: Service\n"
             "metadata: {name: reviews, namespace: shop}\n"}},
    .good = {{"No comment",
              "apiVersion: v1\nkind: Service\n"
              "metadata: {name: reviews, namespace: shop}\n"}},
};

constinit const Rule kSuppressionUnused = {
    .id = "suppression-unused",
    .title = "A comment, annotation or entry silences nothing",
    .severity = Severity::kWarning,
    .rationale =
        "What it was written for has been mended, or stands elsewhere. Left in "
        "place it hides the next problem of that kind. A rule that could not "
        "judge, or was not asked to, makes nothing unused; nor does one that "
        "compares objects, or an entry with a glob, unless the run reads all "
        "there is.\n\n"
        "`meshvet fix` removes comments and annotations, and, where the folder "
        "of the configuration is among what it is to mend, the entries of the "
        "configuration and of the files below that folder which it extends.",
    .bad = {{"There is no second one",
             "# meshvet:ignore duplicate-object -- on purpose\n"
             "apiVersion: v1\nkind: Service\n"
             "metadata: {name: reviews, namespace: shop}\n"}},
    .good = {{"No comment",
              "apiVersion: v1\nkind: Service\n"
              "metadata: {name: reviews, namespace: shop}\n"}},
};

namespace {

constexpr std::array kRules = {
    &kDuplicateKey,       &kDuplicateObject,    &kHelmChart,
    &kHelmTemplate,       &kKustomization,      &kSuppressionBlanket,
    &kSuppressionExpired, &kSuppressionInvalid, &kSuppressionUnused,
    &kUnknownApiVersion,  &kUnknownKind,        &kYamlLimit,
    &kYamlSyntax};

}  // namespace

std::span<const Rule* const> LoaderRules() { return kRules; }

bool IsLoaders(const Rule& rule) {
  return std::ranges::find(kRules, &rule) != kRules.end();
}

bool IsUnsuppressible(std::string_view rule_id) {
  return rule_id == kYamlSyntax.id || rule_id == kYamlLimit.id;
}

bool SaysRenderFirst(std::string_view rule_id) {
  return rule_id == kHelmChart.id || rule_id == kHelmTemplate.id ||
         rule_id == kKustomization.id;
}

bool IsAboutSuppressions(std::string_view rule_id) {
  return rule_id.starts_with("suppression-");
}

std::vector<const Rule*> EveryRule() {
  std::vector<const Rule*> every(rules::AllRules().begin(),
                                 rules::AllRules().end());
  every.insert(every.end(), kRules.begin(), kRules.end());
  std::ranges::sort(every, {}, &Rule::id);
  return every;
}

const Rule* FindAnyRule(std::string_view id_or_alias) {
  if (const Rule* rule = rules::FindRule(id_or_alias)) return rule;
  const auto found = std::ranges::find(kRules, id_or_alias, &Rule::id);
  return found == kRules.end() ? nullptr : *found;
}

}  // namespace meshvet::lint
