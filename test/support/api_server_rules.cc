#include "test/support/api_server_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

namespace meshvet::test {
namespace {

using Json = nlohmann::json;
using Violations = std::vector<std::string>;

constexpr size_t kMostWarningRunes = 256;
constexpr size_t kMostRunesInAll = 4'096;
constexpr size_t kMostKey = 63;

Json Parse(std::string_view text) {
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

// The member of an object; null where there is none.
const Json& At(const Json& object, const char* key) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::string Text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

// Go decodes null into any field, and leaves it as it was.
bool IsStringOrNull(const Json& value) {
  return value.is_null() || value.is_string();
}

size_t CountRunes(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

// unicode.IsControl: U+0000 to U+001F and U+007F to U+009F. In valid UTF-8 the
// latter begin with C2 80 to C2 9F.
bool HasControl(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() &&
        static_cast<uint8_t>(text[i + 1]) < 0xA0) {
      return true;
    }
  }
  return false;
}

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

// The name part of a qualified name (apimachinery IsQualifiedName).
bool IsQualifiedName(std::string_view key) {
  if (key.empty() || key.size() > kMostKey) return false;
  if (!IsAlphanumeric(key.front()) || !IsAlphanumeric(key.back())) return false;
  return std::ranges::all_of(key, [](char c) {
    return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.';
  });
}

int SixBits(char c) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t at = kAlphabet.find(c);
  return at == kAlphabet.npos ? -1 : static_cast<int>(at);
}

// Go's base64.StdEncoding: padding is a must.
std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = SixBits(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFF);
  }
  return bytes;
}

bool IsJsonContent(std::string_view type) {
  return type == "application/json" || type.starts_with("application/json;");
}

// Applies an RFC 6902 patch; nothing, and why in `why`, if it does not apply.
std::optional<Json> Apply(const Json& object, const Json& patch,
                          std::string& why) {
  try {
    return object.patch(patch);
  } catch (const Json::exception& error) {
    why = error.what();
    return std::nullopt;
  }
}

// `message`, `reason` and `causes` reach the user; a code below 400 becomes
// 400, an empty text "denied the request without explanation".
void CheckStatus(const Json& status, Violations& out) {
  if (!status.is_object()) {
    out.emplace_back("denied without a status");
    return;
  }
  for (const char* field : {"status", "message", "reason"}) {
    if (!IsStringOrNull(At(status, field))) {
      out.push_back(std::string("status.") + field + " is no string");
    }
  }
  const Json& code = At(status, "code");
  if (!code.is_number_integer() || code < 400 || code > 599) {
    out.emplace_back("status.code is no HTTP error");
  }
  const std::string word = Text(At(status, "status"));
  if (!word.empty() && word != "Failure") {
    out.emplace_back("status.status is not Failure");
  }
  if (Text(At(status, "message")).empty()) {
    out.emplace_back("denied without explanation");
  }
}

// metav1.StatusReason and the code that goes with it.
void CheckReason(const Json& status, Violations& out) {
  constexpr std::array<std::pair<std::string_view, int>, 3> kReasons = {
      {{"BadRequest", 400}, {"Forbidden", 403}, {"Invalid", 422}}};
  const std::string reason = Text(At(status, "reason"));
  for (const auto& [name, code] : kReasons) {
    if (reason == name && At(status, "code") == code) return;
  }
  out.emplace_back("status.reason does not go with its code");
}

void CheckDetails(const Json& details, Violations& out) {
  if (details.is_null()) return;
  if (!details.is_object()) {
    out.emplace_back("status.details is no object");
    return;
  }
  for (const char* field : {"name", "group", "kind", "uid"}) {
    if (!IsStringOrNull(At(details, field))) {
      out.push_back(std::string("status.details.") + field + " is no string");
    }
  }
  const Json& causes = At(details, "causes");
  if (!causes.is_null() && !causes.is_array()) {
    out.emplace_back("status.details.causes is no array");
    return;
  }
  for (const Json& cause : causes) {
    if (!cause.is_object() || Text(At(cause, "message")).empty() ||
        !IsStringOrNull(At(cause, "field")) ||
        !IsStringOrNull(At(cause, "reason"))) {
      out.emplace_back("a cause without a message, or of wrong types");
    }
  }
}

void CheckWarning(const std::string& warning, Violations& out) {
  if (warning.empty()) out.emplace_back("an empty warning is dropped");
  if (HasControl(warning)) {
    out.emplace_back("a warning with a control character is dropped");
  }
  if (CountRunes(warning) > kMostWarningRunes) {
    out.emplace_back("a warning of more than 256 characters may be cut");
  }
}

void CheckWarnings(const Json& warnings, Violations& out) {
  if (warnings.is_null()) return;
  if (!warnings.is_array()) {
    out.emplace_back("warnings is no array");
    return;
  }
  std::set<std::string> seen;
  size_t runes = 0;
  for (const Json& warning : warnings) {
    if (!warning.is_string()) {
      out.emplace_back("a warning is no string");
      continue;
    }
    const std::string text = Text(warning);
    CheckWarning(text, out);
    runes += CountRunes(text);
    if (!seen.insert(text).second) {
      out.emplace_back("a second equal warning is dropped");
    }
  }
  if (runes > kMostRunesInAll) {
    out.emplace_back("warnings of more than 4096 characters are cut");
  }
}

