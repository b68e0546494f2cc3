#include "certs/authority.h"

#include <arpa/inet.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <utility>

#include "certs/certificate_factory.h"
#include "certs/certificate_facts.h"

namespace meshvet::certs {
namespace {

constexpr size_t kLongestName = 253;  // RFC 1035, section 2.3.4

// Strict, since OpenSSL takes the names out of one text, where a comma would
// start another name.
bool IsDnsName(const std::string& text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::ranges::all_of(text, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  c == '-' || c == '.' || c == '_' || c == '*';
         });
}

// As an address is written back out of a certificate; empty if it is none.
std::string Canonical(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, text.c_str(), bytes.data()) != 1) continue;
    inet_ntop(family, bytes.data(), out.data(), out.size());
    return out.data();
  }
  return {};
}

void AddOnce(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

std::string KeyText(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr,
                           nullptr);
  return TakeText(bio.get());
}

}  // namespace

std::optional<Error> CheckNames(const SubjectNames& names) {
  for (const std::string& name : names.dns) {
    if (!IsDnsName(name)) return Error{"is not a DNS name", name};
  }
  for (const std::string& address : names.ip) {
    if (Canonical(address).empty())
      return Error{"is not an IP address", address};
  }
  if (names.dns.empty() && names.ip.empty()) {
    return Error{"a certificate needs at least one name or address"};
  }
  return std::nullopt;
}

Result<SubjectNames> SortNames(const std::vector<std::string>& names) {
  SubjectNames sorted;
  for (const std::string& name : names) {
    const std::string address = Canonical(name);
    if (address.empty()) {
      AddOnce(sorted.dns, name);
    } else {
      AddOnce(sorted.ip, address);
    }
  }
  if (auto error = CheckNames(sorted)) return *std::move(error);
  return sorted;
}

std::vector<std::string> ServiceNames(const std::string& service,
                                      const std::string& ns) {
  const std::string name = service + "." + ns + ".svc";
  return {name, name + ".cluster.local"};
}

Result<PemPair> MakeAuthority(WallTime now) {
  const KeyPtr key = NewKey();
  if (key == nullptr) return Error{LastSslError()};
  // Told apart by their dates, for people; verifiers go by the key identifier.
  const X509Ptr certificate =
      SignAuthority(key.get(), "meshvet CA " + UtcText(now),
                    {.now = now, .until = now + kAuthorityLife});
  if (certificate == nullptr) {
    return Error{"cannot make a CA: " + LastSslError()};
  }
  return PemPair{CertificatePem(certificate.get()), KeyText(key.get())};
}

Result<PemPair> IssueLeaf(const PemPair& authority, const SubjectNames& names,
                          WallTime now) {
  if (auto error = CheckNames(names)) return *std::move(error);
  const std::vector<X509Ptr> ca = ParseCertificates(authority.certificate);
  if (ca.empty()) return Error{"holds no readable certificate", "ca.crt"};
  const KeyPtr ca_key = ParsePrivateKey(authority.key);
  if (ca_key == nullptr) return Error{"holds no readable key", "ca.key"};
  const KeyPtr key = NewKey();
  if (key == nullptr) return Error{LastSslError()};
  const WallTime ca_end = ToWallTime(X509_get0_notAfter(ca.front().get()))
                              .value_or(now + kLeafLife);
  const X509Ptr leaf =
      SignLeaf(key.get(), ca.front().get(), ca_key.get(), names,
               {.now = now, .until = std::min(now + kLeafLife, ca_end)});
  if (leaf == nullptr) {
    return Error{"cannot sign a certificate: " + LastSslError()};
  }
  return PemPair{CertificatePem(leaf.get()), KeyText(key.get())};
}

std::string UtcText(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const size_t size =
      std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

}  // namespace meshvet::certs
