#include "ruletest/rule_test.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

#include "lint/input/input_files.h"
#include "mesh/json_pointer.h"
#include "mesh/suggestion.h"
#include "rules/policy_scope.h"
#include "rules/rule.h"

namespace meshvet::ruletest {
namespace {

using rules::Scope;

constexpr std::string_view kApiVersion = "meshvet.dev/v1alpha1";
constexpr std::string_view kKind = "RuleTest";
constexpr std::array<std::string_view, 3> kOperations = {"CREATE", "UPDATE",
                                                         "DELETE"};
constexpr std::array<std::string_view, 3> kSeverities = {"error", "warning",
                                                         "info"};
constexpr std::array<std::string_view, 3> kActions = {"deny", "warn", "audit"};

// What the words above stand for.
rules::Operation ToOperation(std::string_view word) {
  if (word == "UPDATE") return rules::Operation::kUpdate;
  return word == "DELETE" ? rules::Operation::kDelete
                          : rules::Operation::kCreate;
}

rules::Severity ToSeverity(std::string_view word) {
  if (word == "error") return rules::Severity::kError;
  return word == "warning" ? rules::Severity::kWarning : rules::Severity::kInfo;
}

rules::Action ToAction(std::string_view word) {
  if (word == "deny") return rules::Action::kDeny;
  return word == "warn" ? rules::Action::kWarn : rules::Action::kAudit;
}

// As Scope's, and no key may stand there without a value: `findings:` would
// look like "none" and mean nothing.
bool IsFilledObjectOf(const Scope& scope,
                      std::initializer_list<std::string_view> keys) {
  if (!scope.IsObjectOf(keys)) return false;
  for (const auto& [key, value] : scope.Members()) {
    if (!value.exists()) value.Fail(std::string(key) + " has no value");
  }
  return true;
}

std::string UnknownRule(std::string_view name) {
  std::vector<std::string_view> names;
  for (const rules::Rule* rule : rules::AllRules()) {
    names.push_back(rule->id);
    names.insert(names.end(), rule->aliases.begin(), rule->aliases.end());
  }
  return "unknown rule \"" + std::string(name) + "\"" + DidYouMean(name, names);
}

// One document; what is wrong with it goes to a log of pointers, which become
// places at the end.
class Reader {
 public:
  Reader(const std::shared_ptr<const lint::SourceFile>& file,
         const lint::SourceDocument& document)
      : document_(document) {
    test_.file = file;
    test_.document = &document;
    const std::filesystem::path folder =
        std::filesystem::path(file->name()).parent_path();
    test_.directory = folder.empty() ? "." : folder.string();
  }

  std::variant<RuleTest, std::vector<Error>> Read() {
    ReadRoot(Scope(document_.root(), "", log_));
    if (log_.errors().empty()) return std::move(test_);
    for (Error& error : log_.errors()) {
      error.where = PlaceOf(error.where).ToString();
    }
    return std::move(log_.errors());
  }

 private:
  Place PlaceOf(std::string_view pointer) const {
    return {test_.file->name(), document_.Anchor(pointer).start};
  }
  Place PlaceOf(const Scope& scope) const { return PlaceOf(scope.pointer()); }

  void ReadRoot(const Scope& root) {
    if (!IsFilledObjectOf(root, {"apiVersion", "kind", "metadata", "config",
                                 "context", "cases"})) {
      return;
    }
    if (root["apiVersion"].node().Str() != kApiVersion) {
      root["apiVersion"].Fail("expected apiVersion: meshvet.dev/v1alpha1");
    }
    if (root["kind"].node().Str() != kKind) {
      root["kind"].Fail("expected kind: RuleTest" +
                        DidYouMean(root["kind"].node().Str(), {&kKind, 1}));
    }
    ReadName(root["metadata"]);
    test_.place = PlaceOf("/metadata/name");
    if (root["config"].exists()) test_.config = ReadSource(root["config"]);
    ReadContext(root["context"]);
    ReadCases(root["cases"]);
  }

  void ReadName(const Scope& metadata) {
    if (!IsFilledObjectOf(metadata, {"name", "labels", "annotations"})) return;
    test_.name = NameOf(metadata["name"]);
  }

  static std::string NameOf(const Scope& scope) {
    if (!scope.exists()) scope.Fail("name is missing");
    std::string name = scope.Text().value_or("");
    if (scope.node().IsString() && name.empty()) scope.Fail("is empty");
    if (name.size() > kLongestName) {
      scope.Fail("has more than " + std::to_string(kLongestName) + " bytes");
    }
    return name;
  }

  std::string Beside(const std::string& path) const {
    std::string full = (std::filesystem::path(test_.directory) / path)
                           .lexically_normal()
                           .string();
    // A file of that name, never standard input.
    return full == lint::kStdin ? "./-" : full;
  }

