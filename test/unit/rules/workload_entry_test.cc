// The rules about WorkloadEntries and WorkloadGroups.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/support/scene.h"

namespace meshvet::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kMissing = "workload-entry-missing-label";
constexpr std::string_view kConflicting = "workload-entry-conflicting-label";
constexpr std::string_view kUnselected = "workload-entry-selected-by-nothing";
constexpr std::string_view kHostname =
    "workload-entry-hostname-address-not-selectable";

std::string Entry(const std::string& metadata, const std::string& spec) {
  return "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
         "metadata: {name: ledger-1, namespace: legacy" +
         metadata + "}\nspec: {address: 10.0.0.12" + spec + "}\n";
}

std::string Group(const std::string& metadata, const std::string& of_template) {
  return "apiVersion: networking.istio.io/v1\nkind: WorkloadGroup\n"
         "metadata: {name: ledger, namespace: legacy, labels: {app: x, "
         "version: x}}\nspec: {metadata: {" +
         metadata + "}, template: {" + of_template + "}}\n";
}

std::string Selecting(const std::string& labels,
                      const std::string& name = "ledger",
                      const std::string& ns = "legacy") {
  return "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\n"
         "metadata: {name: " +
         name + ", namespace: " + ns + "}\nspec: {hosts: [" + name +
         ".example], workloadSelector: {labels: {" + labels + "}}}\n";
}

struct LabelCase {
  std::string what;
  std::string scene;
  // "severity pointer key fix", one for each finding, with "; " between; the
  // fix is "- " for none, else "safe " or "unsafe " and its patch.
  std::string findings;
  std::string options = "";
};

std::string Tell(const Finding& finding) {
  std::string told = std::string(ToString(finding.severity)) + " " +
                     finding.pointer + " " + finding.about;
  if (finding.fix.empty()) return told;
  told += finding.fix_safety == Safety::kSafe ? " safe" : " unsafe";
  for (const PatchOperation& operation : finding.fix) {
    told += " " + operation.op + " " + operation.path + " " + operation.value;
  }
  return told;
}

class Labels : public ::testing::TestWithParam<LabelCase> {};

TEST_P(Labels, AreRequired) {
  const Evaluation judged =
      test::Judge(kMissing, test::Scene(GetParam().scene), GetParam().options);
  std::string all;
  for (const Finding& finding : judged.findings) {
    all += (all.empty() ? "" : "; ") + Tell(finding);
  }
  EXPECT_EQ(all, GetParam().findings) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Maps, Labels,
    ::testing::Values(
        LabelCase{"none at all", Entry("", ""),
                  "error /metadata app; error /metadata version"},
        LabelCase{"only in spec",
                  Entry("", ", labels: {app: ledger, version: v3}"), ""},
        LabelCase{"only in metadata",
                  Entry(", labels: {app: ledger, version: v3}", ""), ""},
        LabelCase{"one in each",
                  Entry(", labels: {app: ledger}", ", labels: {version: v3}"),
                  ""},
        LabelCase{"in both",
                  Entry(", labels: {app: a, version: v}",
                        ", labels: {app: a, version: v}"),
                  ""},
        LabelCase{"in both and different is another rule's matter",
                  Entry(", labels: {app: a, version: v}",
                        ", labels: {app: b, version: w}"),
                  ""},
        LabelCase{"an empty value",
                  Entry("", ", labels: {app: \"\", version: v3}"),
                  "error /spec/labels/app app"},
        LabelCase{"an empty value that wins",
                  Entry(", labels: {app: \"\"}",
                        ", labels: {app: ledger, version: v3}"),
                  "error /metadata/labels/app app"},
        LabelCase{"null is nothing",
                  Entry(", labels: {app: null}",
                        ", labels: {app: ledger, version: null}"),
                  "error /spec/labels/version version"},
        LabelCase{"a number counts by its text",
                  Entry("", ", labels: {app: ledger, version: 3}"), ""},
        LabelCase{"a boolean counts by its text",
                  Entry("", ", labels: {app: ledger, version: true}"), ""},
        LabelCase{"zero and false are values",
                  Entry("", ", labels: {app: false, version: 0}"), ""},
        LabelCase{"a list is none",
                  Entry("", ", labels: {app: ledger, version: [v3]}"),
                  "error /spec/labels/version version"},
        LabelCase{"labels of another type", Entry("", ", labels: [app]"),
                  "error /spec/labels app; error /spec/labels version"}));

