#include "lint/command/fix_command.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include "lint/command/exit_code.h"
#include "lint/fix/fixer.h"
#include "lint/fix/suppress_add.h"
#include "lint/fix/unified_diff.h"
#include "lint/fix/write_back.h"
#include "lint/input/source_file.h"
#include "lint/report/counted.h"
#include "lint/report/output.h"
#include "lint/report/printable.h"
#include "lint/report/text_report.h"

namespace meshvet::lint {
namespace {

std::string Place(const std::string& path, const yaml::Position& at) {
  return Printable(path) + ":" + std::to_string(at.line) + ":" +
         std::to_string(at.column);
}

class Command {
 public:
  Command(const FixOptions& options, LintSetup setup,
          const Environment& environment)
      : options_(options),
        setup_(std::move(setup)),
        environment_(environment) {}

  LintOutcome Run() {
    if (const Complaints complaints = FindMisuse(); !complaints.empty()) {
      return Refuse(complaints);
    }
    FixRequest request{setup_.request, IsUnsafeWanted()};
    if (ReadsStdin() || options_.prints_text) {
      // Standard input can be read only once, but is judged several times; and
      // a file that is printed has to be the one that was judged.
      const std::string path = ReadsStdin() ? kStdin : OnlyPath();
      Result<std::string> text = ReadText(path, MaxBytes());
      if (!text) return {kExitUnfinished, {}, Text({WhyNotRead(text.error())})};
      original_ = *text;
      request.lint.texts[path] = *std::move(text);
    }
    Result<FixRun> run =
        IsAdding()
            ? AddIgnores({request.lint, options_.add_ignore, options_.reason})
            : Fix(request);
    if (!run) return Refuse({run.error()});
    run_ = *std::move(run);
    Result<Report> left = AgainstBaseline(setup_, std::move(run_.left));
    if (!left) return Refuse({left.error()});
    run_.left = *std::move(left);
    left_unsafe_ = request.unsafe ? 0 : run_.left.summary.fixable_unsafely;
    return run_.is_stopped ? SettleStopped() : Settle();
  }

 private:
  bool IsUnsafeWanted() const {
    if (options_.safe) return false;
    return options_.unsafe || setup_.request.policy->fix_unsafe;
  }

  bool ReadsStdin() const {
    const auto& paths = setup_.options.paths;
    return std::ranges::find(paths, kStdin) != paths.end();
  }
  // Whether the new text goes to standard output.
  bool PrintsText() const {
    return !WritesNothing() && (ReadsStdin() || options_.prints_text);
  }
  const std::string& OnlyPath() const { return setup_.options.paths.front(); }
  bool IsAdding() const { return !options_.add_ignore.empty(); }
  bool WritesNothing() const { return options_.diff || options_.check; }
  size_t MaxBytes() const { return setup_.request.limits.max_bytes; }

  Complaints FindMisuse() const {
    if (options_.diff && options_.check) {
      return {{"--diff and --check exclude each other"}};
    }
    if (options_.safe && options_.unsafe) {
      return {{"--safe and --unsafe exclude each other"}};
    }
    if (options_.prints_text && WritesNothing()) {
      return {{"goes with neither --diff nor --check", "--stdout"}};
    }
    if (options_.prints_text && !IsOneFile()) {
      return {{"prints one file, or standard input", "--stdout"}};
    }
    if (IsAdding() && (options_.safe || options_.unsafe)) {
      return {{"goes with neither --safe nor --unsafe", "--add-ignore"}};
    }
    if (!IsAdding() && !options_.reason.empty()) {
      return {{"needs --add-ignore", "--reason"}};
    }
    if (ReadsStdin() && setup_.options.paths.size() > 1 && !WritesNothing()) {
      return {
          {"is mended alone: its new text goes to standard output", kStdin}};
    }
    return {};
  }

  bool IsOneFile() const {
    std::error_code error;
    return setup_.options.paths.size() == 1 &&
           (ReadsStdin() ||
            std::filesystem::is_regular_file(OnlyPath(), error));
  }

  Error WhyNotRead(const Error& error) const {
    return setup_.request.is_stopped()
               ? Error{"interrupted before it was read", error.where}
               : error;
  }

  // Standard output is for the diff or the new text where there is one.
  void KeepStandardOutputFree() {
    if (!WritesNothing() && !PrintsText()) return;
    std::erase_if(setup_.outputs,
                  [](const Output& output) { return output.file.empty(); });
  }

  // Nothing was mended; the report says what is known all the same.
  LintOutcome SettleStopped() {
    const auto unread = static_cast<size_t>(std::ranges::count(
        run_.left.skipped_files, kNotReadInTime, &SkippedFile::reason));
    KeepStandardOutputFree();
    LintOutcome outcome = Deliver(setup_, std::move(run_.left), environment_);
    outcome.err += "Interrupted: nothing mended, " + Counted(unread, "file") +
                   " not looked at\n";
    return outcome;
  }

