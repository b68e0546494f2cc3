#include "lint/command/rules_command.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "lint/command/exit_code.h"
#include "lint/config/configuration.h"
#include "lint/input/loader_rules.h"
#include "lint/linter.h"
#include "lint/manifest.h"
#include "lint/report/printable.h"
#include "lint/suppressions.h"
#include "mesh/document.h"
#include "rules/engine.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

using rules::Example;
using rules::Rule;

std::variant<rules::Policy, std::vector<Error>> FindPolicy(
    const RulesOptions& options) {
  std::string file = options.config;
  if (file.empty() && !options.no_config) file = FindConfiguration({});
  if (file.empty()) return rules::RecommendedPolicy();
  auto read = ReadConfiguration(file);
  if (auto* configuration = std::get_if<Configuration>(&read)) {
    return std::move(configuration->policy);
  }
  return std::get<std::vector<Error>>(std::move(read));
}

bool IsOn(const Rule& rule, const rules::Policy& policy) {
  const auto settings = policy.rules.find(rule.id);
  const bool is_on = !rule.off_by_default;
  return settings == policy.rules.end()
             ? is_on
             : settings->second.enabled.value_or(is_on);
}

// The policy of an example: its rule with its options.
std::shared_ptr<const rules::Policy> PolicyOf(const Rule& rule,
                                              const Example& example) {
  const std::string options(example.options.empty() ? "{}" : example.options);
  auto document = ParseJson(
      R"({"apiVersion":"meshvet.dev/v1alpha1","kind":"Config","rules":{)" +
          rules::Quote(rule.id) + R"(:{"options":)" + options + "}}}",
      {});
  if (!document) return nullptr;
  auto read = rules::ReadPolicy(
      std::make_shared<const Document>(*std::move(document)), {});
  auto* policy = std::get_if<rules::Policy>(&read);
  if (policy == nullptr) return nullptr;
  return std::make_shared<const rules::Policy>(std::move(*policy));
}

bool LoaderOffersFix(const Rule& rule, const Example& example) {
  LintRequest request;
  rules::Policy policy = rules::RecommendedPolicy();
  policy.coverage.complete = true;
  request.policy = std::make_shared<const rules::Policy>(std::move(policy));
  request.paths = {kStdin};
  request.texts[kStdin] = example.yaml;
  const Result<Report> report = Lint(request);
  return report &&
         std::ranges::any_of(report->diagnostics, [&](const auto& found) {
           return found.finding.rule == rule.id && found.has_fix();
         });
}

// Of an example that is a configuration: whether what is found about its
// entries is mended by `meshvet fix .`.
bool EntryOffersFix(const Rule& rule, const Example& example) {
  const auto file =
      std::make_shared<SourceFile>("example", std::string(example.yaml));
  file->Parse(1);
  if (file->documents().empty()) return false;
  auto read = rules::ReadPolicy(file->documents().front().document(), {});
  auto* policy = std::get_if<rules::Policy>(&read);
  if (policy == nullptr) return false;
  LintRequest request;
  request.policy = std::make_shared<const rules::Policy>(std::move(*policy));
  request.policy_files[""] = file;
  request.paths = {"."};
  const std::vector<Loaded> nothing_read;
  const rules::Engine engine(request.policy);
  Suppressions suppressions(request, nothing_read, engine);
  return std::ranges::any_of(suppressions.Audit(), [&](const auto& found) {
    return found.finding.rule == rule.id && found.has_fix();
  });
}

bool OffersFix(const Rule& rule, const Example& example) {
  if (IsLoaders(rule)) {
    return LoaderOffersFix(rule, example) || EntryOffersFix(rule, example);
  }
  const auto policy = PolicyOf(rule, example);
  auto file =
      std::make_shared<SourceFile>("example", std::string(example.yaml));
  file->Parse(1);
  const Manifest manifest = ReadManifest(file, "default");
  if (policy == nullptr || manifest.items.empty()) return false;
  InventoryBuilder builder({}, {.complete = example.is_whole_mesh});
  for (const Item& item : manifest.items) builder.Put(item.object);
  const auto inventory = builder.Snapshot();
  const std::array<const Rule*, 1> alone = {&rule};
  const rules::Engine engine(policy, {}, alone);
  const auto evaluation = engine.Evaluate(
      {.object = manifest.items.front().object.get()}, *inventory);
  return std::ranges::any_of(evaluation.findings, [](const auto& finding) {
    return !finding.fix.empty();
  });
}

bool IsFixable(const Rule& rule) {
  return std::ranges::any_of(rule.bad, [&](const Example& example) {
    return OffersFix(rule, example);
  });
}

}  // namespace

LintOutcome RunRules(const RulesOptions& options) {
  std::vector<const Rule*> rules = EveryRule();
  if (!options.tag.empty()) rules = rules::RulesTagged(options.tag);
  if (options.fixable) {
    std::erase_if(rules, [](const Rule* rule) { return !IsFixable(*rule); });
  }
  if (options.enabled) {
    const auto policy = FindPolicy(options);
    if (const auto* mistakes = std::get_if<std::vector<Error>>(&policy)) {
      LintOutcome refusal{kExitUsage, {}, {}};
      for (const Error& mistake : *mistakes) {
        refusal.err += "meshvet: " + Printable(mistake.where) + ": " +
                       Printable(mistake.message) + "\n";
      }
      return refusal;
    }
    std::erase_if(rules, [&](const Rule* rule) {
      return !IsOn(*rule, std::get<rules::Policy>(policy));
    });
  }
  return {0, WriteRuleList(rules, options.format), {}};
}

}  // namespace meshvet::lint