INSTANTIATE_TEST_SUITE_P(
    Groups, Labels,
    ::testing::Values(
        LabelCase{"none: the group's own labels are not its entries'",
                  Group("", ""),
                  "warning /spec/template app; warning /spec/template "
                  "version"},
        LabelCase{"by the template",
                  Group("", "labels: {app: ledger, version: v3}"), ""},
        LabelCase{"by the metadata",
                  Group("labels: {app: ledger, version: v3}", ""), ""},
        LabelCase{"one by each",
                  Group("labels: {app: ledger}", "labels: {version: v3}"), ""},
        LabelCase{"to add in the template",
                  Group("labels: {app.kubernetes.io/name: ledger, version: v}",
                        "serviceAccount: a"),
                  "warning /spec/template app safe add /spec/template/labels "
                  "{\"app\":\"ledger\"}"},
        LabelCase{"to add to the template's labels",
                  Group("labels: {app.kubernetes.io/name: ledger, version: v}",
                        "labels: {a: b}"),
                  "warning /spec/template/labels app safe add "
                  "/spec/template/labels/app \"ledger\""},
        LabelCase{
            "empty metadata wins over the template",
            Group("labels: {app: \"\"}", "labels: {app: ledger, version: v3}"),
            "warning /spec/metadata/labels/app app"}));

INSTANTIATE_TEST_SUITE_P(
    Registered, Labels,
    ::testing::Values(LabelCase{
        "it is judged at its group",
        Entry(", annotations: {istio.io/autoRegistrationGroup: ledger}", ""),
        ""}));

INSTANTIATE_TEST_SUITE_P(
    SafeFixes, Labels,
    ::testing::Values(
        LabelCase{"where to add without labels",
                  Entry(", labels: {app.kubernetes.io/name: ledger, version: "
                        "v3}",
                        ""),
                  "error /metadata/labels app safe add /metadata/labels/app "
                  "\"ledger\""},
        LabelCase{"where to add with labels in spec",
                  Entry(", labels: {app.kubernetes.io/name: ledger}",
                        ", labels: {version: v3}"),
                  "error /spec/labels app safe add /spec/labels/app "
                  "\"ledger\""},
        LabelCase{"where to add with null in spec",
                  Entry(", labels: {app.kubernetes.io/name: ledger, version: "
                        "v3}",
                        ", labels: null"),
                  "error /metadata/labels app safe add /metadata/labels/app "
                  "\"ledger\""},
        LabelCase{"in place of an empty one",
                  Entry("",
                        ", labels: {app: \"\", app.kubernetes.io/name: ledger, "
                        "version: v3}"),
                  "error /spec/labels/app app safe replace /spec/labels/app "
                  "\"ledger\""},
        LabelCase{"in place of null",
                  Entry("",
                        ", labels: {app: null, app.kubernetes.io/name: ledger, "
                        "version: v3}"),
                  "error /spec/labels/app app safe replace /spec/labels/app "
                  "\"ledger\""},
        LabelCase{"canonical before recommended",
                  Entry("",
                        ", labels: {service.istio.io/canonical-name: a, "
                        "app.kubernetes.io/name: b, "
                        "service.istio.io/canonical-revision: v1, "
                        "app.kubernetes.io/version: v2}"),
                  "error /spec/labels app safe add /spec/labels/app \"a\"; "
                  "error /spec/labels version safe add /spec/labels/version "
                  "\"v1\""},
        LabelCase{"an empty answer is none",
                  Entry("",
                        ", labels: {service.istio.io/canonical-name: \"\", "
                        "app.kubernetes.io/name: b, version: v}"),
                  "error /spec/labels app safe add /spec/labels/app \"b\""},
        LabelCase{"an answer from the other map",
                  Entry(", labels: {app.kubernetes.io/version: v2}",
                        ", labels: {app: ledger}"),
                  "error /spec/labels version safe add /spec/labels/version "
                  "\"v2\""},
        LabelCase{"a number as its text",
                  Entry("",
                        ", labels: {app: ledger, app.kubernetes.io/version: "
                        "3}"),
                  "error /spec/labels version safe add /spec/labels/version "
                  "\"3\""},
        LabelCase{"before a selector's",
                  Entry("",
                        ", labels: {app: ledger, app.kubernetes.io/version: "
                        "v2}") +
                      Selecting("app: ledger, version: v3"),
                  "error /spec/labels version safe add /spec/labels/version "
                  "\"v2\""}));

