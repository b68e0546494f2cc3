// File: mesh/memo.h
//
// What a MeshView has worked out already. The rules of one evaluation ask the
// same questions about the same few hosts; each is answered once. Included by
// mesh/*.cc only.

#ifndef MESHVET_MESH_MEMO_H_
#define MESHVET_MESH_MEMO_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/destination_host.h"
#include "mesh/destination_rule.h"
#include "mesh/registry.h"
#include "mesh/routed_destination.h"

namespace meshvet {

// Answers by question. A reference stays valid: nodes of the map do not move.
// A sorted map, as there are few questions, and whoever writes the object that
// asks them cannot make a search long.
template <typename Answer, size_t parts>
class Answers {
 public:
  using Question = std::array<std::string_view, parts>;

  // `memory` outlives the answers and is never given back before.
  explicit Answers(std::pmr::memory_resource* memory)
      : memory_(memory), answers_(memory) {}

  // The answer to the question of these parts, worked out by `find(answer)` the
  // first time. `find` may ask further questions, but not this one.
  template <typename Find>
  const Answer& Get(const Question& question, const Find& find) {
    const auto place = answers_.lower_bound(question);
    if (place != answers_.end() && place->first == question) {
      return place->second;
    }
    Answer& answer = answers_.try_emplace(place, Keep(question))->second;
    find(answer);
    return answer;
  }

 private:
  Question Keep(Question question) {
    for (std::string_view& part : question) {
      if (part.empty()) continue;
      char* const copy = static_cast<char*>(memory_->allocate(part.size(), 1));
      std::ranges::copy(part, copy);
      part = {copy, part.size()};
    }
    return question;
  }

  // Any order will do, and most parts differ in length.
  struct Before {
    bool operator()(const Question& a, const Question& b) const {
      for (size_t i = 0; i < parts; ++i) {
        if (a[i].size() != b[i].size()) return a[i].size() < b[i].size();
      }
      for (size_t i = 0; i < parts; ++i) {
        if (const int order = a[i].compare(b[i]); order != 0) return order < 0;
      }
      return false;
    }
  };

  std::pmr::memory_resource* memory_;
  std::pmr::map<Question, Answer, Before> answers_;
};

// Memory for the answers to a common VirtualService. A thread keeps one for the
// next view: so large a piece is dear to get and to give back.
class MemoRoom {
 public:
  MemoRoom() : room_(std::move(Spare())) {
    if (room_ == nullptr) room_ = std::make_unique_for_overwrite<Bytes>();
  }
  ~MemoRoom() { Spare() = std::move(room_); }
  MemoRoom(const MemoRoom&) = delete;
  MemoRoom& operator=(const MemoRoom&) = delete;

  void* data() { return room_->data(); }
  static constexpr size_t kSize = 12 << 10;

 private:
  using Bytes = std::array<std::byte, kSize>;
  static std::unique_ptr<Bytes>& Spare() {
    static thread_local std::unique_ptr<Bytes> spare;
    return spare;
  }
  std::unique_ptr<Bytes> room_;
};

struct Memo {
  MemoRoom room;
  std::pmr::monotonic_buffer_resource memory{room.data(), MemoRoom::kSize};

  Answers<HostLookup, 2> hosts{&memory};
  Answers<DestinationHost, 2> destinations{&memory};
  Answers<EffectiveRule, 3> rules{&memory};
  // DestinationRules with a wildcard host.
  std::optional<std::pmr::vector<const Object*>> wildcard_rules;
  std::pmr::map<const rapidjson::Value*, std::pmr::vector<RoutedDestination>>
      routes{&memory};
};

}  // namespace meshvet

#endif  // MESHVET_MESH_MEMO_H_
