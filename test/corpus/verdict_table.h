// File: test/corpus/verdict_table.h
//
// VerdictTable: verdicts that people wrote down after reading the reviews.
// Plain text, one verdict a line, `#` begins a comment, a line [NAME] the part
// for one mesh:
//
//   [empty]
//   061-create-vm.json validate denied workload-entry-missing-label No version.
//   061-create-vm.json mutate allowed - Nothing tells which version it is.
//
// The columns: file; endpoint (`validate`, `mutate` or `both`); verdict
// (allowed, warned, denied or patched); the ids of the rules that speak, with
// commas between, or `-`; why that is right.

#ifndef MESHVET_TEST_CORPUS_VERDICT_TABLE_H_
#define MESHVET_TEST_CORPUS_VERDICT_TABLE_H_

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace meshvet::test {

struct Verdict {
  std::string outcome;  // allowed, warned, denied, patched
  std::set<std::string> rules;

  bool operator==(const Verdict&) const = default;
  // "denied [workload-entry-missing-label]"
  std::string Text() const;
};

// By file and endpoint ("/validate").
using VerdictTable = std::map<std::pair<std::string, std::string>, Verdict>;

// The part [name] of `file`. Throws, with the line's number, at what is no
// verdict, stands twice or gives no reason, and if there is no such part.
VerdictTable ReadVerdictTable(const std::filesystem::path& file,
                              std::string_view name);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_CORPUS_VERDICT_TABLE_H_
