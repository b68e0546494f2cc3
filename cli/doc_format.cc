#include "cli/doc_format.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>

#include "cli/value.h"

namespace meshvet::cli {

void AddDocFormat(CLI::App& command, const std::string& plain,
                  lint::DocFormat& into) {
  const std::map<std::string, lint::DocFormat> formats = {
      {plain, lint::DocFormat::kText},
      {"markdown", lint::DocFormat::kMarkdown},
      {"json", lint::DocFormat::kJson}};
  TakeOneOf(command.add_option_function<std::string>(
                "-o,--output",
                [formats, &into](const std::string& text) {
                  into = formats.at(text);
                },
                "default " + plain),
            {plain, "markdown", "json"});
}

}  // namespace meshvet::cli
