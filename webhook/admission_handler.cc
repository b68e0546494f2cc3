#include "webhook/admission_handler.h"

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

template <typename Findings>
void NoteRules(const Findings& findings, AdmissionRecord& record) {
  for (const rules::Finding& finding : findings) {
    if (finding.action >= rules::Action::kWarn) {
      record.rules.push_back(finding.rule);
    }
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

AdmissionHandler::AdmissionHandler(AdmissionSources sources,
                                   AdmissionObserver observer,
                                   JsonLimits limits)
    : sources_(std::move(sources)),
      observer_(std::move(observer)),
      limits_(limits) {}

// The observer is told before the call ends, since the record points into it.
HttpResponse AdmissionHandler::Answer(const HttpRequest& request,
                                      AdmissionRecord& record) const {
  const auto start = std::chrono::steady_clock::now();
  const auto tell = [&](HttpResponse response, std::string_view message) {
    record.http_status = response.status;
    record.message = message;
    record.duration = std::chrono::steady_clock::now() - start;
    observer_(record);
    return response;
  };
  const bool mutates = request.path == "/mutate";
  if (!mutates && request.path != "/validate") {
    return tell(Refuse(404, "unknown path"), "unknown path");
  }
  const Result<Review> review = DecodeReview(request.body, limits_);
  if (!review) {
    const Error& error = review.error();
    return tell(Refuse(400, error.message, error.where), error.message);
  }
  record.review = &*review;
  const std::optional<Change> asked = ToChange(*review);
  const auto engine = sources_.engine();
  AdmissionResponse response;
  if (!asked || !engine->engine.Judges(asked->object->kind())) {
    response = Unjudged(*review);
  } else {
    Change change = *asked;
    change.deadline = request.deadline;
    const auto inventory = sources_.inventory();
    if (mutates) {
      const auto mutation = engine->engine.Mutate(change, *inventory);
      record.timed_out = mutation.timed_out;
      NoteRules(mutation.fixed, record);
      response = Mutated(*review, *change.object, mutation, engine->generation);
    } else {
      const auto evaluation = engine->engine.Evaluate(change, *inventory);
      record.timed_out = evaluation.timed_out;
      NoteRules(evaluation.findings, record);
      response =
          Validated(*review, *change.object, evaluation, engine->generation);
    }
  }
  if (record.timed_out) {
    return tell(TryAgain("the deadline passed before a verdict"),
                "the deadline passed before a verdict");
  }
  record.outcome = OutcomeOf(response);
  HttpResponse answer{200, EncodeResponse(response)};
  return tell(std::move(answer), response.message);
}

HttpResponse AdmissionHandler::Handle(const HttpRequest& request) const {
  const auto fail = [&](HttpResponse response, std::string_view message) {
    observer_({.path = request.path,
               .http_status = response.status,
               .message = message});
    return response;
  };
  try {
    AdmissionRecord record{.path = request.path};
    return Answer(request, record);
  } catch (const std::bad_alloc&) {
    return fail(TryAgain("out of memory"), "out of memory");
  } catch (const std::exception& error) {
    // Its text is for the log: it may quote what the caller must not see.
    return fail(Refuse(500, "internal error"), error.what());
  }
}

}  // namespace meshvet::webhook
