// Text edits held against JSON Patch, on every manifest there is: the examples
// of all rules, the files of the project and, where MESHVET_CORPUS names one,
// the recorded corpus. What the edits make of a file is what the patch makes of
// the object; the rest of the file is what it was; the same patch once more
// changes nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/json_pointer.h"
#include "rules/rule.h"
#include "test/support/scene.h"
#include "test/support/temp_folder.h"
#include "yaml/edit.h"
#include "yaml/parse.h"

namespace meshvet::test {
namespace {

namespace fs = std::filesystem;

using ::testing::IsEmpty;
using yaml::Source;
using yaml::Stream;
using Patch = std::vector<PatchOperation>;

size_t RootOf(const Source& source) {
  return source.ValueRange("").start.offset;
}

// What the edits of a patch did.
enum class Outcome { kDone, kRefused };

// Fails the test if the edits of document `index` do anything but the patch.
Outcome EditAndCompare(const std::string& text, const Stream& before,
                       size_t index, const Patch& patch) {
  SCOPED_TRACE(WritePatch(patch));
  const Source& source = before.documents[index];
  const auto wanted = ApplyPatch(source.root(), patch);
  EXPECT_TRUE(wanted.ok()) << (wanted ? "" : wanted.error().message);
  if (!wanted) return Outcome::kDone;
  const auto edits = yaml::EditsOf(text, RootOf(source), patch);
  if (!edits) return Outcome::kRefused;
  const std::string edited = yaml::Apply(text, *edits);
  const Stream after = yaml::Parse(edited, {});
  EXPECT_EQ(after.documents.size(), before.documents.size()) << edited;
  EXPECT_EQ(after.problems.size(), before.problems.size()) << edited;
  for (size_t i = 0; i < after.documents.size(); ++i) {
    const Node expected =
        i == index ? wanted->root() : before.documents[i].root();
    EXPECT_TRUE(after.documents[i].root() == expected) << edited;
  }
  const Patch same = {{"replace", "", wanted->root().ToJson()}};
  const auto again =
      yaml::EditsOf(edited, RootOf(after.documents[index]), same);
  EXPECT_TRUE(again && again->empty());
  return Outcome::kDone;
}

// Patches that touch each value of a document once, in some way or other.
class Patches {
 public:
  explicit Patches(Node root) {
    Walk(root, "");
    // Evenly over the document, if it is large.
    const size_t step = all_.size() / kMost + 1;
    std::vector<Patch> some;
    for (size_t i = 0; i < all_.size(); i += step) some.push_back(all_[i]);
    all_ = std::move(some);
  }

  const std::vector<Patch>& all() const { return all_; }

 private:
  void Walk(Node node, const std::string& pointer) {
    if (!pointer.empty()) Touch(node, pointer);
    if (node.IsObject()) {
      all_.push_back({{"add", pointer + "/new.example~1key", R"("no")"}});
      all_.push_back({{"add", pointer + "/newBlock",
                       R"({"a":["*",{"b":1,"c":"x: y"}],"d":{},"e":null})"}});
    }
    if (node.IsArray()) {
      all_.push_back({{"add", pointer + "/-", R"({"a":1,"b":["c"]})"}});
      all_.push_back({{"add", pointer + "/0", R"("first")"}});
    }
    size_t index = 0;
    for (const Node element : node) {
      Walk(element, pointer + "/" + std::to_string(index++));
    }
    for (const auto& [key, value] : node.Members()) {
      Walk(value, pointer + "/" + EscapePointerToken(key));
    }
  }

