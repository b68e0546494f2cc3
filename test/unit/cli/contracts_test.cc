// What README.md promises of every run, kept by the real binary; what other
// tests prove already is named there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "test/support/run_binary.h"
#include "test/support/shell.h"

namespace meshvet::cli {
namespace {

using nlohmann::json;
using test::Quoted;
using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::RunShell;
using test::TempFolder;
using test::WriteFile;

using ::testing::Contains;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

namespace fs = std::filesystem;

const fs::path kRoot = MESHVET_SOURCE_DIR;
constexpr const char* kFormats[] = {
    "full",   "concise", "json",   "sarif",    "junit",
    "github", "gitlab",  "rdjson", "markdown", "policyreport"};
constexpr const char* kService =
    "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n";
constexpr const char* kWrongKind =
    "apiVersion: networking.istio.io/v1\nkind: Gatway\n"
    "metadata: {name: a, namespace: shop}\n";

class Contracts : public ::testing::Test {
 protected:
  Contracts() {
    WriteFile(folder_ / "good.yaml", kService);
    WriteFile(folder_ / "bad.yaml",
              std::string(kService) + "---\n---\n" + kWrongKind);
    fs::create_directories(folder_ / ".git");
  }

  Ran Run(const std::string& arguments, const std::string& environment = {}) {
    return RunBinary(folder_.path(), arguments, environment);
  }