void CheckAuditAnnotations(const Json& annotations, Violations& out) {
  if (annotations.is_null()) return;
  if (!annotations.is_object()) {
    out.emplace_back("auditAnnotations is no object");
    return;
  }
  for (const auto& [key, value] : annotations.items()) {
    if (!IsQualifiedName(key)) {
      out.push_back("audit annotation " + key + " is dropped for its key");
    }
    if (!value.is_string()) {
      out.push_back("audit annotation " + key + " is no string");
    }
  }
}

void CheckPatched(const Json& object, const Json& patch, Violations& out) {
  std::string why;
  const auto patched = Apply(object, patch, why);
  if (!patched) {
    out.push_back("the patch does not apply: " + why);
  } else if (Text(At(*patched, "kind")).empty() ||
             Text(At(*patched, "apiVersion")).empty()) {
    out.emplace_back("the patch leaves what is no object");
  }
}

void CheckPatch(const Json& request, const Json& response, Violations& out) {
  const Json& type = At(response, "patchType");
  const Json& encoded = At(response, "patch");
  if (type.is_null() && encoded.is_null()) return;
  if (type != "JSONPatch") out.emplace_back("patchType is not JSONPatch");
  const auto text = DecodeBase64(Text(encoded));
  if (!encoded.is_string() || !text || text->empty()) {
    out.emplace_back("patch is no base64 of anything");
    return;
  }
  const Json patch = Parse(*text);
  if (!patch.is_array()) {
    out.emplace_back("patch is no JSON Patch");
    return;
  }
  if (patch.empty()) return;
  const Json& object = At(request, "object");
  if (object.is_null() || At(request, "operation") == "DELETE") {
    out.emplace_back("a patch where there is no object to modify");
    return;
  }
  CheckPatched(object, patch, out);
}

void CheckNoPatch(const Json& response, Violations& out) {
  if (response.contains("patch")) out.emplace_back("validating, with a patch");
  if (response.contains("patchType")) {
    out.emplace_back("validating, with a patchType");
  }
}

void CheckHead(const Json& review, Violations& out) {
  if (At(review, "apiVersion") != "admission.k8s.io/v1") {
    out.emplace_back("apiVersion is not admission.k8s.io/v1");
  }
  if (At(review, "kind") != "AdmissionReview") {
    out.emplace_back("kind is not AdmissionReview");
  }
}

void CheckResponse(const Json& request, std::string_view endpoint,
                   const Json& response, Violations& out) {
  const Json& uid = At(response, "uid");
  if (!uid.is_string() || uid != At(request, "uid")) {
    out.emplace_back("uid is not that of the request");
  }
  const Json& allowed = At(response, "allowed");
  if (!allowed.is_boolean()) out.emplace_back("allowed is no boolean");
  if (allowed != true) {
    const Json& status = At(response, "status");
    CheckStatus(status, out);
    CheckReason(status, out);
    CheckDetails(At(status, "details"), out);
  }
  CheckWarnings(At(response, "warnings"), out);
  CheckAuditAnnotations(At(response, "auditAnnotations"), out);
  if (endpoint == "/mutate") {
    CheckPatch(request, response, out);
  } else {
    CheckNoPatch(response, out);
  }
}

}  // namespace

std::vector<std::string> FindViolations(std::string_view request,
                                        std::string_view endpoint,
                                        int http_status,
                                        std::string_view response,
                                        std::string_view content_type) {
  Violations out;
  if (http_status < 200 || http_status > 206) {
    out.push_back("HTTP " + std::to_string(http_status) + " is no verdict");
  }
  if (!IsJsonContent(content_type)) out.emplace_back("the content is no JSON");
  const Json asked = Parse(request);
  const Json review = Parse(response);
  if (!review.is_object()) {
    out.emplace_back("the body is no JSON object in UTF-8");
    return out;
  }
  CheckHead(review, out);
  const Json& answer = At(review, "response");
  if (!answer.is_object()) {
    out.emplace_back("response is absent");
    return out;
  }
  CheckResponse(At(asked, "request"), endpoint, answer, out);
  return out;
}

std::vector<std::string> FindRefusalViolations(int http_status,
                                               std::string_view response,
                                               std::string_view content_type) {
  Violations out;
  if (http_status < 400 || http_status > 599) {
    out.push_back("HTTP " + std::to_string(http_status) + " is no error");
  }
  if (!IsJsonContent(content_type)) out.emplace_back("the content is no JSON");
  const Json body = Parse(response);
  if (Text(At(body, "error")).empty()) {
    out.emplace_back("the body does not say why");
  }
  if (body.is_object() && body.contains("response")) {
    out.emplace_back("the body holds a verdict");
  }
  return out;
}

std::string PatchedObject(std::string_view request, std::string_view response) {
  const Json asked = Parse(request);
  const Json& object = At(At(asked, "request"), "object");
  const Json answered = Parse(response);
  const Json& encoded = At(At(answered, "response"), "patch");
  if (encoded.is_null()) return object.dump();
  const auto text = DecodeBase64(Text(encoded));
  if (!text) return {};
  std::string why;
  const auto patched = Apply(object, Parse(*text), why);
  return patched ? patched->dump() : std::string();
}

}  // namespace meshvet::test
