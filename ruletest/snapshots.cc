#include "ruletest/snapshots.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "lint/report/output.h"

namespace meshvet::ruletest {
namespace {

namespace fs = std::filesystem;

bool IsBelow(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

// Symbolic links are followed: what they lead to is what would be written.
bool MayWrite(const std::string& path, const std::string& test_file) {
  std::error_code error;
  const fs::path target =
      fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) return false;
  const fs::path here = fs::canonical(fs::current_path(error), error);
  if (!error && IsBelow(target, here)) return true;
  const fs::path test = fs::canonical(test_file, error);
  return !error && IsBelow(target, test.parent_path());
}

class Writer {
 public:
  void Write(const std::string& test_file, CaseOutcome& one) {
    for (const Snapshot& snapshot : one.snapshots) {
      const std::optional<Error> error = Write(test_file, snapshot);
      if (!error) continue;
      one.status = Status::kError;
      one.is_unfinished = true;
      one.problems.push_back({error->where, error->message, {}});
    }
  }

  std::vector<std::string> Paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, text] : written_) paths.push_back(path);
    return paths;
  }

 private:
  std::optional<Error> Write(const std::string& test_file,
                             const Snapshot& snapshot) {
    const auto earlier = written_.find(snapshot.path);
    if (earlier != written_.end()) {
      if (earlier->second == snapshot.text) return std::nullopt;
      return Error{"another case wants another text in it", snapshot.path};
    }
    if (!MayWrite(snapshot.path, test_file)) {
      return Error{
          "lies neither below the working directory nor beside the test; not "
          "written",
          snapshot.path};
    }
    const auto done = lint::WriteFile(snapshot.path, snapshot.text);
    if (!done) return done.error();
    written_.emplace(snapshot.path, snapshot.text);
    return std::nullopt;
  }

  std::map<std::string, std::string> written_;
};

}  // namespace

std::vector<std::string> WriteSnapshots(std::vector<TestOutcome>& tests) {
  Writer writer;
  for (TestOutcome& test : tests) {
    for (CaseOutcome& one : test.cases) writer.Write(test.file, one);
  }
  return writer.Paths();
}

}  // namespace meshvet::ruletest
