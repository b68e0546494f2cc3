#include "mesh/node.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace meshvet {
namespace {

using rapidjson::Value;
using Member = Value::Member;

std::string_view View(const rapidjson::Value& text) {
  return {text.GetString(), text.GetStringLength()};
}

template <typename Word>
Word Load(const char* text) {
  Word word = 0;
  std::memcpy(&word, text, sizeof word);
  return word;
}

// Whether two texts of `size` bytes, at least that of a Word and at most two,
// are equal.
template <typename Word>
bool SameEnds(const char* a, const char* b, size_t size) {
  const size_t last = size - sizeof(Word);
  return Load<Word>(a) == Load<Word>(b) &&
         Load<Word>(a + last) == Load<Word>(b + last);
}

// Most keys differ in length or in their first letter, and few have more than
// 16: that is cheaper to see than a call of memcmp.
bool IsNamed(const Member& member, std::string_view key) {
  const size_t size = key.size();
  if (member.name.GetStringLength() != size) return false;
  if (size == 0) return true;
  const char* name = member.name.GetString();
  if (*name != key.front()) return false;
  if (size < 4 || size > 16) return std::memcmp(name, key.data(), size) == 0;
  return size < 8 ? SameEnds<uint32_t>(name, key.data(), size)
                  : SameEnds<uint64_t>(name, key.data(), size);
}

// Whether the integer has exactly the value of `b`: 2^53 + 1 is not the double
// 2^53 that it would be rounded to.
bool IntegerEqualsDouble(const Value& integer, double b) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (std::trunc(b) != b || b < -kTwoTo63 || b >= 2 * kTwoTo63) return false;
  if (b >= kTwoTo63) {
    return integer.IsUint64() &&
           integer.GetUint64() == static_cast<uint64_t>(b);
  }
  return integer.IsInt64() && integer.GetInt64() == static_cast<int64_t>(b);
}

// RapidJSON's own operator takes -1 for 2^64 - 1, whose bits are the same, and
// compares each key with each.
bool EqualNumbers(const Value& a, const Value& b) {
  if (a.IsDouble() && b.IsDouble()) return a.GetDouble() == b.GetDouble();
  if (a.IsDouble()) return IntegerEqualsDouble(b, a.GetDouble());
  if (b.IsDouble()) return IntegerEqualsDouble(a, b.GetDouble());
  if (a.IsInt64() && b.IsInt64()) return a.GetInt64() == b.GetInt64();
  return a.IsUint64() && b.IsUint64() && a.GetUint64() == b.GetUint64();
}

std::vector<const Member*> SortedMembers(const Value& object) {
  std::vector<const Member*> members;
  members.reserve(object.MemberCount());
  for (const Member& member : object.GetObject()) members.push_back(&member);
  std::ranges::sort(members, {}, [](const Member* m) { return View(m->name); });
  return members;
}

// Documents have a bounded depth, so recursion is.
bool Equal(const Value& a, const Value& b);

bool EqualMembers(const Member& a, const Member& b) {
  return View(a.name) == View(b.name) && Equal(a.value, b.value);
}

bool EqualObjects(const Value& a, const Value& b) {
  if (a.MemberCount() != b.MemberCount()) return false;
  // Most often they are in the same order.
  if (std::equal(a.MemberBegin(), a.MemberEnd(), b.MemberBegin(),
                 [](const Member& x, const Member& y) {
                   return View(x.name) == View(y.name);
                 })) {
    return std::equal(a.MemberBegin(), a.MemberEnd(), b.MemberBegin(),
                      EqualMembers);
  }
  return std::ranges::equal(
      SortedMembers(a), SortedMembers(b),
      [](const Member* x, const Member* y) { return EqualMembers(*x, *y); });
}

bool Equal(const Value& a, const Value& b) {
  if (a.GetType() != b.GetType()) return false;
  if (a.IsString()) return View(a) == View(b);
  if (a.IsNumber()) return EqualNumbers(a, b);
  if (a.IsObject()) return EqualObjects(a, b);
  if (!a.IsArray()) return true;
  return std::equal(a.Begin(), a.End(), b.Begin(), b.End(), Equal);
}

}  // namespace

