// File: cli/expiry.h
//
// When to worry about the certificate that is served.

#ifndef MESHVET_CLI_EXPIRY_H_
#define MESHVET_CLI_EXPIRY_H_

#include <optional>
#include <string>

#include "certs/tls_identity.h"

namespace meshvet::cli {

// That a certificate in the last quarter of its life and in its last week is
// still served: every way of certificates renews it before. The same text until
// another is served.
std::optional<std::string> ExpiryProblem(const certs::TlsIdentity& identity,
                                         certs::WallTime now);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_EXPIRY_H_
