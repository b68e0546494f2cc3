// File: webhook/json_text.h
//
// JSON written field by field. A tree of the JSON library must not be made
// where memory may end: it allocates in its destructor, and the program ends
// when that fails (nlohmann/json 3.11, json_value::destroy).
//
//   JsonObject status;
//   status.Put("reason", "Forbidden");
//   status.PutJson("code", "403");
//   text += std::move(status).End();

#ifndef MESHVET_WEBHOOK_JSON_TEXT_H_
#define MESHVET_WEBHOOK_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace meshvet::webhook {

// As a JSON string. What is no UTF-8 becomes U+FFFD.
void AppendJsonString(std::string_view value, std::string& text);

class JsonObject {
 public:
  void Put(std::string_view key, std::string_view value);
  // `json` is a value already.
  void PutJson(std::string_view key, std::string_view json);
  std::string End() &&;

 private:
  std::string text_ = "{";
};

// An array of strings.
template <typename Strings>
std::string JsonArray(const Strings& strings) {
  std::string text = "[";
  for (const auto& value : strings) {
    if (text.size() > 1) text += ',';
    AppendJsonString(value, text);
  }
  return text += ']';
}

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_JSON_TEXT_H_
