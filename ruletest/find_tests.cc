#include "ruletest/find_tests.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "lint/input/input_files.h"
#include "lint/input/source_file.h"

namespace meshvet::ruletest {
namespace {

// Without these words no document of a file is a test, nor one of our group.
bool MayHoldTests(std::string_view text) {
  return text.find("RuleTest") != text.npos ||
         text.find("meshvet.dev/") != text.npos;
}

void ReadDocument(const std::shared_ptr<const lint::SourceFile>& file,
                  const lint::SourceDocument& document, FoundTests& found) {
  if (!IsRuleTest(document.root())) return;
  auto read = ReadRuleTest(file, document);
  if (auto* errors = std::get_if<std::vector<Error>>(&read)) {
    std::ranges::move(*errors, std::back_inserter(found.errors));
  } else {
    found.tests.push_back(std::get<RuleTest>(std::move(read)));
  }
}

void ReadFile(const std::string& path, FoundTests& found) {
  Result<std::string> text = lint::ReadText(path, yaml::Limits().max_bytes);
  if (!text) return found.failures.push_back(text.error());
  if (!MayHoldTests(*text)) return;
  if (text->size() > kMostBytes) {
    return found.errors.push_back(
        {"a test has at most " + std::to_string(kMostBytes >> 20) + " MiB",
         path});
  }
  const bool names_tests = text->find("RuleTest") != std::string::npos;
  auto file = std::make_shared<lint::SourceFile>(path, *std::move(text));
  file->Parse(1);
  // A test that cannot be read must not pass for one that is not there.
  if (names_tests && !file->problems().empty()) {
    const yaml::Problem& first = file->problems().front();
    return found.errors.push_back(
        ErrorAt({path, first.range.start}, first.message));
  }
  for (const lint::SourceDocument& document : file->documents()) {
    ReadDocument(file, document, found);
  }
}

}  // namespace

Result<FoundTests> FindTests(const std::vector<std::string>& paths) {
  const Result<lint::InputFiles> inputs = lint::FindInputFiles(paths, {});
  if (!inputs) return inputs.error();
  FoundTests found;
  found.failures = inputs->failures;
  for (const std::string& path : inputs->paths) ReadFile(path, found);
  return found;
}

}  // namespace meshvet::ruletest
