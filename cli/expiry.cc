#include "cli/expiry.h"

#include <chrono>

#include "certs/authority.h"

namespace meshvet::cli {

std::optional<std::string> ExpiryProblem(const certs::TlsIdentity& identity,
                                         certs::WallTime now) {
  constexpr std::chrono::hours kWeek{7 * 24};
  const auto life = identity.not_after - identity.not_before;
  const auto left = identity.not_after - now;
  if (left > kWeek || left > life / 4) return std::nullopt;
  return "the certificate ends at " + certs::UtcText(identity.not_after) +
         " and was not renewed: serial number " + identity.serial;
}

}  // namespace meshvet::cli
