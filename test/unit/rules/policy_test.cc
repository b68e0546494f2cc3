// Reading a configuration: every key it may hold, and how it says no.

#include "rules/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mesh/istio_release.h"
#include "mesh/kinds.h"
#include "rules/tags.h"
#include "test/support/scene.h"
#include "test/unit/rules/policy_text.h"

namespace meshvet::rules {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Policy Accept(const std::string& body, const Files& files = {}) {
  auto read = Read(WithHead(body), files);
  EXPECT_THAT(Errors(WithHead(body), files), IsEmpty());
  if (auto* policy = std::get_if<Policy>(&read)) return std::move(*policy);
  return {};
}

const Rule& RuleOf(std::string_view id) { return *FindRule(id); }

std::shared_ptr<const Object> Entry(const std::string& ns,
                                    const std::string& name,
                                    const std::string& labels = "{}") {
  return test::ReadObjects(
             "apiVersion: networking.istio.io/v1\n"
             "kind: WorkloadEntry\nmetadata: {name: " +
             name + ", namespace: " + ns + ", labels: " + labels + "}\n")
      .front();
}

TEST(PolicyKeys, AreAllRead) {
  const Policy policy = Accept(R"(
metadata: {name: house}
extends: ["preset:recommended"]
istio: {version: "1.30", domain: corp.local, trustDomain: td,
        rootNamespace: istio-config, meshConfig: mesh.yaml}
files: {include: ["deploy/**"], exclude: ["**/tests/**"]}
context: {paths: [services.yaml], assumeHosts: ["*.corp.example"],
          closedNamespaces: [shop, "team-*"]}
sets: {staging: [overlays/staging], prod: [overlays/prod, base]}
rules:
  workload-entry-missing-label:
    {severity: warning, action: audit, fix: "off", options: {labels: [app]}}
overrides:
- match: {files: ["legacy/**"], namespaces: [legacy], kinds: [WorkloadEntry],
          names: ["old-*"], selector: {app: pos}}
  rules: {workload-entry-missing-label: info}
suppressions:
  requireReason: true
  locked: [workload-entry-conflicting-label]
  istCompat: false
  entries:
  - {rule: workload-entry-missing-label, object: "WorkloadEntry/legacy/a",
     file: "x/*", reason: POS, until: 2027-03-31, ticket: SHOP-12}
baseline: .meshvet-baseline.json
output: {formats: [full, sarif], failOn: warning}
fix: {unsafe: true, disable: [workload-entry-conflicting-label]}
)");
  EXPECT_EQ(policy.istio_release, (IstioRelease{1, 30}));
  EXPECT_EQ(policy.mesh.domain, "corp.local");
  EXPECT_EQ(policy.mesh.trust_domain, "td");
  EXPECT_EQ(policy.mesh.root_namespace, "istio-config");
  EXPECT_EQ(policy.mesh_config_file, "mesh.yaml");
  EXPECT_THAT(policy.files.include, ElementsAre("deploy/**"));
  EXPECT_THAT(policy.files.exclude, ElementsAre("**/tests/**"));
  EXPECT_THAT(policy.context_paths, ElementsAre("services.yaml"));
  EXPECT_THAT(policy.coverage.assumed_hosts, ElementsAre("*.corp.example"));
  EXPECT_THAT(policy.coverage.closed_namespaces, ElementsAre("shop", "team-*"));
  EXPECT_FALSE(policy.coverage.complete);
  EXPECT_THAT(policy.sets.at("staging"), ElementsAre("overlays/staging"));
  EXPECT_THAT(policy.sets.at("prod"), ElementsAre("overlays/prod", "base"));

  const RuleSettings& own = policy.rules.at("workload-entry-missing-label");
  EXPECT_EQ(own.enabled, true);
  EXPECT_EQ(own.severity, Severity::kWarning);
  EXPECT_EQ(own.action, Action::kAudit);
  EXPECT_EQ(own.auto_fix, false);
  EXPECT_EQ(own.options.ToJson(), R"({"labels":["app"]})");

  ASSERT_THAT(policy.overrides, SizeIs(1));
  const ObjectMatch& match = policy.overrides[0].match;
  EXPECT_THAT(match.files, ElementsAre("legacy/**"));
  EXPECT_THAT(match.namespaces, ElementsAre("legacy"));
  EXPECT_THAT(match.kinds, ElementsAre("WorkloadEntry"));
  EXPECT_THAT(match.names, ElementsAre("old-*"));
  EXPECT_EQ(match.selector.ToJson(), R"({"app":"pos"})");

  EXPECT_TRUE(policy.require_reason);
  EXPECT_FALSE(policy.ist_compat);
  EXPECT_THAT(policy.locked, ElementsAre("workload-entry-conflicting-label"));
  ASSERT_THAT(policy.suppressions, SizeIs(1));
  const Suppression& agreed = policy.suppressions[0];
  EXPECT_EQ(agreed.rule, "workload-entry-missing-label");
  EXPECT_EQ(agreed.object, "WorkloadEntry/legacy/a");
  EXPECT_EQ(agreed.file, "x/*");
  EXPECT_EQ(agreed.reason, "POS");
  EXPECT_EQ(agreed.config, "");
  EXPECT_EQ(agreed.pointer, "/suppressions/entries/0");
  using std::chrono::March;
  EXPECT_EQ(agreed.until,
            std::chrono::sys_days(std::chrono::year(2027) / March / 31));

  EXPECT_EQ(policy.baseline, ".meshvet-baseline.json");
  EXPECT_THAT(policy.formats, ElementsAre("full", "sarif"));
  EXPECT_EQ(policy.fail_on, "warning");
  EXPECT_TRUE(policy.fix_unsafe);
  EXPECT_THAT(policy.fix_disabled,
              ElementsAre("workload-entry-conflicting-label"));
}

TEST(PolicyKeys, MayAllBeLeftOut) {
  const Policy policy = Accept("");
  EXPECT_THAT(policy.rules, IsEmpty());
  EXPECT_EQ(policy.mesh, MeshConfig());
  EXPECT_EQ(policy.fail_on, std::nullopt);
}

std::string MissingLabel(const std::string& labels) {
  return "rules: {workload-entry-missing-label: {options: {labels: " + labels +
         "}}}";
}

TEST(PolicyHead, IsChecked) {
  EXPECT_THAT(Errors("rules: {}"),
              ElementsAre("/apiVersion: expected apiVersion: "
                          "meshvet.dev/v1alpha1",
                          "/kind: expected kind: Config"));
  EXPECT_THAT(Errors("[]"), ElementsAre(": expected a mapping, got []"));
  EXPECT_THAT(Errors("apiVersion: v1\nkind: ConfigMap\n"), SizeIs(2));
}

TEST(PolicyErrors, AreToldTogetherButBounded) {
  EXPECT_THAT(Errors(WithHead("a: 1\nb: 2\nc: 3\n")), SizeIs(3));
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "k" + std::to_string(i) + ": 1\n";
  const auto errors = Errors(WithHead(many));
  EXPECT_THAT(errors, SizeIs(51));
  EXPECT_THAT(errors.back(), HasSubstr("further errors are not shown"));
}

TEST(PolicyErrors, CutLongValues) {
  const auto errors =
      Errors(WithHead("baseline: [" + std::string(10'000, 'a') + "]"));
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_LT(errors[0].size(), 200U);
}

TEST(Patterns, AreCompiledWithThePolicy) {
  const Policy policy = Accept(MissingLabel("[{key: version, pattern: ^v}]"));
  ASSERT_EQ(policy.patterns.count("^v"), 1U);
  EXPECT_TRUE(policy.patterns.at("^v").Matches("v1"));
  EXPECT_FALSE(policy.patterns.at("^v").Matches("1v"));
}

TEST(Patterns, AreRefusedWhereTheyAreNoneOrTooMuch) {
  const auto error = [](const std::string& pattern) {
    const auto errors = Errors(
        WithHead(MissingLabel("[{key: a, pattern: '" + pattern + "'}]")));
    return errors.size() == 1 ? errors[0] : "none";
  };
  const std::string at =
      "/rules/workload-entry-missing-label/options/labels/0/pattern: ";
  EXPECT_THAT(error("(a"), HasSubstr(at + "no regular expression: "));
  EXPECT_THAT(error("[z-a]"), HasSubstr(at + "no regular expression: "));
  EXPECT_THAT(error("(a)\\1"), HasSubstr(at + "no regular expression: "));
  EXPECT_EQ(error(std::string(257, 'a')),
            at + "a pattern has at most 256 bytes");
  EXPECT_EQ(error("((a?){30}){30}b"),
            at + "a pattern repeats at most 256 times by counts in braces");
  EXPECT_EQ(error("a{99999999999999999999}"),
            at + "a pattern repeats at most 256 times by counts in braces");
  EXPECT_EQ(error("^v[0-9]{1,3}$"), "none");
}

// Each of these takes a backtracking search longer than anyone waits.
TEST(Patterns, AnswerForTextsThatAreMadeToTakeLong) {
  const std::string text = std::string(62, 'a') + "!";
  for (const std::string_view hostile :
       {"(a+)+$", "(a|aa)+$", "(a|a?)+b", "(.*a){12}b",
        "^(([a-z])+.)+[A-Z]+$"}) {
    const auto pattern = Pattern::Compile(hostile);
    ASSERT_TRUE(pattern) << hostile;
    EXPECT_FALSE((*pattern).Matches(text)) << hostile;
  }
  EXPECT_FALSE((*Pattern::Compile("a")).Matches(std::string(64, 'a')));
  EXPECT_TRUE((*Pattern::Compile("a")).Matches(std::string(63, 'a')));
  // A longer text, where a search that begins anew at each byte takes minutes.
  const auto pattern = Pattern::Compile("(a?a?a?a?a?a?a?a?){256}b");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE((*pattern).Matches(std::string(500, 'a'), 500));
  EXPECT_TRUE((*pattern).Matches(std::string(499, 'a') + "b", 500));
  EXPECT_FALSE((*pattern).Matches(std::string(500, 'a') + "b", 500));
}

TEST(Patterns, MatchAnywhereUnlessTheySayWhere) {
  struct PatternCase {
    std::string_view pattern;
    std::string_view text;
    bool matches;
  };
  const PatternCase cases[] = {
      {"b", "abc", true},     {"^b", "abc", false},    {"^a", "abc", true},
      {"b$", "abc", false},   {"c$", "abc", true},     {"^abc$", "abc", true},
      {"x|c", "abc", true},   {"^x|^y", "abc", false}, {"b", "a\nb", true},
      {"^b", "a\nb", false},  {"", "", true},          {"\\bc", "a c", true},
      {"\\bc", "abc", false},
  };
  for (const PatternCase& c : cases) {
    EXPECT_EQ((*Pattern::Compile(c.pattern)).Matches(c.text), c.matches)
        << c.pattern << " in " << c.text;
  }
  // No way out of the group that a pattern is put into.
  EXPECT_FALSE(Pattern::Compile("a)|(b"));
}

TEST(Aliases, StandForEveryRuleThatHasThem) {
  const Policy policy = Accept(R"(
rules: {ist0101: off, IST0112: info}
suppressions:
  locked: [KIA1107]
  entries: [{rule: IST0101, object: "*"}]
fix: {disable: [IST0112]}
)");
  std::vector<std::string_view> off;
  std::vector<std::string> suppressed;
  for (const Rule* rule : AllRules()) {
    const bool has_code =
        std::ranges::find(rule->aliases, "IST0101") != rule->aliases.end();
    const auto settings = policy.rules.find(rule->id);
    const bool is_off =
        settings != policy.rules.end() && settings->second.enabled == false;
    EXPECT_EQ(is_off, has_code) << rule->id;
    const bool is_silenced = std::ranges::any_of(
        policy.suppressions,
        [&](const Suppression& agreed) { return agreed.rule == rule->id; });
    EXPECT_EQ(is_silenced, has_code) << rule->id;
  }
  EXPECT_EQ(policy.rules.at("virtual-service-ambiguous-port").severity,
            Severity::kInfo);
  EXPECT_THAT(policy.locked, ElementsAre("virtual-service-unknown-subset"));
  EXPECT_THAT(policy.fix_disabled,
              ElementsAre("virtual-service-ambiguous-port"));
}

TEST(Tags, StandForEveryRuleThatHasThem) {
  const Policy policy = Accept(R"(
rules: {tag:references: {severity: info, action: audit}}
overrides: [{match: {names: [a]}, rules: {tag:references: off}}]
suppressions:
  locked: [tag:references]
  entries: [{rule: tag:references, object: "*"}]
fix: {disable: [tag:references]}
)");
  size_t tagged = 0;
  for (const Rule* rule : AllRules()) {
    const auto tags = TagsOf(*rule);
    const bool has_tag = std::ranges::find(tags, "references") != tags.end();
    tagged += has_tag ? 1 : 0;
    ASSERT_EQ(policy.rules.contains(rule->id), has_tag) << rule->id;
    if (!has_tag) continue;
    EXPECT_EQ(policy.rules.at(rule->id).severity, Severity::kInfo);
    EXPECT_EQ(policy.rules.at(rule->id).action, Action::kAudit);
    EXPECT_EQ(policy.overrides[0].rules.at(rule->id).enabled, false);
    EXPECT_TRUE(policy.IsLocked(*rule)) << rule->id;
    EXPECT_THAT(policy.fix_disabled, Contains(rule->id));
    EXPECT_THAT(policy.suppressions,
                Contains(Field(&Suppression::rule, rule->id)));
  }
  EXPECT_THAT(policy.locked, SizeIs(tagged));
  EXPECT_THAT(policy.fix_disabled, SizeIs(tagged));
  EXPECT_THAT(policy.suppressions, SizeIs(tagged));
  EXPECT_GT(tagged, 1U);
  EXPECT_LT(tagged, AllRules().size());
}

// Wherever they stand.
TEST(RuleKeys, TheClosestOneWins) {
  for (const char* rules :
       {"{virtual-service-unknown-host: error, IST0101: info, "
        "tag:references: off}",
        "{tag:references: off, IST0101: info, "
        "virtual-service-unknown-host: error}",
        "{ist0101: info, VIRTUAL-SERVICE-UNKNOWN-HOST: error, "
        "tag:references: off}"}) {
    const Policy policy = Accept(std::string("rules: ") + rules);
    const RuleSettings& by_id = policy.rules.at("virtual-service-unknown-host");
    EXPECT_EQ(by_id.severity, Severity::kError) << rules;
    EXPECT_EQ(by_id.enabled, true) << rules;
    const RuleSettings& by_alias =
        policy.rules.at("virtual-service-unknown-gateway");
    EXPECT_EQ(by_alias.severity, Severity::kInfo) << rules;
    EXPECT_EQ(by_alias.enabled, true) << rules;
    EXPECT_EQ(policy.rules.at("virtual-service-unknown-delegate").enabled,
              false)
        << rules;
  }
}

TEST(Presets, AreAsTheyAreDescribed) {
  EXPECT_THAT(Accept("extends: [\"preset:recommended\"]").rules, IsEmpty());

  const Policy strict = Accept("extends: [\"preset:strict\"]");
  for (const Rule* rule : AllRules()) {
    const RuleSettings& settings = strict.rules.at(rule->id);
    EXPECT_EQ(settings.enabled, true) << rule->id;
    EXPECT_EQ(settings.action == Action::kDeny,
              rule->severity >= Severity::kWarning)
        << rule->id;
  }
  const Policy compat = Accept("extends: [\"preset:ist-compat\"]");
  EXPECT_EQ(compat.rules.at("virtual-service-unknown-host").enabled, true);
  EXPECT_EQ(compat.rules.at("workload-entry-missing-label").enabled, false);
  const Policy ambient = Accept("extends: [\"preset:ambient\"]");
  EXPECT_EQ(ambient.rules.at("destination-rule-mtls-mismatch").enabled, false);
  EXPECT_EQ(ambient.rules.count("virtual-service-unknown-host"), 0U);
}

TEST(Extends, LaysTheFileOverWhatItExtends) {
  const Policy policy = Accept(
      R"(
extends: ["preset:strict", ./base.yaml]
istio: {domain: own.local}
rules: {workload-entry-missing-label: {fix: auto}}
)",
      {{"./base.yaml", WithHead(R"(
istio: {domain: base.local, rootNamespace: base-root}
rules:
  workload-entry-missing-label: {severity: info, options: {labels: [app]}}
  workload-entry-conflicting-label: off
suppressions: {entries: [{rule: IST0112, object: "*"}]}
)")}});
  EXPECT_EQ(policy.mesh.domain, "own.local");
  EXPECT_EQ(policy.mesh.root_namespace, "base-root");
  const RuleSettings& both = policy.rules.at("workload-entry-missing-label");
  EXPECT_EQ(both.severity, Severity::kInfo);
  EXPECT_EQ(both.action, Action::kDeny);  // by the preset
  EXPECT_EQ(both.auto_fix, true);
  EXPECT_EQ(both.options.ToJson(), R"({"labels":["app"]})");
  EXPECT_EQ(policy.rules.at("workload-entry-conflicting-label").enabled, false);
  ASSERT_THAT(policy.suppressions, SizeIs(1));
  EXPECT_EQ(policy.suppressions[0].config, "./base.yaml");
}

TEST(Extends, FindsFilesBesideTheOneThatNamesThem) {
  const Policy policy = Accept(
      "extends: [teams/shop.yaml]",
      {{"teams/shop.yaml", WithHead("extends: [./base.yaml, /etc/all.yaml]")},
       {"teams/./base.yaml", WithHead("istio: {domain: base.local}")},
       {"/etc/all.yaml", WithHead("istio: {trustDomain: all}")}});
  EXPECT_EQ(policy.mesh.domain, "base.local");
  EXPECT_EQ(policy.mesh.trust_domain, "all");
}

TEST(Extends, NamesTheFileOfAnError) {
  EXPECT_THAT(Errors(WithHead("extends: [base.yaml]"),
                     {{"base.yaml", WithHead("rulez: {}")}}),
              ElementsAre("base.yaml/rulez: unknown key \"rulez\" (did you "
                          "mean \"rules\"?)"));
}

TEST(Extends, EndsWhereFilesExtendEachOther) {
  const auto errors =
      Errors(WithHead("extends: [a.yaml]"),
             {{"a.yaml", WithHead("extends: [b.yaml, b.yaml]")},
              {"b.yaml", WithHead("extends: [a.yaml, a.yaml]")}});
  ASSERT_FALSE(errors.empty());
  EXPECT_LT(errors.size(), 100U);
  EXPECT_THAT(errors.back(), HasSubstr("more than 16 files are extended; does "
                                       "one extend itself?"));
}

TEST(ShortForm, IsTheSeverityOrOff) {
  const Policy policy = Accept(R"(
rules:
  virtual-service-unknown-host: info
  virtual-service-unknown-port: off
  virtual-service-unknown-subset: "off"
  virtual-service-unknown-gateway:
)");
  EXPECT_EQ(policy.rules.at("virtual-service-unknown-host").severity,
            Severity::kInfo);
  EXPECT_EQ(policy.rules.at("virtual-service-unknown-port").enabled, false);
  EXPECT_EQ(policy.rules.at("virtual-service-unknown-subset").enabled, false);
  EXPECT_EQ(policy.rules.at("virtual-service-unknown-gateway").enabled, true);
}

struct Match {
  std::string match;
  bool applies;
};

class Overrides : public ::testing::TestWithParam<Match> {};

// To WorkloadEntry legacy/old-1, app=pos, in deploy/legacy/a.yaml.
TEST_P(Overrides, ApplyByWhatTheyMatch) {
  const Policy policy =
      Accept("overrides:\n- match: " + GetParam().match +
             "\n  rules: {workload-entry-missing-label: info}\n");
  const auto object = Entry("legacy", "old-1", "{app: pos}");
  const RuleSettings settings = policy.For(
      RuleOf("workload-entry-missing-label"), *object, "deploy/legacy/a.yaml");
  EXPECT_EQ(settings.severity == Severity::kInfo, GetParam().applies);
  EXPECT_EQ(policy.For(RuleOf("workload-entry-conflicting-label"), *object, "")
                .severity,
            std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    All, Overrides,
    ::testing::Values(Match{"{}", true},
                      Match{"{files: [\"deploy/legacy/*\"]}", true},
                      Match{"{files: [\"x/**\", \"**/legacy/**\"]}", true},
                      Match{"{files: [\"legacy/**\"]}", false},
                      Match{"{namespaces: [\"leg*\"]}", true},
                      Match{"{namespaces: [shop]}", false},
                      Match{"{kinds: [WorkloadEntry]}", true},
                      Match{"{kinds: [WorkloadGroup, VirtualService]}", false},
                      Match{"{names: [\"old-?\"]}", true},
                      Match{"{names: [old]}", false},
                      Match{"{selector: {app: pos}}", true},
                      Match{"{selector: {app: till}}", false},
                      Match{"{selector: {app: pos, tier: a}}", false},
                      Match{"{selector: {tier: \"\"}}", false},
                      Match{"{namespaces: [legacy], names: [new-1]}", false},
                      Match{"{namespaces: [legacy], names: [old-1]}", true}));

TEST(Overrides, LaterOnesWinAndKeepWhatTheyDoNotSay) {
  const Policy policy = Accept(R"(
rules: {workload-entry-missing-label: {severity: error, action: warn}}
overrides:
- {match: {}, rules: {workload-entry-missing-label: {severity: info}}}
- {match: {}, rules: {workload-entry-missing-label: {severity: warning}}}
- {match: {names: [other]}, rules: {workload-entry-missing-label: off}}
)");
  const RuleSettings settings =
      policy.For(RuleOf("workload-entry-missing-label"), *Entry("a", "b"), "");
  EXPECT_EQ(settings.severity, Severity::kWarning);
  EXPECT_EQ(settings.action, Action::kWarn);
  EXPECT_EQ(settings.enabled, true);
}

TEST(Locked, ByTheRuleOrByThePolicy) {
  const Policy policy =
      Accept("suppressions: {locked: [workload-entry-missing-label]}");
  EXPECT_TRUE(policy.IsLocked(RuleOf("workload-entry-missing-label")));
  EXPECT_TRUE(policy.IsLocked(RuleOf("virtual-service-cross-namespace-host")));
  EXPECT_FALSE(policy.IsLocked(RuleOf("workload-entry-conflicting-label")));
}

TEST(RecommendedPolicy, IsThePresetOfThatName) {
  EXPECT_THAT(RecommendedPolicy().rules, IsEmpty());
  EXPECT_THAT(RecommendedPolicy().overrides, IsEmpty());
}

}  // namespace
}  // namespace meshvet::rules
