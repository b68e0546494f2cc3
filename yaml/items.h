// File: yaml/items.h
//
// Items: one YAML document as libyaml describes it, flat and in document order,
// before anything is resolved. A collection's item is followed by those of its
// content; `size` leads past them. Positions are code points of the file.

#ifndef MESHVET_YAML_ITEMS_H_
#define MESHVET_YAML_ITEMS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/scalar.h"

namespace meshvet::yaml {

struct Item {
  enum class Kind : uint8_t { kScalar, kSequence, kMapping, kAlias };

  Kind kind = Kind::kScalar;
  Tag tag = Tag::kNone;
  bool plain = false;      // a scalar without quotes, a block collection
  bool has_merge = false;  // a mapping with a `<<` key
  uint32_t start = 0;
  uint32_t end = 0;
  uint32_t size = 1;         // items from this one to the next sibling
  uint32_t text_offset = 0;  // in Items::text; of an alias, the item it means
  uint32_t text_length = 0;
};

struct Items {
  std::vector<Item> list;
  std::string text;
  // The `---` (or directive) that opens the document and its end; the place
  // where the content starts when there is none.
  uint32_t start = 0;
  uint32_t marker_end = 0;
  bool has_marker = false;

  std::string_view TextOf(const Item& item) const {
    return std::string_view(text).substr(item.text_offset, item.text_length);
  }
  bool IsMergeKey(const Item& item) const {
    return item.kind == Item::Kind::kScalar && item.text_length == 2 &&
           TextOf(item) == "<<" &&
           (item.tag == Tag::kMerge || (item.tag == Tag::kNone && item.plain));
  }
  // Nothing but comments, or nothing at all.
  bool IsEmptyDocument() const {
    return list.size() == 1 && list[0].kind == Item::Kind::kScalar &&
           list[0].plain && list[0].text_length == 0 &&
           list[0].start == list[0].end;
  }
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_ITEMS_H_
