// File: webhook/worker_rota.h
//
// WorkerRota: how many of the serving threads wait for events at a time.
//
// A handler may wait for the cluster, so there are many more threads than
// cores. If all of them waited in epoll, every event would wake another one
// only to find that a running thread took it: measured, a third of the whole
// cost of a request. So a few hold seats and go from event to event without
// ever waking anybody, and only when all of them have been held up in handlers
// for a millisecond does the rota seat one more, who stays until others return.
//
//   while (rota.TakeSeat()) {
//     do { …wait for an event, serve it… } while (rota.KeepsSeat());
//   }
//
// Thread-safe. Owns one thread, asleep unless all seats are in handlers.

#ifndef MESHVET_WEBHOOK_WORKER_ROTA_H_
#define MESHVET_WEBHOOK_WORKER_ROTA_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

namespace meshvet::webhook {

class WorkerRota {
 public:
  // `usual` seats, never more than `most`.
  WorkerRota(std::size_t usual, std::size_t most);
  ~WorkerRota();
  WorkerRota(const WorkerRota&) = delete;
  WorkerRota& operator=(const WorkerRota&) = delete;

  // Waits for a seat; false once the rota is stopped.
  bool TakeSeat();
  // After each event. False: too many are seated, the caller stands up. Not who
  // would leave all other seats in handlers.
  bool KeepsSeat();

  void HandlerBegins();
  void HandlerEnds();

  void Stop();

 private:
  void Watch();
  bool AllHeldUp() const { return handling_ >= seats_; }
  // Looks every millisecond, as long as all seats are in handlers now and then.
  void WatchClosely();
  void AddSeat();

  const std::size_t usual_;
  const std::size_t most_;
  std::atomic<std::size_t> seats_;
  std::atomic<std::size_t> handling_ = 0;
  std::atomic<std::uint64_t> handled_ = 0;
  std::atomic<bool> asleep_ = false;
  std::mutex mutex_;
  std::condition_variable seat_free_;
  std::condition_variable wake_watcher_;
  std::size_t taken_ = 0;  // of seats_, by mutex_
  bool stopped_ = false;
  std::thread watcher_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_WORKER_ROTA_H_
