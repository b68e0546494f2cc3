#include "lint/report/rule_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "lint/input/loader_rules.h"
#include "lint/report/fingerprint.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

using Json = nlohmann::ordered_json;
using rules::Rule;

std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// A rule of the loader judges files, not objects.

rules::Action ActionOf(const Rule& rule) {
  return std::min(rules::DefaultAction(rule.severity), rule.strictest);
}

std::string KindText(const GroupKind& kind) {
  const std::string group =
      kind.group.empty() ? "" : "." + std::string(kind.group);
  return std::string(kind.kind) + group;
}

template <typename List, typename Text>
std::string JoinAll(const List& list, const Text& text) {
  std::string joined;
  for (const auto& one : list) {
    if (!joined.empty()) joined += ", ";
    joined += text(one);
  }
  return joined;
}

template <typename List>
std::string WordsOf(const List& words) {
  return JoinAll(words,
                 [](std::string_view word) { return std::string(word); });
}

std::string ActionText(const Rule& rule) {
  if (IsLoaders(rule)) return "in files only";
  return "at admission: " + std::string(rules::ToString(ActionOf(rule)));
}

std::string TypeText(rules::OptionType type) {
  switch (type) {
    case rules::OptionType::kBool:
      return "boolean";
    case rules::OptionType::kStrings:
      return "list of strings";
    case rules::OptionType::kGlobs:
      return "list of globs";
    case rules::OptionType::kGlobsByNamespace:
      return "map of namespace to list of globs";
    case rules::OptionType::kRequiredLabels:
      return "list of `key` or {key, pattern}";
    case rules::OptionType::kConsents:
      return "list of {from, to, hosts}";
  }
  return {};
}

std::string SuppressionText(const Rule& rule) {
  const std::string id(rule.id);
  if (IsUnsuppressible(rule.id)) {
    return "It cannot be silenced: the document was not read.";
  }
  const std::string by_flag =
      "eave it out of a run with `--ignore " + id + "`.";
  const std::string by_comment =
      "rite `# meshvet:ignore " + id + " -- the reason` beside it or above it";
  if (IsAboutSuppressions(rule.id) || SaysRenderFirst(rule.id)) {
    return "L" + by_flag;
  }
  if (IsLoaders(rule)) return "W" + by_comment + ", or l" + by_flag;
  const std::string in_policy =
      "an entry under `suppressions.entries` of the configuration, with the "
      "reason";
  if (rule.locked) {
    return "Neither annotation nor comment can silence it, because it protects "
           "others from the object's author. Agree on " +
           in_policy + ".";
  }
  return "Annotate the object with `ignore.meshvet.dev/" + id +
         ": \"the reason\"`; in a file, w" + by_comment + "; or agree on " +
         in_policy + ".";
}

std::string FixText(const Rule& rule) {
  if (rule.auto_fix) return "safe fixes are applied by /mutate";
  return {};
}

// Lines of `text`, each after `indent`.
std::string Indented(std::string_view text, std::string_view indent) {
  std::string indented;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) indented.append(indent).append(text.substr(0, end));
    indented += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return indented;
}

// One paragraph, broken before column 80; code blocks keep their lines.
std::string Wrapped(std::string_view paragraph, std::string_view indent) {
  if (paragraph.starts_with("```") || paragraph.starts_with("- ") ||
      paragraph.starts_with("    ")) {
    return Indented(paragraph, indent);
  }
  constexpr size_t kWidth = 79;
  std::string text;
  std::string line(indent);
  for (size_t at = 0; at < paragraph.size();) {
    const size_t end =
        std::min(paragraph.find_first_of(" \n", at), paragraph.size());
    const std::string_view word = paragraph.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (line.size() > indent.size() && line.size() + 1 + word.size() > kWidth) {
      text += line + "\n";
      line = indent;
    }
    if (line.size() > indent.size()) line += ' ';
    line += word;
  }
  return text + line + "\n";
}

