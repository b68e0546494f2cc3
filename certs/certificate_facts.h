// File: certs/certificate_facts.h
//
// What a parsed certificate says of itself. For the .cc files of certs/ alone.

#ifndef MESHVET_CERTS_CERTIFICATE_FACTS_H_
#define MESHVET_CERTS_CERTIFICATE_FACTS_H_

#include <openssl/x509.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/openssl_pointers.h"
#include "certs/tls_identity.h"

namespace meshvet::certs {

// Every certificate of a PEM text; empty if there is none or one is broken.
std::vector<X509Ptr> ParseCertificates(std::string_view pem);

// The private key of a PEM text; never asks for a pass phrase.
KeyPtr ParsePrivateKey(std::string_view pem);

std::optional<WallTime> ToWallTime(const ASN1_TIME* time);
std::string CommonName(X509* certificate);

struct AlternativeNames {
  std::vector<std::string> dns;
  std::vector<std::string> ip;
};
AlternativeNames SubjectAlternativeNames(X509* certificate);

std::string SerialHex(X509* certificate);
std::string Sha256Hex(X509* certificate);
std::string SubjectText(X509* certificate);
std::string CertificatePem(X509* certificate);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_CERTIFICATE_FACTS_H_
