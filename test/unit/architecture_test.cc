// Holds the sources against the picture in docs/architecture.md: which folder
// may include what, how long a file may grow, what no file may mention.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// A prefix of what may stand between the quotes or brackets of an #include.
using Prefixes = std::vector<std::string_view>;

// The arrows of the picture: of ours, and of others. The standard library and
// the system's headers are everyone's.
const std::map<std::string_view, Prefixes>& AllowedIncludes() {
  static const std::map<std::string_view, Prefixes> kAllowed = {
      {"mesh", {"mesh/", "rapidjson/"}},
      {"rules", {"rules/", "mesh/"}},
      {"yaml", {"yaml/", "mesh/", "yaml.h"}},
      {"lint", {"lint/", "rules/", "yaml/", "mesh/", "nlohmann/"}},
      {"certs", {"certs/", "mesh/result.h", "openssl/"}},
      {"cluster",
       {"cluster/", "certs/base64.h", "yaml/", "mesh/", "nlohmann/",
        "openssl/"}},
      {"webhook",
       {"webhook/", "certs/", "rules/", "mesh/", "httplib.h", "openssl/",
        "spdlog/", "prometheus/", "nlohmann/"}},
      {"ruletest",
       {"ruletest/", "webhook/", "lint/", "rules/", "yaml/", "mesh/",
        "nlohmann/"}},
      {"cli",
       {"cli/", "ruletest/", "webhook/", "cluster/", "certs/", "lint/",
        "rules/", "mesh/", "CLI/", "nlohmann/"}},
  };
  return kAllowed;
}

// The rooms of lint/, each above those it may include.
constexpr std::array<std::string_view, 6> kStoreysOfLint = {
    "lint/command/", "lint/fix/",    "lint/",
    "lint/config/",  "lint/report/", "lint/input/"};

// Third parties a header of ours must not hand on, with what it may use
// instead.
constexpr std::array<std::string_view, 9> kNotInHeaders = {
    "httplib.h",   "nlohmann/", "openssl/", "rapidjson/", "spdlog/",
    "prometheus/", "CLI/",      "yaml.h",   "benchmark/"};
constexpr std::string_view kForwardDeclarations = "rapidjson/fwd.h";
// Headers that are part of one library's inside and say so.
constexpr std::array<std::string_view, 5> kPrivateHeaders = {
    "mesh/document_tree.h", "yaml/event_reader.h", "certs/openssl_pointers.h",
    "certs/certificate_facts.h", "certs/certificate_factory.h"};

// Words that have no business in a source of this project. Spelt in pieces so
// that this file passes.
const std::vector<std::string>& ForbiddenWords() {
  static const std::vector<std::string> kWords = {
      std::string("TO") + "DO",   std::string("FIX") + "ME",
      std::string("XX") + "X:",   std::string("/wo") + "rk/",
      std::string("/home") + "/", std::string("\"/tm") + "p/"};
  return kWords;
}

constexpr int kMaxLines = 600;

struct Source {
  std::string path;  // from the project's root
  std::vector<std::string> lines;
};

std::vector<std::string> ReadLines(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Source> SourcesBelow(std::string_view folder) {
  const std::filesystem::path root = MESHVET_SOURCE_DIR;
  std::vector<Source> sources;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root / folder)) {
    const std::filesystem::path& file = entry.path();
    if (file.extension() != ".cc" && file.extension() != ".h") continue;
    sources.push_back({file.lexically_relative(root), ReadLines(file)});
  }
  return sources;
}

// What the program is made of. Tests may look inside a library.
std::vector<Source> ProgramSources() {
  std::vector<Source> all;
  for (const auto& [folder, allowed] : AllowedIncludes()) {
    std::ranges::move(SourcesBelow(folder), std::back_inserter(all));
  }
  return all;
}

std::vector<Source> AllSources() {
  std::vector<Source> all = ProgramSources();
  std::ranges::move(SourcesBelow("test"), std::back_inserter(all));
  return all;
}

// What line `line` includes; empty if it is no #include.
std::string_view IncludeOf(std::string_view line) {
  constexpr std::string_view kDirective = "#include ";
  if (!line.starts_with(kDirective)) return {};
  line.remove_prefix(kDirective.size() + 1);
  return line.substr(0, line.find_first_of("\">"));
}

bool StartsWithAny(std::string_view text, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) {
    return text.starts_with(prefix);
  });
}

// <vector>, <cstdint>, <sys/socket.h>, <unistd.h>: not a third party's.
bool IsSystemHeader(std::string_view include) {
  constexpr std::array<std::string_view, 4> kFolders = {"sys/", "netinet/",
                                                        "arpa/", "linux/"};
  if (StartsWithAny(include, kFolders)) return true;
  if (include.find('/') != std::string_view::npos) return false;
  return include != "httplib.h" && include != "yaml.h";
}

