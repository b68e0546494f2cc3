#include "certs/tls_identity.h"

#include <openssl/pem.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <system_error>
#include <utility>

#include "certs/authority.h"
#include "certs/certificate_facts.h"

namespace meshvet::certs {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;

TlsIdentity Describe(X509* leaf) {
  TlsIdentity identity;
  AlternativeNames names = SubjectAlternativeNames(leaf);
  identity.not_before =
      ToWallTime(X509_get0_notBefore(leaf)).value_or(WallTime::max());
  identity.not_after =
      ToWallTime(X509_get0_notAfter(leaf)).value_or(WallTime::min());
  identity.subject = SubjectText(leaf);
  identity.dns_names = std::move(names.dns);
  identity.ip_addresses = std::move(names.ip);
  identity.serial = SerialHex(leaf);
  identity.fingerprint = Sha256Hex(leaf);
  return identity;
}

}  // namespace

Result<TlsIdentityPtr> MakeIdentity(std::vector<std::shared_ptr<x509_st>> chain,
                                    std::shared_ptr<evp_pkey_st> key,
                                    WallTime now, std::string_view cert_name,
                                    std::string_view key_name) {
  const std::string cert_at(cert_name);
  const std::string key_at(key_name);
  X509* leaf = chain.front().get();
  if (X509_check_private_key(leaf, key.get()) != 1) {
    ERR_clear_error();
    return Error{"the private key does not belong to the certificate " +
                     SubjectText(leaf),
                 key_at};
  }
  auto identity = std::make_shared<TlsIdentity>(Describe(leaf));
  if (now >= identity->not_after) {
    return Error{"the certificate expired at " + UtcText(identity->not_after),
                 cert_at};
  }
  if (now < identity->not_before) {
    return Error{
        "the certificate is not valid before " + UtcText(identity->not_before),
        cert_at};
  }
  identity->chain = std::move(chain);
  identity->key = std::move(key);
  return TlsIdentityPtr(std::move(identity));
}

Result<TlsIdentityPtr> ParseKeyPair(std::string_view cert_pem,
                                    std::string_view key_pem, WallTime now,
                                    std::string_view cert_name,
                                    std::string_view key_name) {
  std::vector<X509Ptr> chain = ParseCertificates(cert_pem);
  if (chain.empty()) {
    return Error{"holds no readable PEM certificate", std::string(cert_name)};
  }
  KeyPtr key = ParsePrivateKey(key_pem);
  if (key == nullptr) {
    return Error{
        "holds no readable PEM private key (encrypted keys are not "
        "supported)",
        std::string(key_name)};
  }
  return MakeIdentity({std::make_move_iterator(chain.begin()),
                       std::make_move_iterator(chain.end())},
                      std::move(key), now, cert_name, key_name);
}

std::string ChainPem(const TlsIdentity& identity) {
  std::string text;
  for (const auto& certificate : identity.chain) {
    text += CertificatePem(certificate.get());
  }
  return text;
}

std::string KeyPem(const TlsIdentity& identity) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), identity.key.get(), nullptr, nullptr, 0,
                           nullptr, nullptr);
  return TakeText(bio.get());
}

Result<std::string> ReadSmallFile(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(
      std::fopen(file.c_str(), "rbe"), std::fclose);
  if (stream == nullptr) {
    return Error{"cannot be opened: " + std::generic_category().message(errno),
                 file};
  }
  std::string text;
  std::array<char, 16384> buffer{};
  while (const std::size_t got =
             std::fread(buffer.data(), 1, buffer.size(), stream.get())) {
    text.append(buffer.data(), got);
    if (text.size() > kMaxFileBytes) return Error{"exceeds 1 MiB", file};
  }
  if (std::ferror(stream.get()) != 0) return Error{"cannot be read", file};
  return text;
}

Result<TlsIdentityPtr> LoadKeyPair(const std::string& cert_file,
                                   const std::string& key_file, WallTime now) {
  const Result<std::string> cert = ReadSmallFile(cert_file);
  if (!cert) return cert.error();
  const Result<std::string> key = ReadSmallFile(key_file);
  if (!key) return key.error();
  return ParseKeyPair(*cert, *key, now, cert_file, key_file);
}

}  // namespace meshvet::certs
