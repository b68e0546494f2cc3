#include "mesh/document.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mesh/document_tree.h"
#include "mesh/json_pointer.h"
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

// One of 64 bits, the same for equal keys.
uint64_t MarkOf(std::string_view key) {
  if (key.empty()) return 1;
  const size_t first = static_cast<unsigned char>(key.front());
  const size_t last = static_cast<unsigned char>(key.back());
  return uint64_t{1} << ((key.size() * 5 + first * 3 + last) % 64);
}

// The key that stands twice in `object`; null if none does.
MemberRef DuplicateKey(const rapidjson::Value& object) {
  constexpr size_t kFewEnoughToCompare = 16;
  if (object.MemberCount() > kFewEnoughToCompare) {
    return DuplicateOfMany(object);
  }
  const auto members = object.GetObject();
  uint64_t seen = 0;
  for (auto later = members.begin(); later != members.end(); ++later) {
    const std::string_view key = KeyOf(&*later);
    const uint64_t mark = MarkOf(key);
    // Most keys differ in their marks, and need no comparing.
    if ((seen & mark) != 0) {
      for (auto earlier = members.begin(); earlier != later; ++earlier) {
        if (KeyOf(&*earlier) == key) return &*later;
      }
    }
    seen |= mark;
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

class TreeBuilder final : public DocumentBuilder {
 public:
  explicit TreeBuilder(rapidjson::Document& target) : target_(target) {}

  void Null() override { Value(target_.Null()); }
  void Bool(bool value) override { Value(target_.Bool(value)); }
  void Int(int64_t value) override { Value(target_.Int64(value)); }
  void Uint(uint64_t value) override { Value(target_.Uint64(value)); }
  void Double(double value) override { Value(target_.Double(value)); }
  void String(std::string_view text) override {
    Value(
        target_.String(text.data(), static_cast<SizeType>(text.size()), true));
  }
  void StartObject() override {
    Value(target_.StartObject());
    counts_.push_back(0);
  }
  void Key(std::string_view key) override {
    target_.Key(key.data(), static_cast<SizeType>(key.size()), true);
  }
  void EndObject() override { target_.EndObject(PopCount()); }
  void StartArray() override {
    Value(target_.StartArray());
    counts_.push_back(0);
  }
  void EndArray() override { target_.EndArray(PopCount()); }

 private:
  void Value(bool /*always true*/) {
    if (!counts_.empty()) ++counts_.back();
  }
  SizeType PopCount() {
    const SizeType count = counts_.back();
    counts_.pop_back();
    return count;
  }

  rapidjson::Document& target_;
  std::vector<SizeType> counts_;  // values in each open container
};

// Tells a document what to hold, strings included. Told so, it takes the room
// it needs; AddMember takes that of sixteen members for each object.
class Copier {
 public:
  explicit Copier(rapidjson::Document& target) : target_(target) {}

  bool Null() { return target_.Null(); }
  bool Bool(bool value) { return target_.Bool(value); }
  bool Int(int value) { return target_.Int(value); }
  bool Uint(unsigned value) { return target_.Uint(value); }
  bool Int64(int64_t value) { return target_.Int64(value); }
  bool Uint64(uint64_t value) { return target_.Uint64(value); }
  bool Double(double value) { return target_.Double(value); }
  bool RawNumber(const char* s, SizeType n, bool /*copy*/) {
    return target_.RawNumber(s, n, true);
  }
  bool String(const char* s, SizeType n, bool /*copy*/) {
    return target_.String(s, n, true);
  }
  bool Key(const char* s, SizeType n, bool /*copy*/) {
    return target_.Key(s, n, true);
  }
  bool StartObject() { return target_.StartObject(); }
  bool StartArray() { return target_.StartArray(); }
  bool EndObject(SizeType n) { return target_.EndObject(n); }
  bool EndArray(SizeType n) { return target_.EndArray(n); }

 private:
  rapidjson::Document& target_;
};

// Copies the members of `from` whose keys are not among `skipped`; their
// number.
SizeType CopyMembers(Node from, std::initializer_list<std::string_view> skipped,
                     Copier& copier) {
  SizeType count = 0;
  for (const auto& [key, value] : from.Members()) {
    if (std::find(skipped.begin(), skipped.end(), key) != skipped.end()) {
      continue;
    }
    copier.Key(key.data(), static_cast<SizeType>(key.size()), true);
    value.value()->Accept(copier);
    ++count;
  }
  return count;
}

}  // namespace

Document::Document() = default;
Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::~Document() = default;
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;

Node Document::root() const {
  return tree_ == nullptr ? Node() : Node(&tree_->document);
}

Document Document::Build(size_t size_hint,
                         const std::function<bool(DocumentBuilder&)>& write) {
  auto tree = std::make_unique<Tree>(size_hint * 2);
  bool complete = false;
  const auto generate = [&](rapidjson::Document& target) {
    TreeBuilder builder(target);
    complete = write(builder);
    return complete;
  };
  tree->document.Populate(generate);
  return complete ? Document(std::move(tree)) : Document();
}

rapidjson::Value CopyDeep(const rapidjson::Value& from,
                          rapidjson::MemoryPoolAllocator<>& allocator) {
  switch (from.GetType()) {
    case rapidjson::kStringType:
      return {from.GetString(), from.GetStringLength(), allocator};
    case rapidjson::kArrayType: {
      rapidjson::Value copy(rapidjson::kArrayType);
      copy.Reserve(from.Size(), allocator);
      for (const rapidjson::Value& element : from.GetArray()) {
        copy.PushBack(CopyDeep(element, allocator), allocator);
      }
      return copy;
    }
    case rapidjson::kObjectType: {
      rapidjson::Value copy(rapidjson::kObjectType);
      for (const auto& member : from.GetObject()) {
        copy.AddMember(CopyDeep(member.name, allocator),
                       CopyDeep(member.value, allocator), allocator);
      }
      return copy;
    }
    default:
      return {from, allocator};
  }
}

void CopyDeep(const rapidjson::Value& from, rapidjson::Document& to) {
  static_cast<rapidjson::Value&>(to) = CopyDeep(from, to.GetAllocator());
}

Document Document::CompactCopyOf(Node object) {
  if (object.value() == nullptr) return {};
  // What is left of the last chunk is lost, so they are small.
  auto tree = std::make_unique<Tree>(512);
  const auto write = [&](rapidjson::Document& target) {
    Copier copier(target);
    if (!object.IsObject()) return object.value()->Accept(copier);
    copier.StartObject();
    SizeType count = CopyMembers(object, {"status", "metadata"}, copier);
    if (const Node metadata = object["metadata"]; metadata.IsObject()) {
      copier.Key("metadata", sizeof("metadata") - 1, true);
      copier.StartObject();
      copier.EndObject(CopyMembers(metadata, {"managedFields"}, copier));
      ++count;
    }
    return copier.EndObject(count);
  };
  tree->document.Populate(write);
  return Document(std::move(tree));
}

Result<Document> ParseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error{"larger than " + std::to_string(limits.max_bytes) + " bytes"};
  }
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
