#include "mesh/node.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>

namespace meshvet {
namespace {

using Member = rapidjson::Value::Member;

std::string_view View(const rapidjson::Value& text) {
  return {text.GetString(), text.GetStringLength()};
}

}  // namespace

Node::Type Node::type() const {
  if (value_ == nullptr) return Type::kMissing;
  switch (value_->GetType()) {
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

bool Node::exists() const { return value_ != nullptr && !value_->IsNull(); }

Node Node::operator[](std::string_view key) const {
  if (value_ != nullptr && value_->IsObject()) {
    for (const Member& member : value_->GetObject()) {
      if (View(member.name) == key) return Node(&member.value);
    }
  }
  Node missing = *this;
  missing.value_ = nullptr;
  if (missing_count_ < kMaxMissing) {
    missing.missing_[missing.missing_count_++] = key;
  }
  return missing;
}

Node Node::operator[](size_t index) const {
  if (value_ != nullptr && value_->IsArray() && index < value_->Size()) {
    return Node(&(*value_)[static_cast<rapidjson::SizeType>(index)]);
  }
  Node missing = *this;
  missing.value_ = nullptr;
  return missing;
}

std::string_view Node::Str() const {
  if (value_ == nullptr || !value_->IsString()) return {};
  return View(*value_);
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

bool Node::Bool() const { return value_ != nullptr && value_->IsTrue(); }

std::optional<int64_t> Node::Int() const {
  if (value_ == nullptr) return std::nullopt;
  if (value_->IsInt64()) return value_->GetInt64();
  // YAML's `80.0` and JSON's `8e1` are the integer 80 to Kubernetes too.
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value_->IsDouble() && std::abs(value_->GetDouble()) <= kExact &&
      std::trunc(value_->GetDouble()) == value_->GetDouble()) {
    return static_cast<int64_t>(value_->GetDouble());
  }
  return std::nullopt;
}

std::optional<double> Node::Number() const {
  if (value_ == nullptr || !value_->IsNumber()) return std::nullopt;
  return value_->GetDouble();
}

size_t Node::size() const {
  if (value_ == nullptr) return 0;
  if (value_->IsArray()) return value_->Size();
  if (value_->IsObject()) return value_->MemberCount();
  return 0;
}

Node::ElementIterator Node::begin() const {
  if (value_ == nullptr || !value_->IsArray()) return ElementIterator(nullptr);
  return ElementIterator(value_->Begin());
}

Node::ElementIterator Node::end() const {
  if (value_ == nullptr || !value_->IsArray()) return ElementIterator(nullptr);
  return ElementIterator(value_->End());
}

Node::ElementIterator& Node::ElementIterator::operator++() {
  ++at_;
  return *this;
}

Node::MemberRange Node::Members() const {
  if (value_ == nullptr || !value_->IsObject()) return {nullptr, nullptr};
  const auto object = value_->GetObject();
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
  if (value_ == nullptr) return "null";
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value_->Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

bool operator==(const Node& a, const Node& b) {
  if (a.value_ == nullptr || b.value_ == nullptr) return a.value_ == b.value_;
  return *a.value_ == *b.value_;
}

std::vector<std::string_view> Node::missing_keys() const {
  return {missing_.begin(), missing_.begin() + missing_count_};
}

}  // namespace meshvet
