#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mesh/suggestion.h"
#include "rules/policy.h"
#include "rules/policy_keys.h"
#include "rules/policy_scope.h"
#include "rules/presets.h"
#include "rules/rule_options.h"
#include "rules/tags.h"

namespace meshvet::rules {
namespace {

constexpr size_t kMaxExtends = 16;

Severity ToSeverity(std::string_view word) {
  if (word == "error") return Severity::kError;
  return word == "warning" ? Severity::kWarning : Severity::kInfo;
}

Action ToAction(std::string_view word) {
  if (word == "deny") return Action::kDeny;
  if (word == "warn") return Action::kWarn;
  return word == "audit" ? Action::kAudit : Action::kOff;
}

// All rules with a tag.
std::vector<const Rule*> ReadTag(std::string_view tag, const Scope& place) {
  auto tagged = FindTagged(tag);
  if (tagged) return *std::move(tagged);
  place.Fail(tagged.error().message);
  return {};
}

// The rule of that id, all that share the alias, or all with `tag:NAME`; an
// error at `place` if there is none.
std::vector<const Rule*> ReadRuleName(std::string_view name,
                                      const Scope& place) {
  if (name.starts_with(kTagPrefix)) {
    return ReadTag(name.substr(kTagPrefix.size()), place);
  }
  std::vector<const Rule*> rules = FindRules(name);
  if (rules.empty()) {
    std::vector<std::string_view> ids;
    for (const Rule* known : AllRules()) ids.push_back(known->id);
    place.Fail("unknown rule \"" + std::string(name) + "\"" +
               DidYouMean(name, ids));
  }
  return rules;
}

void ApplySeverity(const Scope& place, RuleSettings& settings) {
  const auto word = place.Word(kSeverityWords);
  if (!word) return;
  settings.enabled = *word != "off";
  if (*word != "off") settings.severity = ToSeverity(*word);
}

// `rule-id: warning` or `rule-id: {severity, action, fix, options}`.
RuleSettings ReadSettings(const Rule& rule, const Scope& scope) {
  RuleSettings settings;
  settings.enabled = true;
  if (!scope.node().IsObject()) {
    ApplySeverity(scope, settings);
    return settings;
  }
  scope.IsObjectOf(kRuleKeys);
  ApplySeverity(scope["severity"], settings);
  if (const auto word = scope["action"].Word(kActionWords)) {
    settings.action = ToAction(*word);
  }
  if (const auto word = scope["fix"].Word(kFixWords)) {
    settings.auto_fix = *word == "auto";
  }
  CheckOptions(rule, scope["options"]);
  settings.options = scope["options"].node();
  return settings;
}

using SettingsById = std::map<std::string_view, RuleSettings>;

// Mistakes are told in the order of the file; what holds does not depend on it.
void ReadRules(const Scope& rules, SettingsById& into) {
  if (!rules.exists() || !rules.IsObject()) return;
  std::map<Closeness, std::vector<std::pair<const Rule*, RuleSettings>>> read;
  for (const auto& [key, scope] : rules.Members()) {
    for (const Rule* rule : ReadRuleName(key, scope)) {
      read[ClosenessOf(key)].emplace_back(rule, ReadSettings(*rule, scope));
    }
  }
  for (const auto& [closeness, settings] : read) {
    for (const auto& [rule, setting] : settings) into[rule->id].Merge(setting);
  }
}

// Pairs of label and value.
void CheckSelector(const Scope& selector) {
  if (!selector.exists() || !selector.IsObject()) return;
  for (const auto& [key, value] : selector.Members()) {
    if (!value.node().IsString()) value.Fail("expected the text of a label");
  }
}

void ReadOverrides(const Scope& overrides, Policy& policy) {
  if (!overrides.exists() || !overrides.IsArray()) return;
  for (const Scope& entry : overrides.Elements()) {
    if (!entry.IsObjectOf(kOverrideKeys)) continue;
    Override exception;
    if (const Scope match = entry["match"]; match.exists()) {
      match.IsObjectOf(kMatchKeys);
      exception.match = {match["files"].Texts(), match["namespaces"].Texts(),
                         match["kinds"].Texts(), match["names"].Texts(),
                         match["selector"].node()};
      CheckSelector(match["selector"]);
    } else {
      entry.Fail("\"match\" is required");
    }
    ReadRules(entry["rules"], exception.rules);
    policy.overrides.push_back(std::move(exception));
  }
}

// "2027-03-31"
std::optional<std::chrono::sys_days> ReadDate(const Scope& scope) {
  const auto text = scope.Text();
  if (!text) return {};
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const auto number = [&](size_t from, size_t length, auto& into) {
    const char* first = text->data() + from;
    const auto [at, error] = std::from_chars(first, first + length, into);
    return error == std::errc() && at == first + length;
  };
  const bool is_written_so = text->size() == 10 && (*text)[4] == '-' &&
                             (*text)[7] == '-' && number(0, 4, year) &&
                             number(5, 2, month) && number(8, 2, day);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(month),
                                         std::chrono::day(day)};
  if (is_written_so && date.ok()) return std::chrono::sys_days(date);
  scope.Fail("\"" + *text + "\" is no date of the form 2027-03-31");
  return {};
}

void ReadSuppression(const Scope& entry, Policy& policy) {
  if (!entry.IsObjectOf(kSuppressionKeys)) {
    return;
  }
  Suppression agreed;
  if (!entry["rule"].exists()) entry.Fail("\"rule\" is required");
  std::vector<const Rule*> rules;
  if (const auto id = entry["rule"].Text()) {
    rules = ReadRuleName(*id, entry["rule"]);
  }
  agreed.object = entry["object"].Text().value_or("");
  agreed.file = entry["file"].Text().value_or("");
  agreed.reason = entry["reason"].Text().value_or("");
  agreed.until = ReadDate(entry["until"]);
  entry["ticket"].Text();
  if (agreed.object.empty() && agreed.file.empty()) {
    entry.Fail(
        "\"object\" or \"file\" is required: to silence a rule "
        "everywhere, set it to off");
  }
  if (policy.require_reason && agreed.reason.empty()) {
    entry.Fail("\"reason\" is required");
  }
  agreed.pointer = entry.pointer();
  for (const Rule* rule : rules) {
    agreed.rule = rule->id;
    policy.suppressions.push_back(agreed);
  }
}

void ReadSuppressions(const Scope& scope, Policy& policy) {
  if (!scope.exists()) return;
  if (!scope.IsObjectOf(kSuppressionsKeys)) return;
  if (const auto require = scope["requireReason"].Bool()) {
    policy.require_reason = *require;
  }
  policy.ist_compat = scope["istCompat"].Bool().value_or(policy.ist_compat);
  if (const Scope locked = scope["locked"]; locked.exists()) {
    locked.Texts();
    for (const Scope& element : locked.Elements()) {
      if (!element.node().IsString()) continue;
      for (const Rule* rule : ReadRuleName(element.node().Str(), element)) {
        policy.locked.emplace_back(rule->id);
      }
    }
  }
  if (const Scope entries = scope["entries"];
      entries.exists() && entries.IsArray()) {
    for (const Scope& entry : entries.Elements())
      ReadSuppression(entry, policy);
  }
}

void ReadIstio(const Scope& istio, Policy& policy) {
  if (!istio.exists()) return;
  if (!istio.IsObjectOf(kIstioKeys)) {
    return;
  }
  const auto set = [&](std::string_view key, std::string& into) {
    if (auto text = istio[key].Text()) into = *std::move(text);
  };
  set("domain", policy.mesh.domain);
  set("trustDomain", policy.mesh.trust_domain);
  set("rootNamespace", policy.mesh.root_namespace);
  if (const Scope version = istio["version"]; auto text = version.Text()) {
    if (const auto release = IstioRelease::Parse(*text)) {
      policy.istio_release = *release;
    } else {
      version.Fail(release.error().message);
    }
  }
  if (auto file = istio["meshConfig"].Text()) policy.mesh_config_file = file;
}

void ReadContext(const Scope& context, Policy& policy) {
  if (!context.exists()) return;
  if (!context.IsObjectOf(kContextKeys)) return;
  const auto append = [&](std::string_view key, auto& into) {
    for (std::string& text : context[key].Texts()) {
      into.push_back(std::move(text));
    }
  };
  append("paths", policy.context_paths);
  append("assumeHosts", policy.coverage.assumed_hosts);
  append("closedNamespaces", policy.coverage.closed_namespaces);
}

void ReadFiles(const Scope& files, Policy& policy) {
  if (!files.exists() || !files.IsObjectOf(kFilesKeys)) return;
  policy.files = {files["include"].Texts(), files["exclude"].Texts()};
}

void ReadSets(const Scope& sets, Policy& policy) {
  if (!sets.exists() || !sets.IsObject()) return;
  for (const auto& [name, paths] : sets.Members()) {
    policy.sets[std::string(name)] = paths.Texts();
  }
}

void ReadOutput(const Scope& output, Policy& policy) {
  if (!output.exists() || !output.IsObjectOf(kOutputKeys)) return;
  if (const Scope formats = output["formats"];
      formats.exists() && formats.IsArray()) {
    for (const Scope& format : formats.Elements()) {
      if (auto word = format.Word(kReportFormats))
        policy.formats.push_back(*word);
    }
  }
  if (auto word = output["failOn"].Word(kFailOnWords)) policy.fail_on = *word;
}

void ReadFix(const Scope& fix, Policy& policy) {
  if (!fix.exists() || !fix.IsObjectOf(kFixKeys)) return;
  policy.fix_unsafe = fix["unsafe"].Bool().value_or(policy.fix_unsafe);
  const Scope disabled = fix["disable"];
  if (!disabled.exists() || !disabled.IsArray()) return;
  for (const Scope& id : disabled.Elements()) {
    const auto text = id.Text();
    if (!text) continue;
    for (const Rule* rule : ReadRuleName(*text, id)) {
      policy.fix_disabled.emplace_back(rule->id);
    }
  }
}

void ReadHead(const Scope& root) {
  if (root["apiVersion"].Text().value_or("") != kConfigApiVersion) {
    root["apiVersion"].Fail("expected apiVersion: meshvet.dev/v1alpha1");
  }
  if (root["kind"].Text().value_or("") != kConfigKind) {
    root["kind"].Fail("expected kind: Config");
  }
}

// `name` as it stands in `file`, for one who looks from the main file.
std::string BesideFile(std::string_view file, const std::string& name) {
  const size_t slash = file.rfind('/');
  if (slash == file.npos || name.starts_with('/')) return name;
  return std::string(file.substr(0, slash + 1)) + name;
}

// Reads one document and what it extends, weakest first.
class Reader {
 public:
  Reader(const PolicyLoader& loader, std::vector<Error>& errors)
      : loader_(loader), errors_(errors) {}

