// File: webhook/base64.h
//
// Base64 (RFC 4648), for the patch of an AdmissionReview.

#ifndef MESHVET_WEBHOOK_BASE64_H_
#define MESHVET_WEBHOOK_BASE64_H_

#include <string>
#include <string_view>

namespace meshvet::webhook {

std::string EncodeBase64(std::string_view bytes);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_BASE64_H_
