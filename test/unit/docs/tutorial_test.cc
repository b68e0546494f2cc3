// docs/tutorial.md is a session: its commands are run in one shell, in their
// order, from a checkout of the project, and what they print is what it shows.
// UPDATE_GOLDEN=1 writes what they print into the page.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "test/support/shell.h"

namespace meshvet {
namespace {

using test::Quoted;
using test::Ran;
using test::ReadFile;
using test::RunShell;
using test::TempFolder;
using test::WriteFile;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kRoot = MESHVET_SOURCE_DIR;
const std::string kPage = kRoot + "/docs/tutorial.md";

// The only text that differs from day to day; both sides show it as this.
std::string Masked(const std::string& text) {
  static const std::regex kDay(R"(20\d\d-\d\d-\d\d)");
  return std::regex_replace(text, kDay, "YYYY-MM-DD");
}

struct Step {
  enum class Kind { kText, kCommand, kFile } kind = Kind::kText;
  std::string name;   // of the file
  std::string text;   // of the page, of the command, of the file
  std::string shown;  // below the command
};

bool StartsWith(const std::string& text, const char* with) {
  return text.rfind(with, 0) == 0;
}

// Cuts the page at its `console` blocks and at the blocks that follow a line
// <!-- file: NAME -->. A command goes on where its line ends with a backslash.
class PageReader {
 public:
  explicit PageReader(const std::string& page) : lines_(page) {}

  std::vector<Step> Read() {
    std::string line;
    while (Next(line)) {
      Add(Step::Kind::kText).text = line;
      if (line == "```console") ReadSession();
      if (StartsWith(line, "<!-- file: ")) ReadNamed(line);
    }
    return steps_;
  }

 private:
  bool Next(std::string& line) {
    return static_cast<bool>(std::getline(lines_, line));
  }

  Step& Add(Step::Kind kind) {
    steps_.push_back({.kind = kind, .name = {}, .text = {}, .shown = {}});
    return steps_.back();
  }

  void ReadSession() {
    std::string line;
    while (Next(line) && line != "```") {
      if (StartsWith(line, "$ ")) {
        std::string command = line.substr(2);
        while (command.back() == '\\' && Next(line)) command += "\n" + line;
        Add(Step::Kind::kCommand).text = command;
      } else {
        ASSERT_EQ(steps_.back().kind, Step::Kind::kCommand)
            << "printed by no command: " << line;
        steps_.back().shown += line + "\n";
      }
    }
    Add(Step::Kind::kText).text = "```";
  }

  void ReadNamed(const std::string& mark) {
    std::string line;
    ASSERT_TRUE(Next(line) && StartsWith(line, "```")) << "no block: " << mark;
    Add(Step::Kind::kText).text = line;
    Step& file = Add(Step::Kind::kFile);
    file.name = mark.substr(11, mark.size() - 11 - 4);
    while (Next(line) && line != "```") file.text += line + "\n";
    Add(Step::Kind::kText).text = "```";
  }

  std::istringstream lines_;
  std::vector<Step> steps_;
};

std::string Page(const std::vector<Step>& steps) {
  std::string page;
  for (const Step& step : steps) {
    switch (step.kind) {
      case Step::Kind::kText:
        page += step.text + "\n";
        break;
      case Step::Kind::kFile:
        page += step.text;
        break;
      case Step::Kind::kCommand:
        page += "$ " + step.text + "\n" + step.shown;
        break;
    }
  }
  return page;
}

// Printed behind what each command prints.
const std::string kMark = "\x1e";

std::string Script(const std::vector<Step>& steps) {
  // `$?` is that of the command for the command that follows, too.
  std::string script =
      "exec 2>&1\nmark() { local s=$?; printf '\\036'; return $s; }\n";
  for (const Step& step : steps) {
    if (step.kind == Step::Kind::kFile) {
      const auto folder = std::filesystem::path(step.name).parent_path();
      if (!folder.empty()) script += "mkdir -p " + folder.string() + "\n";
      script += "printf %s " + Quoted(step.text) + " >" + step.name + "\n";
    } else if (step.kind == Step::Kind::kCommand) {
      script += step.text + "\nmark\n";
    }
  }
  return script;
}

// Replaces what is shown by what is printed now.
void Carry(const std::string& printed, std::vector<Step>& steps) {
  size_t from = 0;
  for (Step& step : steps) {
    if (step.kind != Step::Kind::kCommand) continue;
    const size_t end = printed.find(kMark, from);
    ASSERT_NE(end, std::string::npos) << "never run: " << step.text;
    step.shown = printed.substr(from, end - from);
    from = end + 1;
  }
  EXPECT_EQ(printed.substr(from), "");
}

class Tutorial : public ::testing::Test {
 protected:
  Tutorial() : steps_(PageReader(ReadFile(kPage)).Read()) {}

  // Runs all of it, at home in a folder of its own.
  void RunAll() {
    home_.Put(".gitconfig",
              "[user]\n  name = you\n  email = you@example.com\n");
    const std::string program =
        std::filesystem::path(MESHVET_BINARY).parent_path().string();
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* path = std::getenv("PATH");
    ASSERT_NE(path, nullptr);
    const Ran ran =
        RunShell(kRoot, "bash " + Quoted(home_.Put("script", Script(steps_))),
                 {{"HOME", home_.path().string()},
                  {"PATH", program + ":" + path},
                  {"GIT_CONFIG_NOSYSTEM", "1"}});
    EXPECT_EQ(ran.err, "");
    Carry(ran.out, steps_);
  }

  std::vector<std::string> Commands() const {
    std::vector<std::string> commands;
    for (const Step& step : steps_) {
      if (step.kind == Step::Kind::kCommand) commands.push_back(step.text);
    }
    return commands;
  }

  TempFolder home_;
  std::vector<Step> steps_;
};

TEST_F(Tutorial, ShowsWhatItsCommandsPrint) {
  const std::string page = ReadFile(kPage);
  ASSERT_EQ(Page(steps_), page) << "not all of the page was read";
  RunAll();
  const std::string now = Page(steps_);
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    WriteFile(kPage, now);
    return;
  }
  EXPECT_EQ(Masked(page), Masked(now));
}

// No step that the page promises has been lost.
TEST_F(Tutorial, HasEveryStep) {
  for (const char* step :
       {"meshvet lint", "meshvet explain ", "meshvet fix --diff",
        "meshvet fix deploy/", "--reason ", "meshvet baseline create",
        "meshvet gate", "meshvet gate --base main", "meshvet test"}) {
    EXPECT_THAT(Commands(), Contains(HasSubstr(step)));
  }
}

// What the pages of CI show is what was run here, but for the environment.
TEST_F(Tutorial, RunsWhatItsPipelinesRun) {
  std::vector<std::string> pipelines;
  const std::regex line(R"((?:run:|-) (meshvet .*))");
  for (const Step& step : steps_) {
    if (step.kind != Step::Kind::kFile) continue;
    for (std::sregex_iterator at(step.text.begin(), step.text.end(), line), end;
         at != end; ++at) {
      pipelines.push_back((*at)[1]);
    }
  }
  EXPECT_THAT(pipelines, Not(IsEmpty()));
  for (const std::string& command : pipelines) {
    EXPECT_THAT(Commands(), Contains(HasSubstr(command)));
  }
}

TEST_F(Tutorial, IsLinkedFromTheReadme) {
  EXPECT_NE(ReadFile(kRoot + "/README.md").find("(docs/tutorial.md)"),
            std::string::npos);
}

}  // namespace
}  // namespace meshvet
