#include "lint/config/configuration.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "lint/input/input_files.h"
#include "lint/input/path_glob.h"
#include "lint/input/source_file.h"

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxBytes = 4 << 20;

// The folder a path of the command line stands for.
fs::path FolderOf(const std::string& path) {
  std::error_code error;
  if (path == kStdin) return fs::current_path(error);
  fs::path folder = fs::weakly_canonical(path, error);
  if (error) folder = fs::absolute(path, error).lexically_normal();
  while (HasGlob(folder.string()) && !fs::exists(folder, error)) {
    folder = folder.parent_path();
  }
  if (!fs::is_directory(folder, error)) folder = folder.parent_path();
  return folder;
}

fs::path CommonFolder(const std::vector<std::string>& paths) {
  std::error_code error;
  if (paths.empty()) return fs::current_path(error);
  fs::path common = FolderOf(paths.front());
  for (const std::string& path : paths) {
    const fs::path folder = FolderOf(path);
    fs::path shared;
    auto other = folder.begin();
    for (const fs::path& part : common) {
      if (other == folder.end() || *other != part) break;
      shared /= part;
      ++other;
    }
    common = shared;
  }
  return common;
}

std::string At(const std::string& file, const yaml::Position& position) {
  return file + ":" + std::to_string(position.line) + ":" +
         std::to_string(position.column);
}

// A file with exactly one document, and where its values stand.
struct OneDocument {
  SourceFile file;
  const SourceDocument& document() const { return file.documents().front(); }
};

Result<std::shared_ptr<OneDocument>> ReadOne(const std::string& path) {
  Result<std::string> text = ReadText(path, kMaxBytes);
  if (!text) return text.error();
  auto one =
      std::make_shared<OneDocument>(OneDocument{{path, *std::move(text)}});
  one->file.Parse(1);
  if (!one->file.problems().empty()) {
    const yaml::Problem& problem = one->file.problems().front();
    return Error{problem.message, At(path, problem.range.start)};
  }
  if (one->file.documents().size() != 1) {
    return Error{one->file.documents().empty() ? "the file is empty"
                                               : "more than one document",
                 path};
  }
  return one;
}

// Reads what `extends` names, and remembers it for the positions of errors.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  std::variant<Configuration, std::vector<Error>> Read() {
    const Result<std::shared_ptr<OneDocument>> main = ReadOne(file_);
    if (!main) return std::vector{main.error()};
    std::variant<rules::Policy, rules::PolicyErrors> policy = rules::ReadPolicy(
        (*main)->document().document(),
        [this](std::string_view path) { return Extended(path); });
    if (const auto* errors = std::get_if<rules::PolicyErrors>(&policy)) {
      return Locate(errors->errors, **main);
    }
    const std::string folder = fs::path(file_).parent_path().string();
    Configuration configuration{std::get<rules::Policy>(std::move(policy)),
                                file_,
                                folder.empty() ? "." : folder,
                                {}};
    configuration.sources[""] = FileOf(*main);
    for (const auto& [path, document] : extended_) {
      configuration.sources[path] = FileOf(document);
    }
    return configuration;
  }

 private:
  static std::shared_ptr<const SourceFile> FileOf(
      const std::shared_ptr<OneDocument>& one) {
    return {one, &one->file};
  }

  Result<std::shared_ptr<const Document>> Extended(std::string_view path) {
    const fs::path file = fs::path(file_).parent_path() / path;
    Result<std::shared_ptr<OneDocument>> one =
        ReadOne(file.lexically_normal().string());
    if (!one) return one.error();
    extended_.emplace_back(path, *one);
    return (*one)->document().document();
  }

  // `where` is a pointer, after the file's name for an extended one.
  Error Locate(const Error& error, const OneDocument& main) const {
    const OneDocument* one = &main;
    std::string_view pointer = error.where;
    for (const auto& [path, document] : extended_) {
      if (!pointer.starts_with(path)) continue;
      one = document.get();
      pointer.remove_prefix(path.size());
      if (pointer.starts_with(':')) pointer.remove_prefix(1);
      break;
    }
    return {error.message,
            At(one->file.name(), one->document().Anchor(pointer).start)};
  }

  std::vector<Error> Locate(const std::vector<Error>& errors,
                            const OneDocument& main) const {
    std::vector<Error> located;
    located.reserve(errors.size());
    for (const Error& error : errors) located.push_back(Locate(error, main));
    return located;
  }

  std::string file_;
  std::vector<std::pair<std::string, std::shared_ptr<OneDocument>>> extended_;
};

bool IsRepository(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / ".git", error);
}

}  // namespace

std::string FindConfiguration(const std::vector<std::string>& paths) {
  std::error_code error;
  for (fs::path folder = CommonFolder(paths);; folder = folder.parent_path()) {
    for (const char* name : {".meshvet.yaml", ".meshvet.yml"}) {
      const fs::path file = folder / name;
      if (fs::exists(file, error)) {
        return fs::proximate(file, error).string();
      }
    }
    if (IsRepository(folder) || folder == folder.root_path()) return {};
  }
}

std::string FindRoot(const std::vector<std::string>& paths) {
  std::error_code error;
  for (fs::path folder = CommonFolder(paths); folder != folder.root_path();
       folder = folder.parent_path()) {
    if (IsRepository(folder)) return folder.string();
  }
  return fs::current_path(error).string();
}

std::variant<Configuration, std::vector<Error>> ReadConfiguration(
    const std::string& file) {
  return Reader(file).Read();
}

Result<std::shared_ptr<const Document>> ReadOneDocument(
    const std::string& file) {
  const Result<std::shared_ptr<OneDocument>> one = ReadOne(file);
  if (!one) return one.error();
  return (*one)->document().document();
}

}  // namespace meshvet::lint
