#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/document_tree.h"
#include "mesh/json_pointer.h"
#include "mesh/json_reader.h"
#include "mesh/utf8.h"

namespace meshvet {
namespace {

using rapidjson::SizeType;

// Passes a parser's events on, and stops it at the limits.
class BoundedHandler {
 public:
  BoundedHandler(rapidjson::Document& target, const JsonLimits& limits,
                 std::string_view text, rapidjson::InsituStringStream& stream)
      : target_(target),
        limits_(limits),
        text_(text),
        stream_(stream),
        has_escapes_(text.find('\\') != text.npos) {}

  bool Null() { return Count() && target_.Null(); }
  bool Bool(bool b) { return Count() && target_.Bool(b); }
  bool Int(int i) { return Count() && target_.Int(i); }
  bool Uint(unsigned i) { return Count() && target_.Uint(i); }
  bool Int64(int64_t i) { return Count() && target_.Int64(i); }
  bool Uint64(uint64_t i) { return Count() && target_.Uint64(i); }
  bool Double(double d) {
    return Count() && ReadExactly(d) && target_.Double(d);
  }
  bool RawNumber(const char* s, SizeType n, bool copy) {
    return Count() && target_.RawNumber(s, n, copy);
  }
  bool String(const char* s, SizeType n, bool copy) {
    return Count() && Exact({s, n}) && target_.String(s, n, copy);
  }
  bool Key(const char* s, SizeType n, bool copy) {
    return Exact({s, n}) && target_.Key(s, n, copy);
  }
  bool StartObject() { return Enter() && target_.StartObject(); }
  bool StartArray() { return Enter() && target_.StartArray(); }
  bool EndObject(SizeType n) {
    --depth_;
    return target_.EndObject(n);
  }
  bool EndArray(SizeType n) {
    --depth_;
    return target_.EndArray(n);
  }

  const char* refusal() const { return refusal_; }

 private:
  bool Count() {
    if (++values_ <= limits_.max_values) return true;
    refusal_ = "too many values";
    return false;
  }
  // RapidJSON's own exact conversion makes 10^28 of `0e54` and NaN of
  // `1.8e308`. The stream still stands before the number when its value comes.
  bool ReadExactly(double& value) {
    const std::string_view rest = text_.substr(stream_.Tell());
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), value);
    const bool is_tiny = std::abs(value) < 1;  // rounds to zero, as Go has it
    if (error == std::errc() || is_tiny) return true;
    refusal_ = "number too big";
    return false;
  }
  // A lone surrogate escape ("\udddd") passes the reader's own validation but
  // is no text: written as UTF-8 it would be 0xED 0xA0 to 0xBF.
  bool Exact(std::string_view text) {
    if (!has_escapes_) return true;
    for (size_t at = text.find('\xED'); at != text.npos;
         at = text.find('\xED', at + 1)) {
      if (at + 1 < text.size() && (text[at + 1] & 0x20) != 0) {
        refusal_ = "lone surrogate in a string";
        return false;
      }
    }
    return true;
  }
  bool Enter() {
    if (!Count()) return false;
    if (++depth_ <= limits_.max_depth) return true;
    refusal_ = "nested too deeply";
    return false;
  }

  rapidjson::Document& target_;
  const JsonLimits& limits_;
  std::string_view text_;
  rapidjson::InsituStringStream& stream_;
  const bool has_escapes_;
  size_t depth_ = 0;
  size_t values_ = 0;
  const char* refusal_ = nullptr;
};

Error At(std::string_view what, size_t byte) {
  return {std::string(what) + " at byte " + std::to_string(byte)};
}

// What the reader would misread: bytes that are no text; a byte order mark,
// which Go's parser refuses (RFC 8259 section 8.1); and a NUL, at which the
// reader takes the text to end.
std::optional<Error> FindUnreadable(std::string_view text) {
  if (const size_t bad = FindInvalidUtf8(text); bad != text.size()) {
    return At("invalid UTF-8", bad);
  }
  if (text.starts_with("\xEF\xBB\xBF")) return At("a byte order mark", 0);
  if (const size_t nul = text.find('\0'); nul != text.npos) {
    return At("text after the value", nul);
  }
  return std::nullopt;
}

