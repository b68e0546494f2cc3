// File: certs/certificate_factory.h
//
// Makes keys and signs certificates, as OpenSSL's objects. For the .cc files of
// certs/ alone.
//
// ECDSA P-256: half the handshake cost of RSA-2048. Names stand in the
// subjectAltName, which is all that Go's clients read. Valid since an hour
// before the moment of issue, because clocks of API servers differ.

#ifndef MESHVET_CERTS_CERTIFICATE_FACTORY_H_
#define MESHVET_CERTS_CERTIFICATE_FACTORY_H_

#include <openssl/x509.h>

#include <chrono>
#include <string>

#include "certs/authority.h"
#include "certs/openssl_pointers.h"

namespace meshvet::certs {

inline constexpr std::chrono::hours kBackdated{1};

struct Issue {
  WallTime now;
  WallTime until;
  bool client_auth = false;  // clientAuth instead of serverAuth
};

// Null, as all below, if OpenSSL could not; LastSslError() says why.
KeyPtr NewKey();

// A CA for `key`, signed by itself, which may sign leaves only.
X509Ptr SignAuthority(EVP_PKEY* key, const std::string& common_name,
                      const Issue& issue);

// A certificate for `key` and at least one name, signed by `ca`. `key` is one
// of NewKey(). The common name is the first name.
X509Ptr SignLeaf(EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key,
                 const SubjectNames& names, const Issue& issue);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_CERTIFICATE_FACTORY_H_