  LintOutcome Settle() {
    std::string err;
    const bool written = WritesNothing() || PrintsText() || WriteFiles(err);
    std::string summary = Summary();
    const bool quiet = setup_.options.quiet;
    // Where the usual summary, of what would be left, is not told.
    if (WritesNothing()) {
      summary += WriteLeftOut(run_.left, setup_.options.verbose);
    }
    setup_.options.quiet = quiet || WritesNothing();
    KeepStandardOutputFree();
    LintOutcome outcome = Deliver(setup_, std::move(run_.left), environment_);
    outcome.err.insert(0, err + Story(quiet));
    if (!quiet) outcome.err += summary;
    if (options_.diff) {
      outcome.out = Diff();
    } else if (PrintsText()) {
      outcome.out = run_.files.empty() ? original_ : run_.files[0].after;
    }
    if (!written) outcome.exit_code = kExitUnfinished;
    if (WritesNothing() && outcome.exit_code <= kExitNo) {
      // Whether anything would change is the whole answer.
      const bool fails = !run_.files.empty() && !setup_.options.exit_zero;
      outcome.exit_code = fails ? kExitNo : 0;
    }
    return outcome;
  }

  bool WriteFiles(std::string& err) {
    const WrittenBack done = WriteBack(
        run_.files, MaxBytes(), [this] { return setup_.request.is_stopped(); });
    err += Text(done.failures);
    for (const Error& failure : done.failures) Forget(failure.where);
    for (const std::string& path : done.not_begun) Forget(path);
    if (!done.not_begun.empty()) {
      run_.left.failures.push_back({"interrupted before everything was written",
                                    done.not_begun.front()});
      err += "Interrupted: " + Counted(done.written, "file") + " mended, " +
             Counted(done.not_begun.size(), "file") + " left as before\n";
    }
    return done.failures.empty() && done.not_begun.empty();
  }

  // What was not written was not mended.
  void Forget(const std::string& path) {
    not_written_ += std::erase_if(
        run_.applied, [&](const AppliedFix& fix) { return fix.path == path; });
  }

  std::string Diff() const {
    std::string text;
    for (const FixedFile& file : run_.files) {
      const bool is_stdin = file.path == kStdin;
      text += UnifiedDiff(is_stdin ? setup_.options.stdin_filename : file.path,
                          file.before, file.after);
    }
    return text;
  }

  // Fix by fix, done and not done.
  std::string Story(bool quiet) const {
    std::string text;
    const std::string mended = WritesNothing() ? "would fix" : "fixed";
    const std::string silenced = WritesNothing() ? "would silence" : "silenced";
    const std::string& verb = IsAdding() ? silenced : mended;
    for (const AppliedFix& fix : run_.applied) {
      if (quiet) break;
      text += "meshvet: " + Place(fix.path, fix.at) + ": " + verb + " [" +
              fix.rule + "]" + (IsAdding() ? "" : ": " + Printable(fix.title)) +
              "\n";
    }
    for (const RefusedFix& fix : run_.refused) {
      text += "meshvet: " + Place(fix.path, fix.at) +
              (IsAdding() ? ": not silenced [" : ": not fixed [") + fix.rule +
              "]: " + Printable(fix.reason) + "\n";
    }
    return text;
  }

  // "Fixed 3 of 7 findings in 2 files (2 more with --unsafe, 2 by hand)".
  std::string Summary() const {
    const size_t fixed = run_.applied.size();
    const size_t left = run_.left.summary.total() + not_written_;
    const size_t by_hand = left - std::min(left, left_unsafe_);
    std::string text = WritesNothing() ? "Would fix " : "Fixed ";
    if (IsAdding()) text = WritesNothing() ? "Would silence " : "Silenced ";
    text += std::to_string(fixed) + " of " + Counted(fixed + left, "finding") +
            " in " + Counted(run_.left.summary.files, "file");
    if (left > 0 && !IsAdding()) {
      text += " (";
      if (left_unsafe_ > 0) {
        text += std::to_string(left_unsafe_) + " more with --unsafe, ";
      }
      text += std::to_string(by_hand) + " by hand)";
    }
    text += "\n";
    if (run_.is_cut_short) text += "there may be more: run it again\n";
    return text;
  }

  const FixOptions& options_;
  LintSetup setup_;
  const Environment& environment_;
  std::string original_;  // of what is printed
  FixRun run_;
  size_t left_unsafe_ = 0;  // what an unsafe fix would mend
  size_t not_written_ = 0;
};

}  // namespace

LintOutcome RunFix(const FixOptions& options, const Environment& environment) {
  auto made = SetUp(options.lint);
  if (const auto* errors = std::get_if<Complaints>(&made)) {
    return Refuse(*errors);
  }
  return Command(options, std::get<LintSetup>(std::move(made)), environment)
      .Run();
}

}  // namespace meshvet::lint
