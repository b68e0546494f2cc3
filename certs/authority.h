// File: certs/authority.h
//
// A certificate authority of our own, as PEM text: make one, and let it sign.
//
//   Result<PemPair> authority = MakeAuthority(now);
//   Result<SubjectNames> names = SortNames({"meshvet.mesh.svc"});
//   Result<PemPair> leaf = IssueLeaf(*authority, *names, now);
//
// ECDSA P-256. An authority lives ten years and signs leaves only; a leaf lives
// 90 days, but no longer than its authority. Both are valid since an hour ago.
// Keys are not encrypted: whoever may read them where they are kept may also
// take the place of the webhook.

#ifndef MESHVET_CERTS_AUTHORITY_H_
#define MESHVET_CERTS_AUTHORITY_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "certs/tls_identity.h"
#include "mesh/result.h"

namespace meshvet::certs {

inline constexpr std::chrono::hours kAuthorityLife{24 * 3'650};
inline constexpr std::chrono::hours kLeafLife{24 * 90};

// Whom a certificate is for.
struct SubjectNames {
  std::vector<std::string> dns;
  std::vector<std::string> ip;

  bool operator==(const SubjectNames&) const = default;
};

// An error if there is no name at all, or one is none; error.where is it.
std::optional<Error> CheckNames(const SubjectNames& names);

// Addresses and DNS names told apart, duplicates dropped.
Result<SubjectNames> SortNames(const std::vector<std::string>& names);

// The names under which an API server calls a Service of Kubernetes; the first
// is the one it verifies.
std::vector<std::string> ServiceNames(const std::string& service,
                                      const std::string& ns);

struct PemPair {
  std::string certificate;
  std::string key;
};

Result<PemPair> MakeAuthority(WallTime now);

// Error.where says which part of the authority cannot be used: "ca.crt",
// "ca.key"; or which name is none.
Result<PemPair> IssueLeaf(const PemPair& authority, const SubjectNames& names,
                          WallTime now);

// "2026-02-03T04:05:06Z".
std::string UtcText(WallTime time);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_AUTHORITY_H_
