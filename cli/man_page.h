// File: cli/man_page.h
//
// Manual pages, made of the parser that reads the flags: the same words as
// --help.
//
//   ManPage(program, command)  // meshvet-lint.1
//
// In the macros of man(7), which groff and mandoc both set.

#ifndef MESHVET_CLI_MAN_PAGE_H_
#define MESHVET_CLI_MAN_PAGE_H_

#include <string>

#include "cli/command_tree.h"

namespace meshvet::cli {

// "meshvet-baseline-create".
std::string ManPageName(const Command& command);

std::string ManPage(const Command& program, const Command& command);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_MAN_PAGE_H_