Node::Type Node::TypeOf(const Value* value) {
  if (value == nullptr) return Type::kMissing;
  switch (value->GetType()) {
    case rapidjson::kNullType:
      return Type::kNull;
    case rapidjson::kFalseType:
    case rapidjson::kTrueType:
      return Type::kBool;
    case rapidjson::kNumberType:
      return Type::kNumber;
    case rapidjson::kStringType:
      return Type::kString;
    case rapidjson::kArrayType:
      return Type::kArray;
    case rapidjson::kObjectType:
      return Type::kObject;
  }
  return Type::kMissing;
}

bool Node::IsSet(const Value* value) {
  return value != nullptr && !value->IsNull();
}

const Value* Node::FindMember(const Value* value, std::string_view key) {
  if (value == nullptr || !value->IsObject()) return nullptr;
  for (const Member& member : value->GetObject()) {
    if (IsNamed(member, key)) return &member.value;
  }
  return nullptr;
}

Node Node::operator[](size_t index) const {
  const Value* array = value();
  if (array != nullptr && array->IsArray() && index < array->Size()) {
    return Node(&(*array)[static_cast<rapidjson::SizeType>(index)]);
  }
  // RFC 6901 section 4: the element after the last, which is not there.
  return Without("-");
}

std::string_view Node::StringOf(const Value* value) {
  if (value == nullptr || !value->IsString()) return {};
  return View(*value);
}

std::string Node::Text() const {
  switch (type()) {
    case Type::kString:
      return std::string(Str());
    case Type::kNumber:
    case Type::kBool:
      return ToJson();
    default:
      return {};
  }
}

bool Node::Bool() const { return exists() && value()->IsTrue(); }

std::optional<int64_t> Node::IntegerOf(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->IsInt64()) return value->GetInt64();
  // YAML's `80.0` and JSON's `8e1` are the integer 80 to Kubernetes too.
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value->IsDouble() && std::abs(value->GetDouble()) <= kExact &&
      std::trunc(value->GetDouble()) == value->GetDouble()) {
    return static_cast<int64_t>(value->GetDouble());
  }
  return std::nullopt;
}

std::optional<double> Node::Number() const {
  const Value* number = value();
  if (number == nullptr || !number->IsNumber()) return std::nullopt;
  return number->GetDouble();
}

size_t Node::SizeOf(const Value* value) {
  if (value == nullptr) return 0;
  if (value->IsArray()) return value->Size();
  if (value->IsObject()) return value->MemberCount();
  return 0;
}

Node::ElementIterator Node::begin() const {
  return IsArray() ? ElementIterator(value()->Begin()) : ElementIterator();
}

Node::ElementIterator Node::end() const {
  return IsArray() ? ElementIterator(value()->End()) : ElementIterator();
}

Node::ElementIterator& Node::ElementIterator::operator++() {
  ++at_;
  return *this;
}

Node::MemberRange Node::Members() const {
  if (!IsObject()) return {nullptr, nullptr};
  const auto object = value()->GetObject();
  const Member* first =
      object.MemberCount() == 0 ? nullptr : &*object.MemberBegin();
  return {first, first == nullptr ? nullptr : first + object.MemberCount()};
}

Node::MemberRange::Member Node::MemberRange::Iterator::operator*() const {
  const auto* member = static_cast<const meshvet::Member*>(at_);
  return {View(member->name), Node(&member->value)};
}

Node::MemberRange::Iterator& Node::MemberRange::Iterator::operator++() {
  at_ = static_cast<const meshvet::Member*>(at_) + 1;
  return *this;
}

std::string Node::ToJson() const {
  if (value() == nullptr) return "null";
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value()->Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

bool operator==(const Node& a, const Node& b) {
  const Value* const value_a = a.value();
  const Value* const value_b = b.value();
  if (value_a == nullptr || value_b == nullptr) return value_a == value_b;
  return Equal(*value_a, *value_b);
}

std::vector<std::string_view> Node::MissingKeys::All() const {
  std::vector<std::string_view> all;
  for (uint8_t i = 0; i < count_; ++i) {
    all.emplace_back(keys_[i].text, keys_[i].size);
  }
  return all;
}

}  // namespace meshvet
