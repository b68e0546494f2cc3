// File: certs/tls_identity.h
//
// TlsIdentity: a certificate chain with its private key, checked to belong
// together and to be valid now, with what one wants to know of the leaf.
//
//   Result<TlsIdentityPtr> pair = LoadKeyPair("tls.crt", "tls.key");
//   if (!pair) return pair.error();     // where = the file at fault
//   Log((*pair)->fingerprint, (*pair)->not_after);
//
// Immutable after it is made, so it may be shared between threads freely.

#ifndef MESHVET_CERTS_TLS_IDENTITY_H_
#define MESHVET_CERTS_TLS_IDENTITY_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/result.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY
struct x509_st;      // OpenSSL's X509

namespace meshvet::certs {

using WallTime = std::chrono::system_clock::time_point;

struct TlsIdentity {
  // Kept as OpenSSL's objects: it takes 1.5 million instructions to read a
  // certificate and 4.7 million to read a key, so each is read once.
  std::vector<std::shared_ptr<x509_st>> chain;  // leaf first, then its issuers
  std::shared_ptr<evp_pkey_st> key;
  WallTime not_before;
  WallTime not_after;
  std::string subject;                    // RFC 2253
  std::vector<std::string> dns_names;     // of the subjectAltName
  std::vector<std::string> ip_addresses;  // of the subjectAltName
  std::string serial;                     // hexadecimal, no prefix
  std::string fingerprint;                // SHA-256 of the leaf's DER, hex
};

using TlsIdentityPtr = std::shared_ptr<const TlsIdentity>;

// A pair of a chain of at least one certificate and a key. Refused: a key that
// is not the leaf's, a leaf expired or not yet valid at `now`. Error.where is
// `cert_name` or `key_name`.
Result<TlsIdentityPtr> MakeIdentity(std::vector<std::shared_ptr<x509_st>> chain,
                                    std::shared_ptr<evp_pkey_st> key,
                                    WallTime now,
                                    std::string_view cert_name = "certificate",
                                    std::string_view key_name = "key");

// The same from PEM text; refused is also text that is no certificate or key.
Result<TlsIdentityPtr> ParseKeyPair(std::string_view cert_pem,
                                    std::string_view key_pem, WallTime now,
                                    std::string_view cert_name = "certificate",
                                    std::string_view key_name = "key");

// The same from files of at most 1 MiB each.
Result<TlsIdentityPtr> LoadKeyPair(
    const std::string& cert_file, const std::string& key_file,
    WallTime now = std::chrono::system_clock::now());

// What an identity is made of, as PEM text. The key is not encrypted.
std::string ChainPem(const TlsIdentity& identity);
std::string KeyPem(const TlsIdentity& identity);

// The whole of a small file; Error.where is the file.
Result<std::string> ReadSmallFile(const std::string& file);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_TLS_IDENTITY_H_
