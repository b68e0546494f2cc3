// Whatever the bytes, the header reader refuses them, wants more, or vets a
// request that has only one reading; and it decides the same whether they come
// at once or one by one.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "test/fuzz/require.h"
#include "webhook/header_reader.h"

namespace {

using meshvet::fuzz::Require;
using meshvet::webhook::HeaderReader;
using meshvet::webhook::HeaderRules;
using Outcome = HeaderReader::Outcome;

HeaderRules Rules(HeaderRules::Method method) {
  HeaderRules rules;
  rules.method = method;
  rules.paths = {"/validate", "/mutate"};
  rules.max_header_bytes = 512;
  rules.max_lines = 12;
  return rules;
}

// The first decision, with the bytes it took.
Outcome ReadByBytes(HeaderReader& reader, std::string_view input) {
  for (std::size_t size = 1; size <= input.size(); ++size) {
    const Outcome outcome = reader.Read(input.substr(0, size));
    if (outcome != Outcome::kNeedMore) return outcome;
  }
  return Outcome::kNeedMore;
}

void CheckVetted(const HeaderReader& reader, const HeaderRules& rules,
                 std::string_view input) {
  const auto& head = reader.head();
  Require(head.path_index < rules.paths.size());
  Require(head.header_bytes <= rules.max_header_bytes);
  Require(head.header_bytes <= input.size());
  Require(head.content_length <= rules.max_body_bytes);
  const std::string_view block = input.substr(0, head.header_bytes);
  Require(block.find("\r\n\r\n") == block.size() - 4);
  Require(block.find('\0') == std::string_view::npos);
  Require(block.find("\r\n ") == std::string_view::npos);
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (block[i] == '\n') Require(i > 0 && block[i - 1] == '\r');
    if (block[i] == '\r') Require(block[i + 1] == '\n');
  }
  Require(head.traceparent.empty() || head.traceparent.size() == 55);
}

void Check(std::string_view input, HeaderRules::Method method) {
  const HeaderRules rules = Rules(method);
  HeaderReader whole(rules);
  HeaderReader bytes(rules);
  const Outcome outcome = whole.Read(input);
  Require(ReadByBytes(bytes, input) == outcome);
  if (outcome == Outcome::kNeedMore) {
    Require(input.size() < rules.max_header_bytes);
  } else if (outcome == Outcome::kRefused) {
    Require(whole.refusal().status >= 400 && whole.refusal().status <= 505);
    Require(whole.refusal().status == bytes.refusal().status);
  } else {
    CheckVetted(whole, rules, input);
    Require(whole.head().header_bytes == bytes.head().header_bytes);
    Require(whole.head().content_length == bytes.head().content_length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Check(input, HeaderRules::Method::kPost);
  Check(input, HeaderRules::Method::kGet);
  return 0;
}
