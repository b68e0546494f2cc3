// File: cluster/stop_signal.h
//
// StopSignal: what ends the threads of a room at once, wherever they wait.
//
//   StopSignal stop;
//   std::thread watcher([&] { while (!stop.Wait(1s)) Look(); });
//   stop.Raise();
//
// Thread-safe. Once raised it stays raised.

#ifndef MESHVET_CLUSTER_STOP_SIGNAL_H_
#define MESHVET_CLUSTER_STOP_SIGNAL_H_

#include <chrono>

namespace meshvet::cluster {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void Raise();
  bool raised() const;
  // For `duration`, or until it is raised; true if it is.
  bool Wait(std::chrono::milliseconds duration) const;
  // Readable once it is raised, for poll().
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_STOP_SIGNAL_H_
