#include "cli/commands.h"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
namespace meshvet::cli {
CLI::App* AddServe(CLI::App& app, int&) { return app.add_subcommand("serve", "Run the admission webhook"); }
}
