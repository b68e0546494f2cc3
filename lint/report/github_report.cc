#include "lint/report/github_report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lint/report/columns.h"
#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"

namespace meshvet::lint {
namespace {

constexpr size_t kMaxOfALevel = 10;

struct Level {
  rules::Severity severity;
  std::string_view command;
  std::string_view many;
};

constexpr std::array<Level, 3> kLevels = {
    {{rules::Severity::kError, "error", "errors"},
     {rules::Severity::kWarning, "warning", "warnings"},
     {rules::Severity::kInfo, "notice", "notices"}}};

using Escapes = std::pair<char, std::string_view>;
constexpr std::array<Escapes, 5> kEscapes = {
    {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {':', "%3A"}, {',', "%2C"}}};
constexpr size_t kEscapesOfData = 3;

std::string Escape(std::string_view text, size_t escapes) {
  std::string escaped;
  for (const char c : text) {
    const auto end = kEscapes.begin() + static_cast<std::ptrdiff_t>(escapes);
    const auto found = std::find_if(
        kEscapes.begin(), end, [c](const auto& one) { return one.first == c; });
    if (found == end) {
      escaped += c;
    } else {
      escaped += found->second;
    }
  }
  return escaped;
}

// Foreign text, in one line that no other agent takes for a command either.
std::string Shown(std::string_view foreign) {
  return WithoutLogCommands(Printable(foreign), kSpacedNumberSign);
}

class Writer {
 public:
  explicit Writer(const Report& report)
      : report_(report), paths_(report.repository) {}

  std::string Write() {
    const Diagnostics shown = lint::Shown(report_);
    for (const Error& failure : report_.failures) WriteFailure(failure);
    for (const Level& level : kLevels) WriteLevel(level, shown);
    return std::move(text_);
  }

 private:
  void WriteLevel(const Level& level, const Diagnostics& shown) {
    Diagnostics of_level;
    std::ranges::copy_if(shown, std::back_inserter(of_level),
                         [&](const Diagnostic* one) {
                           return one->finding.severity == level.severity;
                         });
    const bool is_error = level.severity == rules::Severity::kError;
    const size_t taken = is_error ? report_.failures.size() : 0;
    const size_t room = kMaxOfALevel - std::min(kMaxOfALevel, taken);
    const size_t fitting = of_level.size() <= room
                               ? of_level.size()
                               : std::max<size_t>(room, 1) - 1;
    for (size_t i = 0; i < fitting; ++i) WriteOne(level, *of_level[i]);
    if (fitting == of_level.size()) return;
    text_.append("::").append(level.command).append(" title=meshvet::");
    text_ += std::to_string(of_level.size() - fitting) + " more ";
    text_.append(level.many).append("\n");
  }

  void WriteFailure(const Error& failure) {
    text_ += "::error file=" + Property(paths_.Of(failure.where)) +
             ",title=meshvet::" + EscapeCommandData(Shown(failure.message)) +
             "\n";
  }

  void WriteOne(const Level& level, const Diagnostic& diagnostic) {
    const yaml::Range& range = diagnostic.range;
    text_.append("::").append(level.command).append(" file=");
    text_ += Property(paths_.Of(diagnostic.path));
    text_ += ",line=" + std::to_string(range.start.line) +
             ",endLine=" + std::to_string(range.end.line);
    // GitHub refuses columns of several lines.
    if (range.start.line == range.end.line) {
      const Columns& columns = columns_.Of(diagnostic.file);
      text_ += ",col=" + std::to_string(columns.Utf16(range.start)) +
               ",endColumn=" + std::to_string(columns.Utf16(range.end));
    }
    text_ += ",title=" + Property(std::string(diagnostic.finding.rule));
    text_ += "::" + MessageOf(diagnostic) + "\n";
  }

  static std::string MessageOf(const Diagnostic& diagnostic) {
    std::string message = Shown(diagnostic.finding.message);
    const std::string object = Shown(diagnostic.object.Title());
    if (!object.empty()) message += "\n" + object;
    for (const std::string& note : diagnostic.finding.notes) {
      message += "\n" + Shown(note);
    }
    return EscapeCommandData(message);
  }

  // The runner drops a property that is empty; none of ours is.
  static std::string Property(const std::string& foreign) {
    return EscapeCommandProperty(Shown(foreign));
  }

  const Report& report_;
  RepositoryPaths paths_;
  ColumnsOfFiles columns_;
  std::string text_;
};

}  // namespace

std::string EscapeCommandData(std::string_view text) {
  return Escape(text, kEscapesOfData);
}

std::string EscapeCommandProperty(std::string_view text) {
  return Escape(text, kEscapes.size());
}

std::string WriteGithub(const Report& report) { return Writer(report).Write(); }

}  // namespace meshvet::lint
