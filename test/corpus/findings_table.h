// File: test/corpus/findings_table.h
//
// What `meshvet lint` finds in folders of manifests, against what people wrote
// down after reading them. Plain text, one finding a line, `#` begins a
// comment, a line [NAME] the part for one run:
//
//   [whole]
//   bookinfo/a.yaml 12 error virtual-service-unknown-host No such Service.
//
// The columns: file, line, severity, rule, why that is right.

#ifndef MESHVET_TEST_CORPUS_FINDINGS_TABLE_H_
#define MESHVET_TEST_CORPUS_FINDINGS_TABLE_H_

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace meshvet::test {

// Each "file:line severity rule"; one may stand several times.
using Findings = std::multiset<std::string>;

// What [name] has in `file`, which may be nothing. Throws,
// with the line's number, at what is no finding with a reason, and if there is
// no such part.
Findings ReadFindings(const std::filesystem::path& file, std::string_view name);

// Runs `meshvet lint` in `folder` where there is nothing to lint: exit code 2
// and a word on standard error.
void ExpectNothingToLint(const std::filesystem::path& folder,
                         const std::string& arguments);

// Those in files below `folder` ("bookinfo/").
Findings Below(const Findings& findings, std::string_view folder);

// Runs `meshvet lint -o json` in `folder`: the program must end as `expected`
// demands (1 for an error among them, else 0) and find just that.
void ExpectFindings(const std::filesystem::path& folder,
                    const std::string& arguments, const Findings& expected);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_CORPUS_FINDINGS_TABLE_H_
