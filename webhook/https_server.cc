#include "webhook/https_server.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "webhook/event_poll.h"
#include "webhook/listener.h"
#include "webhook/request_processor.h"
#include "webhook/worker_rota.h"

namespace meshvet::webhook {
namespace {

using std::chrono::milliseconds;

constexpr Ticket kStopTicket = ~Ticket{0};
constexpr milliseconds kAcceptPause{20};
constexpr milliseconds kStopTick{5};
// A connection that never falls silent ends after so many requests, so that
// it cannot keep a thread from the others.
constexpr int kRequestsInARow = 1000;
// A request that finds no room comes again on its connection: a handshake would
// cost more than the answer. But now and then a connection ends, so that its
// client finds replicas that have room.
constexpr std::size_t kShedsPerEnd = 16;

// An eventfd that, once raised, stays raised.
class Signal {
 public:
  Signal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Signal() { close(fd_); }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  int fd() const { return fd_; }
  void Raise() const {
    const std::uint64_t one = 1;
    (void)!write(fd_, &one, sizeof one);
  }

 private:
  const int fd_;
};

// Deadlines are kept to a fifth of the shortest of them.
milliseconds TickFor(const HttpsServer::Options& options) {
  const ConnectionLimits& limits = options.limits;
  const milliseconds shortest =
      std::min({limits.handshake, limits.idle, limits.request, limits.write,
                limits.linger, options.gate.queue_wait});
  return std::clamp(shortest / 5, milliseconds(5), milliseconds(250));
}

// Others need files too: probes, the policy, watches of the cluster. So the
// process takes all it may have, and connections half of them.
std::size_t FilesForConnections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur / 2;
}

double SecondsSince(std::int64_t ticks) {
  const Clock::time_point then{Clock::duration(ticks)};
  return std::chrono::duration<double>(Clock::now() - then).count();
}

}  // namespace

// Observers may need memory where there is none: what one of them fails to note
// is lost, and nothing else.
class Unfailing final : public TransportObserver {
 public:
  explicit Unfailing(TransportObserver* observer) : observer_(observer) {}

  void OnHttpError(int status) override {
    Tell([=](TransportObserver& o) { o.OnHttpError(status); });
  }
  void OnShed(std::string_view reason) override {
    Tell([=](TransportObserver& o) { o.OnShed(reason); });
  }
  void OnTlsHandshakeError(std::string_view reason) override {
    Tell([=](TransportObserver& o) { o.OnTlsHandshakeError(reason); });
  }
  void OnHandlerException(std::string_view what) override {
    Tell([=](TransportObserver& o) { o.OnHandlerException(what); });
  }
  void OnAcceptError(int error) override {
    Tell([=](TransportObserver& o) { o.OnAcceptError(error); });
  }

