// File: certs/current_context.h
//
// CurrentContext: the TlsContext in use, replaced while connections take it.
// Shared, so that what hands it out may outlive who replaces it.
//
//   auto current = std::make_shared<CurrentContext>(context);
//   TlsContextSource source = [current] { return current->Get(); };
//   current->Set(next);
//
// Thread-safe.

#ifndef MESHVET_CERTS_CURRENT_CONTEXT_H_
#define MESHVET_CERTS_CURRENT_CONTEXT_H_

#include <mutex>
#include <utility>

#include "certs/tls_context.h"

namespace meshvet::certs {

class CurrentContext {
 public:
  explicit CurrentContext(TlsContextPtr context)
      : context_(std::move(context)) {}

  TlsContextPtr Get() const {
    const std::scoped_lock lock(mutex_);
    return context_;
  }
  void Set(TlsContextPtr context) {
    const std::scoped_lock lock(mutex_);
    context_.swap(context);
  }

 private:
  mutable std::mutex mutex_;
  TlsContextPtr context_;
};

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_CURRENT_CONTEXT_H_
