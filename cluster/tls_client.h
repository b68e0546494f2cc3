// File: cluster/tls_client.h
//
// TlsClient: what one needs to speak TLS to an API server: whom to believe and
// who we are. Made once, used for every connection until a file changes.
//
// TLS 1.2 or 1.3. The server's chain is verified against the CA given, or the
// system's; its certificate must bear the name or the address asked for as a
// subjectAltName, as Go's clients want it (the common name counts for nothing).
//
// Immutable; any number of threads may use it.

#ifndef MESHVET_CLUSTER_TLS_CLIENT_H_
#define MESHVET_CLUSTER_TLS_CLIENT_H_

#include <memory>
#include <string>

#include "mesh/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace meshvet::cluster {

struct TlsClientOptions {
  std::string ca_pem;           // empty: the system's
  std::string certificate_pem;  // empty: we stay anonymous
  std::string key_pem;
  std::string server_name;  // a name or an address
  bool skip_verify = false;
};

class TlsClient {
 public:
  // Error.where says which of the PEM texts is at fault.
  static Result<std::shared_ptr<const TlsClient>> Make(
      const TlsClientOptions& options);

  TlsClient(ssl_ctx_st* context, std::string server_name);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // A connection still to be made, to be freed by the caller; null if memory
  // ran out.
  ssl_st* NewConnection() const;

 private:
  ssl_ctx_st* const context_;
  const std::string server_name_;
};

// The reason of OpenSSL's newest error; the thread's queue is empty afterwards.
std::string LastTlsError();

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_TLS_CLIENT_H_
