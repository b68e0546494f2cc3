// File: webhook/admission_handler.h
//
// AdmissionHandler: one AdmissionReview in, one answer out. `/validate` allows
// or denies and never patches; `/mutate` patches and never denies.
//
//   AdmissionHandler handler({.engine = policies, .inventory = mesh}, observe);
//   HttpResponse answer = handler.Handle({"/validate", body, deadline});
//
// Pure and safe to call from many threads: each call works on the engine and
// the inventory that are current when it begins. What cannot be judged gets an
// HTTP error, so that the webhook's failurePolicy decides, and never
// `allowed: true` by accident. Nothing thrown below gets past it.

#ifndef MESHVET_WEBHOOK_ADMISSION_HANDLER_H_
#define MESHVET_WEBHOOK_ADMISSION_HANDLER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/inventory.h"
#include "rules/engine.h"
#include "webhook/admission_review.h"
#include "webhook/http_message.h"
#include "webhook/second_look.h"

namespace meshvet::webhook {

// An engine and which reading of the policy it was made from, counted from 1.
struct EngineGeneration {
  rules::Engine engine;
  uint64_t generation = 0;
};

// Where a call takes the current state from. Safe to call from many threads. An
// engine is never null; an inventory is while the mesh is not known yet.
struct AdmissionSources {
  std::function<std::shared_ptr<const EngineGeneration>()> engine;
  std::function<std::shared_ptr<const Inventory>()> inventory;
  // Empty where there is no cluster to ask.
  ConfirmAbsence confirm = {};
};

enum class Outcome { kAllowed, kWarned, kDenied, kPatched, kError };
std::string_view ToString(Outcome outcome);

// What came of one rule for one call.
enum class RuleVerdict { kAudited, kWarned, kDenied, kPatched, kNotRun };
std::string_view ToString(RuleVerdict verdict);

struct RuleRecord {
  std::string_view rule;
  RuleVerdict verdict = RuleVerdict::kAudited;

  friend bool operator==(const RuleRecord&, const RuleRecord&) = default;
};

// Why a call that could be read got no verdict.
enum class Fault { kNone, kDeadline, kMemory, kException };

// What metrics and the log are told of each call. Views live as long as the
// call of the observer.
struct AdmissionRecord {
  std::string_view path;
  Outcome outcome = Outcome::kError;
  int http_status = 200;
  const Review* review = nullptr;  // null if it could not be decoded
  // Those that denied, warned or patched, each once.
  std::vector<std::string_view> rules;
  // Each pair once. Empty where there was no verdict.
  std::vector<RuleRecord> rule_verdicts = {};
  // The engine's verdict, of /validate and of /mutate; null without one.
  const rules::Evaluation* evaluation = nullptr;
  const rules::Mutation* mutation = nullptr;
  std::string_view message;           // of a denial or an error
  std::string_view traceparent = {};  // W3C trace context
  std::chrono::nanoseconds duration{};
  Fault fault = Fault::kNone;
};

using AdmissionObserver = std::function<void(const AdmissionRecord&)>;

class AdmissionHandler {
 public:
  AdmissionHandler(AdmissionSources sources, AdmissionObserver observer,
                   JsonLimits limits = {});

  // 200 with an AdmissionReview; 400 for what is none; 404 for another path;
  // 503 with Retry-After when the deadline passed, memory ran out or the mesh
  // is not known yet; 500 for a mistake of ours.
  HttpResponse Handle(const HttpRequest& request) const;

 private:
  struct Case;
  HttpResponse Answer(const HttpRequest& request, Case& c) const;
  HttpResponse Judge(const HttpRequest& request, const Review& review,
                     Case& c) const;
  void Tell(const AdmissionRecord& record) const;

  AdmissionSources sources_;
  AdmissionObserver observer_;
  JsonLimits limits_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_ADMISSION_HANDLER_H_
