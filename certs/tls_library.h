// File: certs/tls_library.h
//
// TlsLibrary: what speaks TLS in this process: "OpenSSL 3.0.17 1 Jul 2025".

#ifndef MESHVET_CERTS_TLS_LIBRARY_H_
#define MESHVET_CERTS_TLS_LIBRARY_H_

#include <string_view>

namespace meshvet::certs {

// The one that is loaded, not the one it was compiled with.
std::string_view TlsLibrary();

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_TLS_LIBRARY_H_
