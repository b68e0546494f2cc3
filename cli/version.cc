#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "certs/tls_library.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/value.h"
#include "lint/command/build_info.h"

namespace meshvet::cli {

CLI::App* AddVersion(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  auto format = std::make_shared<std::string>("text");
  TakeOneOf(command->add_option("-o,--output", *format, "default text"),
            {"text", "json"});
  command->footer(Examples({{"meshvet version", "for people"},
                            {"meshvet version -o json", "for programs"},
                            {"meshvet --version", "one line"}}));
  command->callback([format, &exit_code] {
    exit_code =
        Deliver({kExitDone,
                 lint::WriteBuildInfo(*format == "json", certs::TlsLibrary()),
                 {}});
  });
  return command;
}

}  // namespace meshvet::cli
