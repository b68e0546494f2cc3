#include "webhook/admission_metrics.h"

namespace meshvet::webhook {
namespace {

void CountFault(const AdmissionRecord& record, Metrics& metrics) {
  switch (record.fault) {
    case Fault::kNone:
      return;
    case Fault::kDeadline:
      return metrics.OnDeadlineExceeded();
    case Fault::kMemory:
      return metrics.OnShed("memory");
    case Fault::kException:
      return metrics.OnHandlerException(record.message);
  }
}

void CountRules(const AdmissionRecord& record, bool dry_run, Metrics& metrics) {
  for (const RuleRecord& one : record.rule_verdicts) {
    if (one.verdict == RuleVerdict::kNotRun) {
      metrics.OnRuleNotRun(one.rule);
    } else {
      metrics.OnRule({.rule = one.rule,
                      .verdict = ToString(one.verdict),
                      .dry_run = dry_run});
    }
  }
}

}  // namespace

void Count(const AdmissionRecord& record, Metrics& metrics) {
  RequestSample sample{.path = record.path,
                       .verdict = ToString(record.outcome),
                       .duration = record.duration};
  if (record.review != nullptr) {
    sample.operation = ToString(record.review->operation);
    sample.kind = record.review->kind.kind;
    sample.dry_run = record.review->dry_run;
  }
  metrics.OnRequest(sample);
  CountRules(record, sample.dry_run, metrics);
  CountFault(record, metrics);
}

}  // namespace meshvet::webhook
