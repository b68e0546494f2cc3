// File: lint/command/explain_command.h
//
// `meshvet explain` but for the reading of flags.

#ifndef MESHVET_LINT_COMMAND_EXPLAIN_COMMAND_H_
#define MESHVET_LINT_COMMAND_EXPLAIN_COMMAND_H_

#include <string>
#include <vector>

#include "lint/command/lint_command.h"
#include "lint/report/rule_text.h"

namespace meshvet::lint {

struct ExplainOptions {
  std::vector<std::string> names;
  bool all = false;
  DocFormat format = DocFormat::kText;
  std::string directory;  // for pages; needs `all` and Markdown
};

LintOutcome RunExplain(const ExplainOptions& options);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_EXPLAIN_COMMAND_H_
