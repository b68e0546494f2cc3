// File: cli/value.h
//
// What stands behind a flag: the word that help and man pages have for it, from
// which completion knows what to offer.
//
//   command.add_option("--config", file, "…")->type_name(kFile);
//   TakeOneOf(command.add_option("--color", color, "…"),
//             {"auto", "always", "never"});
//
// A flag whose value is of another kind keeps CLI11's TEXT or UINT: nothing is
// offered for it.

#ifndef MESHVET_CLI_VALUE_H_
#define MESHVET_CLI_VALUE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class Option;
}  // namespace CLI

namespace meshvet::cli {

inline constexpr const char* kFile = "FILE";
inline constexpr const char* kFolder = "DIR";
// A file or a directory.
inline constexpr const char* kPath = "PATH";
inline constexpr const char* kTime = "TIME";
// An id, an alias or a glob of rules.
inline constexpr const char* kRule = "RULE";
inline constexpr const char* kRuleSeverity = "RULE=SEVERITY";
inline constexpr const char* kReportFormat = "FORMAT[=FILE]";
// Of a run of tests.
inline constexpr const char* kTestFormat = "TEST-FORMAT[=FILE]";
inline constexpr const char* kCommand = "COMMAND";

// "a, b" where ", " stands between.
std::string Joined(const std::vector<std::string>& words,
                   std::string_view between);

// "error|warning": names the values in help; whoever reads them checks them.
CLI::Option* NameValues(CLI::Option* option,
                        const std::vector<std::string>& values);

// The same, and accepts nothing else.
CLI::Option* TakeOneOf(CLI::Option* option, std::vector<std::string> values);

// What completion offers for a value.
struct Offer {
  std::vector<std::string> words;
  bool rules = false;    // the words are the names of all rules
  bool files = false;    // directories too
  bool folders = false;  // and no files
  // After one of the words and "=", where that may or must follow.
  std::shared_ptr<const Offer> after_equals;
  bool must_have_equals = false;
};

// For the value that help calls `name`.
Offer OfferFor(std::string_view name);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_VALUE_H_
