// Whether two readers made the same of a text, down to what Node does not tell:
// the kind of each number, the order of members.

#ifndef MESHVET_TEST_SUPPORT_SAME_TREE_H_
#define MESHVET_TEST_SUPPORT_SAME_TREE_H_

#include <rapidjson/document.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

namespace meshvet {

inline std::string_view TextOf(const rapidjson::Value& string) {
  return {string.GetString(), string.GetStringLength()};
}

inline bool IsSameNumber(const rapidjson::Value& a, const rapidjson::Value& b) {
  if (a.IsInt() != b.IsInt() || a.IsUint() != b.IsUint() ||
      a.IsInt64() != b.IsInt64() || a.IsUint64() != b.IsUint64() ||
      a.IsDouble() != b.IsDouble()) {
    return false;
  }
  if (a.IsInt64()) return a.GetInt64() == b.GetInt64();
  if (a.IsUint64()) return a.GetUint64() == b.GetUint64();
  return std::bit_cast<uint64_t>(a.GetDouble()) ==
         std::bit_cast<uint64_t>(b.GetDouble());
}

inline bool IsSameTree(const rapidjson::Value& a, const rapidjson::Value& b) {
  if (a.GetType() != b.GetType()) return false;
  if (a.IsNumber()) return IsSameNumber(a, b);
  if (a.IsString()) return TextOf(a) == TextOf(b);
  if (a.IsArray()) {
    return std::equal(a.Begin(), a.End(), b.Begin(), b.End(), IsSameTree);
  }
  if (!a.IsObject()) return true;
  return std::equal(a.MemberBegin(), a.MemberEnd(), b.MemberBegin(),
                    b.MemberEnd(), [](const auto& one, const auto& other) {
                      return TextOf(one.name) == TextOf(other.name) &&
                             IsSameTree(one.value, other.value);
                    });
}

}  // namespace meshvet

#endif  // MESHVET_TEST_SUPPORT_SAME_TREE_H_
