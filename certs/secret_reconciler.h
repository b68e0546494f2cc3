// File: certs/secret_reconciler.h
//
// SecretReconciler: brings the authority in a Secret, and what clients are told
// to trust, one turn nearer to where they ought to be. All replicas do the same
// and need not know each other.
//
//   SecretReconciler reconciler(options);
//   Result<SecretTurn> turn = reconciler.Turn();
//   if (turn) Serve(turn->identity);
//
// Two orders make it safe, whatever other replicas do in between:
//
//   The Secret is written only as the version that was read, so that of several
//   moves one counts, and the others decide anew.
//
//   An anchor is read before the Secret, and written only as it was read. So
//   whoever writes a bundle has a Secret at least as new as the one the bundle
//   before was made of: bundles never go back, however long a replica sleeps
//   between two steps.
//
// Belongs to one thread.

#ifndef MESHVET_CERTS_SECRET_RECONCILER_H_
#define MESHVET_CERTS_SECRET_RECONCILER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/authority_plan.h"
#include "certs/secret_store.h"
#include "certs/tls_identity.h"
#include "mesh/result.h"

namespace meshvet::certs {

struct SecretTurn {
  TlsIdentityPtr identity;
  std::vector<Decision> moves;           // made in this turn, rests left out
  std::vector<std::string> republished;  // anchors that were written
  // What kept us from moving or from telling clients; the pair can be served
  // all the same.
  std::optional<Error> problem;
};

class SecretReconciler {
 public:
  using Steady = std::chrono::steady_clock;

  struct Options {
    SecretStore* store = nullptr;     // must outlive it
    TrustAnchors* anchors = nullptr;  // likewise; null: clients learn otherwise
    SubjectNames names;
    std::chrono::milliseconds grace{600'000};
    std::function<WallTime()> wall_clock = std::chrono::system_clock::now;
    std::function<Steady::time_point()> steady_clock = Steady::now;
  };

  explicit SecretReconciler(Options options) : options_(std::move(options)) {}

  // An error means that there is no pair that could be served.
  Result<SecretTurn> Turn();

 private:
  struct View {
    std::optional<std::vector<TrustAnchor>> anchors;
    StoredSecret secret;
  };
  Result<View> Look(SecretTurn& turn);
  Circumstances CircumstancesOf(const View& view);
  // True once there is nothing more to do in this turn.
  Result<bool> Step(SecretTurn& turn);
  Result<WriteOutcome> Make(const Decision& decision, const View& view,
                            const Circumstances& c);
  Result<bool> Serve(const View& view, WallTime now, SecretTurn& turn);
  Result<bool> Publish(const View& view, SecretTurn& turn);

  const Options options_;
  // Since when this bundle has been seen in every anchor.
  std::string published_bundle_;
  std::optional<Steady::time_point> published_since_;
};

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_SECRET_RECONCILER_H_
