// File: mesh/glob.h
//
// Globs as policies and annotations use them: "*" stands for any text, "?" for
// one character, anything else for itself.

#ifndef MESHVET_MESH_GLOB_H_
#define MESHVET_MESH_GLOB_H_

#include <string_view>

namespace meshvet {

// Time is bounded by the product of the two lengths, whatever the pattern.
bool GlobMatch(std::string_view pattern, std::string_view text);

}  // namespace meshvet

#endif  // MESHVET_MESH_GLOB_H_
