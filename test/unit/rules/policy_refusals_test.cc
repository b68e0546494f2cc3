// What a configuration may not hold, and the words in which it is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/unit/rules/policy_text.h"

namespace meshvet::rules {
namespace {

using ::testing::ElementsAre;

struct Refusal {
  std::string body;
  std::string error;
};

class Refusals : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refusals, SayWhereAndWhatWasMeant) {
  EXPECT_THAT(Errors(WithHead(GetParam().body)), ElementsAre(GetParam().error))
      << GetParam().body;
}

INSTANTIATE_TEST_SUITE_P(
    UnknownKeys, Refusals,
    ::testing::Values(
        Refusal{"rulez: {}",
                "/rulez: unknown key \"rulez\" (did you mean \"rules\"?)"},
        Refusal{"zzz: 1", "/zzz: unknown key \"zzz\""},
        Refusal{"istio: {domains: x}",
                "/istio/domains: unknown key \"domains\" (did you mean "
                "\"domain\"?)"},
        Refusal{"files: {includes: []}",
                "/files/includes: unknown key \"includes\" (did you mean "
                "\"include\"?)"},
        Refusal{"context: {path: []}",
                "/context/path: unknown key \"path\" (did you mean "
                "\"paths\"?)"},
        Refusal{"rules: {workload-entry-missing-label: {actoin: deny}}",
                "/rules/workload-entry-missing-label/actoin: unknown key "
                "\"actoin\" (did you mean \"action\"?)"},
        Refusal{"overrides: [{match: {}, rule: {}}]",
                "/overrides/0/rule: unknown key \"rule\" (did you mean "
                "\"rules\"?)"},
        Refusal{"overrides: [{match: {namespace: [a]}}]",
                "/overrides/0/match/namespace: unknown key \"namespace\" (did "
                "you mean \"namespaces\"?)"},
        Refusal{"suppressions: {lockd: []}",
                "/suppressions/lockd: unknown key \"lockd\" (did you mean "
                "\"locked\"?)"},
        Refusal{"suppressions: {entries: [{rule: IST0112, object: a, until: "
                "2027-01-01, reasn: x}]}",
                "/suppressions/entries/0/reasn: unknown key \"reasn\" (did "
                "you mean \"reason\"?)"},
        Refusal{"output: {format: [json]}",
                "/output/format: unknown key \"format\" (did you mean "
                "\"formats\"?)"},
        Refusal{"fix: {disabled: []}",
                "/fix/disabled: unknown key \"disabled\" (did you mean "
                "\"disable\"?)"},
        Refusal{"\"a/b~c\": 1", "/a~1b~0c: unknown key \"a/b~c\""}));

INSTANTIATE_TEST_SUITE_P(
    UnknownNames, Refusals,
    ::testing::Values(
        Refusal{"rules: {workload-entry-mising-label: warning}",
                "/rules/workload-entry-mising-label: unknown rule "
                "\"workload-entry-mising-label\" (did you mean "
                "\"workload-entry-missing-label\"?)"},
        Refusal{"rules: {IST9999: warning}",
                "/rules/IST9999: unknown rule \"IST9999\""},
        Refusal{"rules: {\"tag:tsl\": info}",
                "/rules/tag:tsl: no rule has the tag \"tsl\" (did you mean "
                "\"tls\"?)"},
        Refusal{"rules: {\"tag:\": info}",
                "/rules/tag:: no rule has the tag \"\""},
        Refusal{"suppressions: {locked: [\"tag:tsl\"]}",
                "/suppressions/locked/0: no rule has the tag \"tsl\" (did you "
                "mean \"tls\"?)"},
        Refusal{"suppressions: {entries: [{rule: \"tag:tsl\", object: a}]}",
                "/suppressions/entries/0/rule: no rule has the tag \"tsl\" "
                "(did you mean \"tls\"?)"},
        Refusal{"fix: {disable: [\"tag:tsl\"]}",
                "/fix/disable/0: no rule has the tag \"tsl\" (did you mean "
                "\"tls\"?)"},
        Refusal{"overrides: [{match: {}, rules: {nope-nope: info}}]",
                "/overrides/0/rules/nope-nope: unknown rule \"nope-nope\""},
        Refusal{"suppressions: {locked: [nope-nope]}",
                "/suppressions/locked/0: unknown rule \"nope-nope\""},
        Refusal{"suppressions: {entries: [{rule: nope-nope, object: a}]}",
                "/suppressions/entries/0/rule: unknown rule \"nope-nope\""},
        Refusal{"fix: {disable: [nope-nope]}",
                "/fix/disable/0: unknown rule \"nope-nope\""},
        Refusal{"rules: {workload-entry-missing-label: wraning}",
                "/rules/workload-entry-missing-label: \"wraning\" is none of "
                "error, warning, info, off (did you mean \"warning\"?)"},
        Refusal{"rules: {workload-entry-missing-label: {action: denny}}",
                "/rules/workload-entry-missing-label/action: \"denny\" is "
                "none of deny, warn, audit, off (did you mean \"deny\"?)"},
        Refusal{"rules: {workload-entry-missing-label: {fix: always}}",
                "/rules/workload-entry-missing-label/fix: \"always\" is none "
                "of auto, off"},
        Refusal{"output: {formats: [srif]}",
                "/output/formats/0: \"srif\" is none of full, concise, json, "
                "sarif, junit, github, gitlab, rdjson, markdown, policyreport "
                "(did you mean \"sarif\"?)"},
        Refusal{"output: {failOn: errors}",
                "/output/failOn: \"errors\" is none of error, warning, info, "
                "never (did you mean \"error\"?)"},
        Refusal{"extends: [\"preset:strikt\"]",
                "/extends/0: unknown preset \"strikt\" (did you mean "
                "\"strict\"?)"},
        Refusal{"extends: [./gone.yaml]", "/extends/0: no such file"},
        Refusal{"rules: {workload-entry-missing-label: {options: {label: "
                "[a]}}}",
                "/rules/workload-entry-missing-label/options/label: rule "
                "workload-entry-missing-label has no option \"label\" (did "
                "you mean \"labels\"?)"},
        Refusal{"rules: {workload-entry-conflicting-label: {options: {a: 1}}}",
                "/rules/workload-entry-conflicting-label/options/a: rule "
                "workload-entry-conflicting-label has no option \"a\""}));

INSTANTIATE_TEST_SUITE_P(
    WrongTypes, Refusals,
    ::testing::Values(
        Refusal{"rules: []", "/rules: expected a mapping, got []"},
        Refusal{"rules: {workload-entry-missing-label: 7}",
                "/rules/workload-entry-missing-label: expected a text, got 7"},
        Refusal{"rules: {workload-entry-missing-label: true}",
                "/rules/workload-entry-missing-label: expected a text, got "
                "true"},
        Refusal{"rules: {workload-entry-missing-label: {severity: []}}",
                "/rules/workload-entry-missing-label/severity: expected a "
                "text, got []"},
        Refusal{"rules: {workload-entry-missing-label: {options: []}}",
                "/rules/workload-entry-missing-label/options: expected a "
                "mapping, got []"},
        Refusal{"istio: cluster.local",
                "/istio: expected a mapping, got \"cluster.local\""},
        Refusal{"istio: {version: 1.30}",
                "/istio/version: expected a text, got 1.3"},
        Refusal{"files: {include: a}",
                "/files/include: expected a list, got \"a\""},
        Refusal{"files: {include: [1]}",
                "/files/include/0: expected a text, got 1"},
        Refusal{"context: []", "/context: expected a mapping, got []"},
        Refusal{"context: {paths: {}}",
                "/context/paths: expected a list, got {}"},
        Refusal{"sets: []", "/sets: expected a mapping, got []"},
        Refusal{"sets: {a: b}", "/sets/a: expected a list, got \"b\""},
        Refusal{"extends: preset:strict",
                "/extends: expected a list, got \"preset:strict\""},
        Refusal{"extends: [5]", "/extends/0: expected a text, got 5"},
        Refusal{"overrides: {}", "/overrides: expected a list, got {}"},
        Refusal{"overrides: [7]", "/overrides/0: expected a mapping, got 7"},
        Refusal{"overrides: [{rules: {}}]",
                "/overrides/0: \"match\" is required"},
        Refusal{"overrides: [{match: {files: a}}]",
                "/overrides/0/match/files: expected a list, got \"a\""},
        Refusal{"overrides: [{match: {selector: [a]}}]",
                "/overrides/0/match/selector: expected a mapping, got "
                "[\"a\"]"},
        Refusal{"overrides: [{match: {selector: {app: null}}}]",
                "/overrides/0/match/selector/app: expected the text of a "
                "label"},
        Refusal{"suppressions: []",
                "/suppressions: expected a mapping, got []"},
        Refusal{"suppressions: {requireReason: yes please}",
                "/suppressions/requireReason: expected true or false, got "
                "\"yes please\""},
        Refusal{"suppressions: {istCompat: 0}",
                "/suppressions/istCompat: expected true or false, got 0"},
        Refusal{"suppressions: {locked: a}",
                "/suppressions/locked: expected a list, got \"a\""},
        Refusal{"suppressions: {entries: {}}",
                "/suppressions/entries: expected a list, got {}"},
        Refusal{"suppressions: {entries: [{object: a}]}",
                "/suppressions/entries/0: \"rule\" is required"},
        Refusal{"suppressions: {entries: [{rule: IST0112}]}",
                "/suppressions/entries/0: \"object\" or \"file\" is required: "
                "to silence a rule everywhere, set it to off"},
        Refusal{"suppressions: {requireReason: true, entries: [{rule: "
                "IST0112, object: a}]}",
                "/suppressions/entries/0: \"reason\" is required"},
        Refusal{"suppressions: {entries: [{rule: IST0112, object: a, until: "
                "2027-02-30}]}",
                "/suppressions/entries/0/until: \"2027-02-30\" is no date of "
                "the form 2027-03-31"},
        Refusal{"suppressions: {entries: [{rule: IST0112, object: a, until: "
                "tomorrow}]}",
                "/suppressions/entries/0/until: \"tomorrow\" is no date of "
                "the form 2027-03-31"},
        Refusal{"baseline: []", "/baseline: expected a text, got []"},
        Refusal{"output: 1", "/output: expected a mapping, got 1"},
        Refusal{"output: {formats: json}",
                "/output/formats: expected a list, got \"json\""},
        Refusal{"fix: true", "/fix: expected a mapping, got true"},
        Refusal{"fix: {unsafe: 1}",
                "/fix/unsafe: expected true or false, got 1"},
        Refusal{"fix: {disable: a}",
                "/fix/disable: expected a list, got \"a\""}));

std::string CrossNamespace(const std::string& options) {
  return "rules: {virtual-service-cross-namespace-host: {options: " + options +
         "}}";
}
std::string CrossNamespaceError(const std::string& rest) {
  return "/rules/virtual-service-cross-namespace-host/options/" + rest;
}
std::string MissingLabel(const std::string& labels) {
  return "rules: {workload-entry-missing-label: {options: {labels: " + labels +
         "}}}";
}
std::string MissingLabelError(const std::string& rest) {
  return "/rules/workload-entry-missing-label/options/labels" + rest;
}

INSTANTIATE_TEST_SUITE_P(
    Options, Refusals,
    ::testing::Values(
        Refusal{CrossNamespace("{allow: {from: a, to: b}}"),
                CrossNamespaceError("allow: expected a list, got "
                                    "{\"from\":\"a\",\"to\":\"b\"}")},
        Refusal{CrossNamespace("{allow: [a]}"),
                CrossNamespaceError("allow/0: expected a mapping, got \"a\"")},
        Refusal{CrossNamespace("{allow: [{from: a}]}"),
                CrossNamespaceError("allow/0: \"to\" is required")},
        Refusal{CrossNamespace("{allow: [{from: a, to: b, host: c}]}"),
                CrossNamespaceError("allow/0/host: unknown key \"host\" (did "
                                    "you mean \"hosts\"?)")},
        Refusal{CrossNamespace("{allow: [{from: 5, to: b}]}"),
                CrossNamespaceError("allow/0/from: expected a glob or a list "
                                    "of globs")},
        Refusal{CrossNamespace("{allow: [{from: [5], to: b}]}"),
                CrossNamespaceError("allow/0/from/0: expected a text, got 5")},
        Refusal{CrossNamespace("{trustedNamespaces: {}}"),
                CrossNamespaceError("trustedNamespaces: expected a glob or a "
                                    "list of globs")},
        Refusal{CrossNamespace("{selfConsent: sure}"),
                CrossNamespaceError(
                    "selfConsent: expected true or false, got \"sure\"")},
        Refusal{"rules: {virtual-service-host-not-allowed: {options: "
                "{namespaces: [a]}}}",
                "/rules/virtual-service-host-not-allowed/options/namespaces: "
                "expected a mapping, got [\"a\"]"},
        Refusal{"rules: {virtual-service-host-not-allowed: {options: "
                "{namespaces: {shop: 1}}}}",
                "/rules/virtual-service-host-not-allowed/options/namespaces/"
                "shop: expected a glob or a list of globs"},
        Refusal{MissingLabel("app"),
                MissingLabelError(": expected a list, got \"app\"")},
        Refusal{MissingLabel("[1]"),
                MissingLabelError("/0: expected a mapping, got 1")},
        Refusal{MissingLabel("[\"\"]"),
                MissingLabelError("/0: a label key is required")},
        Refusal{MissingLabel("[{pattern: a}]"),
                MissingLabelError("/0: \"key\" is required")},
        Refusal{MissingLabel("[{key: a, regex: b}]"),
                MissingLabelError("/0/regex: unknown key \"regex\"")}));

}  // namespace
}  // namespace meshvet::rules