  TempFolder folder_;
};

TEST_F(Contracts, TheExitCodeIsThatOfTheFindingsWhateverIsShown) {
  const struct {
    const char* file;
    int exit_code;
  } cases[] = {{"good.yaml", 0}, {"bad.yaml", 1}, {"missing.yaml", 2}};
  for (const auto& test : cases) {
    for (const char* format : kFormats) {
      for (const char* look :
           {"", " -q", " -v", " --statistics", " --no-excerpt",
            " --color always", " --show error", " --max-findings 0"}) {
        const std::string arguments =
            std::string("lint ") + test.file + " -o " + format + look;
        EXPECT_EQ(Run(arguments).exit_code, test.exit_code) << arguments;
      }
    }
  }
}

// With all that could be said besides.
TEST_F(Contracts, StandardOutputHoldsTheReportAlone) {
  for (const std::string format :
       {"json", "sarif", "gitlab", "rdjson", "junit"}) {
    const Ran ran = Run("lint . -v --statistics --color always -o " + format,
                        "FORCE_COLOR=1 MESHVET_VERBOSE=true");
    EXPECT_THAT(ran.err, Not(IsEmpty())) << format;
    if (format == "junit") {
      EXPECT_EQ(ran.out.rfind("<?xml", 0), 0U);
      EXPECT_THAT(ran.out, ::testing::EndsWith("</testsuites>\n"));
    } else {
      EXPECT_TRUE(json::accept(ran.out)) << ran.out;
    }
    EXPECT_EQ(ran.out.find('\x1b'), std::string::npos) << format;
  }
}

TEST_F(Contracts, WhatIsSkippedIsCounted) {
  WriteFile(folder_ / "other.yaml", "apiVersion: example.com/v1\nkind: X\n");
  WriteFile(folder_ / "chart/Chart.yaml", "name: x\n");
  WriteFile(folder_ / ".hidden.yaml", kService);
  const json report = json::parse(Run("lint . -q -o json").out);
  EXPECT_THAT(report["skipped"]["documents"], Not(IsEmpty()));
  EXPECT_THAT(report["skipped"]["files"], Not(IsEmpty()));
  EXPECT_THAT(Run("lint .").err, HasSubstr("skipped"));
  const Ran nothing = Run("lint other.yaml");
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_EQ(Run("lint other.yaml --allow-empty").exit_code, 0);
}

TEST_F(Contracts, AFindingSaysWhereInTheFile) {
  const json report = json::parse(Run("lint bad.yaml -q -o json").out);
  ASSERT_THAT(report["findings"], SizeIs(1));
  const json& finding = report["findings"][0];
  EXPECT_EQ(finding["file"], "bad.yaml");
  EXPECT_EQ(finding["range"]["start"]["line"], 7);  // of the file
  EXPECT_EQ(finding["range"]["start"]["column"], 7);
  EXPECT_EQ(finding["range"]["end"]["column"], 13);
  EXPECT_EQ(finding["rule"], "unknown-kind");
  EXPECT_EQ(finding["pointer"], "/kind");
  EXPECT_EQ(finding["object"]["name"], "a");
  EXPECT_EQ(finding["object"]["namespace"], "shop");
}

// What `command` asked of the kernel about networks and files, with a
// kubeconfig, a proxy and a pod's variables to look at.
std::string CallsOf(const TempFolder& folder, const std::string& command) {
  const std::string trace = (folder / "trace").string();
  RunShell(folder.path(),
           "strace -f -qq -e trace=network,openat -o " + Quoted(trace) + " " +
               command,
           {{"KUBECONFIG", (folder / "kubeconfig").string()},
            {"KUBERNETES_SERVICE_HOST", "127.0.0.1"},
            {"KUBERNETES_SERVICE_PORT", "443"},
            {"https_proxy", "http://127.0.0.1:1"},
            // Which cannot run below a tracer.
            {"ASAN_OPTIONS", "detect_leaks=0"}});
  const std::string calls = ReadFile(trace);
  fs::remove(trace);
  return calls;
}

TEST_F(Contracts, OfflineIsOffline) {
  WriteFile(folder_ / "kubeconfig", "apiVersion: v1\nkind: Config\n");
  EXPECT_THAT(CallsOf(folder_, "bash -c ': </dev/tcp/127.0.0.1/1'"),
              HasSubstr("socket("))
      << "strace sees no call";
  for (const std::string command :
       {"lint .", "lint --context good.yaml bad.yaml", "gate .",
        "fix --check .", "baseline create --force .", "explain IST0101",
        "rules", "config show", "version -o json"}) {
    const std::string calls = CallsOf(folder_, MESHVET_BINARY " " + command);
    EXPECT_THAT(calls, HasSubstr("openat(")) << command;
    for (const char* call : {"socket(", "connect(", "sendto(", "resolv.conf",
                             "/hosts", "kubeconfig", "serviceaccount"}) {
      EXPECT_THAT(calls, Not(HasSubstr(call))) << command;
    }
  }
}

TEST_F(Contracts, TheOrderIsThatOfFilesAndLinesWhateverTheThreads) {
  const auto lint = [&](const std::string& jobs) {
    const Ran ran = RunBinary(kRoot,
                              "lint examples test/golden -q --no-config "
                              "--no-gitignore -o concise -j " +
                                  jobs);
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    return ran.out;
  };
  const std::string one = lint("1");
  EXPECT_THAT(std::ranges::count(one, '\n'), Ge(10));
  for (const char* jobs : {"2", "3", "8"}) {
    for (int again = 0; again < 3; ++again) EXPECT_EQ(lint(jobs), one) << jobs;
  }
  // Path, line, column.
  std::vector<std::tuple<std::string, int, int>> places;
  const std::regex place("^([^:]+):([0-9]+):([0-9]+): ");
  std::istringstream lines(one);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (!std::regex_search(line, found, place)) continue;
    places.emplace_back(found[1], std::stoi(found[2]), std::stoi(found[3]));
  }
  EXPECT_THAT(places, SizeIs(Ge(10)));
  EXPECT_TRUE(std::ranges::is_sorted(places)) << one;
}

// All of the tree, as its help texts name it.
void FindCommands(const std::string& path, std::vector<std::string>& found) {
  found.push_back(path);
  std::istringstream lines(RunBinary(kRoot, path + " --help").out);
  bool below = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) below = false;
    if (line == "Subcommands:") {
      below = true;
    } else if (below && line.starts_with("  ") && line[2] != ' ') {
      const size_t end = line.find_first_of(" ,", 2);
      FindCommands((path.empty() ? "" : path + " ") + line.substr(2, end - 2),
                   found);
    }
  }
}

