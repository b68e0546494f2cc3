// A reflector at work against a scripted server, and what it tells its store.

#ifndef MESHVET_TEST_UNIT_CLUSTER_RUNNING_REFLECTOR_H_
#define MESHVET_TEST_UNIT_CLUSTER_RUNNING_REFLECTOR_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cluster/reflector.h"
#include "mesh/kinds.h"
#include "test/support/wait_until.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {

using std::chrono::milliseconds;
using test::WaitUntil;
using Reply = ScriptedServer::Reply;

inline constexpr const char* kPath = "/api/v1/services";

inline std::string Service(const std::string& name,
                           const std::string& version) {
  return R"({"metadata":{"name":")" + name +
         R"(","namespace":"shop","resourceVersion":")" + version + R"("}})";
}

inline std::string List(const std::vector<std::string>& items,
                        const std::string& version,
                        const std::string& next = "") {
  std::string text;
  for (const std::string& item : items)
    text += (text.empty() ? "" : ",") + item;
  return R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" +
         next + R"("},"items":[)" + text + "]}";
}

inline std::string Event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}";
}

// What a reflector told, in the order it did: "put a@1", "remove a",
// "replace a@1 b@2", "incomplete".
class Notes final : public ObjectStore {
 public:
  ObjectPtr Find(std::string_view, std::string_view name) const override {
    const std::scoped_lock lock(mutex_);
    const auto found = objects_.find(std::string(name));
    return found == objects_.end() ? nullptr : found->second;
  }
  void Replace(std::vector<ObjectPtr> objects) override {
    std::string note = "replace";
    for (const ObjectPtr& object : objects) note += " " + Text(*object);
    const std::scoped_lock lock(mutex_);
    objects_.clear();
    for (ObjectPtr& object : objects) {
      const std::string name(object->name());
      objects_[name] = std::move(object);
    }
    Add(note);
  }
  void Put(ObjectPtr object) override {
    const std::scoped_lock lock(mutex_);
    Add("put " + Text(*object));
    objects_[std::string(object->name())] = std::move(object);
  }
  void Remove(std::string_view ns, std::string_view name) override {
    const std::scoped_lock lock(mutex_);
    EXPECT_EQ(ns, "shop");
    objects_.erase(std::string(name));
    Add("remove " + std::string(name));
  }
  void SetIncomplete() override {
    const std::scoped_lock lock(mutex_);
    Add("incomplete");
  }

  std::vector<std::string> all() const {
    const std::scoped_lock lock(mutex_);
    return notes_;
  }
  // The first `count`, once there are so many.
  std::vector<std::string> First(size_t count) const {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, test::kPatience,
                   [&] { return notes_.size() >= count; });
    return {notes_.begin(),
            notes_.begin() +
                static_cast<std::ptrdiff_t>(std::min(count, notes_.size()))};
  }

 private:
  static std::string Text(const Object& object) {
    return std::string(object.name()) + "@" +
           std::string(ResourceVersionOf(object));
  }
  void Add(const std::string& note) {
    notes_.push_back(note);
    told_.notify_all();
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable told_;
  std::map<std::string, ObjectPtr> objects_;
  std::vector<std::string> notes_;
};

// A reflector at work, with pauses too short to notice.
class Running {
 public:
  explicit Running(const ScriptedServer& server,
                   ReflectorOptions options = {.resource = {kService,
                                                            "services"}})
      : client_(*ApiClient::Make(server.access())) {
    options.backoff = {milliseconds(1), milliseconds(4)};
    options.absent_interval = milliseconds(5);
    reflector_ = std::make_unique<Reflector>(*client_, std::move(options),
                                             notes, health, stop_);
    thread_ = std::thread([this] { reflector_->Run(); });
  }
  ~Running() {
    stop_.Raise();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  Notes notes;
  WatchHealth health{[this](const std::string& problem) {
    const std::scoped_lock lock(mutex_);
    problems_.push_back(problem);
  }};

  // Every problem told, once all is well again.
  std::vector<std::string> Recovered() const {
    const auto told = [this] {
      const std::scoped_lock lock(mutex_);
      return problems_;
    };
    (void)WaitUntil([&] { return !told().empty() && told().back().empty(); });
    return told();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> problems_;
  StopSignal stop_;
  std::shared_ptr<ApiClient> client_;
  std::unique_ptr<Reflector> reflector_;
  std::thread thread_;
};

// Answers the n-th list and the n-th watch as told; what nothing is told about
// is an empty list, and silence.
class Script {
 public:
  using Step = std::function<void(const SeenRequest&, Reply&)>;

  explicit Script(std::vector<Step> lists, std::vector<Step> watches = {})
      : lists_(std::move(lists)), watches_(std::move(watches)) {}

  void operator()(const SeenRequest& request, Reply& reply) {
    const bool is_watch = request.Query("watch") == "1";
    auto& steps = is_watch ? watches_ : lists_;
    const size_t at = is_watch ? watch_++ : list_++;
    if (at < steps.size()) return steps[at](request, reply);
    if (!is_watch) return reply.Json(200, List({}, "1"));
    reply.BeginStream();
    reply.Hang();
  }

 private:
  std::vector<Step> lists_;
  std::vector<Step> watches_;
  size_t list_ = 0;
  size_t watch_ = 0;
};

inline Script::Step Answer(int status, const std::string& body) {
  return [=](const SeenRequest&, Reply& reply) { reply.Json(status, body); };
}

// A watch that tells these events and ends, or goes on without a word.
inline Script::Step Events(const std::vector<std::string>& events,
                           bool and_hangs = true) {
  return [=](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    for (const std::string& event : events) reply.Line(event);
    and_hangs ? reply.Hang() : reply.EndStream();
  };
}

inline void Play(ScriptedServer& server, Script script) {
  server.On(kPath, [shared = std::make_shared<Script>(std::move(script))](
                       const SeenRequest& request, Reply& reply) {
    (*shared)(request, reply);
  });
}

inline std::vector<SeenRequest> Watches(const ScriptedServer& server) {
  std::vector<SeenRequest> watches;
  for (SeenRequest& request : server.Requests(kPath)) {
    if (request.Query("watch") == "1") watches.push_back(std::move(request));
  }
  return watches;
}

}  // namespace meshvet::cluster

#endif  // MESHVET_TEST_UNIT_CLUSTER_RUNNING_REFLECTOR_H_