INSTANTIATE_TEST_SUITE_P(
    UnsafeFixes, Labels,
    ::testing::Values(
        LabelCase{"one selects all but the key",
                  Entry("", ", labels: {app: ledger}") +
                      Selecting("app: ledger, version: v3"),
                  "error /spec/labels version unsafe add /spec/labels/version "
                  "\"v3\""},
        LabelCase{"two do",
                  Entry("", ", labels: {app: ledger}") +
                      Selecting("app: ledger, version: v3") +
                      Selecting("app: ledger, version: v4", "other"),
                  "error /spec/labels version"},
        LabelCase{"one of two does",
                  Entry("", ", labels: {app: ledger}") +
                      Selecting("app: ledger, version: v3") +
                      Selecting("app: cash, version: v4", "other"),
                  "error /spec/labels version unsafe add /spec/labels/version "
                  "\"v3\""},
        LabelCase{"more is missing",
                  Entry("", ", labels: {app: ledger}") +
                      Selecting("app: ledger, version: v3, tier: a"),
                  "error /spec/labels version"},
        LabelCase{
            "it selects by nothing else",
            Entry("", ", labels: {app: ledger}") + Selecting("version: v3"),
            "error /spec/labels version"},
        LabelCase{
            "it does not ask for the key",
            Entry("", ", labels: {app: ledger}") + Selecting("app: ledger"),
            "error /spec/labels version"},
        LabelCase{"it is in another namespace",
                  Entry("", ", labels: {app: ledger}") +
                      Selecting("app: ledger, version: v3", "ledger", "shop"),
                  "error /spec/labels version"}));

INSTANTIATE_TEST_SUITE_P(
    Options, Labels,
    ::testing::Values(
        LabelCase{"other keys", Entry("", ", labels: {app: ledger}"),
                  "error /spec/labels team", "{labels: [app, team]}"},
        LabelCase{"none", Entry("", ""), "", "{labels: []}"},
        LabelCase{"a pattern that matches somewhere",
                  Entry("", ", labels: {version: release-7}"), "",
                  "{labels: [{key: version, pattern: '[0-9]'}]}"},
        LabelCase{"a pattern that does not",
                  Entry("", ", labels: {version: latest}"),
                  "error /spec/labels/version version",
                  "{labels: [{key: version, pattern: '[0-9]'}]}"},
        LabelCase{"a pattern and no value", Entry("", ", labels: {app: a}"),
                  "error /spec/labels version",
                  "{labels: [{key: version, pattern: '.*'}]}"},
        LabelCase{"a key without pattern", Entry("", ", labels: {app: a}"),
                  "error /spec/labels version", "{labels: [{key: version}]}"},
        LabelCase{"the answer must match too",
                  Entry("", ", labels: {app.kubernetes.io/version: latest}"),
                  "error /spec/labels version",
                  "{labels: [{key: version, pattern: '^v'}]}"},
        LabelCase{"an unfit value is replaced by the answer",
                  Entry("",
                        ", labels: {version: latest, "
                        "app.kubernetes.io/version: v3}"),
                  "error /spec/labels/version version safe replace "
                  "/spec/labels/version \"v3\"",
                  "{labels: [{key: version, pattern: '^v[0-9]'}]}"}));

