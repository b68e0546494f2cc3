#include "webhook/admission_handler.h"

#include <algorithm>
#include <array>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "webhook/verdict.h"

namespace meshvet::webhook {
namespace {

using rules::Change;
using rules::Operation;

HttpResponse Refuse(int status, const std::string& error,
                    const std::string& field = {}) {
  nlohmann::json body = {{"error", error}};
  if (!field.empty()) body["field"] = field;
  return {status,
          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

// 503 tells the API server to try again within its own deadline.
HttpResponse TryAgain(const std::string& error) {
  HttpResponse response = Refuse(503, error);
  response.retry_after = 1;
  return response;
}

// What the engine is asked; nothing where there is nothing to judge: CONNECT,
// subresources, and a DELETE that does not say what it deletes.
std::optional<Change> ToChange(const Review& review) {
  if (!review.subresource.empty()) return std::nullopt;
  const Object* object = review.object ? &*review.object : nullptr;
  const Object* old = review.old_object ? &*review.old_object : nullptr;
  switch (review.operation) {
    case AdmissionOperation::kCreate:
      return Change{.object = object, .operation = Operation::kCreate};
    case AdmissionOperation::kUpdate:
      return Change{
          .object = object, .old_object = old, .operation = Operation::kUpdate};
    case AdmissionOperation::kDelete:
      if (old == nullptr) return std::nullopt;
      return Change{.object = old, .operation = Operation::kDelete};
    case AdmissionOperation::kConnect:
      return std::nullopt;
  }
  return std::nullopt;
}

template <typename Item>
void AddOnce(const Item& item, std::vector<Item>& items) {
  if (std::ranges::find(items, item) == items.end()) items.push_back(item);
}

template <typename Findings>
void NoteRules(const Findings& findings, AdmissionRecord& record) {
  for (const rules::Finding& finding : findings) {
    if (finding.action < rules::Action::kWarn) continue;
    AddOnce(finding.rule, record.rules);
  }
}

void NoteVerdicts(const rules::Evaluation& evaluation,
                  AdmissionRecord& record) {
  constexpr std::array<std::pair<rules::Action, RuleVerdict>, 3> kVerdicts = {
      {{rules::Action::kAudit, RuleVerdict::kAudited},
       {rules::Action::kWarn, RuleVerdict::kWarned},
       {rules::Action::kDeny, RuleVerdict::kDenied}}};
  for (const rules::Finding& finding : evaluation.findings) {
    for (const auto& [action, verdict] : kVerdicts) {
      if (finding.action != action) continue;
      AddOnce(RuleRecord{finding.rule, verdict}, record.rule_verdicts);
    }
  }
  for (const rules::NotRun& not_run : evaluation.not_run) {
    AddOnce(RuleRecord{not_run.rule, RuleVerdict::kNotRun},
            record.rule_verdicts);
  }
}

void NoteVerdicts(const rules::Mutation& mutation, AdmissionRecord& record) {
  for (const rules::Finding& finding : mutation.fixed) {
    AddOnce(RuleRecord{finding.rule, RuleVerdict::kPatched},
            record.rule_verdicts);
  }
}

Outcome OutcomeOf(const AdmissionResponse& response) {
  if (!response.allowed) return Outcome::kDenied;
  if (!response.patch.empty()) return Outcome::kPatched;
  return response.warnings.empty() ? Outcome::kAllowed : Outcome::kWarned;
}

}  // namespace

std::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAllowed:
      return "allowed";
    case Outcome::kWarned:
      return "warned";
    case Outcome::kDenied:
      return "denied";
    case Outcome::kPatched:
      return "patched";
    case Outcome::kError:
      return "error";
  }
  return "";
}

std::string_view ToString(RuleVerdict verdict) {
  switch (verdict) {
    case RuleVerdict::kAudited:
      return "audited";
    case RuleVerdict::kWarned:
      return "warned";
    case RuleVerdict::kDenied:
      return "denied";
    case RuleVerdict::kPatched:
      return "patched";
    case RuleVerdict::kNotRun:
      return "not_run";
  }
  return "";
}

// One call, and what its record points into until the observer has seen it.
struct AdmissionHandler::Case {
  Result<Review> review = Error{};
  rules::Evaluation evaluation;
  rules::Mutation mutation;
  AdmissionResponse answer;
  AdmissionRecord record;
};

AdmissionHandler::AdmissionHandler(AdmissionSources sources,
                                   AdmissionObserver observer,
                                   JsonLimits limits)
    : sources_(std::move(sources)),
      observer_(std::move(observer)),
      limits_(limits) {}

HttpResponse AdmissionHandler::Judge(const HttpRequest& request,
                                     const Review& review, Case& c) const {
  const std::optional<Change> asked = ToChange(review);
  const auto engine = sources_.engine();
  bool timed_out = false;
  if (!asked || !engine->engine.Judges(asked->object->kind())) {
    c.answer = Unjudged(review);
  } else {
    Change change = *asked;
    change.deadline = request.deadline;
    const auto inventory = sources_.inventory();
    if (inventory == nullptr) {
      c.record.message = "the mesh is not known yet";
      return TryAgain("the mesh is not known yet");
    }
    if (request.path == "/mutate") {
      c.mutation = engine->engine.Mutate(change, *inventory);
      c.record.mutation = &c.mutation;
      timed_out = c.mutation.timed_out;
      NoteRules(c.mutation.fixed, c.record);
      NoteVerdicts(c.mutation, c.record);
      c.answer =
          Mutated(review, *change.object, c.mutation, engine->generation);
    } else {
      c.evaluation =
          EvaluateTwice(engine->engine, change, *inventory, sources_.confirm);
      c.record.evaluation = &c.evaluation;
      timed_out = c.evaluation.timed_out;
      NoteRules(c.evaluation.findings, c.record);
      NoteVerdicts(c.evaluation, c.record);
      c.answer =
          Validated(review, *change.object, c.evaluation, engine->generation);
    }
  }
  if (timed_out) {
    c.record.fault = Fault::kDeadline;
    c.record.rule_verdicts.clear();
    c.record.evaluation = nullptr;
    c.record.mutation = nullptr;
    c.record.message = "the deadline passed before a verdict";
    return TryAgain("the deadline passed before a verdict");
  }
  HttpResponse response{200, EncodeResponse(c.answer)};
  c.record.outcome = OutcomeOf(c.answer);
  c.record.message = c.answer.message;
  return response;
}

HttpResponse AdmissionHandler::Answer(const HttpRequest& request,
                                      Case& c) const {
  if (request.path != "/mutate" && request.path != "/validate") {
    c.record.message = "unknown path";
    return Refuse(404, "unknown path");
  }
  c.review = DecodeReview(request.body, limits_);
  if (!c.review) {
    const Error& error = c.review.error();
    c.record.message = error.message;
    return Refuse(400, error.message, error.where);
  }
  c.record.review = &*c.review;
  return Judge(request, *c.review, c);
}

// An observer that fails costs its line in the log, never the answer.
void AdmissionHandler::Tell(const AdmissionRecord& record) const {
  try {
    observer_(record);
  } catch (...) {  // NOLINT(bugprone-empty-catch)
  }
}

HttpResponse AdmissionHandler::Handle(const HttpRequest& request) const {
  const auto start = std::chrono::steady_clock::now();
  Case c;
  c.record.path = request.path;
  c.record.traceparent = request.traceparent;
  const auto tell = [&](HttpResponse response) {
    c.record.http_status = response.status;
    c.record.duration = std::chrono::steady_clock::now() - start;
    Tell(c.record);
    return response;
  };
  const auto fail = [&](Fault fault, HttpResponse response,
                        std::string_view message) {
    c.record.outcome = Outcome::kError;
    c.record.fault = fault;
    c.record.rules.clear();
    c.record.rule_verdicts.clear();
    c.record.evaluation = nullptr;
    c.record.mutation = nullptr;
    c.record.message = message;
    return tell(std::move(response));
  };
  try {
    return tell(Answer(request, c));
  } catch (const std::bad_alloc&) {
    return fail(Fault::kMemory, TryAgain("out of memory"), "out of memory");
  } catch (const std::exception& error) {
    // Its text is for the log: it may quote what the caller must not see.
    return fail(Fault::kException, Refuse(500, "internal error"), error.what());
  } catch (...) {
    return fail(Fault::kException, Refuse(500, "internal error"),
                "not a std::exception");
  }
}

}  // namespace meshvet::webhook
