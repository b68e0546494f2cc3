// Any bytes as a file of RuleTests: tests that keep their limits, or mistakes
// that all have a place in the file. Tests that name no other file are run, and
// what came of them is written in every format.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lint/input/source_file.h"
#include "mesh/json_pointer.h"
#include "ruletest/report.h"
#include "ruletest/rule_test.h"
#include "ruletest/run.h"
#include "test/fuzz/require.h"
#include "test/support/xml_reader.h"

namespace {

using meshvet::Error;
using meshvet::fuzz::Require;
using meshvet::lint::SourceDocument;
using meshvet::lint::SourceFile;
using meshvet::ruletest::Case;
using meshvet::ruletest::ReadyTest;
using meshvet::ruletest::RuleTest;
using meshvet::ruletest::Source;
using meshvet::ruletest::TestOutcome;

constexpr const char* kName = "fuzz.yaml";
// Cases that are run, of one input.
constexpr size_t kMostRun = 20;

void RequirePlaces(const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    Require(!error.message.empty());
    Require(error.where.starts_with(std::string(kName) + ":"));
  }
}

void RequireLimits(const RuleTest& test) {
  Require(!test.cases.empty());
  Require(test.cases.size() <= meshvet::ruletest::kMostCases);
  Require(test.context.size() <= meshvet::ruletest::kMostContexts);
  for (const Case& one : test.cases) {
    Require(one.name.size() <= meshvet::ruletest::kLongestName);
    RequirePlaces(one.unknown_rules);
    if (!one.expect.findings) continue;
    Require(one.expect.findings->list.size() <= meshvet::ruletest::kMostWanted);
    for (const auto& wanted : one.expect.findings->list) {
      if (wanted.at) Require(meshvet::SplitPointer(*wanted.at).has_value());
    }
  }
}

bool IsFile(const std::optional<Source>& source) {
  return source && source->is_file();
}

// A configuration may name files, so one that has its own is not run.
bool NamesFiles(const RuleTest& test) {
  return test.config || !test.context.empty() ||
         std::ranges::any_of(test.cases, [](const Case& one) {
           return one.input.is_file() || IsFile(one.old_input) ||
                  IsFile(one.expect.patched) || IsFile(one.expect.fixed);
         });
}

void RequireReports(const std::vector<TestOutcome>& tests, size_t cases) {
  const auto counts = meshvet::ruletest::Count(tests);
  Require(counts.passed + counts.failed + counts.errors + counts.skipped ==
          cases);
  const std::string json = meshvet::ruletest::WriteJson(tests, 0);
  Require(nlohmann::json::accept(json));
  const auto root = meshvet::test::ReadXml(
      meshvet::ruletest::WriteJunit(tests, "/repository", 1));
  Require(root.attributes.at("tests") == std::to_string(cases));
  const std::string text = meshvet::ruletest::WriteText(
      tests, {.lists_all = true, .color = cases % 2 == 1});
  Require(text.empty() || text.back() == '\n');
}

void Run(RuleTest test) {
  const size_t cases = test.cases.size();
  auto made = meshvet::ruletest::SetUp(test);
  auto* bench = std::get_if<meshvet::ruletest::TestBench>(&made);
  Require(bench != nullptr);
  std::vector<ReadyTest> ready;
  ready.push_back({std::move(test), std::move(*bench)});
  RequireReports(meshvet::ruletest::RunCases(ready, {}), cases);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto read = std::make_shared<SourceFile>(
      kName, std::string(reinterpret_cast<const char*>(data), size));
  read->Parse(1);
  const std::shared_ptr<const SourceFile> file = std::move(read);
  for (const SourceDocument& document : file->documents()) {
    if (!meshvet::ruletest::IsRuleTest(document.root())) continue;
    auto test = meshvet::ruletest::ReadRuleTest(file, document);
    if (const auto* errors = std::get_if<std::vector<Error>>(&test)) {
      Require(!errors->empty());
      RequirePlaces(*errors);
      continue;
    }
    auto& good = std::get<RuleTest>(test);
    RequireLimits(good);
    if (good.cases.size() <= kMostRun && !NamesFiles(good)) {
      Run(std::move(good));
    }
  }
  return 0;
}