TEST(MissingLabel, SaysWhatIsMissed) {
  const auto lines = [](const std::string& yaml, std::string_view options) {
    return test::Lines(test::Judge(kMissing, test::Scene(yaml), options));
  };
  EXPECT_THAT(lines(Entry("", ", labels: {app: a}"), ""),
              ElementsAre("error /spec/labels: label \"version\" is missing: "
                          "telemetry and routing by version do not see this "
                          "WorkloadEntry"));
  EXPECT_THAT(lines(Group("", "labels: {app: a}"), ""),
              ElementsAre("warning /spec/template/labels: label \"version\" is "
                          "missing: telemetry and routing by version do not "
                          "see entries of this WorkloadGroup"));
  EXPECT_THAT(
      lines(Entry("", ", labels: {v: x}"), "{labels: [{key: v, pattern: ^v}]}"),
      ElementsAre("error /spec/labels/v: label \"v\" is \"x\", which "
                  "does not match ^v"));
}

TEST(MissingLabel, DeniesForAnEntryAndWarnsForAGroup) {
  EXPECT_EQ(test::Judge(kMissing, test::Scene(Entry("", ""))).strictest(),
            Action::kDeny);
  EXPECT_EQ(test::Judge(kMissing, test::Scene(Group("", ""))).strictest(),
            Action::kWarn);
}

struct Conflict {
  std::string scene;
  std::vector<std::string> findings;
};

TEST(ConflictingLabel, IsTheOneThatLoses) {
  for (const Conflict& each : std::vector<Conflict>{
           {Entry(", labels: {app: a}", ", labels: {app: b}"),
            {"warning /spec/labels/app app safe remove /spec/labels/app "}},
           {Entry(", labels: {app: a}", ", labels: {app: a}"), {}},
           {Entry(", labels: {app: a}", ", labels: {version: v}"), {}},
           {Entry(", labels: {v: 3}", ", labels: {v: \"3\"}"), {}},
           {Entry(", labels: {v: null}", ", labels: {v: x}"), {}},
           {Entry(", labels: {v: x}", ", labels: {v: null}"), {}},
           {Entry(", labels: {v: \"\"}", ", labels: {v: x}"),
            {"warning /spec/labels/v v safe remove /spec/labels/v "}},
           {Entry(", labels: {a: 1, b: 2}", ", labels: {a: 3, b: 4}"),
            {"warning /spec/labels/a a safe remove /spec/labels/a ",
             "warning /spec/labels/b b safe remove /spec/labels/b "}},
           {Group("labels: {app: a}", "labels: {app: b}"),
            {"warning /spec/template/labels/app app safe remove "
             "/spec/template/labels/app "}},
           {Group("labels: {app: a}", "labels: {app: a}"), {}}}) {
    std::vector<std::string> said;
    for (const Finding& finding :
         test::Judge(kConflicting, test::Scene(each.scene)).findings) {
      said.push_back(Tell(finding));
    }
    EXPECT_EQ(said, each.findings) << each.scene;
  }
}

TEST(ConflictingLabel, SaysWhichWins) {
  EXPECT_THAT(
      test::Lines(test::Judge(
          kConflicting,
          test::Scene(Entry(", labels: {app: a}", ", labels: {app: b}")))),
      ElementsAre("warning /spec/labels/app: label \"app\" is \"b\" here and "
                  "\"a\" in metadata.labels, which wins"));
}

std::string ServiceSelecting(const std::string& selector,
                             const std::string& ns = "legacy") {
  return "---\napiVersion: v1\nkind: Service\nmetadata: {name: ledger, "
         "namespace: " +
         ns + "}\nspec: {selector: {" + selector + "}, ports: [{port: 80}]}\n";
}

struct Selection {
  std::string scene;
  size_t findings;
};