  void Read(const std::shared_ptr<const Document>& document,
            const std::string& file, Policy& policy) {
    policy.documents.push_back(document);
    ErrorLog log(file);
    ReadDocument(Scope(document->root(), "", log), file, policy);
    std::ranges::move(log.errors(), std::back_inserter(errors_));
  }

 private:
  void ReadDocument(const Scope& root, const std::string& file,
                    Policy& policy) {
    if (!root.IsObjectOf(kRootKeys)) {
      return;
    }
    ReadHead(root);
    if (const Scope extends = root["extends"];
        extends.exists() && extends.IsArray()) {
      for (const Scope& entry : extends.Elements()) {
        Extend(entry, file, policy);
      }
    }
    ReadIstio(root["istio"], policy);
    ReadFiles(root["files"], policy);
    ReadContext(root["context"], policy);
    ReadSets(root["sets"], policy);
    ReadRules(root["rules"], policy.rules);
    ReadOverrides(root["overrides"], policy);
    const size_t inherited = policy.suppressions.size();
    ReadSuppressions(root["suppressions"], policy);
    for (size_t i = inherited; i < policy.suppressions.size(); ++i) {
      policy.suppressions[i].config = file;
    }
    ReadOutput(root["output"], policy);
    ReadFix(root["fix"], policy);
    if (auto path = root["baseline"].Text()) policy.baseline = path;
  }

