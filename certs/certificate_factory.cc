#include "certs/certificate_factory.h"

#include <openssl/rand.h>

#include <ctime>
#include <utility>

#include "certs/certificate_facts.h"

namespace meshvet::certs {
namespace {

constexpr int kSerialBits = 127;

bool SetRandomSerial(X509* certificate) {
  const BignumPtr serial(BN_new());
  return serial != nullptr &&
         BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE,
                 BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) !=
             nullptr;
}

bool SetValidity(X509* certificate, const Issue& issue) {
  using Clock = std::chrono::system_clock;
  const std::time_t from = Clock::to_time_t(issue.now - kBackdated);
  const std::time_t until = Clock::to_time_t(issue.until);
  return ASN1_TIME_set(X509_getm_notBefore(certificate), from) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), until) != nullptr;
}

// The length of a common name is limited to 64; a longer one is cut, since
// nobody reads it: names are checked against the subjectAltName.
bool SetCommonName(X509_NAME* name, const std::string& text) {
  const std::string cut = text.substr(0, 64);
  return X509_NAME_add_entry_by_txt(
             name, "CN", MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(cut.data()),
             static_cast<int>(cut.size()), -1, 0) == 1;
}

bool AddExtension(X509* certificate, X509* issuer, int nid,
                  const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr &&
         X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string AlternativeNameText(const SubjectNames& names) {
  std::string text;
  for (const std::string& name : names.dns) text += ",DNS:" + name;
  for (const std::string& address : names.ip) text += ",IP:" + address;
  return text.substr(1);
}

// X509_set_pubkey() would write the key out and read it in again, which takes
// four million instructions. All keys here are on P-256, so that the form is
// known (RFC 5480, section 2).
bool SetPublicKey(X509* certificate, EVP_PKEY* key) {
  unsigned char* point = nullptr;
  const std::size_t size = EVP_PKEY_get1_encoded_public_key(key, &point);
  if (size == 0) return false;
  if (X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate),
                             OBJ_nid2obj(NID_X9_62_id_ecPublicKey),
                             V_ASN1_OBJECT, OBJ_nid2obj(NID_X9_62_prime256v1),
                             point, static_cast<int>(size)) == 1) {
    return true;
  }
  OPENSSL_free(point);
  return false;
}

// A certificate for a new key, without extensions and signature.
X509Ptr Draft(EVP_PKEY* key, const std::string& common_name,
              const Issue& issue) {
  X509Ptr draft(X509_new());
  if (draft == nullptr || X509_set_version(draft.get(), X509_VERSION_3) != 1 ||
      !SetRandomSerial(draft.get()) || !SetValidity(draft.get(), issue) ||
      !SetCommonName(X509_get_subject_name(draft.get()), common_name) ||
      !SetPublicKey(draft.get(), key)) {
    return nullptr;
  }
  return draft;
}

// The certificate as one who reads it sees it. Only then does OpenSSL know its
// public key as a key, which a TLS context asks for.
X509Ptr ReadBack(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return nullptr;
  const unsigned char* at = der;
  X509Ptr read(d2i_X509(nullptr, &at, size));
  OPENSSL_free(der);
  return read;
}

}  // namespace

KeyPtr NewKey() { return KeyPtr(EVP_EC_gen("P-256")); }

X509Ptr SignAuthority(EVP_PKEY* key, const std::string& common_name,
                      const Issue& issue) {
  X509Ptr ca = Draft(key, common_name, issue);
  if (ca == nullptr ||
      X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get())) != 1 ||
      !AddExtension(ca.get(), ca.get(), NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(ca.get(), ca.get(), NID_key_usage,
                    "critical,keyCertSign,cRLSign") ||
      !AddExtension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(ca.get(), key, EVP_sha256()) == 0) {
    return nullptr;
  }
  return ca;
}

X509Ptr SignLeaf(EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key,
                 const SubjectNames& names, const Issue& issue) {
  const std::string& first =
      names.dns.empty() ? names.ip.front() : names.dns.front();
  X509Ptr leaf = Draft(key, first, issue);
  if (leaf == nullptr ||
      X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca)) != 1 ||
      !AddExtension(leaf.get(), ca, NID_basic_constraints,
                    "critical,CA:FALSE") ||
      !AddExtension(leaf.get(), ca, NID_key_usage,
                    "critical,digitalSignature") ||
      !AddExtension(leaf.get(), ca, NID_ext_key_usage,
                    issue.client_auth ? "clientAuth" : "serverAuth") ||
      !AddExtension(leaf.get(), ca, NID_authority_key_identifier, "keyid") ||
      !AddExtension(leaf.get(), ca, NID_subject_alt_name,
                    AlternativeNameText(names)) ||
      X509_sign(leaf.get(), ca_key, EVP_sha256()) == 0) {
    return nullptr;
  }
  return ReadBack(leaf.get());
}

}  // namespace meshvet::certs
