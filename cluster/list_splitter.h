// File: cluster/list_splitter.h
//
// ListSplitter: a list in JSON, as an API server gives it, item by item while
// its bytes come. However long it is, one item is in memory.
//
//   ListSplitter splitter(kMaxItem, [&](std::string_view item) {
//     return TakeItem(item);     // an Error, or nothing
//   });
//   if (auto error = splitter.Take(piece)) …   // for each piece
//   const Result<Document> list = splitter.Finish();
//   list->root()["metadata"]["resourceVersion"].Str();
//
// Items are told apart by their brackets alone: whether one is JSON, who parses
// it finds out. What is around them is parsed in the end.

#ifndef MESHVET_CLUSTER_LIST_SPLITTER_H_
#define MESHVET_CLUSTER_LIST_SPLITTER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mesh/document.h"
#include "mesh/result.h"

namespace meshvet::cluster {

class ListSplitter {
 public:
  using TakeItem = std::function<std::optional<Error>(std::string_view item)>;

  // `take` is called by Take, with text that lasts as long as the call.
  ListSplitter(size_t max_item_bytes, TakeItem take);

  // The next bytes, cut anywhere. Or what is wrong with them, or with an item.
  std::optional<Error> Take(std::string_view piece);
  // The list, with an empty array in the place of its items.
  Result<Document> Finish() const;

 private:
  // Follows the brackets of a value, through its strings.
  class Brackets {
   public:
    size_t depth() const { return depth_; }
    // The bytes of `text` up to the first bracket or quote, included, after
    // which `stop` holds; npos if it holds nowhere.
    template <typename Stop>
    size_t Find(std::string_view text, const Stop& stop);

   private:
    // A bracket or a quote, outside of strings.
    void Follow(char c);
    // How many bytes to the next that matters in a string, and it is taken.
    size_t SkipString(std::string_view text);

    size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
  };
  enum class Place { kAround, kBeforeFirst, kAfterComma, kItem, kAfterItem };

  // Each takes a part off the front of `piece`.
  std::optional<Error> TakeAround(std::string_view& piece);
  std::optional<Error> TakeBetween(std::string_view& piece);
  std::optional<Error> TakeOfItem(std::string_view& piece);

  const size_t max_item_bytes_;
  const TakeItem take_;
  Place place_ = Place::kAround;
  Brackets around_brackets_;
  std::string around_;
  Brackets item_brackets_;
  std::string item_;  // what came of it in earlier pieces
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_LIST_SPLITTER_H_
