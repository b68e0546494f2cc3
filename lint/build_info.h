// File: lint/build_info.h
//
// What this program is made of.

#ifndef MESHVET_LINT_BUILD_INFO_H_
#define MESHVET_LINT_BUILD_INFO_H_

#include <string>
#include <string_view>

namespace meshvet::lint {

// Version, compiler, TLS library, rules and the API groups they know.
std::string WriteBuildInfo(std::string_view tls_library, bool as_json);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_BUILD_INFO_H_
