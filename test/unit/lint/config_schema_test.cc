// The schema for editors says what the strict reader says.

#include "lint/config/config_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lint/config/configuration.h"
#include "rules/policy_keys.h"
#include "rules/rule.h"
#include "rules/tags.h"
#include "test/support/schema_validator.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using nlohmann::json;
using test::ReadFile;
using test::SchemaValidator;
using test::TempFolder;
using test::WriteFile;

using ::testing::Contains;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

namespace fs = std::filesystem;

const fs::path kRoot = MESHVET_SOURCE_DIR;
constexpr const char* kHead =
    "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";

const json& Schema() {
  static const json schema = json::parse(ConfigSchema());
  return schema;
}

// What the schema has against a file; one complaint if it is no YAML.
std::vector<std::string> BySchema(const fs::path& file) {
  const auto document = ReadOneDocument(file.string());
  if (!document) return {document.error().message};
  return SchemaValidator(Schema()).Check(
      json::parse((*document)->root().ToJson()));
}

std::vector<std::string> ByReader(const fs::path& file) {
  const auto read = ReadConfiguration(file.string());
  std::vector<std::string> complaints;
  if (const auto* errors = std::get_if<std::vector<Error>>(&read)) {
    for (const Error& error : *errors) complaints.push_back(error.message);
  }
  return complaints;
}

class ConfigSchemaTest : public ::testing::Test {
 protected:
  fs::path Written(const std::string& text) {
    WriteFile(folder_ / "config.yaml", text);
    return folder_ / "config.yaml";
  }

  TempFolder folder_;
};

std::set<std::string> KeysOf(const json& mapping) {
  std::set<std::string> keys;
  for (const auto& [key, value] : mapping.at("properties").items()) {
    keys.insert(key);
  }
  return keys;
}

TEST_F(ConfigSchemaTest, HasTheKeysOfTheReaderAndNoOther) {
  const json& root = Schema();
  const json& properties = root["properties"];
  const json& rule =
      root["$defs"]["rules"]["properties"]["workload-entry-missing-label"];
  const json& override = properties["overrides"]["items"];
  const json& suppressions = properties["suppressions"];
  const struct {
    const json& mapping;
    std::span<const std::string_view> keys;
  } cases[] = {
      {root, rules::kRootKeys},
      {rule["anyOf"][1], rules::kRuleKeys},
      {override, rules::kOverrideKeys},
      {override["properties"]["match"], rules::kMatchKeys},
      {suppressions, rules::kSuppressionsKeys},
      {suppressions["properties"]["entries"]["items"], rules::kSuppressionKeys},
      {properties["istio"], rules::kIstioKeys},
      {properties["context"], rules::kContextKeys},
      {properties["files"], rules::kFilesKeys},
      {properties["output"], rules::kOutputKeys},
      {properties["fix"], rules::kFixKeys},
      {root["$defs"]["consent"], rules::kConsentKeys},
      {root["$defs"]["requiredLabel"]["anyOf"][1], rules::kRequiredLabelKeys},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(KeysOf(test.mapping),
              std::set<std::string>(test.keys.begin(), test.keys.end()));
    EXPECT_EQ(test.mapping["additionalProperties"], false) << test.mapping;
  }
}

// Whatever its value should be: the key itself is known.
TEST_F(ConfigSchemaTest, TheReaderKnowsEveryKeyOfIt) {
  for (const std::string& key : KeysOf(Schema())) {
    EXPECT_THAT(ByReader(Written(kHead + key + ": 1\n")),
                Not(Contains(HasSubstr("unknown key"))))
        << key;
  }
  for (const std::string& rule : KeysOf(Schema()["$defs"]["rules"])) {
    const fs::path file = Written(kHead + ("rules: {" + rule) + ": info}\n");
    EXPECT_THAT(ByReader(file), IsEmpty()) << rule;
    EXPECT_THAT(BySchema(file), IsEmpty()) << rule;
  }
}

TEST_F(ConfigSchemaTest, KnowsEveryRuleAndEveryOption) {
  const json& rules = Schema()["$defs"]["rules"]["properties"];
  EXPECT_THAT(rules::AllRules(), SizeIs(Gt(10)));
  for (const rules::Rule* rule : rules::AllRules()) {
    ASSERT_TRUE(rules.contains(rule->id)) << rule->id;
    const json& settings = rules[std::string(rule->id)]["anyOf"][1];
    std::set<std::string> options;
    for (const rules::Option& option : rule->options) {
      options.emplace(option.name);
    }
    EXPECT_EQ(KeysOf(settings["properties"]["options"]), options);
    for (const std::string_view alias : rule->aliases) {
      EXPECT_TRUE(rules.contains(alias)) << alias;
    }
  }
  const json names = Schema()["$defs"]["rule"]["enum"];
  for (const rules::Tag& tag : rules::AllTags()) {
    const std::string name(tag.name);
    EXPECT_TRUE(rules.contains("tag:" + name)) << name;
    EXPECT_THAT(names, Contains("tag:" + name));
    EXPECT_THAT(
        ReadFile(kRoot / "docs/configuration.md"),
        HasSubstr("\n| `" + name + "` | " + std::string(tag.meaning) + " |\n"));
  }
}

