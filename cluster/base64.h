// File: cluster/base64.h
//
// Base64 as it stands in Kubernetes' objects: RFC 4648 with padding, no line
// breaks.

#ifndef MESHVET_CLUSTER_BASE64_H_
#define MESHVET_CLUSTER_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace meshvet::cluster {

std::string EncodeBase64(std::string_view bytes);

// Nothing if it is none.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_BASE64_H_
