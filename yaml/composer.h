// File: yaml/composer.h
//
// Composer: the Items of one document -> the calls that build its tree, and a
// Span for each key and value. Here scalars get their JSON types, aliases and
// merge keys are expanded within limits, and duplicate keys are found.

#ifndef MESHVET_YAML_COMPOSER_H_
#define MESHVET_YAML_COMPOSER_H_

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mesh/document.h"
#include "yaml/event_reader.h"
#include "yaml/items.h"
#include "yaml/layout.h"

namespace meshvet::yaml {

// What the documents of one file have used up so far.
struct Usage {
  size_t nodes = 0;
  size_t alias_nodes = 0;
  size_t alias_bytes = 0;
};

class Composer {
 public:
  // Called for the second of two equal keys.
  using OnDuplicate = std::function<void(
      std::string_view key, const Item& first, const Item& second)>;

  Composer(const Items& items, const Limits& limits, Usage& usage,
           Source::Layout& layout, const OnDuplicate& on_duplicate)
      : items_(items),
        limits_(limits),
        usage_(usage),
        spans_(layout.spans),
        marks_(layout.marks),
        on_duplicate_(on_duplicate) {}

  // Writes the whole document. On false the calls made are incomplete, and
  // failure() says why.
  bool Compose(DocumentBuilder& out) { return Emit(0, nullptr, out); }

  const Failure& failure() const { return failure_; }

 private:
  // A member of a mapping that merges others.
  struct Member {
    std::string_view key;
    uint32_t key_item = 0;
    uint32_t value_item = 0;
    size_t origin = 0;     // which reading of which mapping it comes from
    bool aliased = false;  // brought in through an alias
  };
  struct Members {
    std::vector<Member> list;
    std::unordered_map<std::string_view, size_t> by_key;
  };

  // `alias` is the alias that stands for the item, if one does.
  bool Emit(uint32_t index, const Item* alias, DocumentBuilder& out);
  bool EmitContent(uint32_t index, DocumentBuilder& out);
  bool EmitScalar(const Item& item, DocumentBuilder& out);
  bool EmitSequence(uint32_t index, DocumentBuilder& out);
  bool EmitMapping(uint32_t index, DocumentBuilder& out);
  bool EmitMerging(uint32_t index, DocumentBuilder& out);
  bool EmitMember(const Member& member, DocumentBuilder& out);

  bool Collect(uint32_t mapping, Members& members);
  bool Merge(uint32_t value, Members& members);
  bool MergeOne(uint32_t value, Members& members);
  void Put(const Member& member, Members& members);

  bool KeyOf(uint32_t index, std::string_view& key);
  void ReportDuplicate(std::string_view key, uint32_t first, uint32_t second);
  bool Charge(const Item& item);
  bool Enter(const Item& item);
  bool Fail(Problem::Kind kind, std::string message, const Item& item);
  uint32_t Target(uint32_t index) const;
  uint32_t Next(uint32_t index) const {
    return index + items_.list[index].size;
  }

  const Items& items_;
  const Limits& limits_;
  Usage& usage_;
  std::vector<Span>& spans_;
  Marks& marks_;
  const OnDuplicate& on_duplicate_;
  std::forward_list<std::string> made_keys_;  // of keys that were no strings
  Failure failure_;
  size_t depth_ = 0;
  const Item* alias_ = nullptr;  // the outermost one we are inside of
  size_t aliases_ = 0;           // how many aliases we are inside of
  size_t origins_ = 0;
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_COMPOSER_H_
