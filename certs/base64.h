// File: certs/base64.h
//
// Base64 as Kubernetes' API has it for bytes (certificates, a JSONPatch): RFC
// 4648 with padding, no line breaks.

#ifndef MESHVET_CERTS_BASE64_H_
#define MESHVET_CERTS_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace meshvet::certs {

std::string EncodeBase64(std::string_view bytes);

// Nothing if it is none.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_BASE64_H_
