// File: cli/doc_format.h
//
// The flag -o of the commands that print documentation.

#ifndef MESHVET_CLI_DOC_FORMAT_H_
#define MESHVET_CLI_DOC_FORMAT_H_

#include <string>

#include "lint/report/rule_text.h"

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

// -o `plain`, markdown or json; `plain` is what the command calls DocFormat::
// kText.
void AddDocFormat(CLI::App& command, const std::string& plain,
                  lint::DocFormat& into);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_DOC_FORMAT_H_
