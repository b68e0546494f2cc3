#include "test/corpus/verdict_table.h"

#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace meshvet::test {
namespace {

struct Line {
  std::string file;
  std::vector<std::string> endpoints;
  Verdict verdict;
};

std::vector<std::string> Endpoints(const std::string& word) {
  if (word == "both") return {"/validate", "/mutate"};
  if (word == "validate" || word == "mutate") return {"/" + word};
  return {};
}

bool IsOutcome(const std::string& word) {
  return word == "allowed" || word == "warned" || word == "denied" ||
         word == "patched";
}

std::set<std::string> Rules(const std::string& word) {
  std::set<std::string> rules;
  if (word == "-") return rules;
  std::istringstream list(word);
  for (std::string rule; std::getline(list, rule, ',');) rules.insert(rule);
  return rules;
}

// Nothing for what is no verdict with a reason.
std::optional<Line> ReadLine(const std::string& text) {
  std::istringstream words(text);
  std::string endpoint;
  std::string rules;
  std::string why;
  Line line;
  words >> line.file >> endpoint >> line.verdict.outcome >> rules >> why;
  line.endpoints = Endpoints(endpoint);
  line.verdict.rules = Rules(rules);
  const bool is_whole = !why.empty() && !line.endpoints.empty() &&
                        IsOutcome(line.verdict.outcome);
  return is_whole ? std::optional(line) : std::nullopt;
}

}  // namespace

std::string Verdict::Text() const {
  std::string text = outcome + " [";
  for (const std::string& rule : rules) {
    if (text.back() != '[') text += ", ";
    text += rule;
  }
  return text + "]";
}

VerdictTable ReadVerdictTable(const std::filesystem::path& file,
                              std::string_view name) {
  VerdictTable table;
  std::ifstream input(file);
  std::string part;
  size_t number = 0;
  const auto fail = [&](const std::string& what) {
    throw std::runtime_error(file.string() + ":" + std::to_string(number) +
                             ": " + what);
  };
  for (std::string text; std::getline(input, text);) {
    ++number;
    if (text.empty() || text.front() == '#') continue;
    if (text.front() == '[') part = text.substr(1, text.size() - 2);
    if (text.front() == '[' || part != name) continue;
    const std::optional<Line> line = ReadLine(text);
    if (!line) {
      fail("expected file, endpoint, verdict, rules and a reason");
      continue;
    }
    for (const std::string& endpoint : line->endpoints) {
      if (!table.try_emplace({line->file, endpoint}, line->verdict).second) {
        fail(line->file + " " + endpoint + " stands here twice");
      }
    }
  }
  if (table.empty()) fail("no part [" + std::string(name) + "]");
  return table;
}

}  // namespace meshvet::test
