// File: webhook/request_timeout.h
//
// How long an API server waits for an admission answer. It says so in the
// query, `POST /validate?timeout=10s`, as a Go duration
// (https://pkg.go.dev/time#ParseDuration), rounded up to a whole second: the
// real deadline may be a second nearer, so we aim at 80 % of what is printed.

#ifndef MESHVET_WEBHOOK_REQUEST_TIMEOUT_H_
#define MESHVET_WEBHOOK_REQUEST_TIMEOUT_H_

#include <chrono>
#include <optional>
#include <string_view>

namespace meshvet::webhook {

// "300ms", "1m30s", "1.5h", "-2s"; nothing for other text or one that does
// not fit into 64 bits of nanoseconds.
std::optional<std::chrono::nanoseconds> ParseGoDuration(std::string_view text);

// 80 % of `timeout` in a query; 10 s is assumed where there is none or none to
// be understood, and 30 s is the most, as in a webhook's timeoutSeconds.
std::chrono::nanoseconds RequestTimeout(std::string_view query);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_REQUEST_TIMEOUT_H_
