// Which files a run reads, and what it says of the rest.

#include "lint/input/input_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using test::TempFolder;

namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InputFilesTest : public ::testing::Test {
 protected:
  void Put(const std::string& name, const std::string& text = "a: 1\n") const {
    folder_.Put(name, text);
  }

  InputFiles Find(const std::string& below = "",
                  const InputOptions& options = {}) const {
    const Result<InputFiles> found =
        FindInputFiles({folder_.path().string() + below}, options);
    EXPECT_TRUE(found.ok());
    return found ? *found : InputFiles();
  }

  // What was found, below the folder.
  std::vector<std::string> Paths(const InputFiles& found) const {
    std::vector<std::string> paths;
    for (const std::string& path : found.paths) paths.push_back(Below(path));
    return paths;
  }

  std::vector<std::string> Skipped(const InputFiles& found) const {
    std::vector<std::string> skipped;
    for (const SkippedFile& file : found.skipped) {
      skipped.push_back(Below(file.path) + ": " + file.reason);
    }
    return skipped;
  }

  std::vector<std::string> PathsBy(std::vector<PathFilter> filters) const {
    return Paths(Find("", {.filters = std::move(filters)}));
  }

  std::string Below(const std::string& path) const {
    return path.substr(folder_.path().string().size() + 1);
  }

  TempFolder folder_;
};

// Globs are relative to the base of their filter; every filter has to allow a
// file.
TEST_F(InputFilesTest, FiltersSelectFiles) {
  for (const char* name : {"a/tests/y.yaml", "a/x.yaml", "b/z.yaml"}) Put(name);
  const std::string root = folder_.path().string();
  EXPECT_THAT(PathsBy({{root, {}, {}}}),
              ElementsAre("a/tests/y.yaml", "a/x.yaml", "b/z.yaml"));
  EXPECT_THAT(PathsBy({{root, {"a"}, {}}}),
              ElementsAre("a/tests/y.yaml", "a/x.yaml"));
  EXPECT_THAT(PathsBy({{root, {"a"}, {"**/tests/**"}}}),
              ElementsAre("a/x.yaml"));
  EXPECT_THAT(PathsBy({{root + "/a", {}, {"x.yaml"}}}),
              ElementsAre("a/tests/y.yaml", "b/z.yaml"));
  EXPECT_THAT(PathsBy({{root + "/a", {"tests"}, {}}, {root, {}, {"b"}}}),
              ElementsAre("a/tests/y.yaml"));
  EXPECT_THAT(PathsBy({{root, {"a"}, {}}, {root, {"b"}, {}}}), IsEmpty());
}

TEST_F(InputFilesTest, ObeysGitignoreAsGitDoes) {
  const struct {
    const char* patterns;
    std::vector<std::string> read;
  } cases[] = {
      {"", {"a.yaml", "b/a.yaml", "b/c/d.yaml"}},
      {"# a.yaml\n\n", {"a.yaml", "b/a.yaml", "b/c/d.yaml"}},
      {"a.yaml\n", {"b/c/d.yaml"}},
      {"/a.yaml\r\n", {"b/a.yaml", "b/c/d.yaml"}},
      {"b/a.yaml   \n", {"a.yaml", "b/c/d.yaml"}},
      {"b\n", {"a.yaml"}},
      {"b/\n", {"a.yaml"}},
      {"c/\n", {"a.yaml", "b/a.yaml"}},
      {"a.yaml/\n", {"a.yaml", "b/a.yaml", "b/c/d.yaml"}},
      {"*.yaml\n!d.yaml\n", {"b/c/d.yaml"}},
      {"b/*\n!b/c/\n", {"a.yaml", "b/c/d.yaml"}},
      {"b/**\n!b/a.yaml\n", {"a.yaml", "b/a.yaml"}},
      {"b/\n!b/a.yaml\n", {"a.yaml"}},
      {"**/c\n", {"a.yaml", "b/a.yaml"}},
      {"b/**/d.yaml\n", {"a.yaml", "b/a.yaml"}},
      {"[ab].yaml\n", {"b/c/d.yaml"}},
      {"?.yaml\n", {}},
      {"\\a.yaml\n", {"b/c/d.yaml"}},
      {"/\n", {"a.yaml", "b/a.yaml", "b/c/d.yaml"}},
  };
  Put("a.yaml");
  Put("b/a.yaml");
  Put("b/c/d.yaml");
  for (const auto& c : cases) {
    Put(".gitignore", c.patterns);
    EXPECT_EQ(Paths(Find()), c.read) << c.patterns;
  }
}

TEST_F(InputFilesTest, TheNearestGitignoreHasTheLastWord) {
  fs::create_directories(folder_ / ".git");
  Put(".gitignore", "*.yaml\n");
  Put("a/b/.gitignore", "!kept.yaml\n");
  Put("a/b/kept.yaml");
  Put("a/b/other.yaml");
  EXPECT_THAT(Paths(Find("/a")), ElementsAre("a/b/kept.yaml"))
      << "the repository's own counts below a folder, too";
  EXPECT_THAT(Skipped(Find("/a")),
              Contains("a/b/other.yaml: ignored by .gitignore"));
  InputOptions all;
  all.obeys_gitignore = false;
  EXPECT_THAT(Paths(Find("/a", all)),
              ElementsAre("a/b/kept.yaml", "a/b/other.yaml"));
}

TEST_F(InputFilesTest, GitignoreAboveTheRepositoryIsNotItsBusiness) {
  Put(".gitignore", "*.yaml\n");
  fs::create_directories(folder_ / "repo/.git");
  Put("repo/a.yaml");
  EXPECT_THAT(Paths(Find("/repo")), ElementsAre("repo/a.yaml"));
}

TEST_F(InputFilesTest, WhatWasNamedIsReadEvenIfIgnored) {
  Put(".gitignore", "build/\n*.yaml\n");
  Put("build/a.yml");
  Put("a.yaml");
  EXPECT_THAT(Paths(Find("/build")), ElementsAre("build/a.yml"));
  EXPECT_THAT(Paths(Find("/a.yaml")), ElementsAre("a.yaml"));
}

TEST_F(InputFilesTest, ExtensionsCanBeChosen) {
  Put("a.yaml");
  Put("b.tmpl");
  Put("c.json");
  Put("yaml");
  InputOptions options;
  options.extensions = {"tmpl", "json"};
  EXPECT_THAT(Paths(Find("", options)), ElementsAre("b.tmpl", "c.json"));
}

TEST_F(InputFilesTest, ALoopOfLinksEnds) {
  Put("a/b.yaml");
  fs::create_directory_symlink("..", folder_ / "a/up");
  fs::create_symlink("loop.yaml", folder_ / "loop.yaml");
  InputOptions options;
  options.follow_symlinks = true;
  const InputFiles found = Find("", options);
  EXPECT_THAT(Paths(found), ElementsAre("a/b.yaml"));
  EXPECT_THAT(Skipped(found), Contains("loop.yaml: not a regular file"));
  const InputFiles named = Find("/loop.yaml");
  EXPECT_THAT(named.paths, IsEmpty());
  ASSERT_EQ(named.failures.size(), 1U) << "there, but not to be read";
}

TEST_F(InputFilesTest, WhatDoesNotExistIsWrongUsage) {
  for (const char* name : {"/nothing.yaml", "/nothing/", "/*.yaml"}) {
    EXPECT_FALSE(FindInputFiles({folder_.path().string() + name}, {}).ok())
        << name;
  }
}

}  // namespace
}  // namespace meshvet::lint