TEST_F(Contracts, EveryCommandHelpsInTheSameWay) {
  std::vector<std::string> commands;
  FindCommands("", commands);
  EXPECT_THAT(commands, SizeIs(Ge(22)));
  EXPECT_THAT(commands, Contains("baseline create"));
  for (const std::string& command : commands) {
    const Ran help = Run(command + " --help");
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_EQ(Run(command + " -h").out, help.out) << command;
    EXPECT_EQ(Run("help " + command).out, help.out) << command;
    const size_t examples = help.out.find("\nExamples:\n");
    ASSERT_NE(examples, std::string::npos) << command;
    const std::string shown = help.out.substr(examples);
    const std::regex example("\n  [^ \n][^\n]*");
    EXPECT_GE(
        std::distance(std::sregex_iterator(shown.begin(), shown.end(), example),
                      std::sregex_iterator()),
        3)
        << command;
  }
}

TEST_F(Contracts, EveryFlagHasAnEnvironmentForm) {
  std::vector<std::string> commands;
  FindCommands("", commands);
  size_t flags = 0;
  for (const std::string& command : commands) {
    std::istringstream lines(Run(command + " --help").out);
    for (std::string line; std::getline(lines, line);) {
      const size_t at = line.find("--");
      if (!line.starts_with("  -") || at == line.npos) continue;
      const std::string flag = line.substr(at + 2, line.find(' ', at) - at - 2);
      if (flag == "help" || flag == "version") continue;
      std::string name = "MESHVET_" + flag;
      for (char& c : name) {
        c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
      }
      EXPECT_THAT(line, HasSubstr("(Env:" + name + ")")) << command;
      ++flags;
    }
  }
  EXPECT_THAT(flags, Ge(150));
}

TEST_F(Contracts, FlagsWinOverTheEnvironmentAndThatOverTheFile) {
  const auto exit_code = [&](const char* flag, const char* variable) {
    return Run(std::string("lint bad.yaml ") + flag, variable).exit_code;
  };
  EXPECT_EQ(exit_code("", ""), 1);  // the default: error
  WriteFile(folder_ / ".meshvet.yaml",
            "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
            "output: {failOn: never}\n");
  EXPECT_EQ(exit_code("", ""), 0);
  EXPECT_EQ(exit_code("", "MESHVET_FAIL_ON=error"), 1);
  EXPECT_EQ(exit_code("--fail-on never", "MESHVET_FAIL_ON=error"), 0);
}

// "`Contracts.OfflineIsOffline`" in the list of promises is a test.
TEST_F(Contracts, EachPromiseOfTheReadmeNamesItsTest) {
  const std::string readme = ReadFile(kRoot / "README.md");
  const size_t from = readme.find("<!-- promises -->");
  const size_t to = readme.find("<!-- /promises -->");
  ASSERT_NE(from, std::string::npos);
  ASSERT_LT(from, to);
  std::set<std::string> tests;
  const std::regex declared(R"(TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\))");
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "test")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = ReadFile(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), declared), end;
         at != end; ++at) {
      tests.insert((*at)[1].str() + "." + (*at)[2].str());
    }
  }
  const std::string promises = readme.substr(from, to - from);
  const std::regex named(R"(`([A-Z]\w+\.[A-Z]\w+)`)");
  size_t count = 0;
  for (std::sregex_iterator at(promises.begin(), promises.end(), named), end;
       at != end; ++at) {
    EXPECT_THAT(tests, Contains((*at)[1].str()));
    ++count;
  }
  EXPECT_THAT(count, Ge(10));
}

}  // namespace
}  // namespace meshvet::cli
