#include "cluster/tls_client.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace meshvet::cluster {
namespace {

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;

BioPtr ReadFrom(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509Ptr NextCertificate(BIO* bio) {
  return X509Ptr(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
}

// Never asks for a pass phrase.
int NoPassPhrase(char*, int, int, void*) { return -1; }

std::optional<Error> TrustCa(SSL_CTX* context, const std::string& pem) {
  if (pem.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) == 1) return std::nullopt;
    return Error{"the system's cannot be read: " + LastTlsError(), "CA"};
  }
  const BioPtr bio = ReadFrom(pem);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  bool any = false;
  while (const X509Ptr ca = NextCertificate(bio.get())) {
    // OpenSSL reads a certificate's extensions when first asked; done now,
    // before threads share it, nothing of it is written later.
    X509_check_purpose(ca.get(), -1, 0);
    if (X509_STORE_add_cert(store, ca.get()) != 1) {
      return Error{"cannot be used: " + LastTlsError(), "CA"};
    }
    any = true;
  }
  ERR_clear_error();  // the end of the text is one
  if (!any) return Error{"holds no PEM certificate", "CA"};
  return std::nullopt;
}

std::optional<Error> ShowCertificate(SSL_CTX* context,
                                     const TlsClientOptions& options) {
  if (options.certificate_pem.empty()) return std::nullopt;
  const BioPtr chain = ReadFrom(options.certificate_pem);
  const X509Ptr leaf = NextCertificate(chain.get());
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) {
    return Error{"holds no PEM certificate", "client certificate"};
  }
  while (X509Ptr next = NextCertificate(chain.get())) {
    if (SSL_CTX_add0_chain_cert(context, next.get()) == 1) {
      (void)next.release();
    }
  }
  ERR_clear_error();
  const BioPtr text = ReadFrom(options.key_pem);
  const KeyPtr key(
      PEM_read_bio_PrivateKey(text.get(), nullptr, NoPassPhrase, nullptr));
  if (!key) return Error{"holds no PEM key without pass phrase", "client key"};
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return Error{"is not the certificate's: " + LastTlsError(), "client key"};
  }
  return std::nullopt;
}

bool IsAddress(const std::string& name) {
  in6_addr address;
  return inet_pton(AF_INET, name.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

bool Expect(SSL* ssl, const std::string& name) {
  if (IsAddress(name)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) ==
           1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                             X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return SSL_set1_host(ssl, name.c_str()) == 1 &&
         SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

}  // namespace

std::string LastTlsError() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

Result<std::shared_ptr<const TlsClient>> TlsClient::Make(
    const TlsClientOptions& options) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Error{LastTlsError(), "TLS"};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context.get(),
                     options.skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                     nullptr);
  if (!options.skip_verify) {
    if (auto error = TrustCa(context.get(), options.ca_pem)) {
      return *std::move(error);
    }
  }
  if (auto error = ShowCertificate(context.get(), options)) {
    return *std::move(error);
  }
  return std::shared_ptr<const TlsClient>(
      std::make_shared<TlsClient>(context.release(), options.server_name));
}

TlsClient::TlsClient(ssl_ctx_st* context, std::string server_name)
    : context_(context), server_name_(std::move(server_name)) {}

TlsClient::~TlsClient() { SSL_CTX_free(context_); }

ssl_st* TlsClient::NewConnection() const {
  SslPtr ssl(SSL_new(context_));
  if (!ssl || !Expect(ssl.get(), server_name_)) return nullptr;
  SSL_set_connect_state(ssl.get());
  return ssl.release();
}

}  // namespace meshvet::cluster