  void Extend(const Scope& entry, const std::string& from, Policy& policy) {
    constexpr std::string_view kPreset = "preset:";
    const auto name = entry.Text();
    if (!name) return;
    if (name->starts_with(kPreset)) {
      ExtendPreset(name->substr(kPreset.size()), entry, policy);
    } else if (++extended_ > kMaxExtends) {
      entry.Fail("more than " + std::to_string(kMaxExtends) +
                 " files are extended; does one extend itself?");
    } else if (const std::string file = BesideFile(from, *name);
               auto loaded = loader_(file)) {
      Read(*loaded, file, policy);
    } else {
      entry.Fail(loaded.error().message);
    }
  }

  static void ExtendPreset(const std::string& name, const Scope& entry,
                           Policy& policy) {
    const auto preset = Preset(name);
    if (!preset) {
      entry.Fail("unknown preset \"" + name + "\"" +
                 DidYouMean(name, PresetNames()));
      return;
    }
    for (const auto& [id, settings] : *preset) policy.rules[id].Merge(settings);
  }

  const PolicyLoader& loader_;
  std::vector<Error>& errors_;
  size_t extended_ = 0;
};

// Compiles every pattern the options hold, so that no request has to.
void CompilePatterns(Node node, Patterns& into) {
  for (const Node element : node) CompilePatterns(element, into);
  for (const auto& [key, value] : node.Members()) {
    if (key == "pattern" && value.IsString()) {
      if (auto pattern = Pattern::Compile(value.Str())) {
        into.emplace(value.Str(), *std::move(pattern));
      }
    }
    CompilePatterns(value, into);
  }
}

}  // namespace

std::variant<Policy, PolicyErrors> ReadPolicy(
    std::shared_ptr<const Document> document, const PolicyLoader& loader) {
  Policy policy;
  std::vector<Error> errors;
  Reader(loader, errors).Read(document, "", policy);
  if (!errors.empty()) return PolicyErrors{std::move(errors)};
  for (const auto& read : policy.documents) {
    CompilePatterns(read->root(), policy.patterns);
  }
  return policy;
}

Policy RecommendedPolicy() { return {}; }

}  // namespace meshvet::rules
