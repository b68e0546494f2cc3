// What the shells themselves offer, having read our scripts: one table for
// bash, zsh and fish. They must be installed; scripts/setup.sh does it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "test/support/run_binary.h"
#include "test/support/shell.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::RunShell;
using test::TempFolder;
using test::WriteFile;

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

using Words = std::set<std::string>;

// Each reads $script, writes to $out what is offered for the text $line.
constexpr const char* kBash = R"(
set -eu
source "$script"
COMP_LINE=$line
COMP_POINT=${#line}
# As bash cuts words with its COMP_WORDBREAKS.
read -ra COMP_WORDS <<<"${line//=/ = }"
[[ $line != *[[:space:]] ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_meshvet
printf '%s\n' "${COMPREPLY[@]}" >"$out"
)";

// Completion in zsh needs its line editor, and that a terminal.
constexpr const char* kZsh = R"(
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; PROMPT=; autoload -Uz compinit; compinit -C -u -d ${(q)out}.dump; source ${(q)script}"
zpty -w z 'compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  print -rl -- $hits >>'${(q)out}'
  builtin compadd "$@"
}
finish() { print -r -- done >'${(q)out}'.done; exit; }
zle -N finish
bindkey "^X" finish
bindkey "^I" complete-word
zstyle ":completion:*" menu no
unsetopt list_ambiguous
zstyle ":completion:*" list-prompt ""
zstyle ":completion:*:default" list-max 10000
LISTMAX=10000
print ready'
zpty -r z output '*ready*ready*'
: >$out
zpty -w -n z "$line"$'\t'
# The editor takes the next key when it has done with the last.
zpty -w -n z $'\x18'
zpty -r z output
while zpty -t z; do zpty -r z output || break; done
zpty -d z
[[ -e $out.done ]]
)";

constexpr const char* kFish = R"(
source $script
complete --do-complete $line >$out
)";

struct Shell {
  const char* name;
  const char* driver;
};

class Completion : public ::testing::TestWithParam<Shell> {
 protected:
  Completion() {
    const std::string shell = GetParam().name;
    WriteFile(folder_ / "driver", GetParam().driver);
    WriteFile(folder_ / "script",
              RunBinary(folder_.path(), "completion " + shell).out);
    std::filesystem::create_directories(folder_ / "here/deploy");
    WriteFile(folder_ / "here/report.sarif", "");
    WriteFile(folder_ / "here/policy.yaml", "");
  }

  // The last word of `line` as it may become. What stands before it is left
  // out, which each shell has its own way with.
  Words Offered(const std::string& line) {
    const std::string out = (folder_ / "out").string();
    std::filesystem::remove(out);
    std::filesystem::remove(out + ".done");
    const Ran ran = RunShell(
        folder_ / "here",
        std::string(GetParam().name) +
            (GetParam().name == std::string("fish") ? " --no-config " : " ") +
            "'" + (folder_ / "driver").string() + "'",
        {{"script", (folder_ / "script").string()},
         {"out", out},
         {"line", line}});
    EXPECT_EQ(ran.exit_code, 0) << line << "\n" << ran.out << ran.err;
    Words words;
    std::istringstream lines(ReadFile(out));
    for (std::string word; std::getline(lines, word);) {
      word.resize(std::min(word.find('\t'), word.size()));  // fish describes
      word = word.substr(word.find_last_of(',') + 1);
      if (word.find('=') + 1 < word.size()) {
        word = word.substr(word.find('=') + 1);
      }
      while (word.ends_with('/') || word.ends_with('=')) word.pop_back();
      if (!word.empty()) words.insert(word);
    }
    return words;
  }

  TempFolder folder_;
};

