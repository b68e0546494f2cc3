// File: yaml/event_reader.h
//
// EventReader: libyaml's events, gathered into Items one document at a time.
// The only place that knows libyaml.
//
//   EventReader reader(text, {.begin = 0, .end = text.size()}, map, limits);
//   while (reader.Next(items) == EventReader::Status::kDocument) Use(items);

#ifndef MESHVET_YAML_EVENT_READER_H_
#define MESHVET_YAML_EVENT_READER_H_

#include <yaml.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "yaml/items.h"
#include "yaml/parse.h"
#include "yaml/position.h"

namespace meshvet::yaml {

// What stopped a document, with the code points it is about.
struct Failure {
  Problem::Kind kind = Problem::Kind::kSyntax;
  std::string message;
  size_t start = 0;
  size_t end = 0;
};

class EventReader {
 public:
  enum class Status {
    kDocument,
    kEnd,
    kBad,     // this document has no value; Next reads the one after it
    kBroken,  // nothing more can be read from here
  };

  // Reads the bytes [begin, end) of the file `text`, which `positions` maps.
  // Both must outlive the reader. The text must be free of what FindForbidden
  // finds.
  EventReader(std::string_view text, size_t begin, size_t end,
              const PositionMap& positions, const Limits& limits);
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  // `max_items` is what is left of the file's nodes.
  Status Next(Items& items, size_t max_items);

  const Failure& failure() const { return failure_; }
  // A code point that lies inside the document last begun, after its marker.
  size_t inside() const { return inside_; }

 private:
  bool Pull(yaml_event_t& event);
  bool ReadDocument(const yaml_event_t& start, size_t max_items);
  bool Take(const yaml_event_t& event);
  bool TakeScalar(const yaml_event_t& event);
  void TakeAlias(const yaml_event_t& event);
  bool Open(const yaml_event_t& event, Item item, const yaml_char_t* anchor);
  void Close(const yaml_event_t& event, bool flow_style);
  void Add(const Item& item, const yaml_char_t* anchor);
  Item At(const yaml_event_t& event, Item::Kind kind) const;
  uint32_t TrimmedEnd(uint32_t start, uint32_t end) const;
  bool Fail(Problem::Kind kind, std::string message, size_t start, size_t end);
  void FailAsLibyaml();
  uint32_t Character(const yaml_mark_t& mark) const;

  struct OpenCollection {
    uint32_t item;
    uint32_t children;
    bool flow;
  };

  std::string_view text_;
  const PositionMap& positions_;
  const Limits& limits_;
  size_t base_;  // the code point where libyaml's text starts
  yaml_parser_t parser_{};
  bool usable_;
  Items* items_ = nullptr;
  std::vector<OpenCollection> open_;
  std::unordered_map<std::string, uint32_t> anchors_;
  uint32_t last_end_ = 0;  // of the last scalar or collection
  Failure failure_;
  bool bad_ = false;  // the document is read to its end, but has no value
  size_t inside_;
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_EVENT_READER_H_
