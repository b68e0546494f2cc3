// File: yaml/edit_writer.h
//
// EditWriter: a Draft -> the edits of the text that carry it out.

#ifndef MESHVET_YAML_EDIT_WRITER_H_
#define MESHVET_YAML_EDIT_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mesh/node.h"
#include "mesh/result.h"
#include "yaml/draft.h"
#include "yaml/edit.h"
#include "yaml/outline.h"
#include "yaml/render.h"

namespace meshvet::yaml {

class EditWriter {
 public:
  explicit EditWriter(const Outline& outline) : outline_(outline) {}

  // Edits that make `before`, which the text holds, `wanted`. The error names
  // the item that stands in the way by a byte of the text.
  struct Refusal {
    std::string message;
    size_t at = 0;
  };
  std::optional<Refusal> Write(Draft& root, Node before, Node wanted);

  // Sorted; they do not overlap.
  std::vector<TextEdit> TakeEdits();

 private:
  // What a value hangs on.
  struct Seat {
    enum class Kind { kRoot, kMember, kElement, kFlow };
    Kind kind = Kind::kRoot;
    size_t indicator_end = 0;  // npos: it has no `:` or `-`
    size_t column = 0;         // of the key or dash
    size_t entry_begin = 0;
    FlowStyle flow = {};
  };

  bool Refuse(std::string message, size_t at);
  bool WriteValue(Draft& draft, const Seat& seat, Node before, Node wanted);
  bool WriteEntries(Draft& draft, const Seat& seat, Node before, Node wanted);
  bool WriteChildren(Draft& draft, Node before, Node wanted);
  Seat SeatOf(const Draft& draft, const Entry& entry) const;

  // Whether the entries' places allow that some go or come.
  bool CanRestructure(const Draft& draft);
  void RemoveBlockEntries(const Draft& draft);
  size_t RemoveCompactRun(const Draft& draft, size_t first_kept);
  void RemoveLines(const Entry& entry);
  void InsertBlockEntries(const Draft& draft, Node wanted);
  bool RemoveFlowEntries(const Draft& draft);
  void InsertFlowEntries(const Draft& draft, Node wanted);
  FlowStyle FlowStyleOf(const Draft& draft) const;
  bool IsMultiline(const Draft& draft) const;

  bool ReplaceValue(uint32_t item, const Seat& seat, Node wanted);
  void ReplaceInFlow(uint32_t item, const Seat& seat, Node wanted);
  void ReplaceByLine(uint32_t item, const Seat& seat, const std::string& text);
  void ReplaceByBlock(uint32_t item, const Seat& seat, Node wanted);
  void ReplaceElement(uint32_t item, const Seat& seat, Node wanted);
  Quotes QuotesOf(uint32_t item) const;
  bool IsAbsent(uint32_t item) const;

  void Edit(size_t begin, size_t end, std::string text);

  const Outline& outline_;
  std::vector<TextEdit> edits_;
  std::optional<Refusal> refusal_;
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_EDIT_WRITER_H_
