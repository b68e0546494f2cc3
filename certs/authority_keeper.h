// File: certs/authority_keeper.h
//
// AuthorityKeeper: serves the pair of an authority that is kept in a Secret,
// and keeps both, and what clients are told, as they ought to be.
//
//   AuthorityKeeper::Options options;
//   options.secret = {.store = &store, .anchors = &anchors, .names = names};
//   options.on_problem = [](const Error& e) { Log(e.message); };
//   auto keeper = AuthorityKeeper::Start(std::move(options));
//   server_options.tls = (*keeper)->source();
//
// What cannot be used, or cannot be read, leaves the pair in use in place. A
// problem is reported when it begins, or changes, and not at every turn.
//
// Thread-safe. The callbacks run on the keeper's thread, in Start() on the
// caller's. The end waits for a turn under way, so whoever owns the store must
// be able to cut its calls short.

#ifndef MESHVET_CERTS_AUTHORITY_KEEPER_H_
#define MESHVET_CERTS_AUTHORITY_KEEPER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "certs/current_context.h"
#include "certs/secret_reconciler.h"
#include "certs/tls_context.h"
#include "mesh/result.h"

namespace meshvet::certs {

class AuthorityKeeper {
 public:
  struct Options {
    SecretReconciler::Options secret;
    ServerTlsOptions tls;
    // At most a third of secret.grace, so that a look that fails costs nothing.
    std::chrono::milliseconds interval{10'000};
    std::function<void(const TlsIdentity&)> on_change;
    std::function<void(const Decision&)> on_move;
    std::function<void(const std::string& anchor)> on_publish;
    std::function<void(const Error&)> on_problem;
  };

  // Fails if there is no pair to begin with.
  static Result<std::unique_ptr<AuthorityKeeper>> Start(Options options);

  ~AuthorityKeeper();
  AuthorityKeeper(const AuthorityKeeper&) = delete;
  AuthorityKeeper& operator=(const AuthorityKeeper&) = delete;

  // May be called after the keeper is gone; the last context stays.
  TlsContextSource source() const;

 private:
  explicit AuthorityKeeper(Options options)
      : options_(std::move(options)), reconciler_(options_.secret) {}

  void Run();
  std::optional<Error> Turn();
  std::optional<Error> Adopt(const TlsIdentityPtr& identity);
  void Tell(const SecretTurn& turn) const;
  void Report(const Error& problem);

  const Options options_;
  SecretReconciler reconciler_;
  std::shared_ptr<CurrentContext> current_;  // set by the first turn
  std::string reported_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_AUTHORITY_KEEPER_H_