// The blocks of a Markdown page that are configurations.
std::vector<std::string> Configurations(const fs::path& page) {
  std::vector<std::string> blocks;
  std::istringstream lines(ReadFile(page));
  std::string block;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      if (inside && block.starts_with(kHead)) blocks.push_back(block);
      inside = line == "```yaml";
      block.clear();
    } else if (inside) {
      block += line + "\n";
    }
  }
  return blocks;
}

TEST_F(ConfigSchemaTest, TakesWhatTheDocumentationShows) {
  std::vector<std::string> blocks;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() != ".md") continue;
    for (std::string& block : Configurations(entry.path())) {
      blocks.push_back(std::move(block));
    }
  }
  EXPECT_THAT(blocks, SizeIs(Gt(10)));
  for (const std::string& block : blocks) {
    const fs::path file = Written(block);
    EXPECT_THAT(ByReader(file), IsEmpty()) << block;
    EXPECT_THAT(BySchema(file), IsEmpty()) << block;
  }
}

TEST_F(ConfigSchemaTest, TakesTheFilesThatAreShipped) {
  for (const char* file :
       {"examples/meshvet.yaml", "test/manifests/policy.yaml",
        "manifests/base/meshvet.yaml",
        "manifests/components/audit/meshvet.yaml"}) {
    EXPECT_THAT(ByReader(kRoot / file), IsEmpty()) << file;
    EXPECT_THAT(BySchema(kRoot / file), IsEmpty()) << file;
  }
}

TEST_F(ConfigSchemaTest, RefusesWhatTheReaderRefuses) {
  const char* const cases[] = {
      "ruls: {}\n",
      "rules: [a]\n",
      "rules: {no-such-rule: error}\n",
      "rules: {workload-entry-missing-label: grave}\n",
      "rules: {workload-entry-missing-label: {sverity: error}}\n",
      "rules: {workload-entry-missing-label: {action: refuse}}\n",
      "rules: {workload-entry-missing-label: {fix: never}}\n",
      "rules: {workload-entry-missing-label: {options: {lables: []}}}\n",
      "rules: {workload-entry-missing-label: {options: {labels: app}}}\n",
      "rules: {workload-entry-missing-label: {options: {labels: [{}]}}}\n",
      "extends: [preset:strickt]\n",
      "extends: preset:strict\n",
      "istio: {version: 1.24}\n",
      "istio: {version: latest}\n",
      "istio: {version: v1.24}\n",
      "istio: {revision: x}\n",
      "files: {include: deploy}\n",
      "context: {closedNamespaces: [1]}\n",
      "sets: {prod: overlays}\n",
      "overrides: [{rules: {}}]\n",
      "overrides: [{match: {selector: {app: 1}}}]\n",
      "overrides: [{match: {namespace: [a]}}]\n",
      "suppressions: {entries: [{rule: yaml-syntax, object: x}]}\n",
      "suppressions: {entries: [{rule: workload-entry-missing-label}]}\n",
      "suppressions: {entries: [{object: x}]}\n",
      "suppressions: {locked: [nonsense]}\n",
      "suppressions: {requireReason: 1}\n",
      "suppressions: {istCompat: \"no\"}\n",
      "output: {formats: [sarf]}\n",
      "output: {failOn: off}\n",
      "fix: {unsafe: \"yes\"}\n",
      "fix: {disable: [nonsense]}\n",
      "baseline: 1\n",
  };
  for (const char* text : cases) {
    const fs::path file = Written(std::string(kHead) + text);
    EXPECT_THAT(ByReader(file), Not(IsEmpty())) << text;
    EXPECT_THAT(BySchema(file), Not(IsEmpty())) << text;
  }
  EXPECT_THAT(BySchema(Written("kind: Config\n")), Not(IsEmpty()));
  EXPECT_THAT(BySchema(Written("apiVersion: v1\nkind: Config\n")),
              Not(IsEmpty()));
}

TEST_F(ConfigSchemaTest, ThePageIsWhatTheProgramPrints) {
  EXPECT_EQ(ReadFile(kRoot / "docs/config.schema.json"), ConfigSchema())
      << "run `meshvet config schema > docs/config.schema.json`";
}

bool IsSetting(const std::string& line) {
  return line.starts_with('#') && line.size() > 1 &&
         (line[1] != ' ' || line.starts_with("#  "));
}

// The starter with the settings of the sections `wanted` takes.
std::string Uncommented(const std::string& wanted) {
  std::istringstream lines(StarterConfiguration());
  std::string text;
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    if (IsSetting(line)) {
      const std::string setting = line.substr(1);
      if (setting[0] != ' ') section = setting.substr(0, setting.find(':'));
      if (wanted == "all" || wanted == section) line = setting;
    }
    text += line + "\n";
  }
  return text;
}

TEST_F(ConfigSchemaTest, TheStarterIsValidAsItIsAndWithEachOfItsSettings) {
  std::vector<std::string> sections = {"none", "all"};
  for (const std::string& key : KeysOf(Schema())) {
    if (key != "apiVersion" && key != "kind" && key != "metadata") {
      sections.push_back(key);
    }
  }
  EXPECT_THAT(sections, SizeIs(Gt(10)));
  for (const std::string& section : sections) {
    const std::string text = Uncommented(section);
    const fs::path file = Written(text);
    EXPECT_EQ(text == StarterConfiguration(), section == "none") << section;
    EXPECT_THAT(ByReader(file), IsEmpty()) << text;
    EXPECT_THAT(BySchema(file), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace meshvet::lint
