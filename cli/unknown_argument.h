// File: cli/unknown_argument.h
//
// "did you mean" for commands and flags that do not exist.

#ifndef MESHVET_CLI_UNKNOWN_ARGUMENT_H_
#define MESHVET_CLI_UNKNOWN_ARGUMENT_H_

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

// The complaint about the first command or long flag `app` does not know;
// empty when it knows all. What is wrong otherwise, the parser says.
std::string FindUnknown(const CLI::App& app,
                        const std::vector<std::string>& arguments);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_UNKNOWN_ARGUMENT_H_
