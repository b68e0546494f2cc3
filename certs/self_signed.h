// File: certs/self_signed.h
//
// A certificate authority and a server certificate signed by it, made in
// memory: for a first start without cert-manager, and for tests.
//
//   Result<SelfSignedPair> pair = SelfSigned({"meshvet.istio.svc"}, {});
//   webhook.caBundle = base64(pair->ca_pem);
//
// ECDSA P-256 (half the handshake cost of RSA-2048), the name in a
// subjectAltName, serverAuth, and valid since an hour ago, because clocks of
// API servers differ. The CA's key is thrown away: a CA that signs once cannot
// be made to sign again.

#ifndef MESHVET_CERTS_SELF_SIGNED_H_
#define MESHVET_CERTS_SELF_SIGNED_H_

#include <chrono>
#include <string>
#include <vector>

#include "certs/tls_identity.h"
#include "mesh/result.h"

namespace meshvet::certs {

struct SelfSignedOptions {
  std::chrono::hours lifetime{24 * 365};
  bool client_auth = false;  // clientAuth instead of serverAuth
  // The moment of issue; tests make certificates of other days.
  WallTime now = std::chrono::system_clock::now();
};

struct SelfSignedPair {
  TlsIdentityPtr identity;
  std::string ca_pem;
};

// The common name is the first DNS name, or the first address. Errors: no
// name at all, or an address that is none.
Result<SelfSignedPair> SelfSigned(
    const std::vector<std::string>& dns_names,
    const std::vector<std::string>& ip_addresses,
    const SelfSignedOptions& options = SelfSignedOptions());

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_SELF_SIGNED_H_
