// Reads a line as GitHub's runner reads it (actions/runner, ActionCommand.cs):
// the second half of the round trip of what we escape.

#ifndef MESHVET_TEST_SUPPORT_WORKFLOW_COMMAND_H_
#define MESHVET_TEST_SUPPORT_WORKFLOW_COMMAND_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace meshvet::lint {

struct WorkflowCommand {
  std::string name;
  std::map<std::string, std::string> properties;
  std::string data;
};

// Each escape in turn over the whole text, '%' last, as the runner does it.
inline std::string UnescapeCommand(std::string text, bool is_property) {
  using Escape = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Escape, 5> kEscapes = {
      {{"%0D", "\r"}, {"%0A", "\n"}, {"%3A", ":"}, {"%2C", ","}, {"%25", "%"}}};
  for (const auto& [escaped, character] : kEscapes) {
    const bool only_in_properties = character == ":" || character == ",";
    if (only_in_properties && !is_property) continue;
    for (size_t at = text.find(escaped); at != text.npos;
         at = text.find(escaped, at + 1)) {
      text.replace(at, escaped.size(), character);
    }
  }
  return text;
}

inline std::optional<WorkflowCommand> ReadCommand(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (!line.starts_with("::")) return std::nullopt;
  const size_t end = line.find("::", 2);
  if (end == line.npos) return std::nullopt;
  std::string_view head = line.substr(2, end - 2);
  WorkflowCommand command;
  command.data = UnescapeCommand(std::string(line.substr(end + 2)), false);
  command.name = head.substr(0, head.find(' '));
  head.remove_prefix(std::min(command.name.size() + 1, head.size()));
  while (!head.empty()) {
    const std::string_view property = head.substr(0, head.find(','));
    head.remove_prefix(std::min(property.size() + 1, head.size()));
    const size_t equals = property.find('=');
    if (equals == property.npos) continue;
    command.properties.emplace(
        property.substr(0, equals),
        UnescapeCommand(std::string(property.substr(equals + 1)), true));
  }
  return command;
}

}  // namespace meshvet::lint

#endif  // MESHVET_TEST_SUPPORT_WORKFLOW_COMMAND_H_
