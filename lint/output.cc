#include "lint/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "mesh/suggestion.h"

namespace meshvet::lint {
namespace {

Error UnknownFormat(std::string_view name) {
  return {"unknown format \"" + std::string(name) + "\"" +
              DidYouMean(name, FormatNames()) + "; there are " + FormatList(),
          "--output"};
}

Error Failure(const std::string& path) {
  return {std::generic_category().message(errno), path};
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// A device or a pipe cannot be replaced, only written to.
bool IsReplaceable(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  return !std::filesystem::exists(status) ||
         std::filesystem::is_regular_file(status);
}

}  // namespace

Result<Output> ParseOutput(std::string_view text) {
  const size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  const ReportFormat* format = FindFormat(name);
  if (format == nullptr) return UnknownFormat(name);
  Output output{format, {}};
  if (equals == text.size()) return output;
  output.file = text.substr(equals + 1);
  if (output.file.empty()) {
    return Error{"no file after \"" + std::string(name) + "=\"", "--output"};
  }
  return output;
}

Result<std::vector<Output>> ParseOutputs(
    const std::vector<std::string>& texts) {
  std::vector<Output> outputs;
  for (const std::string& text : texts) {
    Result<Output> output = ParseOutput(text);
    if (!output) return output.error();
    outputs.push_back(*std::move(output));
  }
  if (outputs.empty()) outputs.emplace_back();
  if (std::ranges::count(outputs, std::string(), &Output::file) > 1) {
    return Error{
        "only one format can go to standard output; "
        "name a file for the others, as in json=report.json",
        "--output"};
  }
  return outputs;
}

Result<Unit> WriteFile(const std::string& path, std::string_view content) {
  const bool replace = IsReplaceable(path);
  std::string target = path;
  if (replace) target += "." + std::to_string(getpid()) + ".tmp";
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replace ? O_TRUNC : 0);
  const int fd = open(target.c_str(), flags, 0666);
  if (fd < 0) return Failure(path);
  const bool written = WriteAll(fd, content);
  const bool closed = close(fd) == 0;
  if (written && closed &&
      (!replace || std::rename(target.c_str(), path.c_str()) == 0)) {
    return Unit{};
  }
  const Error failure = Failure(path);
  if (replace) unlink(target.c_str());
  return failure;
}

}  // namespace meshvet::lint
