#include "yaml/parse.h"

#include <algorithm>
#include <string>
#include <utility>

#include "mesh/utf8.h"
#include "yaml/composer.h"
#include "yaml/encoding.h"
#include "yaml/event_reader.h"
#include "yaml/layout.h"
#include "yaml/marker.h"

namespace meshvet::yaml {
namespace {

constexpr size_t kNowhere = std::string_view::npos;
// libyaml compares each %TAG with all others of its document.
constexpr size_t kMaxTagDirectives = 100;

// A key as it may stand in a message.
std::string Shown(std::string_view key) {
  constexpr size_t kMost = 80;
  const std::string_view head = Utf8Head(key, kMost);
  return std::string(head) + (head.size() < key.size() ? "..." : "");
}

// Reads one text into one Stream.
class StreamParser {
 public:
  StreamParser(std::string_view text, const Limits& limits)
      : text_(text),
        limits_(limits),
        layout_(std::make_shared<Source::Layout>(text)) {
    // About what manifests have.
    constexpr size_t kBytesPerSpan = 8;
    layout_->spans.reserve(
        std::min(text.size() / kBytesPerSpan, limits.max_nodes));
  }

  Stream Run();

 private:
  void ReadPart(size_t begin, size_t end);
  size_t ReadUntilBroken(size_t begin, size_t end);
  void TakeDocument(const Items& items, size_t part_begin);
  void Compose(const Items& items, size_t part_begin);
  std::string TemplatePathOf(const Items& items, size_t part_begin) const;
  void ReportDuplicate(std::string_view key, const Item& first,
                       const Item& second);
  void ReportFailure(const Failure& failure, const std::string& consequence);
  void Report(Problem::Kind kind, std::string message, Range range);
  size_t TakeBroken(const EventReader& reader, bool full);
  bool HasTooManyDocuments(const Items& items);
  bool HasTooManyTagDirectives() const;

  std::string ResumeNote(size_t resume) const;
  const PositionMap& positions() const { return layout_->positions; }

