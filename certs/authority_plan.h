// File: certs/authority_plan.h
//
// What is to be done about an authority that is kept in a Secret: a pure
// function of what stands there, of the time, and of what clients are told.
//
//   Decision decision = Decide(secret.data, circumstances);
//   Result<SecretData> next = Carry(decision, secret.data, circumstances);
//   store.Write(*next, secret.version);
//
// In the Secret: the CA (`ca.crt`, `ca.key`), the pair that is served, signed
// by it (`tls.crt`, `tls.key`), and while the CA changes also the next one
// (`ca-next.crt`, `ca-next.key`) or the one before (`ca-old.crt`).
//
// A CA changes in three moves, so that a client always trusts what any replica
// serves:
//
//   introduce   the next CA is made. Every replica publishes current + next.
//   switch      the next becomes the current CA and signs the leaf; the former
//               stays in what is published.
//   retire      the former is dropped.
//
// Between two moves lies the grace: for so long the replica that moves must
// itself have seen that the bundle which belongs to the Secret is published
// everywhere. It is longer than any client takes to notice a bundle, and than
// any replica takes to notice the Secret. So at the switch every client trusts
// the next CA, and when the former is retired every replica has its new leaf.
// The grace is measured by the replica's own steady clock from its own first
// sight, later than the event itself: clocks that differ, and restarts, only
// make it longer. No replica has to say what it serves, so none that died can
// hold up a change, and there is no leader.

#ifndef MESHVET_CERTS_AUTHORITY_PLAN_H_
#define MESHVET_CERTS_AUTHORITY_PLAN_H_

#include <chrono>
#include <optional>
#include <string>

#include "certs/authority.h"
#include "certs/secret_store.h"
#include "certs/tls_identity.h"
#include "mesh/result.h"

namespace meshvet::certs {

inline constexpr const char* kCaCertificate = "ca.crt";
inline constexpr const char* kCaKey = "ca.key";
inline constexpr const char* kLeafCertificate = "tls.crt";
inline constexpr const char* kLeafKey = "tls.key";
inline constexpr const char* kNextCaCertificate = "ca-next.crt";
inline constexpr const char* kNextCaKey = "ca-next.key";
inline constexpr const char* kOldCaCertificate = "ca-old.crt";

enum class Move {
  kRest,
  kRefuse,     // the Secret is somebody else's
  kFound,      // a CA and a leaf from nothing
  kRenewLeaf,  // by the current CA
  kIntroduceCa,
  kSwitchCa,
  kRetireCa,
};
std::string_view ToString(Move move);

struct Decision {
  Move move = Move::kRest;
  std::string reason = {};  // for people
};

struct Circumstances {
  WallTime now;
  SubjectNames names;  // that the leaf has to bear
  // How long this replica has seen the bundle of this Secret published in all
  // places; nothing while it is not.
  std::optional<std::chrono::milliseconds> published_for;
  std::chrono::milliseconds grace;
};

// A leaf is renewed, and a CA changed, at two thirds of its life. A Secret with
// a pair but no key of a CA is taken for another's, cert-manager's perhaps.
Decision Decide(const SecretData& data, const Circumstances& circumstances);

// The Secret after the move. What else stands in it stays. A leaf that is made
// before its time keeps the names it had besides the new ones, so that replicas
// that want different names do not take turns for ever.
Result<SecretData> Carry(const Decision& decision, const SecretData& data,
                         const Circumstances& circumstances);

// What clients have to trust as long as this stands in the Secret: the current
// CA first. Empty if there is none that can be read.
std::string TrustBundle(const SecretData& data);

// The names of the leaf in the Secret; none if it cannot be read.
SubjectNames LeafNames(const SecretData& data);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_AUTHORITY_PLAN_H_