std::vector<std::string_view> Paragraphs(std::string_view text) {
  std::vector<std::string_view> paragraphs;
  while (!text.empty()) {
    const size_t end = std::min(text.find("\n\n"), text.size());
    std::string_view paragraph = text.substr(0, end);
    while (paragraph.starts_with('\n')) paragraph.remove_prefix(1);
    while (paragraph.ends_with('\n')) paragraph.remove_suffix(1);
    if (!paragraph.empty()) paragraphs.push_back(paragraph);
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return paragraphs;
}

std::string Paragraphs(std::string_view text, std::string_view indent) {
  std::string wrapped;
  for (const std::string_view paragraph : Paragraphs(text)) {
    if (!wrapped.empty()) wrapped += '\n';
    wrapped += Wrapped(paragraph, indent);
  }
  return wrapped;
}

// Without blank lines around it and with one newline at its end.
std::string Trimmed(std::string_view yaml) {
  while (yaml.starts_with('\n')) yaml.remove_prefix(1);
  while (yaml.ends_with('\n')) yaml.remove_suffix(1);
  return std::string(yaml) + "\n";
}

struct Fact {
  std::string name;
  std::string value;
};

std::vector<Fact> Facts(const Rule& rule) {
  std::vector<Fact> facts = {
      {"Severity", std::string(rules::ToString(rule.severity)) + " (" +
                       ActionText(rule) + ")"}};
  if (rule.off_by_default) facts.push_back({"Default", "off"});
  if (!rule.kinds.empty()) {
    facts.push_back({"Kinds", JoinAll(rule.kinds, KindText)});
  }
  if (!rule.needs.empty()) {
    facts.push_back({"Looks up", JoinAll(rule.needs, KindText)});
  }
  if (!rule.aliases.empty()) {
    facts.push_back({"Also known as", WordsOf(rule.aliases)});
  }
  const std::string tags = WordsOf(rules::TagsOf(rule));
  if (!tags.empty()) facts.push_back({"Tags", tags});
  if (!FixText(rule).empty()) facts.push_back({"Fix", FixText(rule)});
  return facts;
}

std::string ExampleText(const char* label, const rules::Example& example) {
  std::string text = std::string("  ") + label + ": ";
  text.append(example.title).append("\n");
  if (!example.options.empty()) {
    text.append("    with options ").append(example.options).append("\n");
  }
  return text + Indented(Trimmed(example.yaml), "      ") + "\n";
}

std::string AsText(const Rule& rule) {
  std::string text(rule.id);
  text.append("\n  ").append(rule.title).append("\n\n");
  for (const Fact& fact : Facts(rule)) {
    text += "  " + fact.name + ": " + fact.value + "\n";
  }
  text += "\nWhy\n" + Paragraphs(rule.rationale, "  ");
  if (!rule.options.empty()) text += "\nOptions\n";
  for (const rules::Option& option : rule.options) {
    text.append("  ").append(option.name).append(": ");
    text.append(TypeText(option.type)).append(", default ");
    text.append(option.default_text).append("\n");
    text += Wrapped(option.meaning, "    ");
  }
  text += "\nExamples\n";
  for (const auto& bad : rule.bad) text += ExampleText("bad", bad);
  for (const auto& good : rule.good) text += ExampleText("good", good);
  return text + "How to silence it\n" + Wrapped(SuppressionText(rule), "  ");
}

std::string MarkdownExample(const rules::Example& example) {
  std::string text("\n");
  text.append(example.title).append(":\n\n");
  if (!example.options.empty()) {
    text.append("With options `").append(example.options).append("`:\n\n");
  }
  return text + "```yaml\n" + Trimmed(example.yaml) + "```\n";
}

std::string AsMarkdown(const Rule& rule) {
  std::string text("# ");
  text.append(rule.id).append("\n\n").append(rule.title).append(".\n\n");
  for (const Fact& fact : Facts(rule)) {
    text += "- **" + fact.name + ":** " + fact.value + "\n";
  }
  text += "\n## Why\n\n" + Paragraphs(rule.rationale, "");
  if (!rule.options.empty()) {
    text +=
        "\n## Options\n\n| option | type | default | meaning |\n"
        "|---|---|---|---|\n";
  }
  for (const rules::Option& option : rule.options) {
    text.append("| `").append(option.name).append("` | ");
    text.append(TypeText(option.type)).append(" | `");
    text.append(option.default_text).append("` | ");
    text.append(option.meaning).append(" |\n");
  }
  text += "\n## Wrong\n";
  for (const auto& bad : rule.bad) text += MarkdownExample(bad);
  text += "\n## Right\n";
  for (const auto& good : rule.good) text += MarkdownExample(good);
  return text + "\n## How to silence it\n\n" +
         Wrapped(SuppressionText(rule), "");
}

Json ExamplesJson(const rules::List<rules::Example, 8>& examples) {
  Json list = Json::array();
  for (const rules::Example& example : examples) {
    Json one = {{"title", example.title}, {"yaml", Trimmed(example.yaml)}};
    if (!example.options.empty()) {
      one["options"] = Json::parse(example.options, nullptr, false);
    }
    list.push_back(std::move(one));
  }
  return list;
}

template <typename List>
Json KindsJson(const List& kinds) {
  Json list = Json::array();
  for (const GroupKind& kind : kinds) {
    list.push_back({{"group", kind.group}, {"kind", kind.kind}});
  }
  return list;
}

template <typename List>
Json WordsJson(const List& words) {
  Json list = Json::array();
  for (const std::string_view word : words) list.push_back(word);
  return list;
}

Json BriefJson(const Rule& rule) {
  return {{"id", rule.id},
          {"title", rule.title},
          {"severity", rules::ToString(rule.severity)},
          {"action", IsLoaders(rule) ? "off" : rules::ToString(ActionOf(rule))},
          {"enabled", !rule.off_by_default},
          {"aliases", WordsJson(rule.aliases)},
          {"tags", WordsJson(rules::TagsOf(rule))},
          {"kinds", KindsJson(rule.kinds)}};
}

// A default that is no JSON is a description, like "[root namespace]".
Json DefaultJson(const rules::Option& option) {
  const Json value = Json::parse(option.default_text, nullptr, false);
  return value.is_discarded() ? Json(option.default_text) : value;
}

Json FullJson(const Rule& rule) {
  Json json = BriefJson(rule);
  json["needs"] = KindsJson(rule.needs);
  json["auto_fix"] = rule.auto_fix;
  json["locked"] = rule.locked || IsUnsuppressible(rule.id);
  json["rationale"] = rule.rationale;
  json["options"] = Json::array();
  for (const rules::Option& option : rule.options) {
    json["options"].push_back({{"name", option.name},
                               {"type", TypeText(option.type)},
                               {"default", DefaultJson(option)},
                               {"meaning", option.meaning}});
  }
  json["bad"] = ExamplesJson(rule.bad);
  json["good"] = ExamplesJson(rule.good);
  json["suppression"] = SuppressionText(rule);
  return json;
}

std::string MarkdownRow(const Rule& rule) {
  const std::string id(rule.id);
  const std::string aliases = WordsOf(rule.aliases);
  return "| [" + id + "](" + id + ".md) | " +
         std::string(rules::ToString(rule.severity)) + " | " +
         (IsLoaders(rule) ? "–"
                          : std::string(rules::ToString(ActionOf(rule)))) +
         " | " + std::string(rule.title) + " | " + aliases + " |\n";
}

std::string TableRow(const Rule& rule, size_t width) {
  std::string row(rule.id);
  row.append(width + 2 - row.size(), ' ');
  std::string severity(rules::ToString(rule.severity));
  severity.append(9 - std::min<size_t>(severity.size(), 8), ' ');
  return row + severity + std::string(rule.title) +
         (rule.off_by_default ? " (off)" : "") + "\n";
}

std::string IndexPage() {
  return "# Rules\n\nWhat `meshvet rules` lists; `meshvet explain ID` prints "
         "the same pages offline.\n\n" +
         WriteRuleList(EveryRule(), DocFormat::kMarkdown);
}

}  // namespace

