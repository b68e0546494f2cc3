// File: lint/report/fingerprint.h
//
// Fingerprint: a name for a finding that stays the same while the file around
// it changes, on every machine and in every run.
//
//   Fingerprint({rule, "deploy/shop.yaml", "networking.istio.io/Gateway",
//                "shop/shop-gw", "port 443"})  // 32 hexadecimal digits
//
// It is FNV-1a with 128 bits (the published offset basis and prime) over the
// parts, each preceded by its length: no cryptographic promise, but none is
// needed, for an author who wants to hide a finding has simpler ways.

#ifndef MESHVET_LINT_REPORT_FINGERPRINT_H_
#define MESHVET_LINT_REPORT_FINGERPRINT_H_

#include <initializer_list>
#include <string>
#include <string_view>

namespace meshvet::lint {

// FNV-1a, 128 bits, of `bytes`, as 32 hexadecimal digits.
std::string Fnv1a128(std::string_view bytes);

std::string Fingerprint(std::initializer_list<std::string_view> parts);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_FINGERPRINT_H_
