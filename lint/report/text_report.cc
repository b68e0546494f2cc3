#include "lint/report/text_report.h"

#include <set>
#include <string_view>

#include "lint/input/loader_rules.h"
#include "lint/report/colors.h"
#include "lint/report/excerpt.h"
#include "lint/report/printable.h"
#include "lint/report/rule_text.h"

namespace meshvet::lint {
namespace {

std::string_view ColorOf(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::kError:
      return kRed;
    case rules::Severity::kWarning:
      return kYellow;
    case rules::Severity::kInfo:
      break;
  }
  return kCyan;
}

std::string PlaceText(const std::string& file, const yaml::Position& at) {
  return Printable(file) + ":" + std::to_string(at.line) + ":" +
         std::to_string(at.column);
}

class Writer {
 public:
  Writer(const Report& report, const TextStyle& style)
      : report_(report), style_(style) {}

  std::string Write() {
    for (const Diagnostic& diagnostic : report_.diagnostics) {
      if (diagnostic.is_suppressed()) continue;
      WriteFirstLine(diagnostic);
      if (style_.full) WriteDetails(diagnostic);
    }
    return std::move(text_);
  }

 private:
  std::string Colored(std::string_view color, std::string_view text) const {
    return style_.color ? lint::Colored(color, text) : std::string(text);
  }

  // "deploy/shop.yaml:15:29: error[rule-id]: message  [fixable]".
  void WriteFirstLine(const Diagnostic& diagnostic) {
    const rules::Finding& finding = diagnostic.finding;
    const std::string severity(rules::ToString(finding.severity));
    text_ += Colored(kBold,
                     PlaceText(diagnostic.path, diagnostic.range.start) + ":");
    text_ += " " + Colored(ColorOf(finding.severity),
                           severity + "[" + std::string(finding.rule) + "]");
    text_ += ": " + Printable(finding.message);
    if (diagnostic.has_fix()) {
      text_ += finding.fix_safety == rules::Safety::kSafe ? "  [fixable]"
                                                          : "  [unsafe fix]";
    }
    text_ += '\n';
  }

  void WriteDetails(const Diagnostic& diagnostic) {
    const Excerpt excerpt = ExcerptOf(diagnostic);
    indent_ = std::string(excerpt.gutter, ' ');
    WriteHeader(diagnostic);
    text_ += excerpt.text;
    for (const std::string& note : diagnostic.finding.notes) {
      WriteLine("note: " + Printable(note));
    }
    for (const RelatedPlace& related : diagnostic.related) {
      WriteRelated(related);
    }
    // Underlined already where there is an excerpt.
    if (excerpt.text.empty() && !diagnostic.finding.fix_title.empty()) {
      WriteLine("fix: " + Printable(diagnostic.finding.fix_title));
    }
    WriteReason(diagnostic.finding.rule);
    text_ += '\n';
  }

  Excerpt ExcerptOf(const Diagnostic& diagnostic) const {
    if (!style_.excerpts || diagnostic.file == nullptr) return {};
    const std::string_view text = diagnostic.file->text();
    if (MayShowSecret(text, diagnostic.range.start.offset)) return {};
    ExcerptStyle style;
    style.unicode = style_.unicode;
    if (style_.color) {
      style.start_mark = ColorOf(diagnostic.finding.severity);
      style.end_mark = kResetColor;
    }
    return MakeExcerpt(text, diagnostic.range,
                       Printable(diagnostic.finding.fix_title), style);
  }

  // "  ┌─ Gateway shop/shop-gw · /spec/servers/0".
  void WriteHeader(const Diagnostic& diagnostic) {
    std::string header = Printable(diagnostic.object.Title());
    if (!diagnostic.source.empty()) {
      header += " (from " + Printable(diagnostic.source) + ")";
    }
    if (!diagnostic.finding.pointer.empty()) {
      if (!header.empty()) header += style_.unicode ? " · " : " - ";
      header += Printable(diagnostic.finding.pointer);
    }
    if (header.empty()) return;
    text_ += indent_ + (style_.unicode ? "┌─ " : "+- ") + header + "\n";
  }

  void WriteLine(const std::string& line) {
    text_ += indent_ + " = " + line + "\n";
  }

  void WriteRelated(const RelatedPlace& related) {
    std::string line = "note: " + Printable(related.message);
    if (related.range) {
      line += "  " + PlaceText(related.file, related.range->start);
    } else {
      line += "  (" + Printable(related.object.Title()) + ")";
    }
    WriteLine(line);
  }

  // Why the rule exists: once, where it first speaks.
  void WriteReason(std::string_view id) {
    if (!explained_.insert(id).second) return;
    const rules::Rule* rule = FindAnyRule(id);
    const std::string more = "more: meshvet explain " + std::string(id);
    if (rule == nullptr) return;
    const std::string why = "why: " + FirstSentence(rule->rationale);
    constexpr size_t kOneLine = 110;
    if (why.size() + more.size() <= kOneLine) {
      WriteLine(why + "        = " + more);
    } else {
      WriteLine(why);
      WriteLine(more);
    }
  }

  const Report& report_;
  const TextStyle& style_;
  std::string text_;
  std::string indent_;
  std::set<std::string_view> explained_;
};

}  // namespace

std::string WriteText(const Report& report, const TextStyle& style) {
  return Writer(report, style).Write();
}

}  // namespace meshvet::lint
