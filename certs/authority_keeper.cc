#include "certs/authority_keeper.h"

#include <pthread.h>

#include <utility>

namespace meshvet::certs {

Result<std::unique_ptr<AuthorityKeeper>> AuthorityKeeper::Start(
    Options options) {
  std::unique_ptr<AuthorityKeeper> keeper(
      new AuthorityKeeper(std::move(options)));
  if (auto problem = keeper->Turn()) {
    if (keeper->current_ == nullptr) return *std::move(problem);
    keeper->Report(*problem);
  }
  keeper->thread_ = std::thread([self = keeper.get()] { self->Run(); });
  return keeper;
}

AuthorityKeeper::~AuthorityKeeper() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

TlsContextSource AuthorityKeeper::source() const {
  return [current = current_] { return current->Get(); };
}

void AuthorityKeeper::Run() {
  pthread_setname_np(pthread_self(), "authority");
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, options_.interval, [this] { return ending_; })) {
        return;
      }
    }
    if (const auto problem = Turn()) {
      Report(*problem);
    } else {
      reported_.clear();
    }
  }
}

std::optional<Error> AuthorityKeeper::Turn() {
  const auto turn = reconciler_.Turn();
  if (!turn) return turn.error();
  Tell(*turn);
  if (auto error = Adopt(turn->identity)) return error;
  return turn->problem;
}

std::optional<Error> AuthorityKeeper::Adopt(const TlsIdentityPtr& identity) {
  if (current_ != nullptr &&
      current_->Get()->identity().fingerprint == identity->fingerprint) {
    return std::nullopt;
  }
  const auto context = MakeServerContext(identity, options_.tls);
  if (!context) return context.error();
  if (current_ == nullptr) {
    current_ = std::make_shared<CurrentContext>(*context);
  } else {
    current_->Set(*context);
  }
  if (options_.on_change) options_.on_change(*identity);
  return std::nullopt;
}

void AuthorityKeeper::Tell(const SecretTurn& turn) const {
  for (const Decision& move : turn.moves) {
    if (options_.on_move) options_.on_move(move);
  }
  for (const std::string& anchor : turn.republished) {
    if (options_.on_publish) options_.on_publish(anchor);
  }
}

void AuthorityKeeper::Report(const Error& problem) {
  const std::string text = problem.where + '\n' + problem.message;
  if (text == reported_) return;
  reported_ = text;
  if (options_.on_problem) options_.on_problem(problem);
}

}  // namespace meshvet::certs