  std::string_view text_;
  const Limits& limits_;
  std::shared_ptr<Source::Layout> layout_;
  Stream stream_;
  Usage usage_;
  size_t ordinal_ = 0;  // of the document that comes next
  bool stopped_ = false;
  bool first_in_part_ = true;
};

Stream StreamParser::Run() {
  size_t at = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  if (HasTooManyTagDirectives()) {
    Report(Problem::Kind::kLimit, "too many %TAG directives; file not read",
           positions().RangeOf(0, 0));
    return std::move(stream_);
  }
  while (!stopped_) {
    const auto bad = FindForbidden(text_, at);
    if (!bad) {
      ReadPart(at, text_.size());
      break;
    }
    const size_t broken = LastMarker(text_, positions(), at, bad->offset + 1);
    if (broken != kNowhere && broken > at) ReadPart(at, broken);
    const size_t resume =
        NextMarker(text_, positions(), bad->offset, text_.size());
    if (!stopped_) {
      Report(Problem::Kind::kSyntax, bad->why + ResumeNote(resume),
             {positions().At(bad->offset),
              positions().At(bad->offset + bad->length)});
    }
    ++ordinal_;
    if (resume == kNowhere) break;
    at = resume;
  }
  if (ordinal_ == 0 && !stopped_) stream_.empty_documents = 1;
  return std::move(stream_);
}

bool StreamParser::HasTooManyTagDirectives() const {
  const auto& lines = positions().line_starts();
  const auto is_tag = [&](uint32_t line) {
    return text_.substr(line).starts_with("%TAG");
  };
  return std::count_if(lines.begin(), lines.end(), is_tag) >
         static_cast<std::ptrdiff_t>(kMaxTagDirectives);
}

std::string StreamParser::ResumeNote(size_t resume) const {
  if (resume == kNowhere) {
    return "; this document and whatever follows it in the file are skipped";
  }
  return "; this document is skipped, reading goes on at line " +
         std::to_string(positions().At(resume).line);
}

// Reads bytes that hold whole documents and nothing forbidden.
void StreamParser::ReadPart(size_t begin, size_t end) {
  while (!stopped_ && begin != kNowhere) begin = ReadUntilBroken(begin, end);
}

// Returns the marker where reading goes on; kNowhere at the end.
size_t StreamParser::ReadUntilBroken(size_t begin, size_t end) {
  EventReader reader(text_, begin, end, positions(), limits_);
  Items items;
  first_in_part_ = true;
  while (!stopped_) {
    const size_t left = limits_.max_nodes - usage_.nodes;
    const EventReader::Status status = reader.Next(items, left);
    if (status == EventReader::Status::kEnd) return kNowhere;
    if (status == EventReader::Status::kBroken) {
      const size_t resume = TakeBroken(reader, items.list.size() > left);
      return resume < end ? resume : kNowhere;
    }
    if (HasTooManyDocuments(items)) return kNowhere;
    if (status == EventReader::Status::kBad) {
      ReportFailure(reader.failure(), "; this document is skipped");
    } else {
      TakeDocument(items, begin);
    }
    ++ordinal_;
    first_in_part_ = false;
  }
  return kNowhere;
}

// `full`: the file has no nodes left, so that nothing more is read.
size_t StreamParser::TakeBroken(const EventReader& reader, bool full) {
  size_t from = positions().ByteOf(reader.inside());
  if (IsMarkerAt(text_, from)) from += kMarker.size();
  const size_t resume =
      full ? kNowhere : NextMarker(text_, positions(), from, text_.size());
  ReportFailure(reader.failure(), ResumeNote(resume));
  stopped_ = stopped_ || full;
  ++ordinal_;
  return resume;
}

bool StreamParser::HasTooManyDocuments(const Items& items) {
  if (ordinal_ < limits_.max_documents) return false;
  Report(Problem::Kind::kLimit,
         "more than " + std::to_string(limits_.max_documents) +
             " documents; the rest of the file is skipped",
         positions().RangeOf(items.start, items.marker_end));
  stopped_ = true;
  return true;
}

void StreamParser::TakeDocument(const Items& items, size_t part_begin) {
  if (items.IsEmptyDocument()) {
    ++stream_.empty_documents;
  } else {
    Compose(items, part_begin);
  }
}

void StreamParser::Compose(const Items& items, size_t part_begin) {
  const Composer::OnDuplicate on_duplicate =
      [this](std::string_view key, const Item& first, const Item& second) {
        ReportDuplicate(key, first, second);
      };
  std::vector<Span>& spans = layout_->spans;
  const size_t first_span = spans.size();
  Composer composer(items, limits_, usage_, *layout_, on_duplicate);
  // RapidJSON spends 16 bytes on a key or value, and Build doubles the hint.
  constexpr size_t kBytesPerItem = 16;
  const size_t hint =
      (items.list.size() * kBytesPerItem + items.text.size()) / 2;
  Document document = Document::Build(
      hint, [&](DocumentBuilder& out) { return composer.Compose(out); });
  if (document.root().value() == nullptr) {
    spans.resize(first_span);
    Marks& marks = layout_->marks;
    marks.erase(marks.lower_bound(first_span), marks.end());
    stopped_ = stopped_ || usage_.nodes > limits_.max_nodes;
    ReportFailure(composer.failure(), usage_.nodes > limits_.max_nodes
                                          ? ResumeNote(kNowhere)
                                          : "; this document is skipped");
    return;
  }
  stream_.documents.emplace_back(
      std::make_shared<const Document>(std::move(document)), layout_,
      first_span, ordinal_, TemplatePathOf(items, part_begin));
}

std::string StreamParser::TemplatePathOf(const Items& items,
                                         size_t part_begin) const {
  constexpr std::string_view kComment = "# Source: ";
  if (!items.has_marker && !first_in_part_) return {};
  const size_t from =
      items.has_marker ? positions().ByteOf(items.start) : part_begin;
  const size_t to = positions().ByteOf(items.list[0].start);
  const std::string_view above = text_.substr(from, to - from);
  const size_t comment = above.rfind(kComment);
  if (comment == kNowhere) return {};
  if (comment > 0 && above[comment - 1] != '\n') return {};
  const std::string_view path = above.substr(comment + kComment.size());
  return std::string(path.substr(0, path.find_first_of("\r\n")));
}

void StreamParser::ReportDuplicate(std::string_view key, const Item& first,
                                   const Item& second) {
  const Position earlier = positions().At(positions().ByteOf(first.start));
  Report(Problem::Kind::kDuplicateKey,
         "duplicate key '" + Shown(key) + "': it is on line " +
             std::to_string(earlier.line) +
             " already, whose value is the one vetted; kubectl would take the "
             "last",
         positions().RangeOf(second.start, second.end));
}

void StreamParser::ReportFailure(const Failure& failure,
                                 const std::string& consequence) {
  Report(failure.kind, failure.message + consequence,
         positions().RangeOf(failure.start, failure.end));
}

void StreamParser::Report(Problem::Kind kind, std::string message,
                          Range range) {
  if (stream_.problems.size() > limits_.max_problems) return;
  if (stream_.problems.size() == limits_.max_problems) {
    kind = Problem::Kind::kLimit;
    message = "too many problems; the rest of the file is skipped";
    stopped_ = true;
  }
  stream_.problems.push_back({kind, std::move(message), range, ordinal_});
}

Stream Refusal(Problem::Kind kind, std::string message) {
  Stream stream;
  stream.problems.push_back({kind, std::move(message), {}, 0});
  return stream;
}

}  // namespace

Stream Parse(std::string_view text, const Limits& limits) {
  constexpr size_t kMostBytes = 1 << 30;  // code points are kept in 32 bits
  constexpr size_t kMostDepth = 1'000;
  Limits bounded = limits;
  bounded.max_bytes = std::min(limits.max_bytes, kMostBytes);
  bounded.max_depth = std::min(limits.max_depth, kMostDepth);
  if (text.size() > bounded.max_bytes) {
    return Refusal(Problem::Kind::kLimit,
                   "larger than " + std::to_string(bounded.max_bytes) +
                       " bytes; file not read");
  }
  if (LooksLikeUtf16(text)) {
    return Refusal(Problem::Kind::kSyntax,
                   "UTF-16 is not accepted, save it as UTF-8; file not read");
  }
  return StreamParser(text, bounded).Run();
}

}  // namespace meshvet::yaml
