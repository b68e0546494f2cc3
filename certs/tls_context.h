// File: certs/tls_context.h
//
// TlsContext: everything a TLS server needs for a handshake, made once from an
// identity and shared by all connections accepted while it is current.
//
//   Result<TlsContextPtr> context = MakeServerContext(identity, {});
//   SSL* ssl = SSL_new((*context)->native());
//
// TLS 1.2 or 1.3, AEAD suites with ECDHE, HTTP/1.1 by ALPN; no renegotiation,
// no compression, no tickets and no session cache, since an API server's Go
// client resumes nothing. With a client CA every client must show a
// certificate of it, and with client names one that bears one of them (common
// name or DNS name), as an API server's does when it has a kubeconfig for
// webhooks (https://kubernetes.io/docs/reference/access-authn-authz/
// extensible-admission-controllers/#authenticate-apiservers).
//
// Immutable; any number of threads may use it.

#ifndef MESHVET_CERTS_TLS_CONTEXT_H_
#define MESHVET_CERTS_TLS_CONTEXT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "certs/tls_identity.h"
#include "mesh/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace meshvet::certs {

enum class TlsVersion { kTls12, kTls13 };

struct ServerTlsOptions {
  TlsVersion min_version = TlsVersion::kTls12;
  std::string client_ca_pem;              // empty: clients stay anonymous
  std::vector<std::string> client_names;  // empty: any name of that CA
};

class TlsContext;
using TlsContextPtr = std::shared_ptr<const TlsContext>;

// What a server asks for each connection it accepts.
using TlsContextSource = std::function<TlsContextPtr()>;

class TlsContext {
 public:
  TlsContext(ssl_ctx_st* native, TlsIdentityPtr identity,
             std::vector<std::string> client_names);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const { return native_; }
  const TlsIdentity& identity() const { return *identity_; }
  const std::vector<std::string>& client_names() const { return client_names_; }

 private:
  ssl_ctx_st* const native_;
  const TlsIdentityPtr identity_;
  const std::vector<std::string> client_names_;
};

Result<TlsContextPtr> MakeServerContext(const TlsIdentityPtr& identity,
                                        const ServerTlsOptions& options);

// The name by which the client's certificate was admitted, or its common name
// where any name is; empty without one.
std::string ClientName(ssl_st* connection, const TlsContext& context);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_TLS_CONTEXT_H_
