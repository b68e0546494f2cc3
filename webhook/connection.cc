#include "webhook/connection.h"

#include <array>
#include <new>
#include <random>
#include <utility>

#include "webhook/refusal_text.h"
#include "webhook/request_timeout.h"

namespace meshvet::webhook {
namespace {

// A TLS record carries at most 16 KiB.
constexpr std::size_t kReadBytes = std::size_t{16} << 10U;
// What an idle connection may keep of its buffers.
constexpr std::size_t kIdleBytes = std::size_t{8} << 10U;

double DrawAgeFactor() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<double>(0.8, 1.2)(random);
}

void Shrink(std::string& buffer) {
  if (buffer.capacity() > kIdleBytes) std::string().swap(buffer);
}

}  // namespace

Connection::Connection(int fd, certs::TlsContextPtr context, std::string remote,
                       const Shared& shared)
    : shared_(shared),
      stream_(fd, std::move(context)),
      remote_(std::move(remote)),
      accepted_(Clock::now()),
      age_factor_(DrawAgeFactor()),
      deadline_(accepted_ + shared.limits.handshake),
      reader_(shared.rules) {}

Connection::~Connection() { shared_.budget.Give(charged_); }

Connection::Progress Connection::Advance() {
  if (expired_) return Progress::kGone;
  while (true) {
    Progress progress = Progress::kWait;
    const State before = state_;
    switch (state_) {
      case State::kHandshake:
        progress = Handshake();
        break;
      case State::kIdle:
      case State::kReading:
        progress = ReadMore();
        break;
      case State::kRequest:
        return Progress::kRequest;
      case State::kWriting:
        progress = Write();
        break;
      case State::kClosing:
        progress = Linger();
        break;
    }
    // A new state has its own things to do before anybody waits.
    if (progress != Progress::kWait || state_ == before) return progress;
    if (state_ == State::kIdle && stream_.quiet()) return Progress::kWait;
  }
}

Connection::Progress Connection::Handshake() {
  switch (stream_.Handshake()) {
    case TlsStream::Io::kDone:
      client_name_ = stream_.ClientName();
      EnterIdle();
      // The client's first request may have come with its last flight.
      stream_.set_may_have_more();
      return Progress::kWait;
    case TlsStream::Io::kWait:
      return Progress::kWait;
    default:
      shared_.observer.OnTlsHandshakeError(stream_.handshake_error());
      return Progress::kGone;
  }
}

Connection::Progress Connection::ReadMore() {
  std::array<char, kReadBytes> buffer;  // NOLINT: not worth 16 KiB of zeros
  while (true) {
    if (state_ == State::kReading) {
      const Progress parsed = head_done_ ? ParseBody() : ParseHead();
      if (parsed != Progress::kWait || state_ != State::kReading) return parsed;
    }
    std::size_t count = 0;
    switch (stream_.Read(buffer.data(), buffer.size(), &count)) {
      case TlsStream::Io::kDone:
        if (state_ == State::kIdle) EnterReading();
        input_.append(buffer.data(), count);
        break;
      case TlsStream::Io::kWait:
        return Progress::kWait;
      case TlsStream::Io::kEnd:
        // In answer to the client's goodbye; a request cut off gets no answer.
        stream_.SendEnd();
        return Progress::kGone;
      case TlsStream::Io::kFailed:
        return Progress::kGone;
    }
  }
}

Connection::Progress Connection::ParseHead() {
  switch (reader_.Read(input_)) {
    case HeaderReader::Outcome::kNeedMore:
      return Progress::kWait;
    case HeaderReader::Outcome::kRefused:
      Refuse(reader_.refusal());
      return Progress::kWait;
    case HeaderReader::Outcome::kVetted:
      break;
  }
  head_done_ = true;
  const auto length = static_cast<std::size_t>(reader_.head().content_length);
  if (!shared_.budget.Take(length)) {
    shared_.observer.OnShed("body_budget");
    Refuse({503, "too many request bodies in flight"});
    return Progress::kWait;
  }
  charged_ = length;
  try {
    input_.reserve(reader_.head().header_bytes + length);
  } catch (const std::bad_alloc&) {
    shared_.observer.OnShed("memory");
    Refuse({503, "out of memory"});
    return Progress::kWait;
  }
  return ParseBody();
}

Connection::Progress Connection::ParseBody() {
  const VettedHead& head = reader_.head();
  if (input_.size() - head.header_bytes < head.content_length) {
    return Progress::kWait;
  }
  state_ = State::kRequest;
  ++requests_;
  return Progress::kRequest;
}

