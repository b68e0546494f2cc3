#include "lint/report/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "lint/report/repository_paths.h"
#include "rules/policy.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

using test::ReadFile;
using test::TempFolder;
using ::testing::HasSubstr;

size_t FilesIn(const fs::path& folder) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Output, EveryFormatCanBeNamed) {
  for (const ReportFormat& format : ReportFormats()) {
    const std::string name(format.name);
    const auto outputs = ParseOutputs({name + "=a=b.txt"});
    ASSERT_TRUE(outputs) << name;
    ASSERT_EQ(outputs->size(), 1U);
    EXPECT_EQ(outputs->front().format, &format);
    EXPECT_EQ(outputs->front().file, "a=b.txt");
  }
}

TEST(Output, AnUnknownFormatIsRefusedWithASuggestion) {
  const auto output = ParseOutputs({"sarf"});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().message,
            "unknown format \"sarf\" (did you mean \"sarif\"?); there are " +
                FormatList());
  EXPECT_THAT(FormatList(), HasSubstr("full, concise, json, sarif"));
}

TEST(Output, OneGoesToStandardOutputAndOneToAFile) {
  EXPECT_TRUE(ParseOutputs({"full", "sarif=a", "junit=b"}));
  EXPECT_FALSE(ParseOutputs({"full", "sarif"}));
  const auto same = ParseOutputs({"json=a", "sarif=a"});
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().message, "two formats cannot go to one file, a");
}

TEST(WriteFile, ReplacesTheFileAndLeavesNothingBeside) {
  const TempFolder folder;
  const std::string file = folder.Put("report", "old");
  ASSERT_TRUE(WriteFile(file, "new"));
  EXPECT_EQ(ReadFile(file), "new");
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(WriteFile, WhoReadsTheOldFileReadsAllOfIt) {
  const TempFolder folder;
  const std::string file = folder.Put("report", "old");
  std::ifstream reader(file);
  ASSERT_TRUE(WriteFile(file, "new"));
  std::string text;
  reader >> text;
  EXPECT_EQ(text, "old");
}

TEST(WriteFile, ASymbolicLinkStaysOne) {
  const TempFolder folder;
  const std::string file = folder.Put("report", "old");
  const fs::path link = folder / "link";
  fs::create_symlink(file, link);
  ASSERT_TRUE(WriteFile(link, "new"));
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(ReadFile(file), "new");
}

TEST(WriteFile, APlantedTemporaryFileIsNotFollowed) {
  const TempFolder folder;
  const std::string victim = folder.Put("victim", "precious");
  const fs::path file = folder / "report";
  fs::create_symlink(victim,
                     file.string() + "." + std::to_string(getpid()) + ".tmp");
  ASSERT_TRUE(WriteFile(file, "new"));
  EXPECT_EQ(ReadFile(victim), "precious");
  EXPECT_EQ(ReadFile(file), "new");
}

TEST(WriteFile, SaysWhatFailedAndWhere) {
  const TempFolder folder;
  const struct {
    std::string path;
    const char* message;
  } cases[] = {
      {folder / "nowhere/report", "No such file or directory"},
      {"/dev/full", "No space left on device"},
      {folder.Put("file", "") + "/report", "Not a directory"},
  };
  for (const auto& c : cases) {
    const auto written = WriteFile(c.path, "text");
    ASSERT_FALSE(written) << c.path;
    EXPECT_EQ(written.error().where, c.path);
    EXPECT_EQ(written.error().message, c.message);
  }
}

TEST(WriteFile, ADirectoryIsNotReplaced) {
  const TempFolder folder;
  fs::create_directory(folder / "report");
  const auto written = WriteFile(folder / "report", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "Is a directory");
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(RepositoryPaths, StartAtTheRoot) {
  const TempFolder folder;
  folder.Put("deploy/a.yaml", "");
  fs::create_directory_symlink(folder / "deploy", folder / "link");
  const fs::path root = fs::canonical(folder.path());
  RepositoryPaths paths(root);
  EXPECT_EQ(paths.Of(root / "deploy/a.yaml"), "deploy/a.yaml");
  EXPECT_EQ(paths.Of(root / "./deploy/../deploy//a.yaml"), "deploy/a.yaml");
  EXPECT_EQ(paths.Of("/proc/self/mem").front(), '/');
  EXPECT_EQ(paths.UriOf("/nowhere/a b"), "file:///nowhere/a%20b");
  EXPECT_EQ(paths.UriOf(root / "\xC3\xA4:?#.yaml"), "%C3%A4%3A%3F%23.yaml");
}

TEST(RepositoryPaths, FollowALinkIntoTheRepository) {
  const TempFolder folder;
  folder.Put("repository/a.yaml", "");
  fs::create_directory_symlink(folder / "repository", folder / "link");
  RepositoryPaths paths(folder / "repository");
  EXPECT_EQ(paths.Of(folder / "link/a.yaml"), "a.yaml");
}

}  // namespace
}  // namespace meshvet::lint
