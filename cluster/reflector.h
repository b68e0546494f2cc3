// File: cluster/reflector.h
//
// Reflector: keeps a store equal to what an API server has of one kind, as
// client-go's does: list in pages, then watch from there; resume where a watch
// ended; list again when the server has forgotten where that was (410).
//
//   Reflector reflector(client, {.resource = resource}, store, health, stop);
//   reflector.Run();   // until `stop`
//
// The first list is of what the server has in memory, as client-go's is: the
// watch that follows is fed from there as well, and so is no newer, while to
// read and decode what etcd has costs the server ten times as much. Later lists
// are of the newest there is: nothing that is known may go back in time.
//
// A new list never empties the store: what is gone from it is removed at its
// end. A kind that is not installed is looked for again every 30 s. Failures
// are retried after a pause that grows (cluster/backoff.h); the store meanwhile
// keeps what it has. A watch that ends without a word is not simply believed:
// from a resourceVersion the server has not reached (etcd restored from a
// backup) it would be silent for ever. The server is asked where it stands, and
// listed again if that is behind us. Bookmarks are welcome, but not relied on:
// how often they come depends on the server's etcd.
//
// Run belongs to one thread. What the server sends is not trusted: answers and
// lines are bounded.

#ifndef MESHVET_CLUSTER_REFLECTOR_H_
#define MESHVET_CLUSTER_REFLECTOR_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/api_client.h"
#include "cluster/backoff.h"
#include "cluster/resource.h"
#include "cluster/stop_signal.h"
#include "cluster/stored_object.h"
#include "cluster/watch_health.h"
#include "mesh/node.h"

namespace meshvet::cluster {

// Where the objects of one kind go. Called from the reflector's thread.
class ObjectStore {
 public:
  // Null if there is none.
  virtual ObjectPtr Find(std::string_view ns, std::string_view name) const = 0;
  // Everything there is. Afterwards the store is complete.
  virtual void Replace(std::vector<ObjectPtr> objects) = 0;
  virtual void Put(ObjectPtr object) = 0;
  virtual void Remove(std::string_view ns, std::string_view name) = 0;
  // Nothing more is known than what is there: reading is not permitted.
  virtual void SetIncomplete() = 0;

 protected:
  ~ObjectStore() = default;
};

struct ReflectorOptions {
  Resource resource;
  // Both empty: of every namespace, every name.
  std::string ns = {};
  std::string name = {};

  Backoff::Range backoff = {};
  std::chrono::milliseconds absent_interval{30'000};
  std::chrono::seconds shortest_watch{300};
  std::chrono::seconds longest_watch{600};
  // One that ends sooner, without an event, was a failure.
  std::chrono::milliseconds short_watch{1'000};
  size_t page = 500;
  size_t max_page_bytes = 32 << 20;
  size_t max_line_bytes = 8 << 20;
};

class Reflector {
 public:
  // All but the options must outlive it.
  Reflector(ApiClient& client, ReflectorOptions options, ObjectStore& store,
            WatchHealth& health, const StopSignal& stop);

  void Run();

 private:
  struct Failure {
    std::string message;
    std::chrono::milliseconds at_least{0};
  };
  using MaybeFailure = std::optional<Failure>;

  MaybeFailure Turn();
  MaybeFailure FindResource();
  void NoteAbsence();
  MaybeFailure List();
  MaybeFailure ListCached(std::vector<ObjectPtr>& objects,
                          std::string& version);
  MaybeFailure ListPages(std::vector<ObjectPtr>& objects, std::string& version);
  std::optional<Error> TakeItem(Node item, std::vector<ObjectPtr>& objects);
  MaybeFailure Watch();
  MaybeFailure Forgotten();
  // After a watch that said nothing: whether the server has got as far as we.
  MaybeFailure CheckPlace();
  // One line of a watch; false ends it, with `failure` if that is one.
  bool TakeEvent(std::string_view line, MaybeFailure& failure);
  void TakeError(Node status, MaybeFailure& failure);
  // For an answer other than 200.
  MaybeFailure Refused(std::string_view verb, const ApiAnswer& answer);
  // The path and what narrows it down, with "?" or "&" to be followed by more.
  std::string Target() const;
  std::string Title(std::string_view verb) const;

  ApiSession session_;
  const ReflectorOptions options_;
  ObjectStore& store_;
  WatchHealth& health_;
  const StopSignal& stop_;
  Backoff backoff_;
  ServedResource served_;
  size_t page_;
  // Where the next watch begins; empty: a list is needed first.
  std::string version_;
  // Nothing is known that an old list would take back, and the server has not
  // failed to give one.
  bool takes_cached_ = true;
  // version_ is a list's, and no event has come since.
  bool is_new_ = false;
  std::chrono::steady_clock::time_point listed_at_;
  int absences_ = 0;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_REFLECTOR_H_