 private:
  template <typename What>
  void Tell(const What& what) {
    try {
      if (observer_ != nullptr) what(*observer_);
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
  }

  TransportObserver* const observer_;
};

class HttpsServer::Impl {
 public:
  Impl(Options options, HttpHandler handler, TransportObserver* observer,
       std::unique_ptr<Listener> listener);
  ~Impl() { Stop(milliseconds(0)); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  int port() const { return port_; }
  TransportStats stats();
  void StartDrain() { draining_ = true; }
  bool Stop(milliseconds grace);

 private:
  // What a serving thread has; made before it starts, since it must not fail.
  struct Worker {
    // Since when it has been in the handler; 0 if it is not.
    std::atomic<std::int64_t> handling_since = 0;
    // Requests whose turn it is now. Each of them has a place in the handler,
    // so there are not more.
    std::vector<Ticket> turns;
    std::thread thread;
  };

  RequestProcessor::Setup ProcessorSetup(HttpHandler handler);

  // The listening thread.
  void Listen();
  bool AcceptAll();
  void Adopt(int fd);
  std::unique_ptr<Connection> MakeConnection(int fd);
  void Sweep(Clock::time_point now);

  // The threads that serve.
  void Work(Worker* worker);
  void Serve(Ticket ticket, Connection* connection, Worker* worker);
  void Drive(Ticket ticket, Connection* connection, bool has_place,
             Worker* worker);
  Connection::Progress AdvanceToRequest(Ticket ticket, Connection* connection);
  template <typename Use>
  bool HasMemoryFor(const Use& use);
  void Answer(Connection* connection, bool enough, Worker* worker);
  void Shed(Connection* connection, std::string_view reason);
  template <typename Use>
  void SettleAfter(Ticket ticket, Connection* connection, const Use& use);
  bool IsLast(const Connection& connection) const;

  void DismissIdle();
  void CloseWhere(const std::function<bool(const Connection&)>& wanted);

  const Options options_;
  Unfailing observer_;
  BodyBudget budget_;
  AdmissionGate gate_;
  ConnectionTable table_;
  RequestProcessor processor_;
  std::unique_ptr<Listener> listener_;
  const int port_;
  const EventPoll poll_;
  WorkerRota rota_;
  const Signal stop_listening_;
  const Signal stop_working_;
  std::atomic<bool> draining_ = false;
  std::atomic<std::int64_t> listened_;
  std::mutex stop_mutex_;
  bool stopped_ = false;
  std::thread listening_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

HttpsServer::Impl::Impl(Options options, HttpHandler handler,
                        TransportObserver* observer,
                        std::unique_ptr<Listener> listener)
    : options_(std::move(options)),
      observer_(observer),
      budget_(options_.max_body_bytes_in_flight),
      gate_(options_.gate),
      table_(options_.max_connections),
      processor_(ProcessorSetup(std::move(handler)), observer_),
      listener_(std::move(listener)),
      port_(listener_->port()),
      rota_(options_.seats, options_.gate.in_flight + 1),
      listened_(Clock::now().time_since_epoch().count()) {
  poll_.AddSignal(stop_working_.fd(), kStopTicket);
  // One more than may be in the handler: somebody must be left to say no.
  const std::size_t count = options_.gate.in_flight + 1;
  for (std::size_t i = 0; i < count; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->turns.reserve(options_.gate.in_flight);
  }
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->thread = std::thread([this, &worker] { Work(worker.get()); });
  }
  listening_ = std::thread([this] { Listen(); });
}

RequestProcessor::Setup HttpsServer::Impl::ProcessorSetup(HttpHandler handler) {
  return {.handler = std::move(handler),
          .adopt = [this](int fd) { Adopt(fd); },
          .method = options_.rules.method,
          .idle = options_.limits.idle,
          .max_requests = options_.max_requests};
}

void HttpsServer::Impl::Listen() {
  pthread_setname_np(pthread_self(), options_.thread_name.c_str());
  const milliseconds tick = TickFor(options_);
  Clock::time_point swept = Clock::now();
  std::array<pollfd, 2> fds{
      {{stop_listening_.fd(), POLLIN, 0}, {listener_->fd(), POLLIN, 0}}};
  while (true) {
    poll(fds.data(), fds.size(), static_cast<int>(tick.count()));
    const Clock::time_point now = Clock::now();
    listened_ = now.time_since_epoch().count();
    const bool exhausted = fds[1].revents != 0 && !AcceptAll();
    if (fds[0].revents != 0) return;
    if (now - swept >= tick) {
      Sweep(now);
      swept = now;
    }
    // The port stays readable: without a pause this would spin. Waiting on the
    // signal keeps Stop() prompt.
    if (exhausted) {
      poll(fds.data(), 1, static_cast<int>(kAcceptPause.count()));
    }
  }
}

// False if the system lacks what another connection needs.
bool HttpsServer::Impl::AcceptAll() {
  while (true) {
    const Listener::Accepted accepted = listener_->Accept();
    if (accepted.fd >= 0) {
      processor_.Adopt(accepted.fd);
      continue;
    }
    if (accepted.error == EAGAIN || accepted.error == EWOULDBLOCK) return true;
    observer_.OnAcceptError(accepted.error);
    if (Listener::NeedsPause(accepted.error)) return false;
  }
}

void HttpsServer::Impl::Adopt(int fd) {
  if (table_.full()) {
    observer_.OnShed("connections");
    close(fd);
    return;
  }
  const Connection::Shared shared{options_.rules, options_.limits, budget_,
                                  observer_};
  std::unique_ptr<Connection> connection;
  const bool made = HasMemoryFor([&] {
    connection = std::make_unique<Connection>(
        fd, options_.tls ? options_.tls() : nullptr, RemoteAddress(fd), shared);
  });
  if (!made) {
    close(fd);
    return;
  }
  const std::optional<Ticket> ticket = table_.Insert(std::move(connection));
  if (!ticket) return;  // closed with its object
  if (!poll_.AddNewcomer(fd, *ticket) && table_.Claim(*ticket, 0) != nullptr) {
    table_.Remove(*ticket);
  }
}

void HttpsServer::Impl::Sweep(Clock::time_point now) {
  while (const std::optional<Ticket> ticket = gate_.TakeExpired(now)) {
    // Who takes it out of the line owns it.
    Connection* connection = table_.Owned(*ticket);
    SettleAfter(*ticket, connection,
                [&] { Shed(connection, "queue_timeout"); });
  }
  table_.ForEachParked(
      [now](const Connection& connection) {
        return connection.deadline() <= now;
      },
      [this](Ticket ticket, Connection& connection) {
        SettleAfter(ticket, &connection, [&] { connection.Expire(); });
      });
}

void HttpsServer::Impl::Work(Worker* worker) {
  pthread_setname_np(pthread_self(), options_.thread_name.c_str());
  while (rota_.TakeSeat()) {
    do {
      const EventPoll::Event event = poll_.Wait();
      if (event.ticket == kStopTicket) return;
      if (Connection* connection = table_.Claim(event.ticket, event.events)) {
        Serve(event.ticket, connection, worker);
      }
    } while (rota_.KeepsSeat());
  }
}

void HttpsServer::Impl::Serve(Ticket ticket, Connection* connection,
                              Worker* worker) {
  std::vector<Ticket>& turns = worker->turns;
  Drive(ticket, connection, false, worker);
  while (!turns.empty()) {
    const Ticket next = turns.back();
    turns.pop_back();
    Drive(next, table_.Owned(next), true, worker);
  }
}

// `has_place`: the gate has let its request in already.
void HttpsServer::Impl::Drive(Ticket ticket, Connection* connection,
                              bool has_place, Worker* worker) {
  for (int answered = 0;; ++answered) {
    const Connection::Progress progress = AdvanceToRequest(ticket, connection);
    if (progress != Connection::Progress::kRequest) return;
    const AdmissionGate::Entry entry = has_place
                                           ? AdmissionGate::Entry::kRun
                                           : gate_.Enter(ticket, Clock::now());
    has_place = false;
    if (entry == AdmissionGate::Entry::kQueued) return;
    const bool full = entry == AdmissionGate::Entry::kFull;
    const bool responded = HasMemoryFor([&] {
      if (full) return Shed(connection, "queue_full");
      Answer(connection, answered >= kRequestsInARow, worker);
    });
    if (!responded) table_.Remove(ticket);
    if (!full) {
      if (const std::optional<Ticket> next = gate_.Leave()) {
        worker->turns.push_back(*next);
      }
    }
    if (!responded) return;
  }
}

// Anything but kRequest: the connection is somebody else's, or gone.
Connection::Progress HttpsServer::Impl::AdvanceToRequest(
    Ticket ticket, Connection* connection) {
  while (true) {
    const bool was_new = connection->is_new();
    Connection::Progress progress = Connection::Progress::kGone;
    HasMemoryFor([&] { progress = connection->Advance(); });
    if (was_new && !connection->is_new() &&
        !poll_.Establish(connection->fd(), ticket)) {
      progress = Connection::Progress::kGone;
    }
    if (progress == Connection::Progress::kGone) table_.Remove(ticket);
    if (progress != Connection::Progress::kWait || table_.Park(ticket)) {
      return progress;
    }
  }
}

// Memory may end anywhere; it then costs this connection and no other. If
// false, the connection is good for nothing but Remove().
template <typename Use>
bool HttpsServer::Impl::HasMemoryFor(const Use& use) {
  try {
    use();
    return true;
  } catch (const std::exception&) {
    observer_.OnShed("memory");
    return false;
  }
}

void HttpsServer::Impl::Answer(Connection* connection, bool enough,
                               Worker* worker) {
  const HttpRequest request = connection->request();
  worker->handling_since = Clock::now().time_since_epoch().count();
  rota_.HandlerBegins();
  HttpResponse response = processor_.Handle(request);
  rota_.HandlerEnds();
  worker->handling_since = 0;
  // Only now: draining may have begun meanwhile.
  const bool last = enough || IsLast(*connection);
  connection->Respond(processor_.Write(request, std::move(response), last),
                      last);
}

void HttpsServer::Impl::Shed(Connection* connection, std::string_view reason) {
  observer_.OnShed(reason);
  const bool lead_away = connection->requests() % kShedsPerEnd == 0;
  connection->PutOff(lead_away || IsLast(*connection));
}

// For the listening thread, which never runs a handler: what `use` did to the
// connection takes its course.
template <typename Use>
void HttpsServer::Impl::SettleAfter(Ticket ticket, Connection* connection,
                                    const Use& use) {
  bool lives = HasMemoryFor(use);
  while (lives && AdvanceToRequest(ticket, connection) ==
                      Connection::Progress::kRequest) {
    lives = HasMemoryFor([&] { Shed(connection, "queue_timeout"); });
  }
  if (!lives) table_.Remove(ticket);
}

bool HttpsServer::Impl::IsLast(const Connection& connection) const {
  return draining_ || !connection.keep_alive() ||
         connection.requests() >= options_.max_requests ||
         Clock::now() - connection.accepted() >=
             options_.max_age * connection.age_factor();
}

TransportStats HttpsServer::Impl::stats() {
  TransportStats stats;
  table_.Count(&stats);
  stats.in_flight = gate_.in_flight();
  stats.queued = gate_.queued();
  stats.body_bytes = budget_.used();
  stats.listener_age = SecondsSince(listened_);
  for (const std::unique_ptr<Worker>& worker : workers_) {
    const std::int64_t began = worker->handling_since;
    if (began == 0) continue;
    stats.longest_handler =
        std::max(stats.longest_handler, SecondsSince(began));
  }
  return stats;
}

bool HttpsServer::Impl::Stop(milliseconds grace) {
  const std::scoped_lock lock(stop_mutex_);
  if (stopped_) return true;
  stopped_ = true;
  draining_ = true;
  stop_listening_.Raise();
  listening_.join();
  listener_.reset();
  const Clock::time_point until = Clock::now() + grace;
  while (true) {
    Sweep(Clock::now());
    DismissIdle();
    if (table_.size() == 0 || Clock::now() >= until) break;
    std::this_thread::sleep_for(kStopTick);
  }
  const bool judging = gate_.in_flight() > 0 || gate_.queued() > 0;
  stop_working_.Raise();
  rota_.Stop();
  for (const auto& worker : workers_) worker->thread.join();
  // A thread may have had any of these in hand for an event that meant nothing.
  DismissIdle();
  CloseWhere([](const Connection& c) { return c.has_said_all(); });
  const bool all_done = !judging && table_.size() == 0;
  CloseWhere([](const Connection&) { return true; });
  return all_done;
}

void HttpsServer::Impl::DismissIdle() {
  table_.ForEachParked(
      [](const Connection& connection) { return connection.IsIdle(); },
      [this](Ticket ticket, Connection& connection) {
        SettleAfter(ticket, &connection, [&] { connection.Dismiss(); });
      });
}

void HttpsServer::Impl::CloseWhere(
    const std::function<bool(const Connection&)>& wanted) {
  table_.ForEachParked(wanted, [this](Ticket ticket, Connection& connection) {
    connection.Close();
    table_.Remove(ticket);
  });
}

Result<std::unique_ptr<HttpsServer>> HttpsServer::Start(
    Options options, HttpHandler handler, TransportObserver* observer) {
  // A peer that went away is seen by send(), not by a signal.
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c)
  options.max_connections =
      std::min(options.max_connections, FilesForConnections());
  Result<std::unique_ptr<Listener>> listener =
      Listener::Open(options.host, options.port);
  if (!listener) return listener.error();
  return std::unique_ptr<HttpsServer>(new HttpsServer(std::make_unique<Impl>(
      std::move(options), std::move(handler), observer, std::move(*listener))));
}

HttpsServer::HttpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpsServer::~HttpsServer() = default;

int HttpsServer::port() const { return impl_->port(); }

TransportStats HttpsServer::stats() const { return impl_->stats(); }

void HttpsServer::StartDrain() { impl_->StartDrain(); }

bool HttpsServer::Stop(milliseconds grace) { return impl_->Stop(grace); }

}  // namespace meshvet::webhook
