#include "webhook/json_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <nlohmann/json.hpp>

#include "webhook/warnings.h"

namespace meshvet::webhook {
namespace {

using Json = nlohmann::ordered_json;

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
std::string Now() {
  const auto now = std::chrono::system_clock::now();
  const auto days = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss time(
      std::chrono::floor<std::chrono::milliseconds>(now - days));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

Json Head(JsonLog::Level level, std::string_view event) {
  return {{"time", Now()}, {"level", Name(level)}, {"event", event}};
}

void AddReview(const Review& review, Json& line) {
  const auto name = [](std::string_view text) {
    return Cut(std::string(text), kMostName);
  };
  line["uid"] = name(review.uid);
  line["user"] = name(review.user);
  line["operation"] = ToString(review.operation);
  line["kind"] = name(review.kind.kind);
  line["namespace"] = name(review.ns);
  line["name"] = name(review.name);
  line["dry_run"] = review.dry_run;
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
  Json line = Head(level, event);
  for (const auto& [key, value] : fields) line[std::string(key)] = value;
  logger_->log(ToSpdlog(level), "{}",
               line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void JsonLog::Admission(const AdmissionRecord& record) const {
  if (record.outcome != Outcome::kDenied && record.outcome != Outcome::kError) {
    return;
  }
  Json line = Head(Level::kWarning, ToString(record.outcome));
  line["path"] = record.path;
  if (record.review != nullptr) AddReview(*record.review, line);
  if (!record.traceparent.empty()) line["traceparent"] = record.traceparent;
  if (!record.rules.empty()) line["rules"] = record.rules;
  if (record.http_status != 200) line["status"] = record.http_status;
  line["message"] = Cut(std::string(record.message), kMostText);
  line["microseconds"] =
      std::chrono::duration_cast<std::chrono::microseconds>(record.duration)
          .count();
  logger_->log(spdlog::level::warn, "{}",
               line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void JsonLog::Flush() const { logger_->flush(); }

}  // namespace meshvet::webhook
