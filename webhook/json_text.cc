#include "webhook/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace meshvet::webhook {
namespace {

// What JSON writes as it is.
bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

}  // namespace

void AppendJsonString(std::string_view value, std::string& text) {
  if (std::ranges::all_of(value, IsPlain)) {
    text += '"';
    text.append(value) += '"';
  } else {
    // A string, and no tree: its destructor needs no memory.
    text += nlohmann::json(value).dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void JsonObject::Put(std::string_view key, std::string_view value) {
  std::string json;
  AppendJsonString(value, json);
  PutJson(key, json);
}

void JsonObject::PutJson(std::string_view key, std::string_view json) {
  if (text_.size() > 1) text_ += ',';
  AppendJsonString(key, text_);
  text_ += ':';
  text_ += json;
}

std::string JsonObject::End() && {
  text_ += '}';
  return std::move(text_);
}

}  // namespace meshvet::webhook