  // A path, or a mapping that stands here.
  Source ReadSource(const Scope& scope) const {
    Source source{PlaceOf(scope), {}, {}, scope.pointer()};
    if (scope.node().IsObject()) {
      source.value = scope.node();
    } else if (auto path = scope.Text()) {
      source.path = Beside(*path);
      if (path->empty()) scope.Fail("is empty");
    }
    return source;
  }

  Source ReadPath(const Scope& scope) const {
    Source source{PlaceOf(scope), {}, {}, scope.pointer()};
    const auto path = scope.Text();
    if (path) source.path = Beside(*path);
    if (path && path->empty()) scope.Fail("is empty");
    return source;
  }

  // As ReadSource, or a list of mappings.
  Source ReadInput(const Scope& scope) const {
    if (!scope.node().IsArray()) return ReadSource(scope);
    Source source{PlaceOf(scope), {}, scope.node(), scope.pointer()};
    for (const Scope& element : scope.Elements()) element.IsObject();
    return source;
  }

  void ReadContext(const Scope& context) {
    if (!context.exists() || !context.IsArray()) return;
    if (context.node().size() > kMostContexts) {
      return context.Fail("more than " + std::to_string(kMostContexts) +
                          " files");
    }
    for (const Scope& path : context.Elements()) {
      if (!path.exists()) path.Fail("expected a path");
      test_.context.push_back(ReadPath(path));
    }
  }

  void ReadCases(const Scope& cases) {
    if (!cases.exists() || !cases.node().IsArray() || cases.node().empty()) {
      return cases.Fail("expected a list of cases");
    }
    if (cases.node().size() > kMostCases) {
      return cases.Fail("more than " + std::to_string(kMostCases) + " cases");
    }
    std::set<std::string> names;
    for (const Scope& scope : cases.Elements()) {
      Case one = ReadCase(scope);
      if (!one.name.empty() && !names.insert(one.name).second) {
        scope["name"].Fail("a second case \"" + one.name + "\"");
      }
      test_.cases.push_back(std::move(one));
    }
  }

  Case ReadCase(const Scope& scope) {
    Case one;
    one.place = PlaceOf(scope);
    if (!IsFilledObjectOf(scope, {"name", "input", "operation", "oldInput",
                                  "user", "skip", "expect"})) {
      return one;
    }
    one.name = NameOf(scope["name"]);
    if (scope["name"].exists()) one.place = PlaceOf(scope["name"]);
    if (scope["skip"].exists()) {
      one.skip = scope["skip"].Text().value_or("");
      if (one.skip.empty()) scope["skip"].Fail("skip has to say why");
    }
    ReadWhat(scope, one);
    one.expect = ReadExpectations(scope["expect"], one);
    return one;
  }

  void ReadWhat(const Scope& scope, Case& one) const {
    if (!scope["input"].exists()) scope["input"].Fail("input is missing");
    if (scope["input"].exists()) one.input = ReadInput(scope["input"]);
    if (const auto word = scope["operation"].Word(kOperations)) {
      one.operation = ToOperation(*word);
    }
    if (scope["oldInput"].exists()) {
      one.old_input = ReadInput(scope["oldInput"]);
    }
    const bool is_update = one.operation == rules::Operation::kUpdate;
    if (is_update && !one.old_input) {
      scope["operation"].Fail("an UPDATE needs oldInput, what it was before");
    }
    if (!is_update && one.old_input) {
      scope["oldInput"].Fail("oldInput goes with operation: UPDATE alone");
    }
    if (const Scope user = scope["user"];
        user.exists() && IsFilledObjectOf(user, {"username", "groups"})) {
      one.user = {user["username"].Text().value_or(""), user["groups"].Texts()};
    }
  }

  Expectations ReadExpectations(const Scope& scope, Case& one) const {
    Expectations expect;
    if (!scope.exists() || scope.node().empty()) {
      scope.Fail("expect says nothing, so the case could not fail");
      return expect;
    }
    if (!IsFilledObjectOf(scope, {"allowed", "findings", "findingsContain",
                                  "patched", "patch", "fixed"})) {
      return expect;
    }
    if (scope["allowed"].exists()) {
      const auto allowed = scope["allowed"].Bool();
      if (allowed) expect.allowed = {PlaceOf(scope["allowed"]), *allowed};
    }
    expect.findings = ReadFindings(scope, one);
    if (scope["patched"].exists()) {
      expect.patched = ReadSource(scope["patched"]);
    }
    expect.patch = ReadPatch(scope["patch"]);
    if (scope["fixed"].exists()) expect.fixed = ReadPath(scope["fixed"]);
    CheckMending(scope, one, expect);
    return expect;
  }

