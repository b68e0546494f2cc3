#include "lint/report/fingerprint.h"

#include <cstdint>

namespace meshvet::lint {
namespace {

__extension__ using Uint128 = unsigned __int128;

// draft-eastlake-fnv, section 5: the 128-bit prime and offset basis.
constexpr Uint128 kPrime = (Uint128{1} << 88) + 0x13B;
constexpr Uint128 kBasis =
    (Uint128{0x6c62272e07bb0142} << 64) + 0x62b821756295c58d;

}  // namespace

std::string Fnv1a128(std::string_view bytes) {
  Uint128 hash = kBasis;
  for (const char byte : bytes) {
    hash ^= static_cast<uint8_t>(byte);
    hash *= kPrime;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string digits(32, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = kHex[static_cast<size_t>(hash & 15)];
    hash >>= 4;
  }
  return digits;
}

std::string Fingerprint(std::initializer_list<std::string_view> parts) {
  std::string joined = "meshvet/1";
  for (const std::string_view part : parts) {
    joined.append(":").append(std::to_string(part.size()));
    joined.append(":").append(part);
  }
  return Fnv1a128(joined);
}

}  // namespace meshvet::lint
