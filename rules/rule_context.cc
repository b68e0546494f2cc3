#include "rules/rule_context.h"

#include <algorithm>
#include <utility>

#include "mesh/json_pointer.h"
#include "rules/rule.h"

namespace meshvet::rules {

Edit Set(Node place, std::string_view text) {
  return {Edit::Kind::kSet, place, Quote(text)};
}

Edit SetJson(Node place, std::string json) {
  return {Edit::Kind::kSet, place, std::move(json)};
}

Edit Remove(Node place) { return {Edit::Kind::kRemove, place}; }

Edit AppendJson(Node place, std::string json) {
  return {Edit::Kind::kAppend, place, std::move(json)};
}

std::string Quote(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20) {
      json += "\\u00";
      json += kHex[byte >> 4];
      json += kHex[byte & 15];
    } else {
      json += c;
    }
  }
  return json += '"';
}

ReportBuilder& ReportBuilder::As(Severity severity) {
  draft_.finding.severity = severity;
  return *this;
}

ReportBuilder& ReportBuilder::About(std::string about) {
  draft_.finding.about = std::move(about);
  return *this;
}

ReportBuilder& ReportBuilder::Note(std::string note) {
  draft_.finding.notes.push_back(std::move(note));
  return *this;
}

ReportBuilder& ReportBuilder::Fix(Safety safety, std::string title,
                                  std::vector<Edit> edits) {
  draft_.finding.fix_safety = safety;
  draft_.finding.fix_title = std::move(title);
  draft_.edits = std::move(edits);
  return *this;
}

ReportBuilder& ReportBuilder::See(const Object& other, Node place,
                                  std::string message) {
  draft_.finding.related.push_back(
      {other.kind(), std::string(other.ns()), std::string(other.name()),
       PointerIndex(other.root()).OfNearest(place), std::move(message)});
  return *this;
}

ReportBuilder RuleContext::Report(Node place, std::string message) {
  Draft& draft = drafts_.emplace_back();
  draft.finding.rule = rule_.id;
  draft.finding.severity = rule_.severity;
  draft.finding.about = message;
  draft.finding.message = std::move(message);
  draft.place = place;
  return ReportBuilder(draft);
}

bool RuleContext::MatchesPattern(std::string_view pattern,
                                 std::string_view text) const {
  const auto compiled = patterns_.find(pattern);
  return compiled != patterns_.end() && compiled->second.Matches(text);
}

void RuleContext::NotRun(std::string reason) {
  if (std::ranges::find(not_run_, reason) == not_run_.end()) {
    not_run_.push_back(std::move(reason));
  }
}

}  // namespace meshvet::rules
