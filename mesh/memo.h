// File: mesh/memo.h
//
// What a MeshView has worked out already. The rules of one evaluation ask the
// same questions about the same few hosts; each is answered once. Included by
// mesh/*.cc only.

#ifndef MESHVET_MESH_MEMO_H_
#define MESHVET_MESH_MEMO_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mesh/destination_host.h"
#include "mesh/destination_rule.h"
#include "mesh/registry.h"
#include "mesh/routed_destination.h"

namespace meshvet {

// Answers by question. A reference stays valid: nodes of the map do not move.
template <typename Answer>
class Answers {
 public:
  // The answer to the question of these parts, worked out by `find` the first
  // time.
  template <typename Find>
  const Answer& Get(std::initializer_list<std::string_view> parts,
                    const Find& find) {
    key_.clear();
    for (const std::string_view part : parts) key_.append(part) += '\n';
    if (const auto known = answers_.find(key_); known != answers_.end()) {
      return known->second;
    }
    std::string key = key_;  // `find` may ask further questions
    return answers_.emplace(std::move(key), find()).first->second;
  }

 private:
  std::string key_;  // kept for its memory
  std::unordered_map<std::string, Answer> answers_;
};

struct Memo {
  Answers<HostLookup> hosts;
  Answers<HostLookup> imported_hosts;
  Answers<DestinationHost> destinations;
  Answers<EffectiveRule> rules;
  std::unordered_map<const rapidjson::Value*, std::vector<RoutedDestination>>
      routes;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_MEMO_H_
