// Comments that silence what a rule finds, written and removed again: of every
// rule and each of its examples.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "lint/fix/fixer.h"
#include "lint/fix/suppress_add.h"
#include "lint/input/loader_rules.h"
#include "mesh/document.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using rules::Rule;
using test::TempFolder;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::shared_ptr<const rules::Policy> PolicyOf(const Rule& rule,
                                              const rules::Example& example) {
  const std::string options(example.options.empty() ? "{}" : example.options);
  auto document = ParseJson(
      R"({"apiVersion":"meshvet.dev/v1alpha1","kind":"Config","rules":{")" +
          std::string(rule.id) + R"(":{"options":)" + options + "}}}",
      {});
  auto read = rules::ReadPolicy(
      std::make_shared<const Document>(*std::move(document)), {});
  auto policy = std::get<rules::Policy>(std::move(read));
  policy.coverage.complete = example.is_whole_mesh;
  return std::make_shared<const rules::Policy>(std::move(policy));
}

std::string WithCrLf(const std::string& text) {
  std::string changed = "\xEF\xBB\xBF";
  for (const char c : text) changed += c == '\n' ? "\r\n" : std::string(1, c);
  return changed;
}

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  for (size_t at = text.find(from); at != text.npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

size_t CountLeft(const Report& report, std::string_view rule) {
  return static_cast<size_t>(std::ranges::count_if(
      report.diagnostics, [&](const Diagnostic& diagnostic) {
        return diagnostic.finding.rule == rule && !diagnostic.is_suppressed();
      }));
}

// Adds comments for all that `rule` finds in `text`; then names another rule in
// them, which finds nothing, so that they go again.
void AddAndRemove(const Rule& rule, const rules::Example& example,
                  const std::string& text, size_t& silenced) {
  SCOPED_TRACE(std::string(rule.id) + ": " + std::string(example.title));
  const TempFolder folder;
  LintRequest request;
  request.policy = PolicyOf(rule, example);
  request.paths = {folder.Put("a.yaml", text)};
  const Result<Report> before = Lint(request);
  ASSERT_TRUE(before.ok());
  const size_t found = CountLeft(*before, rule.id);
  if (found == 0) return;
  const auto added = AddIgnores({request, {std::string(rule.id)}, "for now"});
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_THAT(added->refused, IsEmpty());
  EXPECT_EQ(CountLeft(added->left, rule.id), 0U);
  EXPECT_EQ(CountLeft(added->left, kSuppressionUnused.id), 0U);
  EXPECT_EQ(added->applied.size(), found);
  ASSERT_THAT(added->files, SizeIs(1));
  silenced += found;

  rules::Policy other;
  for (const Rule* each : EveryRule()) other.rules[each->id].enabled = false;
  other.rules[kYamlLimit.id].enabled = true;
  other.rules[kDuplicateKey.id].enabled = true;
  other.rules[kSuppressionUnused.id].enabled = true;
  request.policy = std::make_shared<const rules::Policy>(other);
  folder.Put("a.yaml", Replaced(added->files[0].after,
                                "# meshvet:ignore " + std::string(rule.id),
                                "# meshvet:ignore duplicate-key"));
  const auto removed = Fix({.lint = request});
  ASSERT_TRUE(removed.ok());
  ASSERT_THAT(removed->files, SizeIs(1));
  EXPECT_EQ(removed->files[0].after, text);
}

TEST(AddAndRemove, OfEveryRule) {
  size_t silenced = 0;
  for (const Rule* rule : rules::AllRules()) {
    const size_t so_far = silenced;
    for (const rules::Example& example : rule->bad) {
      const std::string text(example.yaml);
      if (rule->locked) continue;
      AddAndRemove(*rule, example, text, silenced);
      AddAndRemove(*rule, example, WithCrLf(text), silenced);
    }
    EXPECT_TRUE(rule->locked || silenced > so_far) << rule->id;
  }
  EXPECT_GT(silenced, 60U);
}

}  // namespace
}  // namespace meshvet::lint
