// Istio's own samples through `meshvet lint`. They are right, so what is found
// in them must be: each finding is in expected_findings.txt with its reason.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "test/corpus/findings_table.h"
#include "test/corpus/recorded_corpus.h"

namespace meshvet::test {
namespace {

namespace fs = std::filesystem;

constexpr char kFindings[] =
    MESHVET_SOURCE_DIR "/test/corpus/expected_findings.txt";

constexpr char kFiles[] = MESHVET_SOURCE_DIR "/test/corpus/sample_files.txt";

std::vector<std::string> FoldersOf(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

void ExpectEachFolder(const fs::path& samples, const std::string& part,
                      const std::string& flags) {
  const Findings expected = ReadFindings(kFindings, part);
  const std::vector<std::string> folders = FoldersOf(samples);
  ASSERT_FALSE(folders.empty()) << samples;
  for (const std::string& folder : folders) {
    // Skaffold's own file and nothing else.
    if (folder == "cicd") {
      ExpectNothingToLint(samples, folder + flags);
      continue;
    }
    ExpectFindings(samples, folder + flags, Below(expected, folder + "/"));
  }
}

void ExpectWhole(const fs::path& samples, const std::string& part,
                 const std::string& flags) {
  const Findings expected = ReadFindings(kFindings, part);
  ExpectFindings(samples, "." + flags, expected);
}

// What is found in no file would not be missed if the file were gone.
TEST(CorpusSamples, AreAllThere) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  std::ifstream list(kFiles);
  std::set<std::string> listed;
  for (std::string file; std::getline(list, file);) listed.insert(file);
  const std::vector<std::string> files = FilesOf(*samples, "");
  const std::set<std::string> there(files.begin(), files.end());
  for (const std::string& file : listed) {
    if (!there.contains(file)) ADD_FAILURE() << file << " is missing";
  }
  for (const std::string& file : there) {
    if (!listed.contains(file)) ADD_FAILURE() << file << " is not listed";
  }
}

TEST(CorpusSamples, EachFileByItself) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  const Findings expected = ReadFindings(kFindings, "each file");
  for (const std::string& file : FilesOf(*samples, ".yaml")) {
    ExpectFindings(*samples, file + " --allow-empty",
                   Below(expected, file + ":"));
  }
}

TEST(CorpusSamples, EachFolderByItself) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  ExpectEachFolder(*samples, "each folder", "");
}

TEST(CorpusSamples, EachFolderAsAWholeMesh) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  ExpectEachFolder(*samples, "each folder, complete", " --complete");
}

TEST(CorpusSamples, AllFoldersTogether) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  ExpectWhole(*samples, "all", "");
}

TEST(CorpusSamples, AllFoldersAsAWholeMesh) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  ExpectWhole(*samples, "all, complete", " --complete");
}

TEST(CorpusSamples, MulticlusterWhereIstioHasIt) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  ExpectFindings(*samples, "multicluster -n istio-system",
                 ReadFindings(kFindings, "multicluster in istio-system"));
}

}  // namespace
}  // namespace meshvet::test
