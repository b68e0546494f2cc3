// File: webhook/admission_review.h
//
// AdmissionReview, admission.k8s.io/v1: what the API server asks, and the bytes
// of the answer. Source of the format: k8s.io/api/admission/v1/types.go; what
// the API server checks of an answer: apiserver plugin/webhook/request/
// admissionreview.go VerifyAdmissionResponse.

#ifndef MESHVET_WEBHOOK_ADMISSION_REVIEW_H_
#define MESHVET_WEBHOOK_ADMISSION_REVIEW_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/json_patch.h"
#include "mesh/object.h"
#include "mesh/result.h"

namespace meshvet::webhook {

enum class AdmissionOperation { kCreate, kUpdate, kDelete, kConnect };

std::string_view ToString(AdmissionOperation operation);  // "CREATE"

struct Review {
  std::shared_ptr<const Document> document;  // what all views point into
  std::string_view uid;
  AdmissionOperation operation = AdmissionOperation::kCreate;
  GroupKind kind;
  std::string_view ns;
  std::string_view name;  // empty with generateName and in deletecollection
  std::string_view subresource;
  std::string_view user;
  bool dry_run = false;
  std::optional<Object> object;  // nothing where the API server sends null
  std::optional<Object> old_object;
};

// Refused, with the field's JSON Pointer in `where`: what is no AdmissionReview
// v1, lacks a uid, an operation or the object the operation needs, or holds an
// object of another kind or namespace than the request says.
Result<Review> DecodeReview(std::string_view body, const JsonLimits& limits);

// Characters of a cause that get through.
inline constexpr size_t kMostCauseMessage = 500;

struct Cause {
  std::string message;
  std::string field;  // "spec.http[0].route[0].destination.host"
};

struct AdmissionResponse {
  std::string_view uid;
  bool allowed = true;
  // The following three only when not allowed.
  std::string message;
  std::vector<Cause> causes;
  const Review* about = nullptr;
  // Each one line of text; limits are applied when encoding.
  std::vector<std::string> warnings;
  std::map<std::string, std::string> audit_annotations;
  // Only of /mutate; empty for none.
  std::vector<PatchOperation> patch;
};

// JSON that the API server accepts whatever the texts hold: UTF-8, no control
// characters in warnings, and those within its limits.
std::string EncodeResponse(const AdmissionResponse& response);

// "/spec/http/0/host" -> "spec.http[0].host", as kubectl users know fields; a
// key that is no plain name is quoted:
// metadata.labels["app.kubernetes.io/name"].
std::string FieldPath(Node root, std::string_view pointer);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_ADMISSION_REVIEW_H_
