#include "lint/input/source_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "lint/input/input_files.h"
#include "lint/input/parallel.h"
#include "lint/input/stop.h"
#include "mesh/json_pointer.h"

namespace meshvet::lint {
namespace {

// Below this the threads cost more than they save.
constexpr size_t kPieceBytes = 256 << 10;

// The next place at or after `from` where a document starts and no directive
// stands above it.
size_t NextCut(std::string_view text, size_t from) {
  for (size_t at = text.find("\n---", from); at != text.npos;
       at = text.find("\n---", at + 1)) {
    const size_t line = text.rfind('\n', at == 0 ? 0 : at - 1);
    const size_t start = line == text.npos ? 0 : line + 1;
    const size_t after = at + 4;
    const bool is_marker =
        after == text.size() ||
        std::isspace(static_cast<unsigned char>(text[after])) != 0;
    if (is_marker && text[start] != '%' && start <= at) return at + 1;
  }
  return text.npos;
}

std::vector<std::string_view> Cut(std::string_view text, size_t jobs) {
  const size_t piece = std::max(kPieceBytes, text.size() / jobs + 1);
  std::vector<std::string_view> pieces;
  while (jobs > 1 && text.size() > piece) {
    const size_t cut = NextCut(text, piece);
    if (cut == text.npos) break;
    pieces.push_back(text.substr(0, cut));
    text.remove_prefix(cut);
  }
  pieces.push_back(text);
  return pieces;
}

// Line ends as yaml::Position counts them: LF, CR LF or a lone CR.
uint32_t CountLines(std::string_view text) {
  auto lines = static_cast<uint32_t>(std::ranges::count(text, '\n'));
  for (size_t at = text.find('\r'); at != text.npos;
       at = text.find('\r', at + 1)) {
    if (at + 1 == text.size() || text[at + 1] != '\n') ++lines;
  }
  return lines;
}

// Of a text without problems, so none was left out.
size_t CountDocuments(const yaml::Stream& stream) {
  return stream.documents.size() + stream.empty_documents;
}

std::vector<yaml::Stream> ParseAll(const std::vector<std::string_view>& pieces,
                                   size_t jobs, const yaml::Limits& limits) {
  std::vector<yaml::Stream> streams(pieces.size());
  ParallelFor(pieces.size(), jobs,
              [&](size_t i) { streams[i] = yaml::Parse(pieces[i], limits); });
  return streams;
}

yaml::Range FirstLineOf(const yaml::Range& range) {
  if (range.start.line == range.end.line) return range;
  yaml::Range first{range.start, range.start};
  ++first.end.column;
  ++first.end.offset;
  return first;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDIN_FILENO) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// A pipe is opened at once, whether or not anybody writes to it yet.
int Open(const std::string& path) {
  if (path == kStdin) return STDIN_FILENO;
  return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

// Until there is something to read, or an end; 0, or what was in the way. A
// signal interrupts one thread alone, so the others look for themselves.
int WaitForText(int file, StopFlag stop) {
  constexpr int kLookMilliseconds = 50;
  pollfd wait{file, POLLIN, 0};
  for (;;) {
    if (IsStopped(stop)) return EINTR;
    const int ready = poll(&wait, 1, stop == nullptr ? -1 : kLookMilliseconds);
    if (ready > 0) return 0;
    // Without `stop`, too: only a signal that is to end the run interrupts.
    if (ready < 0 && (errno != EINTR || stop == nullptr)) return errno;
  }
}

}  // namespace

yaml::Range Offset::Of(yaml::Range range) const {
  for (yaml::Position* position : {&range.start, &range.end}) {
    position->offset += bytes;
    position->line += lines;
  }
  return range;
}

yaml::Range SourceDocument::Anchor(std::string_view pointer) const {
  const Node value = Resolve(root(), pointer);
  if (value.IsObject() || value.IsArray()) {
    if (const auto key = source_.KeyRange(pointer)) return offset_.Of(*key);
  }
  return FirstLineOf(ValueRange(pointer));
}

yaml::Range SourceDocument::KeyRange(std::string_view pointer) const {
  const auto key = source_.KeyRange(pointer);
  return key ? offset_.Of(*key) : Anchor(pointer);
}

void SourceFile::Parse(size_t jobs, const yaml::Limits& limits) {
  std::vector<std::string_view> pieces =
      text_.size() > limits.max_bytes ? std::vector{std::string_view(text_)}
                                      : Cut(text_, std::max<size_t>(jobs, 1));
  std::vector<yaml::Stream> streams = ParseAll(pieces, jobs, limits);
  const bool is_clean = std::ranges::all_of(
      streams, [](const yaml::Stream& s) { return s.problems.empty(); });
  if (!is_clean && pieces.size() > 1) {
    // Messages name lines, and limits count over the whole file.
    pieces = {text_};
    streams = ParseAll(pieces, 1, limits);
  }
  Offset offset;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const size_t documents = CountDocuments(streams[i]);
    for (yaml::Source& source : streams[i].documents) {
      documents_.emplace_back(std::move(source), offset);
    }
    empty_documents_ += streams[i].empty_documents;
    offset.documents += documents;
    offset.bytes += pieces[i].size();
    if (i + 1 < pieces.size()) offset.lines += CountLines(pieces[i]);
  }
  if (pieces.size() == 1) problems_ = std::move(streams[0].problems);
}

const SourceDocument* SourceFile::Find(size_t index) const {
  const auto found =
      std::ranges::lower_bound(documents_, index, {}, &SourceDocument::index);
  if (found == documents_.end() || found->index() != index) return nullptr;
  return &*found;
}

Error InFile(const std::string& path, const Error& error) {
  return {error.message,
          error.where.empty() ? path : path + ": " + error.where};
}

Result<std::string> ReadText(const std::string& path, size_t max_bytes) {
  return ReadText(path, [=](std::string_view) { return max_bytes; });
}

Result<std::string> ReadText(const std::string& path, const LimitOfText& limit,
                             StopFlag stop) {
  const auto failure = [&](int error) {
    return Error{std::generic_category().message(error), path};
  };
  const Descriptor file(Open(path));
  if (file.get() < 0) return failure(errno);
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) return failure(errno);
  if (S_ISDIR(status.st_mode)) return failure(EISDIR);
  // The size is a hint: a pipe has none and a file may grow. One byte more, so
  // that the end is found without more room.
  constexpr size_t kOfAPipe = 64 << 10;
  const size_t hint =
      status.st_size > 0 ? static_cast<size_t>(status.st_size) + 1 : kOfAPipe;
  size_t max_bytes = limit({});
  std::string text(std::min(hint, max_bytes + 1), '\0');
  size_t size = 0;
  for (;;) {
    if (size == text.size()) {
      max_bytes = limit(text);
      if (size > max_bytes) {
        return Error{"larger than " + std::to_string(max_bytes >> 20) + " MiB",
                     path};
      }
      text.resize(std::min(2 * size, max_bytes + 1));
    }
    if (!S_ISREG(status.st_mode)) {
      const int error = WaitForText(file.get(), stop);
      if (error != 0) return failure(error);
    }
    const ssize_t got =
        read(file.get(), text.data() + size, text.size() - size);
    // Another reader of the pipe was faster.
    if (got < 0 && errno == EAGAIN) continue;
    if (got < 0) return failure(errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  text.resize(size);
  // A byte to spare is not worth a copy.
  if (text.capacity() > size + 1) text.shrink_to_fit();
  return text;
}

}  // namespace meshvet::lint
