// File: cli/print.h
//
// Print: text to a stream, all of it or a failure: half a report must not pass
// for a whole one.

#ifndef MESHVET_CLI_PRINT_H_
#define MESHVET_CLI_PRINT_H_

#include <string_view>

namespace meshvet::cli {

// False when the stream does not take it all, as on a full disk.
[[nodiscard]] bool Print(int fd, std::string_view text);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_PRINT_H_
