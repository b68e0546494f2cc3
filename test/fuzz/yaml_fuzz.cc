// Any bytes -> Documents whose every value and key has a range in the text, and
// comments that can say something else without a change of any Document.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mesh/json_pointer.h"
#include "test/fuzz/require.h"
#include "yaml/comment.h"
#include "yaml/parse.h"
#include "yaml/template.h"

namespace {

using meshvet::Node;
using meshvet::fuzz::Require;
using meshvet::yaml::Comment;
using meshvet::yaml::CommentMap;
using meshvet::yaml::Limits;
using meshvet::yaml::Range;
using meshvet::yaml::Source;
using meshvet::yaml::Stream;

void RequireInside(const Range& range, size_t size) {
  Require(range.start.offset <= range.end.offset && range.end.offset <= size);
  Require(range.start.line >= 1 && range.start.column >= 1);
  Require(range.start.line <= range.end.line);
  Require(range.start.line < range.end.line ||
          range.start.column <= range.end.column);
}

// Asks for a bounded number of places: each costs the steps that lead there.
class Walker {
 public:
  Walker(const Source& source, size_t size) : source_(source), size_(size) {}

  void Walk(Node node, const std::string& pointer) {
    if (left_ == 0) return;
    --left_;
    RequireInside(source_.ValueRange(pointer), size_);
    size_t index = 0;
    for (const Node element : node) {
      Walk(element, pointer + "/" + std::to_string(index++));
    }
    for (const auto& [key, value] : node.Members()) {
      const std::string member =
          pointer + "/" + meshvet::EscapePointerToken(key);
      const auto range = source_.KeyRange(member);
      Require(range.has_value());
      RequireInside(*range, size_);
      Walk(value, member);
    }
  }

 private:
  const Source& source_;
  size_t size_;
  size_t left_ = 2'000;
};

std::string WithOtherComments(std::string_view text, const CommentMap& map) {
  std::string other;
  size_t done = 0;
  for (const Comment& comment : map.comments()) {
    const size_t begin = comment.range.start.offset;
    Require(begin >= done);
    other.append(text.substr(done, begin - done)).append("# ~");
    done = comment.range.end.offset;
  }
  return other.append(text.substr(done));
}

void CheckComments(std::string_view text, const Stream& stream,
                   const Limits& limits) {
  const CommentMap map(text, "", limits);
  for (const Comment& comment : map.comments()) {
    RequireInside(comment.range, text.size());
    Require(text[comment.range.start.offset] == '#');
    Require(comment.begin <= comment.end && comment.end <= text.size());
    Require(!map.Allows(comment.range.end.offset));
  }
  if (!stream.problems.empty() || map.is_cut_short()) return;
  const Stream other =
      meshvet::yaml::Parse(WithOtherComments(text, map), limits);
  Require(other.problems.empty());
  Require(other.documents.size() == stream.documents.size());
  for (size_t i = 0; i < other.documents.size(); ++i) {
    Require(other.documents[i].root() == stream.documents[i].root());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)meshvet::yaml::LooksLikeTemplate(text);
  constexpr meshvet::yaml::Limits kLimits = {.max_depth = 64,
                                             .max_nodes = 20'000,
                                             .max_alias_nodes = 5'000,
                                             .max_alias_bytes = 1 << 16,
                                             .max_documents = 500,
                                             .max_problems = 50};
  const auto stream = meshvet::yaml::Parse(text, kLimits);
  Require(stream.problems.size() <= kLimits.max_problems + 1);
  Require(!stream.problems.empty() || !stream.documents.empty() ||
          stream.empty_documents > 0);
  for (const auto& problem : stream.problems) {
    RequireInside(problem.range, size);
  }
  for (const Source& source : stream.documents) {
    Walker(source, size).Walk(source.root(), "");
  }
  CheckComments(text, stream, kLimits);
  return 0;
}
