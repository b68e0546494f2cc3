// File: webhook/json_log.h
//
// The server's log: one JSON object a line, on standard error. Denials and
// errors are logged, one line each; what is allowed is counted, not logged.
// Bodies of objects never are.
//
//   {"time":"…","level":"warning","event":"denied","uid":"…","rules":["…"],…}
//
// Safe to use from many threads.

#ifndef MESHVET_WEBHOOK_JSON_LOG_H_
#define MESHVET_WEBHOOK_JSON_LOG_H_

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "webhook/admission_handler.h"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace meshvet::webhook {

class JsonLog {
 public:
  enum class Level { kInfo, kWarning, kError };
  using Fields =
      std::initializer_list<std::pair<std::string_view, std::string_view>>;

  JsonLog();  // to standard error
  // For tests, and for whoever keeps the logger.
  explicit JsonLog(std::shared_ptr<spdlog::logger> logger);

  void Event(Level level, std::string_view event, Fields fields = {}) const;
  // The line of such an event at `time`, without its end.
  static std::string Line(Level level, std::string_view event, Fields fields,
                          std::chrono::system_clock::time_point time);
  // A line for what was denied, timed out or could not be answered.
  void Admission(const AdmissionRecord& record) const;
  void Flush() const;

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_JSON_LOG_H_
