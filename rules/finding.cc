#include "rules/finding.h"

namespace meshvet::rules {

std::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

std::string_view ToString(Action action) {
  switch (action) {
    case Action::kOff:
      return "off";
    case Action::kAudit:
      return "audit";
    case Action::kWarn:
      return "warn";
    case Action::kDeny:
      return "deny";
  }
  return "";
}

std::string_view ToString(SilencedBy silencer) {
  switch (silencer) {
    case SilencedBy::kNothing:
      return "";
    case SilencedBy::kPolicy:
      return "policy";
    case SilencedBy::kAnnotation:
      return "annotation";
    case SilencedBy::kIstioAnnotation:
      return "galley.istio.io/analyze-suppress";
    case SilencedBy::kComment:
      return "comment";
  }
  return "";
}

Action DefaultAction(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return Action::kAudit;
    case Severity::kWarning:
      return Action::kWarn;
    case Severity::kError:
      return Action::kDeny;
  }
  return Action::kDeny;
}

}  // namespace meshvet::rules
