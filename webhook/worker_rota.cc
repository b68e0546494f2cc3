#include "webhook/worker_rota.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>

namespace meshvet::webhook {
namespace {

constexpr std::chrono::milliseconds kHeldUp{1};
// So many looks without all seats in handlers, and the watcher sleeps again.
constexpr int kCalmLooks = 50;

}  // namespace

WorkerRota::WorkerRota(std::size_t usual, std::size_t most)
    : usual_(std::min(usual, most)), most_(most), seats_(usual_) {
  watcher_ = std::thread([this] { Watch(); });
}

WorkerRota::~WorkerRota() {
  Stop();
  watcher_.join();
}

void WorkerRota::Stop() {
  const std::scoped_lock lock(mutex_);
  stopped_ = true;
  seat_free_.notify_all();
  wake_watcher_.notify_all();
}

bool WorkerRota::TakeSeat() {
  std::unique_lock lock(mutex_);
  seat_free_.wait(lock, [this] { return stopped_ || taken_ < seats_; });
  if (!stopped_) ++taken_;
  return !stopped_;
}

bool WorkerRota::KeepsSeat() {
  if (seats_ <= usual_) return true;
  const std::scoped_lock lock(mutex_);
  if (seats_ <= usual_) return true;
  --seats_;
  // Nobody would be left to wait for events, and the watcher may be asleep. In
  // this order: a handler that begins now sees one seat less, or is seen here.
  if (AllHeldUp()) {
    ++seats_;
    return true;
  }
  --taken_;
  return false;
}

void WorkerRota::HandlerBegins() {
  ++handling_;
  // Only the first to see this pays for waking the watcher.
  if (!AllHeldUp() || !asleep_) return;
  const std::scoped_lock lock(mutex_);
  asleep_ = false;
  wake_watcher_.notify_one();
}

void WorkerRota::HandlerEnds() {
  --handling_;
  handled_.fetch_add(1, std::memory_order_relaxed);
}

void WorkerRota::Watch() {
  pthread_setname_np(pthread_self(), "rota");
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    asleep_ = true;
    wake_watcher_.wait(lock,
                       [this] { return stopped_ || !asleep_ || AllHeldUp(); });
    asleep_ = false;
    lock.unlock();
    WatchClosely();
    lock.lock();
  }
}

void WorkerRota::WatchClosely() {
  std::uint64_t handled = handled_;
  for (int calm = 0; calm < kCalmLooks; ++calm) {
    std::this_thread::sleep_for(kHeldUp);
    const std::uint64_t before = handled;
    handled = handled_;
    if (!AllHeldUp()) continue;
    calm = 0;
    if (handled == before) AddSeat();
    const std::scoped_lock lock(mutex_);
    if (stopped_) return;
  }
}

void WorkerRota::AddSeat() {
  const std::scoped_lock lock(mutex_);
  if (seats_ >= most_) return;
  ++seats_;
  seat_free_.notify_one();
}

}  // namespace meshvet::webhook