TEST(SelectedByNothing, LooksAtServicesAndEntriesOfTheNamespace) {
  const std::string entry =
      Entry(", labels: {app: ledger}", ", labels: {version: v3}");
  for (const Selection& each : std::vector<Selection>{
           {entry, 1},
           {entry + Selecting("app: ledger"), 0},
           {entry + Selecting("app: ledger, version: v3"), 0},
           {entry + Selecting("app: cash"), 1},
           {entry + Selecting("app: ledger, version: v4"), 1},
           {entry + Selecting(""), 1},
           {entry + Selecting("app: ledger", "ledger", "shop"), 1},
           {entry + ServiceSelecting("version: v3"), 0},
           {entry + ServiceSelecting(""), 1},
           {entry + ServiceSelecting("app: ledger", "shop"), 1},
           {Entry(", annotations: {istio.io/autoRegistrationGroup: a}", ""),
            0}}) {
    const Evaluation judged = test::Judge(kUnselected, test::Scene(each.scene));
    EXPECT_THAT(judged.findings, SizeIs(each.findings)) << each.scene;
    EXPECT_THAT(judged.not_run, IsEmpty());
    EXPECT_NE(judged.strictest(), Action::kWarn);
  }
}

TEST(SelectedByNothing, ClaimsNothingOfWhatItCannotSee) {
  const Evaluation judged =
      test::Judge(kUnselected, test::Scene(Entry("", ""), Coverage{}));
  EXPECT_THAT(judged.findings, IsEmpty());
  EXPECT_THAT(judged.not_run, SizeIs(1));
  EXPECT_THAT(
      test::Judge(kUnselected,
                  test::Scene(Entry("", ""), {.closed_namespaces = {"leg*"}}))
          .findings,
      SizeIs(1));
}

std::string At(const std::string& address) {
  return "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
         "metadata: {name: ledger-1, namespace: legacy}\nspec: {address: \"" +
         address + "\", labels: {app: ledger}}\n";
}

std::string Resolving(const std::string& resolution) {
  return "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\n"
         "metadata: {name: ledger, namespace: legacy}\nspec: {hosts: "
         "[ledger.example], workloadSelector: {labels: {app: ledger}}" +
         (resolution.empty() ? "" : ", resolution: " + resolution) + "}\n";
}

TEST(HostnameAddress, IsForDnsAlone) {
  for (const Selection& each : std::vector<Selection>{
           {At("vm.corp.example") + Resolving("DNS"), 0},
           {At("vm.corp.example") + Resolving("DNS_ROUND_ROBIN"), 0},
           {At("vm.corp.example") + Resolving("STATIC"), 1},
           {At("vm.corp.example") + Resolving("NONE"), 1},
           {At("vm.corp.example") + Resolving(""), 1},
           {At("unix:///run/a.sock") + Resolving("STATIC"), 1},
           {At("vm.corp.example") + ServiceSelecting("app: ledger"), 1},
           {At("vm.corp.example") + ServiceSelecting("app: cash"), 0},
           {At("vm.corp.example") + ServiceSelecting("app: ledger", "shop"), 0},
           {At("vm.corp.example") + Resolving("STATIC") +
                ServiceSelecting("app: ledger"),
            2},
           {At("10.0.0.12") + Resolving("STATIC"), 0},
           {At("2001:db8::7") + Resolving("STATIC"), 0},
           {At("") + Resolving("STATIC"), 0},
           {At("vm.corp.example"), 0}}) {
    EXPECT_THAT(test::Judge(kHostname, test::Scene(each.scene)).findings,
                SizeIs(each.findings))
        << each.scene;
  }
}

TEST(HostnameAddress, NamesWhoSelectsIt) {
  EXPECT_THAT(
      test::Lines(test::Judge(
          kHostname, test::Scene(At("vm.corp.example") + Resolving("STATIC")))),
      ElementsAre(HasSubstr("warning /spec/address: ServiceEntry "
                            "legacy/ledger selects this "
                            "WorkloadEntry")));
}

}  // namespace
}  // namespace meshvet::rules
