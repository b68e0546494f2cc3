#include "certs/tls_context.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "certs/certificate_facts.h"

namespace meshvet::certs {
namespace {

constexpr const char* kTls12Suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// Those of API servers. OpenSSL would also let the client ask for finite-field
// groups, the largest of which costs us hundreds of times as much as X25519.
constexpr const char* kGroups = "X25519:P-256:P-384";
// Where a FIPS provider knows no other.
constexpr const char* kFipsGroups = "P-256:P-384";

// Wire format of ALPN: a length, then the name.
constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// A client that offers only other protocols goes on without one, as the API
// server's client would: it speaks HTTP/1.1 whenever nothing is agreed.
int ChooseHttp11(SSL*, const unsigned char** out, unsigned char* out_size,
                 const unsigned char* in, unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof(kHttp11), in,
                            in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// The first name of the certificate that is among `allowed`.
std::string AllowedName(X509* certificate,
                        const std::vector<std::string>& allowed) {
  std::vector<std::string> names = SubjectAlternativeNames(certificate).dns;
  names.insert(names.begin(), CommonName(certificate));
  for (const std::string& name : names) {
    if (!name.empty() && std::ranges::find(allowed, name) != allowed.end()) {
      return name;
    }
  }
  return {};
}

// Called for each certificate of the client's chain; depth 0 is the client's
// own. Refusing here, and not after the handshake, tells the client why.
int CheckClientName(int chain_is_good, X509_STORE_CTX* store) {
  if (chain_is_good != 1 || X509_STORE_CTX_get_error_depth(store) != 0) {
    return chain_is_good;
  }
  auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* context = static_cast<const TlsContext*>(
      SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (context->client_names().empty() ||
      !AllowedName(X509_STORE_CTX_get_current_cert(store),
                   context->client_names())
           .empty()) {
    return 1;
  }
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

void SetProtocol(SSL_CTX* context, TlsVersion min_version) {
  SSL_CTX_set_min_proto_version(context, min_version == TlsVersion::kTls13
                                             ? TLS1_3_VERSION
                                             : TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, ChooseHttp11, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // One read of the socket for header and payload of a record.
  SSL_CTX_set_read_ahead(context, 1);
}

bool UseIdentity(SSL_CTX* context, const TlsIdentity& identity) {
  const auto leaf = identity.chain.begin();
  if (SSL_CTX_use_certificate(context, leaf->get()) != 1) return false;
  for (auto issuer = std::next(leaf); issuer != identity.chain.end();
       ++issuer) {
    if (SSL_CTX_add1_chain_cert(context, issuer->get()) != 1) return false;
  }
  return SSL_CTX_use_PrivateKey(context, identity.key.get()) == 1 &&
         SSL_CTX_check_private_key(context) == 1;
}

bool RequireClients(SSL_CTX* context, const std::string& ca_pem) {
  const std::vector<X509Ptr> authorities = ParseCertificates(ca_pem);
  for (const X509Ptr& authority : authorities) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) !=
            1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
      return false;
    }
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     CheckClientName);
  return !authorities.empty();
}

}  // namespace

TlsContext::TlsContext(ssl_ctx_st* native, TlsIdentityPtr identity,
                       std::vector<std::string> client_names)
    : native_(native),
      identity_(std::move(identity)),
      client_names_(std::move(client_names)) {
  SSL_CTX_set_app_data(native_, this);
}

TlsContext::~TlsContext() { SSL_CTX_free(native_); }

Result<TlsContextPtr> MakeServerContext(const TlsIdentityPtr& identity,
                                        const ServerTlsOptions& options) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return Error{LastSslError()};
  SetProtocol(context.get(), options.min_version);
  if (SSL_CTX_set_cipher_list(context.get(), kTls12Suites) != 1) {
    return Error{"no usable cipher suite: " + LastSslError()};
  }
  if (SSL_CTX_set1_groups_list(context.get(), kGroups) != 1 &&
      SSL_CTX_set1_groups_list(context.get(), kFipsGroups) != 1) {
    return Error{"no usable group: " + LastSslError()};
  }
  if (!UseIdentity(context.get(), *identity)) {
    return Error{"the certificate cannot be used: " + LastSslError()};
  }
  if (!options.client_ca_pem.empty() &&
      !RequireClients(context.get(), options.client_ca_pem)) {
    return Error{"the client CA cannot be used: " + LastSslError()};
  }
  return TlsContextPtr(std::make_shared<const TlsContext>(
      context.release(), identity, options.client_names));
}

std::string ClientName(ssl_st* connection, const TlsContext& context) {
  const X509Ptr certificate(SSL_get1_peer_certificate(connection));
  if (certificate == nullptr) return {};
  return context.client_names().empty()
             ? CommonName(certificate.get())
             : AllowedName(certificate.get(), context.client_names());
}

}  // namespace meshvet::certs