HttpRequest Connection::request() const {
  const VettedHead& head = reader_.head();
  HttpRequest request;
  request.path = shared_.rules.paths[head.path_index];
  request.query = head.query;
  request.body = std::string_view(input_).substr(
      head.header_bytes, static_cast<std::size_t>(head.content_length));
  request.remote = remote_;
  request.client_name = client_name_;
  request.traceparent = head.traceparent;
  request.deadline = request_began_ + RequestTimeout(head.query);
  return request;
}

void Connection::Respond(std::string response, bool last) {
  output_ = std::move(response);
  written_ = 0;
  last_ = last;
  ForgetRequest();
  state_ = State::kWriting;
  deadline_ = Clock::now() + shared_.limits.write;
}

void Connection::ForgetRequest() {
  const VettedHead& head = reader_.head();
  const std::size_t used =
      head.header_bytes + static_cast<std::size_t>(head.content_length);
  if (input_.capacity() > kIdleBytes) {
    std::string(input_, used).swap(input_);  // what was charged is given back
  } else {
    input_.erase(0, used);
  }
  shared_.budget.Give(std::exchange(charged_, 0));
  reader_.Reset();
  head_done_ = false;
}

void Connection::Refuse(const Refusal& refusal) {
  if (refusal.status >= 400) shared_.observer.OnHttpError(refusal.status);
  WriteLast(refusal);
}

void Connection::PutOff(bool last) {
  const Refusal refusal{503, "too many requests"};
  shared_.observer.OnHttpError(refusal.status);
  Respond(RefusalText(refusal, shared_.rules.method, last), last);
}

void Connection::Dismiss() {
  // Who has not even begun a handshake can be told nothing.
  if (state_ == State::kHandshake) {
    Close();
  } else {
    WriteLast({503, "shutting down", 0});
  }
}

void Connection::WriteLast(const Refusal& refusal) {
  output_ = RefusalText(refusal, shared_.rules.method, true);
  written_ = 0;
  last_ = true;
  std::string().swap(input_);
  shared_.budget.Give(std::exchange(charged_, 0));
  state_ = State::kWriting;
  deadline_ = Clock::now() + shared_.limits.write;
}

Connection::Progress Connection::Write() {
  while (written_ < output_.size()) {
    std::size_t count = 0;
    const TlsStream::Io io =
        stream_.Write(std::string_view(output_).substr(written_), &count);
    if (io == TlsStream::Io::kWait) return Progress::kWait;
    if (io != TlsStream::Io::kDone) return Progress::kGone;
    written_ += count;
  }
  output_.clear();
  if (last_) {
    Close();
  } else if (input_.empty()) {
    EnterIdle();
  } else {
    EnterReading();
  }
  return Progress::kWait;
}

void Connection::EnterIdle() {
  Shrink(input_);
  Shrink(output_);
  state_ = State::kIdle;
  deadline_ = Clock::now() + shared_.limits.idle;
}

void Connection::EnterReading() {
  state_ = State::kReading;
  request_began_ = Clock::now();
  deadline_ = request_began_ + shared_.limits.request;
}

void Connection::Close() {
  stream_.SendEnd();
  std::string().swap(input_);
  state_ = State::kClosing;
  deadline_ = Clock::now() + shared_.limits.linger;
}

// Closing a socket that holds unread bytes resets it, and a reset makes the
// client's kernel drop our answer: so we read on for a while, to the bin.
Connection::Progress Connection::Linger() {
  while (discarded_ < shared_.limits.linger_bytes) {
    std::size_t count = 0;
    const TlsStream::Io io = stream_.Discard(&count);
    discarded_ += count;
    if (io == TlsStream::Io::kWait) return Progress::kWait;
    if (io != TlsStream::Io::kDone) return Progress::kGone;
  }
  return Progress::kGone;
}

void Connection::Expire() {
  switch (state_) {
    case State::kHandshake:
      shared_.observer.OnTlsHandshakeError("timeout");
      expired_ = true;
      break;
    case State::kReading:
      Refuse({408, "the request did not arrive in time"});
      break;
    case State::kIdle:
      Close();
      break;
    case State::kRequest:
    case State::kWriting:
    case State::kClosing:
      expired_ = true;
      break;
  }
}

bool Connection::IsIdle() const {
  switch (state_) {
    case State::kHandshake:
      return stream_.untouched();
    case State::kIdle:
      return stream_.quiet() && !stream_.HasUnread();
    default:
      return false;
  }
}

}  // namespace meshvet::webhook
