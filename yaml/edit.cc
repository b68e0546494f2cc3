#include "yaml/edit.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "yaml/draft.h"
#include "yaml/edit_writer.h"
#include "yaml/event_reader.h"
#include "yaml/items.h"
#include "yaml/marker.h"
#include "yaml/outline.h"

namespace meshvet::yaml {
namespace {

// Where the line begins that `at` is on, counted from `floor`.
size_t LineBegin(std::string_view text, size_t at, size_t floor) {
  while (at > floor && text[at - 1] != '\n' && text[at - 1] != '\r') --at;
  return at;
}

// The bytes from the marker of the document at `root`, and the directives above
// it, to the next marker.
class Piece {
 public:
  Piece(std::string_view text, size_t root) : text_(text) {
    floor_ = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    begin_ = FindBegin(root);
    end_ = FindEnd(root);
  }

  size_t begin() const { return begin_; }
  std::string_view text() const { return text_.substr(begin_, end_ - begin_); }

 private:
  size_t FindBegin(size_t root) const {
    size_t line = LineBegin(text_, root, floor_);
    while (line > floor_ && !IsMarkerAt(text_, line)) {
      line = LineBegin(text_, line - 1, floor_);
    }
    while (line > floor_) {
      const size_t above = LineBegin(text_, line - 1, floor_);
      if (text_[above] != '%') break;
      line = above;
    }
    return line;
  }

  size_t FindEnd(size_t root) const {
    for (size_t at = root; at < text_.size(); ++at) {
      const char before = at == 0 ? '\n' : text_[at - 1];
      const bool starts_line = before == '\n' || before == '\r';
      if (at > root && starts_line && IsMarkerAt(text_, at)) return at;
    }
    return text_.size();
  }

  std::string_view text_;
  size_t floor_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

// The Items of the document whose root begins at byte `root`.
std::optional<Items> ReadItems(std::string_view text, size_t root,
                               const PositionMap& positions,
                               const Limits& limits) {
  EventReader reader(text, 0, text.size(), positions, limits);
  Items items;
  while (reader.Next(items, limits.max_nodes) ==
         EventReader::Status::kDocument) {
    const bool is_it = !items.list.empty() && !items.IsEmptyDocument() &&
                       positions.ByteOf(items.list.front().start) == root;
    if (is_it) return items;
  }
  return std::nullopt;
}

// Which of the stream's documents begins at byte `root`.
std::optional<size_t> Find(const Stream& stream, size_t root) {
  for (size_t i = 0; i < stream.documents.size(); ++i) {
    if (stream.documents[i].ValueRange("").start.offset == root) return i;
  }
  return std::nullopt;
}

// Reads what the edits make of a piece and holds it against what was wanted.
bool Holds(std::string_view piece, const Stream& before, size_t index,
           Node wanted, const Limits& limits) {
  const Stream after = Parse(piece, limits);
  if (after.documents.size() != before.documents.size() ||
      after.problems.size() != before.problems.size() ||
      after.empty_documents != before.empty_documents) {
    return false;
  }
  for (size_t i = 0; i < after.documents.size(); ++i) {
    const Node expected = i == index ? wanted : before.documents[i].root();
    if (!(after.documents[i].root() == expected)) return false;
  }
  return true;
}

// "it stands behind an alias" -> "line 12: it stands behind an alias".
Error AtLine(std::string_view text, size_t at, const std::string& message) {
  const Position place = PositionMap(text.substr(0, at)).At(at);
  return {"line " + std::to_string(place.line) + ": " + message};
}

}  // namespace

Result<std::vector<TextEdit>> EditsOf(std::string_view text, size_t root,
                                      const std::vector<PatchOperation>& patch,
                                      const Limits& limits) {
  if (root > text.size()) return Error{"there is no document"};
  const Piece piece(text, root);
  const Stream stream = Parse(piece.text(), limits);
  const PositionMap positions(piece.text());
  const auto items =
      ReadItems(piece.text(), root - piece.begin(), positions, limits);
  const auto index = Find(stream, root - piece.begin());
  if (!items || !index) return AtLine(text, root, "it cannot be read alone");
  const Node before = stream.documents[*index].root();
  const Result<Document> wanted = ApplyPatch(before, patch);
  if (!wanted) return wanted.error();

  const Outline outline(piece.text(), *items, positions);
  auto draft = DraftOf(patch, outline);
  if (!draft) return draft.error();
  EditWriter writer(outline);
  if (const auto refusal = writer.Write(**draft, before, wanted->root())) {
    return AtLine(text, piece.begin() + refusal->at, refusal->message);
  }
  std::vector<TextEdit> edits = writer.TakeEdits();
  const std::string edited = Apply(piece.text(), edits);
  const bool stays_json = !outline.is_json() || ParseJson(edited, {}).ok();
  if (!stays_json || !Holds(edited, stream, *index, wanted->root(), limits)) {
    return Error{"its text cannot be edited without changing more"};
  }
  for (TextEdit& edit : edits) edit.offset += piece.begin();
  return edits;
}

std::string Apply(std::string_view text, const std::vector<TextEdit>& edits) {
  std::string result;
  size_t done = 0;
  for (const TextEdit& edit : edits) {
    result += text.substr(done, edit.offset - done);
    result += edit.text;
    done = edit.offset + edit.length;
  }
  return result += text.substr(std::min(done, text.size()));
}

}  // namespace meshvet::yaml