std::string WriteRule(const Rule& rule, DocFormat format) {
  switch (format) {
    case DocFormat::kText:
      return AsText(rule);
    case DocFormat::kMarkdown:
      return AsMarkdown(rule);
    case DocFormat::kJson:
      break;
  }
  return Dump(FullJson(rule));
}

std::string WriteRulesInFull(std::span<const Rule* const> rules) {
  Json list = Json::array();
  for (const Rule* rule : rules) list.push_back(FullJson(*rule));
  return Dump(list);
}

std::string WriteRuleList(std::span<const Rule* const> rules,
                          DocFormat format) {
  if (format == DocFormat::kJson) {
    Json list = Json::array();
    for (const Rule* rule : rules) list.push_back(BriefJson(*rule));
    return Dump(list);
  }
  std::string text;
  if (format == DocFormat::kMarkdown) {
    text =
        "| rule | severity | webhook | what is wrong | also known as |\n"
        "|---|---|---|---|---|\n";
  }
  size_t width = 0;
  for (const Rule* rule : rules) width = std::max(width, rule->id.size());
  for (const Rule* rule : rules) {
    text += format == DocFormat::kMarkdown ? MarkdownRow(*rule)
                                           : TableRow(*rule, width);
  }
  return text;
}

std::map<std::string, std::string> WriteRulePages() {
  std::map<std::string, std::string> pages{{"README.md", IndexPage()}};
  for (const Rule* rule : EveryRule()) {
    pages.emplace(std::string(rule->id) + ".md",
                  WriteRule(*rule, DocFormat::kMarkdown));
  }
  return pages;
}

std::string FirstSentence(std::string_view text) {
  const size_t paragraph = std::min(text.find("\n\n"), text.size());
  std::string sentence;
  for (const char c : text.substr(0, paragraph)) {
    const char next = c == '\n' ? ' ' : c;
    if (next == ' ' && !sentence.empty() && sentence.back() == '.' &&
        !sentence.ends_with("e.g.") && !sentence.ends_with("i.e.")) {
      break;
    }
    if (next == ' ' && (sentence.empty() || sentence.back() == ' ')) continue;
    sentence += next;
  }
  return sentence;
}

std::string RulesHash() {
  std::string all;
  for (const Rule* rule : EveryRule()) {
    all.append(rule->id).append("\n").append(rule->rationale).append("\n");
  }
  return "fnv1a128:" + Fnv1a128(all);
}

}  // namespace meshvet::lint
