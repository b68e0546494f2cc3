// File: lint/build_info.h
//
// What this program is made of.

#ifndef MESHVET_LINT_BUILD_INFO_H_
#define MESHVET_LINT_BUILD_INFO_H_

#include <string>

namespace meshvet::lint {

// Version, compiler, rules and the API groups they know.
std::string WriteBuildInfo(bool as_json);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_BUILD_INFO_H_
