#include "webhook/verdict.h"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "webhook/warnings.h"

namespace meshvet::webhook {
namespace {

using rules::Action;
using rules::Finding;

// What kubectl prints to a terminal; a page is enough. In bytes, of which a
// title and a line have room in it even at four a character.
constexpr size_t kMostMessage = 4'000;
constexpr size_t kMostTitle = 120;
constexpr size_t kMostLine = 800;
constexpr size_t kMostField = 200;
constexpr size_t kMostRuleList = 1'000;

std::string Suggestion(const Finding& finding) {
  if (finding.fix.empty()) return {};
  return " (fix: " + finding.fix_title + ")";
}

std::string Field(const Object& object, const Finding& finding) {
  return Cut(FieldPath(object.root(), finding.pointer), kMostField);
}

// `text` with the rule behind it, which is not what gets cut.
std::string Signed(const std::string& text, const Finding& finding,
                   size_t most) {
  const std::string signature = " [" + std::string(finding.rule) + "]";
  return Cut(OneLine(text), most - signature.size()) + signature;
}

// "spec.http[0]…: what is wrong (fix: …)"
std::string Text(const Object& object, const Finding& finding) {
  const std::string field = Field(object, finding);
  std::string text =
      field.empty() ? finding.message : field + ": " + finding.message;
  text += Suggestion(finding);
  for (const std::string& note : finding.notes) text += "; note: " + note;
  return text;
}

std::string DenialMessage(const Object& object,
                          const std::vector<const Finding*>& denials) {
  std::string message =
      "meshvet found " + std::to_string(denials.size()) +
      (denials.size() == 1 ? " problem in " : " problems in ") +
      Cut(OneLine(object.Title()), kMostTitle) + ":";
  for (size_t i = 0; i < denials.size(); ++i) {
    const std::string line =
        "\n- " + Signed(Text(object, *denials[i]), *denials[i], kMostLine);
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
  return Signed(before + Text(object, finding), finding, kMostWarning);
}

// The rules of those items for which `wanted` holds, in alphabetical order,
// each once.
template <typename Items, typename Predicate>
std::string RulesWhere(const Items& items, const Predicate& wanted) {
  std::set<std::string_view> ids;
  for (const auto& item : items) {
    if (std::invoke(wanted, item)) ids.insert(item.rule);
  }
  std::string list;
  for (const std::string_view id : ids) {
    if (list.size() + id.size() > kMostRuleList) return list + ",…";
    if (!list.empty()) list += ',';
    list += id;
  }
  return list;
}

template <typename Items>
std::string RuleList(const Items& items) {
  return RulesWhere(items, [](const auto&) { return true; });
}

void Annotate(AdmissionResponse& response, std::string key, std::string value) {
  if (!value.empty()) {
    response.audit_annotations.emplace(std::move(key), std::move(value));
  }
}

bool IsSuppressed(const Finding& finding) {
  return !finding.suppressed.empty();
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
          {Signed(finding.message, finding, kMostCauseMessage),
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
  const std::vector<Finding>& findings = evaluation.findings;
  Annotate(response, "rules", RulesWhere(findings, std::not_fn(IsSuppressed)));
  Annotate(response, "suppressed", RulesWhere(findings, IsSuppressed));
  Annotate(response, "known-before",
           RulesWhere(findings, &Finding::known_before));
  Annotate(response, "not-run", RuleList(evaluation.not_run));
  Annotate(response, "policy-generation", std::to_string(generation));
  return response;
}

AdmissionResponse Mutated(const Review& review, const Object& object,
                          const rules::Mutation& mutation,
                          uint64_t generation) {
  AdmissionResponse response{.uid = review.uid, .patch = mutation.patch};
  for (const Finding& finding : mutation.fixed) {
    response.warnings.push_back(
        Signed("mended " + Field(object, finding) + ": " + finding.fix_title,
               finding, kMostWarning));
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
