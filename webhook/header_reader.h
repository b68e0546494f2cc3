// File: webhook/header_reader.h
//
// HeaderReader: reads the head of one HTTP/1.1 request and lets only the few
// shapes pass that an API server or a probe sends. Nothing behind it ever sees
// a byte of any other.
//
//   HeaderReader reader(rules);
//   switch (reader.Read(received_so_far)) {
//     case HeaderReader::Outcome::kNeedMore: ...      // call again with more
//     case HeaderReader::Outcome::kRefused:  Answer(reader.refusal()); ...
//     case HeaderReader::Outcome::kVetted:   Use(reader.head()); ...
//   }
//
// Every line is judged as soon as it is complete, so that what cannot become a
// request is refused at once. Syntax is RFC 9112 without its leniencies: no
// bare LF, no folded line, no space before a colon, one Content-Length of
// digits alone, a target in origin form. Two readers of a message can then not
// disagree about where it ends (RFC 9112, 11.2).
//
// Not thread-safe. Costs no allocation but for the query and traceparent.

#ifndef MESHVET_WEBHOOK_HEADER_READER_H_
#define MESHVET_WEBHOOK_HEADER_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::webhook {

struct HeaderRules {
  enum class Method { kGet, kPost };

  Method method = Method::kPost;
  std::vector<std::string> paths;  // exact, without query
  std::size_t max_header_bytes = std::size_t{32} << 10U;
  std::size_t max_lines = 100;
  std::uint64_t max_body_bytes = std::uint64_t{7} << 20U;
};

// An answer in place of the request; the connection ends with it.
struct Refusal {
  int status = 0;
  std::string_view message;  // a literal
  int retry_after = 1;       // seconds; said with a 503
};

struct VettedHead {
  std::size_t path_index = 0;  // in HeaderRules::paths
  std::string query;           // without '?', not decoded
  std::string traceparent;     // W3C trace context; empty if malformed
  std::size_t header_bytes = 0;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
};

class HeaderReader {
 public:
  enum class Outcome { kNeedMore, kVetted, kRefused };

  // `rules` must outlive the reader.
  explicit HeaderReader(const HeaderRules& rules) : rules_(&rules) {}

  // `input` is all that was received of this request so far; it may only grow
  // from call to call, and may hold more than the head.
  Outcome Read(std::string_view input);

  const VettedHead& head() const { return head_; }
  const Refusal& refusal() const { return refusal_; }

  // Makes it ready for the next request.
  void Reset();

 private:
  Outcome Refuse(int status, std::string_view message);
  Outcome ReadLine(std::string_view line);
  Outcome ReadRequestLine(std::string_view line);
  Outcome ReadTarget(std::string_view target, std::string_view method);
  Outcome ReadField(std::string_view line);
  Outcome ReadKnownField(std::string_view name, std::string_view value);
  Outcome ReadContentLength(std::string_view value);
  Outcome ReadContentType(std::string_view value);
  Outcome Finish();
  Outcome FinishBodyless();

  const HeaderRules* rules_;
  std::size_t line_start_ = 0;
  std::size_t searched_ = 0;
  std::size_t lines_ = 0;
  bool has_host_ = false;
  bool has_content_type_ = false;
  bool is_json_ = false;
  bool has_transfer_encoding_ = false;
  std::optional<std::uint64_t> content_length_;
  VettedHead head_;
  Refusal refusal_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_HEADER_READER_H_
