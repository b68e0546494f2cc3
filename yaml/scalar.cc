#include "yaml/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include "mesh/utf8.h"

namespace meshvet::yaml {
namespace {

constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsOneOf(std::string_view text,
             std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr size_t kLongestWord = 5;

// What a plain scalar may be, going by its first character.
enum class Start : uint8_t { kText, kWord, kNumber };

constexpr std::array<Start, 256> kStarts = [] {
  std::array<Start, 256> starts{};
  for (const char c : std::string_view("~yYnNtTfFoO")) {
    starts[static_cast<uint8_t>(c)] = Start::kWord;
  }
  for (const char c : std::string_view("+-.0123456789")) {
    starts[static_cast<uint8_t>(c)] = Start::kNumber;
  }
  return starts;
}();

// Whether a word may go on like this: of the keys of a manifest many start as
// one does ("name", "to", "tls"), and hardly any goes on as one.
bool MayBeWord(char first, char second) {
  const auto next = static_cast<char>(second | 0x20);
  switch (first | 0x20) {
    case 'y':
      return next == 'e';
    case 'n':
      return next == 'o' || next == 'u';
    case 't':
      return next == 'r';
    case 'f':
      return next == 'a';
    case 'o':
      return next == 'n' || next == 'f';
    default:
      return false;  // "~" stands alone
  }
}

Start StartOf(std::string_view text) {
  if (text.empty()) return Start::kWord;
  const Start start = kStarts[static_cast<uint8_t>(text[0])];
  const bool is_text =
      start == Start::kWord && text.size() > 1 && !MayBeWord(text[0], text[1]);
  return is_text ? Start::kText : start;
}

// The words that mean something of their own, or nothing.
std::optional<Scalar> Word(std::string_view text) {
  if (text.size() > kLongestWord) return std::nullopt;
  if (IsOneOf(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On",
                     "ON", "y", "Y"})) {
    return true;
  }
  if (IsOneOf(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off",
                     "OFF", "n", "N"})) {
    return false;
  }
  if (IsOneOf(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (IsOneOf(text, {".nan", ".NaN", ".NAN"})) return std::nan("");
  if (IsOneOf(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) {
    return HUGE_VAL;
  }
  if (IsOneOf(text, {"-.inf", "-.Inf", "-.INF"})) return -HUGE_VAL;
  return std::nullopt;
}

// Takes a leading 0x, 0o, 0b or 0 off `digits` and returns the base.
int TakeBase(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char mark = static_cast<char>(digits[1] | 0x20);
  const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
  digits.remove_prefix(base == 0 ? 1 : 2);
  return base == 0 ? 8 : base;
}

std::optional<Scalar> Integer(std::string_view text) {
  const bool negative = text[0] == '-';
  std::string_view digits = text;
  if (negative || text[0] == '+') digits.remove_prefix(1);
  const int base = TakeBase(digits);
  uint64_t magnitude = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] =
      std::from_chars(digits.data(), end, magnitude, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  constexpr uint64_t kLowest = 1ULL << 63U;
  if (negative) {
    if (magnitude > kLowest) return std::nullopt;
    return static_cast<int64_t>(~magnitude + 1);
  }
  if (magnitude < kLowest) return static_cast<int64_t>(magnitude);
  // Go reads the larger ones as unsigned, which take no sign.
  if (text[0] == '+') return std::nullopt;
  return magnitude;
}

// [-+]? ( .digits | digits [.digits*] ) ( [eE] [-+]? digits )?
bool HasFloatSyntax(std::string_view text) {
  size_t at = 0;
  const auto skip_digits = [&] {
    const size_t from = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return at - from;
  };
  const auto skip_sign = [&] {
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  };
  skip_sign();
  const size_t whole = skip_digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (skip_digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    skip_sign();
    if (skip_digits() == 0) return false;
  }
  return at == text.size();
}

std::optional<Scalar> Float(std::string_view text) {
  if (!HasFloatSyntax(text)) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  // from_chars reports underflow as it does overflow; to Go 1e-400 is 0.
  if (error == std::errc::result_out_of_range) {
    const size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos &&
                      exponent + 1 < text.size() && text[exponent + 1] == '-';
    return tiny ? std::optional<Scalar>(0.0) : std::nullopt;
  }
  return value;
}

// In a number that starts with a dot Go wants underscores between digits.
bool UnderscoresDivideDigits(std::string_view text) {
  for (size_t at = text.find('_'); at != std::string_view::npos;
       at = text.find('_', at + 1)) {
    if (at == 0 || at + 1 == text.size()) return false;
    if (!IsDigit(text[at - 1]) || !IsDigit(text[at + 1])) return false;
  }
  return true;
}

std::string WithoutUnderscores(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  return digits;
}

std::optional<Scalar> Number(std::string_view text) {
  if (text.find('_') != std::string_view::npos) {
    if (text[0] == '.' && !UnderscoresDivideDigits(text)) return std::nullopt;
    const std::string digits = WithoutUnderscores(text);
    return Number(digits);
  }
  if (text[0] == '.') return Float(text);
  if (auto integer = Integer(text)) return integer;
  return Float(text);
}

// A plain scalar: a number, a word, or else its text.
Scalar Plain(std::string_view text) {
  const Start start = StartOf(text);
  if (start == Start::kText) return text;
  const bool digit = !text.empty() && IsDigit(text[0]);
  if (!digit) {
    if (auto word = Word(text)) return *std::move(word);
  }
  if (start == Start::kNumber) {
    if (auto number = Number(text)) return *std::move(number);
  }
  return text;
}

// Go writes 1000.0 into JSON as 1000, and Kubernetes then reads an integer.
Result<Scalar> AsJsonNumber(double value) {
  if (!std::isfinite(value)) {
    return Error{"infinity and not-a-number have no JSON value"};
  }
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= kExact) {
    return Scalar(static_cast<int64_t>(value));
  }
  return Scalar(value);
}

int Base64Digit(char c) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  size_t digits = 0;
  size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const int digit = c == '=' ? 0 : Base64Digit(c);
    if (digit < 0 || (padding > 0 && c != '=')) return std::nullopt;
    if (c == '=') ++padding;
    bits = bits << 6U | static_cast<uint32_t>(digit);
    if (++digits % 4 != 0) continue;
    for (const unsigned shift : {16U, 8U, 0U}) {
      bytes.push_back(static_cast<char>(bits >> shift & 0xFFU));
    }
  }
  if (digits % 4 != 0 || padding > 2) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

Result<Scalar> Binary(std::string_view text) {
  auto bytes = DecodeBase64(text);
  if (!bytes) return Error{"!!binary value is no base64"};
  if (FindInvalidUtf8(*bytes) < bytes->size()) {
    return Error{"!!binary value is no text, which JSON cannot hold"};
  }
  return Scalar(*std::move(bytes));
}

bool Satisfies(const Scalar& value, Tag tag) {
  switch (tag) {
    case Tag::kBool:
      return std::holds_alternative<bool>(value);
    case Tag::kNull:
      return std::holds_alternative<std::nullptr_t>(value);
    case Tag::kInt:
      return std::holds_alternative<int64_t>(value) ||
             std::holds_alternative<uint64_t>(value);
    case Tag::kFloat:
      return std::holds_alternative<double>(value) ||
             std::holds_alternative<int64_t>(value);
    default:
      return true;
  }
}

const char* NameOf(Tag tag) {
  switch (tag) {
    case Tag::kBool:
      return "!!bool";
    case Tag::kNull:
      return "!!null";
    case Tag::kInt:
      return "!!int";
    default:
      return "!!float";
  }
}

// Before JSON's own restrictions: doubles may be infinite or whole.
Result<Scalar> ResolveYaml(std::string_view text, Tag tag, bool plain) {
  if (tag == Tag::kString || tag == Tag::kMerge) return Scalar(text);
  if (tag == Tag::kBinary) return Binary(text);
  if (tag == Tag::kNone) return plain ? Plain(text) : Scalar(text);
  Scalar value = Plain(text);
  if (!Satisfies(value, tag)) {
    return Error{std::string("value is no ") + NameOf(tag)};
  }
  if (tag == Tag::kFloat && std::holds_alternative<int64_t>(value)) {
    return Scalar(static_cast<double>(*std::get_if<int64_t>(&value)));
  }
  return value;
}

// sigs.k8s.io/yaml writes a float key as Go's FormatFloat(key, 'g', -1, 32):
// the shortest digits of the nearest float, with an exponent from a million up.
std::string FloatKey(double key) {
  const auto value = static_cast<float>(key);
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
  constexpr float kSmallest = 1e-4F;
  constexpr float kLargest = 1e6F;
  const float size = std::abs(value);
  const bool plain = size == 0 || (size >= kSmallest && size < kLargest);
  std::array<char, 64> digits{};
  const auto [end, error] = std::to_chars(
      digits.data(), digits.data() + digits.size(), value,
      plain ? std::chars_format::fixed : std::chars_format::scientific);
  return {digits.data(), end};
}

}  // namespace

Tag TagOf(const char* text) {
  if (text == nullptr) return Tag::kNone;
  std::string_view name = text;
  if (name.empty()) return Tag::kNone;
  if (!name.starts_with(kCoreTags)) return Tag::kString;
  name.remove_prefix(kCoreTags.size());
  if (name == "bool") return Tag::kBool;
  if (name == "int") return Tag::kInt;
  if (name == "float") return Tag::kFloat;
  if (name == "null") return Tag::kNull;
  if (name == "binary") return Tag::kBinary;
  if (name == "merge") return Tag::kMerge;
  return Tag::kString;
}

bool IsSurelyText(std::string_view text, Tag tag, bool plain) {
  if (tag != Tag::kNone) return tag == Tag::kString;
  if (!plain) return true;
  const Start start = StartOf(text);
  return start == Start::kText ||
         (start == Start::kWord && text.size() > kLongestWord);
}

Result<Scalar> ResolveScalar(std::string_view text, Tag tag, bool plain) {
  auto value = ResolveYaml(text, tag, plain);
  if (!value) return value;
  if (const auto* number = std::get_if<double>(&*value)) {
    return AsJsonNumber(*number);
  }
  return value;
}

Result<std::variant<std::string_view, std::string>> ResolveKey(
    std::string_view text, Tag tag, bool plain) {
  using Key = std::variant<std::string_view, std::string>;
  auto value = ResolveYaml(text, tag, plain);
  if (!value) return value.error();
  if (const auto* same = std::get_if<std::string_view>(&*value)) {
    return Key(*same);
  }
  if (auto* made = std::get_if<std::string>(&*value)) {
    return Key(std::move(*made));
  }
  if (const auto* flag = std::get_if<bool>(&*value)) {
    return Key(std::string_view(*flag ? "true" : "false"));
  }
  if (const auto* integer = std::get_if<int64_t>(&*value)) {
    return Key(std::to_string(*integer));
  }
  if (const auto* number = std::get_if<double>(&*value)) {
    return Key(FloatKey(*number));
  }
  return Error{std::holds_alternative<uint64_t>(*value)
                   ? "key is an integer too large to be a key"
                   : "key is null, which JSON does not allow"};
}

}  // namespace meshvet::yaml
