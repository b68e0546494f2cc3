#include "cli/doc_format.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>

namespace meshvet::cli {

void AddDocFormat(CLI::App& command, const std::string& plain,
                  lint::DocFormat& into) {
  const std::map<std::string, lint::DocFormat> formats = {
      {plain, lint::DocFormat::kText},
      {"markdown", lint::DocFormat::kMarkdown},
      {"json", lint::DocFormat::kJson}};
  command.add_option("-o,--output", into, plain + " (default), markdown, json")
      ->transform(CLI::CheckedTransformer(formats));
}

}  // namespace meshvet::cli
