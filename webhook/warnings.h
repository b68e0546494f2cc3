// File: webhook/warnings.h
//
// Warnings of an AdmissionReview travel as HTTP headers of the user's answer,
// and the API server drops what does not fit: a control character loses the
// warning, more than 4,096 characters in all cut each to 256 and lose the rest
// (apimachinery util/net NewWarningHeader, apiserver endpoints/filters/
// warning.go:40-41). So they are fitted here, and what is left out is counted.

#ifndef MESHVET_WEBHOOK_WARNINGS_H_
#define MESHVET_WEBHOOK_WARNINGS_H_

#include <string>
#include <string_view>
#include <vector>

namespace meshvet::webhook {

// Characters of one warning that are sure to arrive.
inline constexpr size_t kMostWarning = 256;

// At most 15 warnings of at most 256 characters, 3,800 in all, without twins,
// in the given order; a last one says how many there were more.
std::vector<std::string> LimitWarnings(
    const std::vector<std::string>& warnings);

// One line of valid UTF-8: control characters become blanks, bytes that are no
// text U+FFFD.
std::string OneLine(std::string_view text);

// At most `most` characters (code points) of valid UTF-8, the last of them an
// ellipsis if any was cut.
std::string Cut(std::string text, size_t most);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_WARNINGS_H_
