#include "webhook/json_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "webhook/json_text.h"
#include "webhook/warnings.h"

namespace meshvet::webhook {
namespace {

constexpr size_t kMostText = 2'000;
// Of names, which come from outside; those of Kubernetes are shorter.
constexpr size_t kMostName = 253;

std::string_view Name(JsonLog::Level level) {
  switch (level) {
    case JsonLog::Level::kInfo:
      return "info";
    case JsonLog::Level::kWarning:
      return "warning";
    case JsonLog::Level::kError:
      return "error";
  }
  return "";
}

spdlog::level::level_enum ToSpdlog(JsonLog::Level level) {
  switch (level) {
    case JsonLog::Level::kInfo:
      return spdlog::level::info;
    case JsonLog::Level::kWarning:
      return spdlog::level::warn;
    case JsonLog::Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// RFC 3339 in UTC, with milliseconds.
std::string Text(std::chrono::system_clock::time_point instant) {
  const auto days = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss time(
      std::chrono::floor<std::chrono::milliseconds>(instant - days));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

JsonObject Head(JsonLog::Level level, std::string_view event,
                std::chrono::system_clock::time_point time =
                    std::chrono::system_clock::now()) {
  JsonObject line;
  line.Put("time", Text(time));
  line.Put("level", Name(level));
  line.Put("event", event);
  return line;
}

void AddReview(const Review& review, JsonObject& line) {
  const auto put = [&](std::string_view key, std::string_view name) {
    line.Put(key, Cut(std::string(name), kMostName));
  };
  put("uid", review.uid);
  put("user", review.user);
  line.Put("operation", ToString(review.operation));
  put("kind", review.kind.kind);
  put("namespace", review.ns);
  put("name", review.name);
  line.PutJson("dry_run", review.dry_run ? "true" : "false");
}

}  // namespace

JsonLog::JsonLog()
    : JsonLog(std::make_shared<spdlog::logger>(
          "meshvet", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

JsonLog::JsonLog(std::shared_ptr<spdlog::logger> logger)
    : logger_(std::move(logger)) {
  logger_->set_pattern("%v");
  logger_->flush_on(spdlog::level::info);
}

void JsonLog::Event(Level level, std::string_view event, Fields fields) const {
  logger_->log(ToSpdlog(level), "{}",
               Line(level, event, fields, std::chrono::system_clock::now()));
}

std::string JsonLog::Line(Level level, std::string_view event, Fields fields,
                          std::chrono::system_clock::time_point time) {
  JsonObject line = Head(level, event, time);
  for (const auto& [key, value] : fields) line.Put(key, value);
  return std::move(line).End();
}

void JsonLog::Admission(const AdmissionRecord& record) const {
  if (record.outcome != Outcome::kDenied && record.outcome != Outcome::kError) {
    return;
  }
  JsonObject line = Head(Level::kWarning, ToString(record.outcome));
  line.Put("path", record.path);
  if (record.review != nullptr) AddReview(*record.review, line);
  if (!record.traceparent.empty()) line.Put("traceparent", record.traceparent);
  if (!record.rules.empty()) line.PutJson("rules", JsonArray(record.rules));
  if (record.http_status != 200) {
    line.PutJson("status", std::to_string(record.http_status));
  }
  line.Put("message", Cut(std::string(record.message), kMostText));
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(record.duration);
  line.PutJson("microseconds", std::to_string(took.count()));
  logger_->log(spdlog::level::warn, "{}", std::move(line).End());
}

void JsonLog::Flush() const { logger_->flush(); }

}  // namespace meshvet::webhook
