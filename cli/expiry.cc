#include "cli/expiry.h"

#include <array>
#include <chrono>
#include <ctime>

namespace meshvet::cli {
namespace {

// RFC 3339.
std::string UtcTime(certs::WallTime when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const size_t length =
      std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

}  // namespace

std::optional<std::string> ExpiryProblem(const certs::TlsIdentity& identity,
                                         certs::WallTime now) {
  constexpr std::chrono::hours kWeek{7 * 24};
  const auto life = identity.not_after - identity.not_before;
  const auto left = identity.not_after - now;
  if (left > kWeek || left > life / 4) return std::nullopt;
  return "the certificate ends at " + UtcTime(identity.not_after) +
         " and was not renewed: serial number " + identity.serial;
}

}  // namespace meshvet::cli
