// File: webhook/verdict.h
//
// From findings to the answer of an AdmissionReview, in the words its author
// and its auditor read.

#ifndef MESHVET_WEBHOOK_VERDICT_H_
#define MESHVET_WEBHOOK_VERDICT_H_

#include <cstdint>

#include "rules/engine.h"
#include "webhook/admission_review.h"

namespace meshvet::webhook {

// Denied if any finding denies. The message names every such finding with its
// field, what is wrong and how to mend it, since kubectl shows nothing else;
// findings that warn become warnings, those that audit go to the audit log.
AdmissionResponse Validated(const Review& review, const Object& object,
                            const rules::Evaluation& evaluation,
                            uint64_t generation);

// Always allowed; says what was mended and why.
AdmissionResponse Mutated(const Review& review, const Object& object,
                          const rules::Mutation& mutation, uint64_t generation);

// No rule looks at this kind or operation.
AdmissionResponse Unjudged(const Review& review);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_VERDICT_H_
