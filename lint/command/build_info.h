// File: lint/command/build_info.h
//
// What this program is made of.

#ifndef MESHVET_LINT_COMMAND_BUILD_INFO_H_
#define MESHVET_LINT_COMMAND_BUILD_INFO_H_

#include <string>
#include <string_view>

namespace meshvet::lint {

// The day of the commit that was built: 2026-11-27.
std::string_view BuildDate();

// Version, commit, compiler, `tls_library`, rules and the API groups and
// versions they know.
std::string WriteBuildInfo(bool as_json, std::string_view tls_library);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_BUILD_INFO_H_
