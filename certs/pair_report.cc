#include "certs/pair_report.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "certs/authority.h"
#include "certs/certificate_facts.h"

namespace meshvet::certs {
namespace {

using StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContextPtr =
    std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), FreeStack>;

std::string NameText(X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return TakeText(bio.get());
}

PairReport Describe(X509* leaf) {
  AlternativeNames names = SubjectAlternativeNames(leaf);
  PairReport report;
  report.subject = SubjectText(leaf);
  report.issuer = NameText(X509_get_issuer_name(leaf));
  report.serial = SerialHex(leaf);
  report.fingerprint = Sha256Hex(leaf);
  report.not_before =
      ToWallTime(X509_get0_notBefore(leaf)).value_or(WallTime::max());
  report.not_after =
      ToWallTime(X509_get0_notAfter(leaf)).value_or(WallTime::min());
  report.dns_names = std::move(names.dns);
  report.ip_addresses = std::move(names.ip);
  return report;
}

// Why `chain` does not lead to `ca_pem` as a server's; empty if it does.
std::string WhyUntrusted(const std::vector<X509Ptr>& chain,
                         const std::string& ca_pem, WallTime now) {
  const std::vector<X509Ptr> authorities = ParseCertificates(ca_pem);
  if (authorities.empty()) return "the CA holds no readable PEM certificate";
  const StorePtr store(X509_STORE_new());
  for (const X509Ptr& ca : authorities) {
    X509_STORE_add_cert(store.get(), ca.get());
  }
  const StackPtr others(sk_X509_new_null());
  for (size_t i = 1; i < chain.size(); ++i) {
    sk_X509_push(others.get(), chain[i].get());
  }
  const StoreContextPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(),
                      others.get());
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  X509_STORE_CTX_set_time(context.get(), 0,
                          std::chrono::system_clock::to_time_t(now));
  if (X509_verify_cert(context.get()) == 1) return {};
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return std::string("not trusted by the CA: ") +
         X509_verify_cert_error_string(error);
}

bool IsGoodFor(X509* leaf, const std::string& name) {
  return X509_check_ip_asc(leaf, name.c_str(), 0) == 1 ||
         X509_check_host(leaf, name.c_str(), name.size(),
                         X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}

std::string WhyKeyDoesNotFit(X509* leaf, const std::string& key_pem) {
  const KeyPtr key = ParsePrivateKey(key_pem);
  if (key == nullptr) {
    return "the key is no readable PEM private key (encrypted keys are not "
           "supported)";
  }
  const bool fits = X509_check_private_key(leaf, key.get()) == 1;
  ERR_clear_error();
  return fits ? "" : "the private key does not belong to the certificate";
}

}  // namespace

PairReport ExaminePair(const PairToExamine& pair, WallTime now) {
  const std::vector<X509Ptr> chain = ParseCertificates(pair.certificate);
  if (chain.empty()) {
    PairReport nothing;
    nothing.problems = {"the certificate is no readable PEM certificate"};
    return nothing;
  }
  X509* leaf = chain.front().get();
  PairReport report = Describe(leaf);
  const auto complain = [&](std::string problem) {
    if (!problem.empty()) report.problems.push_back(std::move(problem));
  };
  if (now >= report.not_after) {
    complain("it expired at " + UtcText(report.not_after));
  }
  if (now < report.not_before) {
    complain("it is not valid before " + UtcText(report.not_before));
  }
  complain(WhyKeyDoesNotFit(leaf, pair.key));
  if (!pair.ca.empty()) complain(WhyUntrusted(chain, pair.ca, now));
  if (report.dns_names.empty() && report.ip_addresses.empty()) {
    complain("it has no subjectAltName, which is all that is looked at");
  }
  for (const std::string& name : pair.names) {
    if (!IsGoodFor(leaf, name)) complain("it is not for " + name);
  }
  return report;
}

}  // namespace meshvet::certs