  // By turns, so that each kind of value meets each kind of change.
  void Touch(Node node, const std::string& pointer) {
    all_.push_back({{"remove", pointer}});
    switch (turn_++ % 4) {
      case 0:
        all_.push_back({{"replace", pointer, R"("it's \"new\"")"}});
        break;
      case 1:
        all_.push_back({{"replace", pointer, R"({"a":{"b":[1,[2]]}})"}});
        break;
      case 2:
        all_.push_back({{"replace", pointer, "[]"}});
        break;
      default:
        all_.push_back({{"replace", pointer, "true"},
                        {"replace", pointer, R"(["x",{"z":0}])"}});
    }
    all_.push_back({{"test", pointer, node.ToJson()}});
  }

  static constexpr size_t kMost = 60;

  std::vector<Patch> all_;
  size_t turn_ = 0;
};

// Values that stand in another place than where they are read.
bool SharesValues(const std::string& text) {
  static const std::regex kAlias(R"((^|[\s\[{,])[*&][A-Za-z])");
  return std::regex_search(text, kAlias);
}

// What of `name` was refused; the rest held.
std::vector<std::string> RefusalsIn(const std::string& name,
                                    const std::string& text, size_t& done) {
  SCOPED_TRACE(name);
  std::vector<std::string> refused;
  const Stream stream = yaml::Parse(text, {});
  const size_t documents = std::min<size_t>(stream.documents.size(), 12);
  for (size_t i = 0; i < documents; ++i) {
    const Patches patches(stream.documents[i].root());
    for (const Patch& patch : patches.all()) {
      if (EditAndCompare(text, stream, i, patch) == Outcome::kDone) {
        ++done;
        continue;
      }
      refused.push_back(name + ": document " + std::to_string(i) + ": " +
                        WritePatch(patch));
    }
    if (::testing::Test::HasFailure()) break;
  }
  return refused;
}

bool IsManifest(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

std::vector<fs::path> ManifestsBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    constexpr uintmax_t kLargest = 32 << 10;
    const bool is_wanted = entry.is_regular_file() &&
                           IsManifest(entry.path()) &&
                           entry.file_size() <= kLargest;
    if (is_wanted) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Everything holds, and nothing is refused but what shares values or is broken
// anyhow.
void CheckFolder(const fs::path& folder) {
  const std::vector<fs::path> files = ManifestsBelow(folder);
  ASSERT_FALSE(files.empty()) << folder;
  size_t done = 0;
  for (const fs::path& file : files) {
    const std::string text = ReadFile(file);
    const std::string name = file.lexically_relative(folder).string();
    const auto refused = RefusalsIn(name, text, done);
    const bool is_odd =
        SharesValues(text) || !yaml::Parse(text, {}).problems.empty();
    if (!is_odd) {
      EXPECT_THAT(refused, IsEmpty());
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(done, files.size());
}

TEST(EditProperty, ManifestsOfTheProject) {
  for (const char* folder : {"examples", "test/manifests", "test/golden",
                             "test/fuzz/corpus/yaml", "manifests"}) {
    CheckFolder(fs::path(MESHVET_SOURCE_DIR) / folder);
  }
}

TEST(EditProperty, RecordedCorpus) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests are alone
  const char* corpus = std::getenv("MESHVET_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "MESHVET_CORPUS is not set";
  CheckFolder(corpus);
}

std::string WithCrLf(const std::string& text) {
  return std::regex_replace(text, std::regex("\n"), "\r\n");
}

std::string WithoutLastLineEnd(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// One example, in the ways people keep files.
std::vector<std::string> Spellings(std::string_view yaml) {
  const std::string text(yaml);
  const Stream stream = yaml::Parse(text, {});
  std::string json = stream.documents.front().root().ToJson();
  return {text,
          WithCrLf(text),
          WithoutLastLineEnd(text),
          "\xEF\xBB\xBF" + text,
          json,
          "---\n# one\n---\n" + text + "\n---\na: 1\n"};
}

TEST(EditProperty, FixesOfEveryRule) {
  size_t fixes = 0;
  for (const rules::Rule* rule : rules::AllRules()) {
    for (const rules::Example& example : rule->bad) {
      SCOPED_TRACE(std::string(rule->id) + ": " + std::string(example.title));
      const Scene scene(example.yaml, {.complete = example.is_whole_mesh});
      const auto evaluation = Judge(rule->id, scene, example.options);
      for (const rules::Finding& finding : evaluation.findings) {
        if (finding.fix.empty()) continue;
        ++fixes;
        for (const std::string& text : Spellings(example.yaml)) {
          SCOPED_TRACE(text);
          const Stream stream = yaml::Parse(text, {});
          EXPECT_EQ(EditAndCompare(text, stream, 0, finding.fix),
                    Outcome::kDone);
        }
      }
    }
  }
  constexpr size_t kAtLeast = 20;  // there are rules without any
  EXPECT_GE(fixes, kAtLeast);
}

}  // namespace
}  // namespace meshvet::test