TEST_P(Completion, OffersWhatMayFollow) {
  const struct {
    const char* line;
    Words offered;
  } cases[] = {
      {"meshvet base", {"baseline"}},
      {"meshvet baseline ", {"create", "update", "prune", "show"}},
      {"meshvet completion ", {"bash", "zsh", "fish"}},
      {"meshvet help gat", {"gate"}},
      {"meshvet lint --fail-on ", {"error", "warning", "info", "never"}},
      {"meshvet check --fail-on ", {"error", "warning", "info", "never"}},
      {"meshvet lint --fail-on=wa", {"warning"}},
      {"meshvet lint -q --color ", {"auto", "always", "never"}},
      {"meshvet gate --base main --stale-baseline ", {"error", "warn", "off"}},
      {"meshvet lint --sarif-",
       {"--sarif-category", "--sarif-include-suppressed"}},
      {"meshvet baseline create --for", {"--force"}},
      {"meshvet lint -o sar", {"sarif"}},
      {"meshvet test -o ", {"text", "junit", "json"}},
      {"meshvet test -o junit=rep", {"report.sarif"}},
      {"meshvet lint --output js", {"json"}},
      {"meshvet lint -o sarif=rep", {"report.sarif"}},
      {"meshvet explain duplicate-", {"duplicate-key", "duplicate-object"}},
      {"meshvet explain duplicate-key duplicate-o", {"duplicate-object"}},
      {"meshvet lint --select duplicate-",
       {"duplicate-key", "duplicate-object"}},
      {"meshvet lint --ignore yaml-limit,duplicate-o", {"duplicate-object"}},
      {"meshvet lint --severity yaml-li", {"yaml-limit"}},
      {"meshvet lint --severity yaml-limit=w", {"warning"}},
      {"meshvet lint --config pol", {"policy.yaml"}},
      {"meshvet lint ", {"deploy", "policy.yaml", "report.sarif"}},
      {"meshvet lint --complete dep", {"deploy"}},
      {"meshvet explain --output-dir ", {"deploy"}},
      {"meshvet serve --tls-min-version ", {"1.2", "1.3"}},
      {"meshvet version -o ", {"text", "json"}},
      {"meshvet lint --no-such", {}},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Offered(test.line), test.offered) << test.line;
  }
}

// Longest names of the flags in a help text.
Words FlagsIn(const std::string& help) {
  Words flags;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    const size_t at = line.find("--");
    if (!line.starts_with("  -") || at == line.npos) continue;
    flags.insert(line.substr(at, line.find(' ', at) - at));
  }
  return flags;
}

TEST_P(Completion, OffersEveryFlagOfHelp) {
  for (const char* command :
       {"serve", "lint", "fix", "gate", "baseline create", "explain", "rules",
        "review", "certs check", "config show", "version"}) {
    const Words flags =
        FlagsIn(RunBinary(folder_.path(), std::string(command) + " -h").out);
    EXPECT_THAT(flags, Contains("--help")) << command;
    Words offered = Offered(std::string("meshvet ") + command + " --");
    offered.erase("--");
    EXPECT_EQ(offered, flags) << command;
  }
}

TEST_P(Completion, OffersEveryRule) {
  Words rules;
  for (const auto& rule :
       nlohmann::json::parse(RunBinary(folder_.path(), "rules -o json").out)) {
    rules.insert(rule.at("id").get<std::string>());
  }
  EXPECT_THAT(rules, SizeIs(::testing::Gt(10)));
  EXPECT_THAT(Offered("meshvet explain "), IsSupersetOf(rules));
  EXPECT_THAT(Offered("meshvet lint --ignore "), IsSupersetOf(rules));
  EXPECT_THAT(Offered("meshvet explain IST0128"), Contains("IST0128"));
  EXPECT_THAT(Offered("meshvet lint --select "), Contains("tag:tls"));
  for (const char* before : {"", "IST0101,"}) {
    const std::string line = std::string("meshvet lint --ignore ") + before;
    EXPECT_THAT(Offered(line + "tag:tl"),
                ::testing::ElementsAre(::testing::EndsWith("tls")));
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Completion,
                         ::testing::Values(Shell{"bash", kBash},
                                           Shell{"zsh", kZsh},
                                           Shell{"fish", kFish}),
                         [](const auto& test) {
                           return std::string(test.param.name);
                         });

TEST(CompletionCommand, NamesTheShellsItKnows) {
  const TempFolder folder;
  const Ran ran = RunBinary(folder.path(), "completion fisch");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err,
            "meshvet: shell: \"fisch\" is none of bash, zsh and fish (did you "
            "mean \"fish\"?); --help says more\n");
  EXPECT_EQ(RunBinary(folder.path(), "completion").exit_code, 2);
}

}  // namespace
}  // namespace meshvet::cli