// "path:line: text" for each line of `sources` that `is_wrong` objects to.
std::vector<std::string> Complaints(
    const std::vector<Source>& sources,
    const std::function<bool(const Source&, std::string_view)>& is_wrong) {
  std::vector<std::string> complaints;
  for (const Source& source : sources) {
    for (size_t i = 0; i < source.lines.size(); ++i) {
      if (!is_wrong(source, source.lines[i])) continue;
      complaints.push_back(source.path + ":" + std::to_string(i + 1) + ": " +
                           source.lines[i]);
    }
  }
  return complaints;
}

TEST(Architecture, EachFolderIncludesOnlyWhatThePictureAllows) {
  for (const auto& entry : AllowedIncludes()) {
    const Prefixes& allowed = entry.second;
    const std::vector<Source> sources = SourcesBelow(entry.first);
    EXPECT_THAT(sources, Not(IsEmpty())) << entry.first;
    EXPECT_THAT(Complaints(sources,
                           [&](const Source&, std::string_view line) {
                             const std::string_view include = IncludeOf(line);
                             return !include.empty() &&
                                    !IsSystemHeader(include) &&
                                    !StartsWithAny(include, allowed);
                           }),
                IsEmpty());
  }
}

TEST(Architecture, NoStoreyOfLintIncludesOneAboveIt) {
  const auto storey_of = [](std::string_view path) {
    const std::string_view folder = path.substr(0, path.rfind('/') + 1);
    return std::ranges::find(kStoreysOfLint, folder);
  };
  for (const Source& source : SourcesBelow("lint")) {
    EXPECT_NE(storey_of(source.path), kStoreysOfLint.end()) << source.path;
  }
  EXPECT_THAT(Complaints(SourcesBelow("lint"),
                         [&](const Source& source, std::string_view line) {
                           const std::string_view include = IncludeOf(line);
                           return include.starts_with("lint/") &&
                                  storey_of(include) < storey_of(source.path);
                         }),
              IsEmpty());
}

TEST(Architecture, ThePictureNamesEveryFolder) {
  const std::vector<std::string> page = ReadLines(
      std::filesystem::path(MESHVET_SOURCE_DIR) / "docs/architecture.md");
  for (const auto& entry : AllowedIncludes()) {
    const std::string row = "| `" + std::string(entry.first) + "/` |";
    EXPECT_TRUE(std::ranges::any_of(page, [&](const std::string& line) {
      return line.starts_with(row);
    })) << row;
  }
}

TEST(Architecture, NoHeaderHandsOnAThirdPartysHeader) {
  EXPECT_THAT(Complaints(ProgramSources(),
                         [](const Source& source, std::string_view line) {
                           if (!source.path.ends_with(".h")) return false;
                           if (StartsWithAny(source.path, kPrivateHeaders)) {
                             return false;
                           }
                           const std::string_view include = IncludeOf(line);
                           return include != kForwardDeclarations &&
                                  StartsWithAny(include, kNotInHeaders);
                         }),
              IsEmpty());
}

TEST(Architecture, PrivateHeadersStayInTheirFolder) {
  EXPECT_THAT(Complaints(ProgramSources(),
                         [](const Source& source, std::string_view line) {
                           const std::string_view include = IncludeOf(line);
                           const std::string_view folder =
                               include.substr(0, include.find('/') + 1);
                           return StartsWithAny(include, kPrivateHeaders) &&
                                  !include.empty() &&
                                  !source.path.starts_with(folder);
                         }),
              IsEmpty());
}

TEST(Architecture, NoFileIsLongerThanOneCanHoldInMind) {
  std::vector<std::string> too_long;
  for (const Source& source : AllSources()) {
    if (source.lines.size() > kMaxLines) {
      too_long.push_back(source.path + ": " +
                         std::to_string(source.lines.size()) + " lines");
    }
  }
  EXPECT_THAT(too_long, IsEmpty());
}

TEST(Architecture, NoSourceMentionsWhatDoesNotBelong) {
  EXPECT_THAT(Complaints(AllSources(),
                         [](const Source&, std::string_view line) {
                           return std::ranges::any_of(
                               ForbiddenWords(), [&](const std::string& word) {
                                 return line.find(word) !=
                                        std::string_view::npos;
                               });
                         }),
              IsEmpty());
}

TEST(Architecture, HeadersAreGuardedByTheirPath) {
  std::vector<std::string> unguarded;
  for (const Source& source : AllSources()) {
    if (!source.path.ends_with(".h")) continue;
    std::string guard = "MESHVET_" + source.path + "_";
    std::ranges::transform(guard, guard.begin(), [](char c) {
      return c == '/' || c == '.' ? '_' : static_cast<char>(std::toupper(c));
    });
    if (std::ranges::find(source.lines, "#define " + guard) ==
        source.lines.end()) {
      unguarded.push_back(source.path + ": expected " + guard);
    }
  }
  EXPECT_THAT(unguarded, IsEmpty());
}

}  // namespace
}  // namespace meshvet
