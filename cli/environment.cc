#include "cli/environment.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cctype>
#include <string>

namespace meshvet::cli {
namespace {

std::string VariableOf(const std::string& flag) {
  std::string name = "MESHVET_";
  for (const char c : flag) {
    const auto byte = static_cast<unsigned char>(c);
    name += c == '-' ? '_' : static_cast<char>(std::toupper(byte));
  }
  return name;
}

}  // namespace

void NameEnvironment(CLI::App& app) {
  for (CLI::App* command :
       app.get_subcommands([](CLI::App*) { return true; })) {
    for (CLI::Option* option : command->get_options()) {
      if (option->get_lnames().empty() || option->get_positional()) continue;
      if (option == command->get_help_ptr()) continue;
      option->envname(VariableOf(option->get_lnames().front()));
    }
    NameEnvironment(*command);
  }
}

}  // namespace meshvet::cli
