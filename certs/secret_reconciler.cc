#include "certs/secret_reconciler.h"

#include <algorithm>
#include <utility>

namespace meshvet::certs {
namespace {

// Of one turn: moves, and conflicts with replicas that were faster. More means
// that somebody works against us, and is for the next turn.
constexpr int kMaxSteps = 16;

bool Carries(const TrustAnchor& anchor, const std::string& bundle) {
  return std::ranges::all_of(
      anchor.bundles, [&](const std::string& one) { return one == bundle; });
}

}  // namespace

Result<SecretReconciler::View> SecretReconciler::Look(SecretTurn& turn) {
  View view;
  // Anchors first: see the head of this class.
  if (options_.anchors == nullptr) {
    view.anchors.emplace();
  } else if (auto anchors = options_.anchors->Read()) {
    view.anchors = *std::move(anchors);
  } else {
    turn.problem = anchors.error();
  }
  auto secret = options_.store->Read();
  if (!secret) return secret.error();
  view.secret = *std::move(secret);
  return view;
}

Circumstances SecretReconciler::CircumstancesOf(const View& view) {
  Circumstances circumstances{.now = options_.wall_clock(),
                              .names = options_.names,
                              .published_for = {},
                              .grace = options_.grace};
  const std::string bundle = TrustBundle(view.secret.data);
  const bool is_published =
      !bundle.empty() && view.anchors.has_value() &&
      std::ranges::all_of(*view.anchors, [&](const TrustAnchor& anchor) {
        return Carries(anchor, bundle);
      });
  const Steady::time_point now = options_.steady_clock();
  if (!is_published) {
    published_since_.reset();
    return circumstances;
  }
  if (!published_since_ || published_bundle_ != bundle) {
    published_since_ = now;
    published_bundle_ = bundle;
  }
  circumstances.published_for =
      std::chrono::floor<std::chrono::milliseconds>(now - *published_since_);
  return circumstances;
}

Result<bool> SecretReconciler::Publish(const View& view, SecretTurn& turn) {
  const std::string bundle = TrustBundle(view.secret.data);
  if (bundle.empty() || !view.anchors) return true;
  bool done = true;
  for (const TrustAnchor& anchor : *view.anchors) {
    if (Carries(anchor, bundle)) continue;
    const auto outcome = options_.anchors->Write(anchor, bundle);
    if (!outcome) {
      turn.problem = outcome.error();
      continue;
    }
    done = false;
    if (*outcome == WriteOutcome::kWritten) {
      turn.republished.push_back(anchor.name);
    }
  }
  return done;
}

Result<WriteOutcome> SecretReconciler::Make(const Decision& decision,
                                            const View& view,
                                            const Circumstances& c) {
  const auto next = Carry(decision, view.secret.data, c);
  if (!next) return next.error();
  return options_.store->Write(*next, view.secret.version);
}

Result<bool> SecretReconciler::Step(SecretTurn& turn) {
  turn.problem.reset();
  const auto view = Look(turn);
  if (!view) return view.error();
  const SecretData& data = view->secret.data;
  const Circumstances circumstances = CircumstancesOf(*view);
  const Decision decision = Decide(data, circumstances);
  if (decision.move == Move::kRefuse) return Error{decision.reason};
  if (decision.move != Move::kRest) {
    const auto outcome = Make(decision, *view, circumstances);
    if (outcome) {
      if (*outcome == WriteOutcome::kWritten) turn.moves.push_back(decision);
      return false;
    }
    turn.problem = outcome.error();
  }
  return Serve(*view, circumstances.now, turn);
}

// A move that failed must not cost us a pair that can still be served.
Result<bool> SecretReconciler::Serve(const View& view, WallTime now,
                                     SecretTurn& turn) {
  SecretData data = view.secret.data;
  auto identity = ParseKeyPair(data[kLeafCertificate], data[kLeafKey], now,
                               kLeafCertificate, kLeafKey);
  if (!identity) return turn.problem ? *turn.problem : identity.error();
  turn.identity = *std::move(identity);
  return Publish(view, turn);
}

Result<SecretTurn> SecretReconciler::Turn() {
  SecretTurn turn;
  for (int step = 0; step < kMaxSteps; ++step) {
    const auto done = Step(turn);
    if (!done) return done.error();
    if (*done) return turn;
  }
  if (turn.identity != nullptr) return turn;
  return Error{"others keep changing it"};
}

}  // namespace meshvet::certs
