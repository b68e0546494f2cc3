// File: webhook/admission_metrics.h
//
// What metrics count of each call: the call, what each rule said, and why there
// was no verdict.
//
//   AdmissionHandler handler(sources, [&](const AdmissionRecord& record) {
//     Count(record, metrics);
//   });

#ifndef MESHVET_WEBHOOK_ADMISSION_METRICS_H_
#define MESHVET_WEBHOOK_ADMISSION_METRICS_H_

#include "webhook/admission_handler.h"
#include "webhook/metrics.h"

namespace meshvet::webhook {

// Thread-safe.
void Count(const AdmissionRecord& record, Metrics& metrics);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_ADMISSION_METRICS_H_