// The reader's own words, but for a raw control character, which it takes for
// an escape.
std::string_view Complaint(rapidjson::ParseErrorCode code, char at) {
  if (code == rapidjson::kParseErrorStringEscapeInvalid && at >= 0 &&
      at < 0x20) {
    return "a control character";
  }
  std::string_view what = rapidjson::GetParseError_En(code);
  if (what.ends_with('.')) what.remove_suffix(1);
  return what;
}

// Lets Document::Populate drive the reader, so that the handler can sit between
// the two. Strings stay where they are in `text`, which is changed.
//
// The reader recurses, no deeper than the handler allows; its iterative twin
// takes a third more time. Its scan of strings with SSE2 stays off: it takes
// longer for strings as short as a manifest's, and lets six raw control
// characters pass (rapidjson 1.1.0, reader.h SkipUnescapedString compares with
// 0x19 where 0x1F is meant).
struct BoundedParse {
  std::string& text;
  const JsonLimits& limits;
  Error* error;

  bool operator()(rapidjson::Document& target) const {
    rapidjson::InsituStringStream stream(text.data());
    BoundedHandler handler(target, limits, text, stream);
    rapidjson::Reader reader;
    if (reader.Parse<rapidjson::kParseInsituFlag>(stream, handler)) return true;
    const size_t offset = reader.GetErrorOffset();
    *error = At(handler.refusal() != nullptr
                    ? handler.refusal()
                    : Complaint(reader.GetParseErrorCode(), text[offset]),
                offset);
    return false;
  }
};

using MemberRef = const rapidjson::Value::Member*;

std::string_view KeyOf(MemberRef member) {
  return {member->name.GetString(), member->name.GetStringLength()};
}

// The key that stands twice among many.
MemberRef DuplicateOfMany(const rapidjson::Value& object) {
  std::vector<MemberRef> members;
  members.reserve(object.MemberCount());
  for (const auto& member : object.GetObject()) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](MemberRef a, MemberRef b) { return KeyOf(a) < KeyOf(b); });
  const auto twin = std::adjacent_find(
      members.begin(), members.end(),
      [](MemberRef a, MemberRef b) { return KeyOf(a) == KeyOf(b); });
  return twin == members.end() ? nullptr : *twin;
}

// The key that stands twice in `object`; null if none does.
MemberRef DuplicateKey(const rapidjson::Value& object) {
  constexpr size_t kFewEnoughToCompare = 16;
  if (object.MemberCount() > kFewEnoughToCompare) {
    return DuplicateOfMany(object);
  }
  const auto members = object.GetObject();
  for (auto later = members.begin(); later != members.end(); ++later) {
    for (auto earlier = members.begin(); earlier != later; ++earlier) {
      if (KeyOf(&*earlier) == KeyOf(&*later)) return &*later;
    }
  }
  return nullptr;
}

// The pointer of a key that stands twice in its object; "" if none does. Go's
// parser takes the last of two equal keys, others the first: what was vetted
// might not be what is stored, so such a text is refused.
std::string FindDuplicateKey(const rapidjson::Value& root) {
  std::vector<const rapidjson::Value*> open{&root};
  while (!open.empty()) {
    const rapidjson::Value& value = *open.back();
    open.pop_back();
    if (value.IsArray()) {
      for (const auto& element : value.GetArray()) {
        if (element.IsArray() || element.IsObject()) open.push_back(&element);
      }
    } else if (value.IsObject()) {
      if (const MemberRef twin = DuplicateKey(value)) {
        const std::string parent = PointerIndex(Node(&root)).Of(Node(&value));
        return parent + "/" + EscapePointerToken(KeyOf(twin));
      }
      for (const auto& member : value.GetObject()) {
        if (member.value.IsArray() || member.value.IsObject()) {
          open.push_back(&member.value);
        }
      }
    }
  }
  return {};
}

}  // namespace

Result<Document> ReadThoroughly(std::string_view text,
                                const JsonLimits& limits) {
  if (auto unreadable = FindUnreadable(text)) return *std::move(unreadable);
  auto tree = std::make_unique<Document::Tree>(text.size() * 2);
  tree->text = text;
  Error error;
  BoundedParse parse{tree->text, limits, &error};
  tree->document.Populate(parse);
  if (!error.message.empty()) return error;
  if (const std::string twin = FindDuplicateKey(tree->document);
      !twin.empty()) {
    return Error{"duplicate key", twin};
  }
  return Document(std::move(tree));
}

}  // namespace meshvet
