#include "webhook/verdict.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "webhook/warnings.h"

namespace meshvet::webhook {
namespace {

using rules::Action;
using rules::Finding;

// What kubectl prints to a terminal; a page is enough.
constexpr size_t kMostMessage = 4'000;
constexpr size_t kMostLine = 900;
constexpr size_t kMostRuleList = 1'000;

std::string Suggestion(const Finding& finding) {
  if (finding.fix.empty()) return {};
  return " (fix: " + finding.fix_title + ")";
}

// "spec.http[0]…: what is wrong (fix: …) [rule-id]"
std::string Line(const Object& object, const Finding& finding) {
  const std::string field = FieldPath(object.root(), finding.pointer);
  std::string line =
      field.empty() ? finding.message : field + ": " + finding.message;
  line += Suggestion(finding);
  for (const std::string& note : finding.notes) line += "; note: " + note;
  line += " [" + std::string(finding.rule) + "]";
  return Cut(OneLine(line), kMostLine);
}

std::string DenialMessage(const Object& object,
                          const std::vector<const Finding*>& denials) {
  std::string message =
      "meshvet found " + std::to_string(denials.size()) +
      (denials.size() == 1 ? " problem in " : " problems in ") +
      OneLine(object.Title()) + ":";
  for (size_t i = 0; i < denials.size(); ++i) {
    const std::string line = "\n- " + Line(object, *denials[i]);
    if (message.size() + line.size() > kMostMessage) {
      message += "\n- and " + std::to_string(denials.size() - i) +
                 " more: run meshvet lint on the file";
      break;
    }
    message += line;
  }
  return message;
}

std::string Warning(const Object& object, const Finding& finding) {
  const std::string before =
      finding.known_before ? "not new, so let through: " : "";
  return before + Line(object, finding);
}

// Ids in alphabetical order, each once.
template <typename Items>
std::string RuleList(const Items& items) {
  std::set<std::string_view> ids;
  for (const auto& item : items) ids.insert(item.rule);
  std::string list;
  for (const std::string_view id : ids) {
    if (list.size() + id.size() > kMostRuleList) return list + ",…";
    if (!list.empty()) list += ',';
    list += id;
  }
  return list;
}

void Annotate(AdmissionResponse& response, std::string key, std::string value) {
  if (!value.empty()) {
    response.audit_annotations.emplace(std::move(key), std::move(value));
  }
}

std::string KnownBefore(const std::vector<Finding>& findings) {
  std::vector<Finding> known;
  std::ranges::copy_if(findings, std::back_inserter(known),
                       &Finding::known_before);
  return RuleList(known);
}

}  // namespace

AdmissionResponse Validated(const Review& review, const Object& object,
                            const rules::Evaluation& evaluation,
                            uint64_t generation) {
  AdmissionResponse response{.uid = review.uid, .about = &review};
  std::vector<const Finding*> denials;
  for (const Finding& finding : evaluation.findings) {
    if (finding.action == Action::kDeny) {
      denials.push_back(&finding);
      response.causes.push_back(
          {OneLine(finding.message) + " [" + std::string(finding.rule) + "]",
           FieldPath(object.root(), finding.pointer)});
    } else if (finding.action == Action::kWarn) {
      response.warnings.push_back(Warning(object, finding));
    }
  }
  response.allowed = denials.empty();
  if (!response.allowed) response.message = DenialMessage(object, denials);
  const bool warned = !response.warnings.empty();
  Annotate(response, "verdict",
           !response.allowed ? "deny" : (warned ? "warn" : "allow"));
  Annotate(response, "rules", RuleList(evaluation.findings));
  Annotate(response, "known-before", KnownBefore(evaluation.findings));
  Annotate(response, "not-run", RuleList(evaluation.not_run));
  Annotate(response, "policy-generation", std::to_string(generation));
  return response;
}

AdmissionResponse Mutated(const Review& review, const Object& object,
                          const rules::Mutation& mutation,
                          uint64_t generation) {
  AdmissionResponse response{.uid = review.uid, .patch = mutation.patch};
  for (const Finding& finding : mutation.fixed) {
    const std::string field = FieldPath(object.root(), finding.pointer);
    response.warnings.push_back("mended " + field + ": " + finding.fix_title +
                                " [" + std::string(finding.rule) + "]");
  }
  Annotate(response, "verdict", mutation.patch.empty() ? "allow" : "patch");
  Annotate(response, "patched", RuleList(mutation.fixed));
  Annotate(response, "policy-generation", std::to_string(generation));
  return response;
}

AdmissionResponse Unjudged(const Review& review) {
  return {.uid = review.uid, .audit_annotations = {{"verdict", "allow"}}};
}

}  // namespace meshvet::webhook
