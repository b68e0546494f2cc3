#include "cli/value.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <set>
#include <utility>

#include "lint/input/loader_rules.h"
#include "lint/report/report_format.h"
#include "mesh/suggestion.h"
#include "rules/tags.h"
#include "ruletest/test_command.h"

namespace meshvet::cli {
namespace {

// "a", "a and b", "a, b and c".
std::string Listed(std::vector<std::string> words) {
  const std::string last = words.back();
  words.pop_back();
  return words.empty() ? last : Joined(words, ", ") + " and " + last;
}

std::string CheckOneOf(const std::vector<std::string>& values,
                       const std::string& text) {
  if (std::ranges::find(values, text) != values.end()) return {};
  const std::vector<std::string_view> known(values.begin(), values.end());
  return "\"" + text + "\" is " + (values.size() > 1 ? "none of " : "not ") +
         Listed(values) + DidYouMean(text, known);
}

// Ids first, then the codes people know them by, then what stands for several.
std::vector<std::string> RuleNames() {
  std::vector<std::string> names;
  std::set<std::string> aliases;
  for (const rules::Rule* rule : lint::EveryRule()) {
    names.emplace_back(rule->id);
    for (const std::string_view alias : rule->aliases) aliases.emplace(alias);
  }
  names.insert(names.end(), aliases.begin(), aliases.end());
  for (const std::string_view tag : rules::TagNames()) {
    names.push_back(std::string(rules::kTagPrefix).append(tag));
  }
  return names;
}

std::vector<std::string> Split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (size_t end = text.find(at); end != text.npos; end = text.find(at)) {
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.emplace_back(text);
  return parts;
}

// Kinds of values are named in capitals.
bool NamesValues(std::string_view name) {
  return name.find('|') != name.npos ||
         std::ranges::any_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::shared_ptr<const Offer> Shared(Offer offer) {
  return std::make_shared<const Offer>(std::move(offer));
}

}  // namespace

std::string Joined(const std::vector<std::string>& words,
                   std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

CLI::Option* NameValues(CLI::Option* option,
                        const std::vector<std::string>& values) {
  return option->type_name(Joined(values, "|"));
}

CLI::Option* TakeOneOf(CLI::Option* option, std::vector<std::string> values) {
  NameValues(option, values);
  return option->check(
      [values = std::move(values)](const std::string& text) {
        return CheckOneOf(values, text);
      },
      "");
}

Offer OfferFor(std::string_view name) {
  Offer offer;
  if (NamesValues(name)) {
    offer.words = Split(name, '|');
  } else if (name == kFile || name == kPath) {
    offer.files = true;
  } else if (name == kFolder) {
    offer.folders = true;
  } else if (name == kRule || name == kRuleSeverity) {
    offer.words = RuleNames();
    offer.rules = true;
  } else if (name == kReportFormat) {
    for (const std::string_view format : lint::FormatNames()) {
      offer.words.emplace_back(format);
    }
    offer.after_equals = Shared({.files = true});
  } else if (name == kTestFormat) {
    offer.words.assign(ruletest::kTestFormats.begin(),
                       ruletest::kTestFormats.end());
    offer.after_equals = Shared({.files = true});
  }
  if (name == kRuleSeverity) {
    offer.after_equals = Shared({.words = {"error", "warning", "info"}});
    offer.must_have_equals = true;
  }
  return offer;
}

}  // namespace meshvet::cli
