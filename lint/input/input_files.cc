#include "lint/input/input_files.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "lint/input/ignore_files.h"
#include "lint/input/path_glob.h"

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

bool IsHidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.size() > 1 && name[0] == '.' && name != "..";
}

bool IsKustomization(const std::string& name) {
  return name == "kustomization.yaml" || name == "kustomization.yml" ||
         name == "Kustomization";
}

// Whether `error` says that there is nothing, not that one may not look.
bool SaysMissing(const std::error_code& error) {
  return !error || error == std::errc::no_such_file_or_directory ||
         error == std::errc::not_a_directory;
}

// "./a//b/" -> "a/b"; "." stays.
std::string Tidy(const fs::path& path) {
  std::string text = path.lexically_normal().generic_string();
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// A filter that is asked about many files: what its globs are relative to is
// found once.
class Selection {
 public:
  explicit Selection(const PathFilter& filter)
      : filter_(filter), paths_(filter.base) {}

  bool Allows(const std::string& path) const {
    const std::string relative = paths_.Of(path);
    const auto matches = [&](const std::string& glob) {
      return PathMatches(glob, relative);
    };
    return (filter_.include.empty() ||
            std::ranges::any_of(filter_.include, matches)) &&
           std::ranges::none_of(filter_.exclude, matches);
  }

 private:
  const PathFilter& filter_;
  const RelativePaths paths_;
};

std::vector<Selection> SelectionsOf(const std::vector<PathFilter>& filters) {
  std::vector<Selection> selections;
  for (const PathFilter& filter : filters) {
    const bool allows_all = filter.include.empty() && filter.exclude.empty();
    if (!allows_all) selections.emplace_back(filter);
  }
  return selections;
}

// Below a directory everything is wanted, behind a glob what matches it.
constexpr const char* kEverything = "";

class Finder {
 public:
  explicit Finder(const InputOptions& options)
      : options_(options), selections_(SelectionsOf(options.filters)) {}

  // False if there is nothing by that name.
  bool Add(const std::string& argument) {
    if (argument == kStdin) {
      AddPath(argument);
      return true;
    }
    std::error_code error;
    const fs::file_status status = fs::status(argument, error);
    if (fs::is_directory(status)) {
      WalkFrom(Tidy(argument), kEverything);
    } else if (fs::exists(status)) {
      AddPath(Tidy(argument));
    } else if (!SaysMissing(error)) {
      found_.failures.push_back({error.message(), argument});
    } else {
      return HasGlob(argument) && AddGlob(argument);
    }
    return true;
  }

  InputFiles Take() { return std::move(found_); }

 private:
  void AddPath(const std::string& path) {
    if (!seen_.insert(path).second) return;
    if (found_.paths.size() >= options_.max_files) {
      Skip(path, "more than " + std::to_string(options_.max_files) + " files");
      return;
    }
    found_.paths.push_back(path);
  }

  void Skip(const std::string& path, std::string reason) {
    found_.skipped.push_back({path, std::move(reason)});
  }

  bool AddGlob(const std::string& glob) {
    const std::string tidy = Tidy(glob);
    const size_t before = found_.paths.size();
    const size_t plain = tidy.find_last_of('/', tidy.find_first_of("*?["));
    const bool here = plain == tidy.npos;
    WalkFrom(here ? "." : tidy.substr(0, std::max<size_t>(plain, 1)), tidy);
    return found_.paths.size() > before || seen_.contains(tidy);
  }

  // A directory that was named is read even if it is ignored.
  void WalkFrom(const std::string& directory, const std::string& glob) {
    Walk(directory, glob, 0,
         options_.obeys_gitignore ? IgnoreFiles::Above(Absolute(directory))
                                  : IgnoreFiles());
  }

  void Walk(const std::string& directory, const std::string& glob, size_t depth,
            const IgnoreFiles& above) {
    if (depth > options_.max_depth) {
      Skip(directory, "nested too deeply");
      return;
    }
    std::error_code error;
    if (options_.follow_symlinks) {
      const std::string real = fs::canonical(directory, error).string();
      // A link back to a parent would never end.
      if (!error && !entered_.insert(real).second) return;
    }
    std::vector<fs::directory_entry> entries = ReadDirectory(directory);
    if (glob.empty() && IsRenderedElsewhere(directory, entries)) return;
    const IgnoreFiles ignored = options_.obeys_gitignore
                                    ? above.Below(Absolute(directory))
                                    : IgnoreFiles();
    for (const fs::directory_entry& entry : entries) {
      Visit(entry, glob, depth, ignored);
    }
  }

  std::string Absolute(const std::string& path) const {
    return Tidy(working_directory_ / path);
  }

  static fs::path WorkingDirectory() {
    std::error_code error;
    return fs::current_path(error);
  }

  bool IsManifest(const fs::path& path) const {
    const std::string extension = path.extension().string();
    return extension.size() > 1 &&
           std::ranges::find(options_.extensions, extension.substr(1)) !=
               options_.extensions.end();
  }

  std::vector<fs::directory_entry> ReadDirectory(const std::string& directory) {
    std::vector<fs::directory_entry> entries;
    std::error_code error;
    fs::directory_iterator at(directory, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      entries.push_back(*at);
    }
    if (error) found_.failures.push_back({error.message(), directory});
    // All begin with `directory`.
    std::ranges::sort(
        entries, {},
        [](const fs::directory_entry& entry) -> const std::string& {
          return entry.path().native();
        });
    return entries;
  }

  // Notes a chart or a kustomization; true if its files are not to be read.
  bool IsRenderedElsewhere(const std::string& directory,
                           const std::vector<fs::directory_entry>& entries) {
    for (const fs::directory_entry& entry : entries) {
      const std::string name = entry.path().filename().string();
      if (name == "Chart.yaml") {
        found_.rendered_elsewhere.push_back(
            {RenderedElsewhere::Kind::kHelm, directory, Tidy(entry.path())});
        Skip(directory, "Helm chart, to be rendered first");
        return true;
      }
      if (IsKustomization(name)) {
        const std::string path = Tidy(entry.path());
        found_.rendered_elsewhere.push_back(
            {RenderedElsewhere::Kind::kKustomize, directory, path});
        Skip(path, "Kustomization, to be built first");
      }
    }
    return false;
  }

  void Visit(const fs::directory_entry& entry, const std::string& glob,
             size_t depth, const IgnoreFiles& ignored) {
    const std::string path = Tidy(entry.path());
    std::error_code error;
    if (IsHidden(entry.path())) return Skip(path, "hidden");
    const bool is_link = entry.is_symlink(error);
    const bool is_directory = entry.is_directory(error);
    if (is_link && !options_.follow_symlinks) {
      if (is_directory || IsManifest(entry.path())) {
        Skip(path, "symbolic link");
      }
      return;
    }
    const bool wanted =
        is_directory ||
        (glob.empty() ? IsManifest(entry.path()) : PathMatches(glob, path));
    if (wanted && ignored.Ignores(Absolute(path), is_directory)) {
      return Skip(path, "ignored by .gitignore");
    }
    if (is_directory) return Walk(path, glob, depth + 1, ignored);
    if (!wanted || IsKustomization(entry.path().filename().string())) return;
    if (!entry.is_regular_file(error)) return Skip(path, "not a regular file");
    if (!IsSelected(path)) return Skip(path, "excluded");
    AddPath(path);
  }

  bool IsSelected(const std::string& path) const {
    return std::ranges::all_of(selections_, [&](const Selection& selection) {
      return selection.Allows(path);
    });
  }

  const InputOptions& options_;
  const std::vector<Selection> selections_;
  const fs::path working_directory_ = WorkingDirectory();
  InputFiles found_;
  std::set<std::string> seen_;
  std::set<std::string> entered_;
};

}  // namespace

Result<InputFiles> FindInputFiles(const std::vector<std::string>& arguments,
                                  const InputOptions& options) {
  Finder finder(options);
  for (const std::string& argument : arguments) {
    if (finder.Add(argument)) continue;
    return Error{HasGlob(argument) ? "no file matches" : "no such file",
                 argument};
  }
  return finder.Take();
}

RelativePaths::RelativePaths(const std::string& base) {
  std::error_code error;
  root_ = fs::weakly_canonical(base.empty() ? "." : base, error);
  below_ = root_.generic_string();
  if (!below_.ends_with('/')) below_ += '/';
  working_directory_ = fs::current_path(error);
}

std::string RelativePaths::Of(const std::string& path) const {
  const fs::path file = (working_directory_ / path).lexically_normal();
  const std::string& text = file.native();
  if (text.size() > below_.size() && text.starts_with(below_)) {
    return text.substr(below_.size());
  }
  const fs::path relative = file.lexically_relative(root_);
  if (relative.empty() || *relative.begin() == "..") return Tidy(path);
  return relative.generic_string();
}

}  // namespace meshvet::lint
