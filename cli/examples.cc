#include <algorithm>

#include "cli/commands.h"

namespace meshvet::cli {

std::string Examples(std::initializer_list<CommandExample> examples) {
  size_t width = 0;
  for (const auto& example : examples) {
    width = std::max(width, example.command.size());
  }
  std::string text = "Examples:\n";
  for (const auto& example : examples) {
    text.append("  ").append(example.command);
    text.append(width + 2 - example.command.size(), ' ');
    text.append("# ").append(example.meaning).append("\n");
  }
  return text;
}

}  // namespace meshvet::cli
