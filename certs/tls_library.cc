#include "certs/tls_library.h"

#include <openssl/crypto.h>

namespace meshvet::certs {

std::string_view TlsLibrary() { return OpenSSL_version(OPENSSL_VERSION); }

}  // namespace meshvet::certs
