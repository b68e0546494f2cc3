#include "lint/command/explain_command.h"

#include <filesystem>
#include <system_error>

#include "lint/command/exit_code.h"
#include "lint/config/rule_selection.h"
#include "lint/input/loader_rules.h"
#include "lint/report/output.h"
#include "lint/report/printable.h"

namespace meshvet::lint {
namespace {

LintOutcome Refuse(int exit_code, const std::string& message) {
  return {exit_code, {}, "meshvet: " + Printable(message) + "\n"};
}

LintOutcome WritePages(const ExplainOptions& options) {
  if (!options.all || options.format != DocFormat::kMarkdown) {
    return Refuse(kExitUsage, "--output-dir goes with --all -o markdown");
  }
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  for (const auto& [name, page] : WriteRulePages()) {
    const std::string path = options.directory + "/" + name;
    const Result<Unit> written = WriteFile(path, page);
    if (written) continue;
    return Refuse(kExitUnfinished, path + ": " + written.error().message);
  }
  return {};
}

std::string WriteAll(const std::vector<const rules::Rule*>& rules,
                     DocFormat format) {
  if (format == DocFormat::kJson) return WriteRulesInFull(rules);
  std::string text;
  for (const rules::Rule* rule : rules) {
    if (!text.empty()) text += '\n';
    text += WriteRule(*rule, format);
  }
  return text;
}

}  // namespace

LintOutcome RunExplain(const ExplainOptions& options) {
  if (!options.directory.empty()) return WritePages(options);
  if (options.all) return {0, WriteAll(EveryRule(), options.format), {}};
  if (options.names.empty()) {
    return Refuse(kExitUsage, "which rule? `meshvet rules` lists them");
  }
  std::vector<const rules::Rule*> rules;
  for (const std::string& name : options.names) {
    const auto named = RulesNamed(name);
    if (!named) return Refuse(kExitUsage, named.error().message);
    rules.insert(rules.end(), named->begin(), named->end());
  }
  return {0, WriteAll(rules, options.format), {}};
}

}  // namespace meshvet::lint
