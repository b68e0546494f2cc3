// File: mesh/node.h
//
// Node: one place in a JSON-like document, which may or may not be there.
//
//   for (const Node server : gateway.spec()["servers"]) {
//     if (server["port"]["protocol"].Str() != "HTTP") continue;
//
// Looking below something that is missing, null or of another type gives a
// missing Node, never an error, so a rule reads hostile input without checks.
// A missing Node remembers what was asked for: `server["tls"]["mode"]` still
// says "/tls/mode below server", which is where a fix would add it.
//
// A Node is a view: it lives as long as the Document it was taken from, and it
// is safe to read one Document from many threads.

#ifndef MESHVET_MESH_NODE_H_
#define MESHVET_MESH_NODE_H_

#include <rapidjson/fwd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet {

class Node {
 public:
  enum class Type { kMissing, kNull, kBool, kNumber, kString, kArray, kObject };

  class ElementIterator;
  class MemberRange;

  Node() = default;
  explicit Node(const rapidjson::Value* value) : anchor_(value) {}

  Type type() const { return TypeOf(value()); }
  // Present and not null: Kubernetes reads `field: null` as "not set".
  bool exists() const { return IsSet(value()); }
  explicit operator bool() const { return exists(); }
  bool IsObject() const { return type() == Type::kObject; }
  bool IsArray() const { return type() == Type::kArray; }
  bool IsString() const { return type() == Type::kString; }

  // The member `key` of an object, or the element `index` of an array. `key`
  // must outlive the Node when the member is missing (a literal does).
  Node operator[](std::string_view key) const {
    const rapidjson::Value* member = FindMember(value(), key);
    return member == nullptr ? Without(key) : Node(member);
  }
  Node operator[](size_t index) const;

  // A string's value; empty for anything else.
  std::string_view Str() const { return StringOf(value()); }
  // A string, number or boolean as text, as kubectl would print it; empty for
  // anything else.
  std::string Text() const;
  // A boolean's value; false for anything else.
  bool Bool() const;
  // An integer that fits; empty for anything else, numeric strings included.
  std::optional<int64_t> Int() const { return IntegerOf(value()); }
  std::optional<double> Number() const;

  // Number of elements or members; 0 for anything else.
  size_t size() const { return SizeOf(value()); }
  bool empty() const { return size() == 0; }

  // The elements of an array; nothing for anything else.
  ElementIterator begin() const;
  ElementIterator end() const;
  // The members of an object as (key, Node); nothing for anything else.
  MemberRange Members() const;

  // The whole value as compact JSON; "null" when missing.
  std::string ToJson() const;

  // Deep equality of JSON values (RFC 6902 section 4.6): numbers by their exact
  // value, 1 == 1.0; members in any order.
  friend bool operator==(const Node& a, const Node& b);

  // Where a missing Node was looked for: the nearest value that is there, and
  // the keys below it that are not; "-" stands for a missing element.
  const rapidjson::Value* value() const {
    return missing_.empty() ? anchor_ : nullptr;
  }
  const rapidjson::Value* anchor() const { return anchor_; }
  std::vector<std::string_view> missing_keys() const { return missing_.All(); }

 private:
  // Nodes are made and copied all the time, and few are missing: what is past
  // the count is neither written nor copied.
  class MissingKeys {
   public:
    MissingKeys() = default;
    MissingKeys(const MissingKeys& other) { *this = other; }
    MissingKeys& operator=(const MissingKeys& other) {
      count_ = other.count_;
      for (uint8_t i = 0; i < count_; ++i) keys_[i] = other.keys_[i];
      return *this;
    }
    ~MissingKeys() = default;

    bool empty() const { return count_ == 0; }
    void Add(std::string_view key) {
      if (count_ < kMost) keys_[count_++] = {key.data(), key.size()};
    }
    std::vector<std::string_view> All() const;

   private:
    // Deeper misses keep the first keys: enough for every field of Istio.
    static constexpr uint8_t kMost = 4;
    // A std::string_view that is not made before it is needed.
    struct Key {
      const char* text;
      size_t size;
    };

    uint8_t count_ = 0;
    std::array<Key, kMost> keys_;
  };

  // The missing Node at `key` below this one.
  Node Without(std::string_view key) const {
    Node missing = *this;
    missing.missing_.Add(key);
    return missing;
  }

  // What the accessors say of a value, which may be null. With these a Node
  // that is looked at once lives in registers: most are.
  static const rapidjson::Value* FindMember(const rapidjson::Value* value,
                                            std::string_view key);
  static Type TypeOf(const rapidjson::Value* value);
  static bool IsSet(const rapidjson::Value* value);
  static std::string_view StringOf(const rapidjson::Value* value);
  static std::optional<int64_t> IntegerOf(const rapidjson::Value* value);
  static size_t SizeOf(const rapidjson::Value* value);

  const rapidjson::Value* anchor_ = nullptr;  // the value, if none is missing
  MissingKeys missing_;
};

class Node::ElementIterator {
 public:
  using value_type = Node;
  using difference_type = std::ptrdiff_t;

  ElementIterator() = default;
  explicit ElementIterator(const rapidjson::Value* at) : at_(at) {}
  Node operator*() const { return Node(at_); }
  ElementIterator& operator++();
  ElementIterator operator++(int) {
    const ElementIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(ElementIterator a, ElementIterator b) {
    return a.at_ == b.at_;
  }

 private:
  const rapidjson::Value* at_ = nullptr;
};

class Node::MemberRange {
 public:
  struct Member {
    std::string_view key;
    Node value;
  };
  class Iterator {
   public:
    explicit Iterator(const void* at) : at_(at) {}
    Member operator*() const;
    Iterator& operator++();
    friend bool operator==(Iterator a, Iterator b) { return a.at_ == b.at_; }

   private:
    const void* at_;  // a rapidjson::Value::Member
  };

  MemberRange(const void* begin, const void* end) : begin_(begin), end_(end) {}
  Iterator begin() const { return Iterator(begin_); }
  Iterator end() const { return Iterator(end_); }

 private:
  const void* begin_;
  const void* end_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_NODE_H_
