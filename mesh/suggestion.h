// File: mesh/suggestion.h
//
// "Did you mean …?": the known word nearest to a misspelt one.

#ifndef MESHVET_MESH_SUGGESTION_H_
#define MESHVET_MESH_SUGGESTION_H_

#include <span>
#include <string>
#include <string_view>

namespace meshvet {

// The candidate with the fewest typing slips (insert, delete, replace, swap of
// neighbours), in any case of letters; the first of equals. Empty if none is
// within a third of the word's length, or the word is longer than 256 bytes.
// The work is bounded: past some hundreds to thousands of candidates that share
// most letters with the word, the rest is not looked at.
std::string Nearest(std::string_view word,
                    std::span<const std::string_view> candidates);

// " (did you mean \"x\"?)", or nothing.
std::string DidYouMean(std::string_view word,
                       std::span<const std::string_view> candidates);

}  // namespace meshvet

#endif  // MESHVET_MESH_SUGGESTION_H_