  static void CheckMending(const Scope& scope, const Case& one,
                           const Expectations& expect) {
    const bool is_delete = one.operation == rules::Operation::kDelete;
    for (const char* key : {"patched", "patch"}) {
      if (is_delete && scope[key].exists()) {
        scope[key].Fail("a DELETE patches nothing");
      }
    }
    if (expect.fixed && !one.input.is_file()) {
      scope["fixed"].Fail("fixed needs an input that is a file");
    }
  }

  std::optional<WantedFindings> ReadFindings(const Scope& scope,
                                             Case& one) const {
    const Scope exact = scope["findings"];
    const Scope some = scope["findingsContain"];
    if (exact.exists() && some.exists()) {
      some.Fail("findings and findingsContain exclude each other");
      return {};
    }
    const Scope& list = exact.exists() ? exact : some;
    if (!list.exists() || !list.IsArray()) return {};
    if (some.exists() && some.node().empty()) {
      some.Fail("expects nothing; findings: [] says that there are none");
    }
    if (list.node().size() > kMostWanted) {
      list.Fail("more than " + std::to_string(kMostWanted) + " findings");
      return {};
    }
    WantedFindings wanted{PlaceOf(list), exact.exists(), {}};
    for (const Scope& element : list.Elements()) {
      wanted.list.push_back(ReadFinding(element, one));
    }
    return wanted;
  }

  WantedFinding ReadFinding(const Scope& scope, Case& one) const {
    WantedFinding wanted;
    wanted.place = PlaceOf(scope);
    if (!IsFilledObjectOf(
            scope, {"rule", "at", "line", "message", "severity", "action"})) {
      return wanted;
    }
    ReadRule(scope["rule"], wanted, one);
    if (scope["at"].exists()) wanted.at = scope["at"].Text();
    if (wanted.at && !SplitPointer(*wanted.at)) {
      scope["at"].Fail("\"" + *wanted.at +
                       "\" is no JSON Pointer such as /spec/http/0");
    }
    ReadLine(scope["line"], wanted);
    ReadMessage(scope["message"], wanted);
    if (const auto word = scope["severity"].Word(kSeverities)) {
      wanted.severity = ToSeverity(*word);
    }
    if (const auto word = scope["action"].Word(kActions)) {
      wanted.action = ToAction(*word);
    }
    return wanted;
  }

  void ReadRule(const Scope& scope, WantedFinding& wanted, Case& one) const {
    if (!scope.exists()) scope.Fail("rule is missing");
    const auto name = scope.Text();
    if (!name) return;
    wanted.place = PlaceOf(scope);
    wanted.name = *name;
    for (const rules::Rule* rule : rules::FindRules(*name)) {
      wanted.rules.push_back(rule->id);
    }
    if (!wanted.rules.empty()) return;
    one.unknown_rules.push_back(ErrorAt(wanted.place, UnknownRule(*name)));
  }

  static void ReadLine(const Scope& scope, WantedFinding& wanted) {
    if (!scope.exists()) return;
    wanted.line = scope.node().Int();
    if (!wanted.line || *wanted.line < 1) {
      scope.Fail("expected the number of a line, from 1 on");
    }
  }

  static void ReadMessage(const Scope& scope, WantedFinding& wanted) {
    const auto text = scope.Text();
    if (!text) return;
    Result<rules::Pattern> pattern = rules::Pattern::Compile(*text);
    if (!pattern) return scope.Fail(pattern.error().message);
    wanted.message = *text;
    wanted.pattern = *std::move(pattern);
  }

  std::optional<WantedPatch> ReadPatch(const Scope& scope) const {
    if (!scope.exists() || !scope.IsArray()) return {};
    Result<std::vector<PatchOperation>> patch =
        meshvet::ReadPatch(scope.node());
    if (patch) return WantedPatch{PlaceOf(scope), *std::move(patch)};
    const Error& error = patch.error();
    scope.Fail(error.where.empty() ? error.message
                                   : error.where + ": " + error.message);
    return {};
  }

  const lint::SourceDocument& document_;
  rules::ErrorLog log_{""};
  RuleTest test_;
};

}  // namespace

std::string WantedFinding::ToString() const {
  std::string text = name;
  if (at) text += " at " + (at->empty() ? "the whole object" : *at);
  if (line) text += ", line " + std::to_string(*line);
  if (severity) text += ", severity " + std::string(rules::ToString(*severity));
  if (action) text += ", action " + std::string(rules::ToString(*action));
  if (pattern) text += ", message /" + message + "/";
  return text;
}

bool IsRuleTest(Node document) {
  if (document["kind"].Str() == kKind) return true;
  const std::string_view version = document["apiVersion"].Str();
  return version.starts_with("meshvet.dev/") &&
         document["kind"].Str() != "Config";
}

std::variant<RuleTest, std::vector<Error>> ReadRuleTest(
    const std::shared_ptr<const lint::SourceFile>& file,
    const lint::SourceDocument& document) {
  return Reader(file, document).Read();
}

}  // namespace meshvet::ruletest
