#include "cli/man_page.h"

#include <algorithm>
#include <vector>

#include "lint/command/build_info.h"

namespace meshvet::cli {
namespace {

// Text that is set as it stands: nothing in it is a request or an escape, and
// each hyphen can be copied into a shell.
std::string Set(const std::string& text) {
  std::string set;
  for (const char c : text) {
    if (c == '\\') {
      set += "\\e";
    } else if (c == '-') {
      set += "\\-";
    } else {
      set += c;
    }
  }
  const bool is_request = set.starts_with('.') || set.starts_with('\'');
  return is_request ? "\\&" + set : set;
}

// Lines of at most 72 columns, cut at spaces.
std::string Filled(const std::string& text) {
  constexpr size_t kWidth = 72;
  std::string filled;
  std::string line;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (!line.empty() && line.size() + word.size() >= kWidth) {
      filled += Set(line) + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? filled : filled + Set(line) + "\n";
}

std::string Upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string Bold(const std::string& text) {
  return "\\fB" + Set(text) + "\\fR";
}

std::string Italic(const std::string& text) {
  return "\\fI" + Set(text) + "\\fR";
}

std::string Reference(const Command& command) {
  return ".BR " + Set(ManPageName(command)) + " (1)";
}

// "[paths ...]" in the synopsis.
std::string Argument(const Flag& argument) {
  const std::string text =
      Italic(argument.value) + (argument.is_list ? " ..." : "");
  return argument.is_required ? text : "[" + text + "]";
}

std::string Synopsis(const Command& command) {
  std::string text = ".SH SYNOPSIS\n" + Bold(command.path);
  text += " [" + Italic("FLAGS") + "]";
  if (!command.commands.empty()) text += "\n" + Italic("COMMAND");
  for (const Flag& argument : command.arguments) {
    text += "\n" + Argument(argument);
  }
  return text + "\n";
}

std::string Commands(const Command& command) {
  if (command.commands.empty()) return {};
  std::string text = ".SH COMMANDS\n";
  for (const Command& below : command.commands) {
    if (below.name == "help") continue;
    text += ".TP\n" + Reference(below) + "\n" + Filled(below.meaning + ".");
    for (const std::string& alias : below.aliases) {
      text += Filled("Also called " + alias + ".");
    }
  }
  return text;
}

std::string FlagHead(const Flag& flag) {
  std::string text;
  for (const std::string& name : flag.names) {
    if (!text.empty()) text += ", ";
    text += Bold(name);
  }
  if (flag.names.empty()) return Italic(flag.value);
  if (!flag.value.empty()) text += " " + Italic(flag.value);
  return text;
}

std::string FlagEntry(const Flag& flag) {
  std::string text = ".TP\n" + FlagHead(flag) + "\n" + Filled(flag.meaning);
  if (flag.is_required && !flag.names.empty()) text += "Required.\n";
  if (!flag.variable.empty()) {
    text += ".br\nEnvironment: " + Bold(flag.variable) + "\n";
  }
  return text;
}

std::string Flags(const Command& command) {
  std::string text;
  if (!command.arguments.empty()) text += ".SH ARGUMENTS\n";
  for (const Flag& argument : command.arguments) text += FlagEntry(argument);
  text += ".SH FLAGS\n";
  for (const Flag& flag : command.flags) text += FlagEntry(flag);
  return text;
}

// The lines of the examples, each command under what it is for.
std::string Examples(const std::string& footer) {
  std::string text = ".SH EXAMPLES\n.nf\n";
  size_t at = footer.find('\n') + 1;
  while (at < footer.size()) {
    const size_t end = std::min(footer.find('\n', at), footer.size());
    const std::string line = footer.substr(at, end - at);
    at = end + 1;
    if (line.empty()) break;  // what follows the examples
    const size_t comment = line.find("  # ");
    const size_t last = line.find_last_not_of(' ', comment) + 1;
    if (comment != line.npos) text += Set(line.substr(comment + 2)) + "\n";
    text += "  " + Set(line.substr(2, last - 2)) + "\n";
  }
  return text + ".fi\n";
}

constexpr const char* kExitStatus = R"(.SH EXIT STATUS
.TP
0
Done, and nothing stands against it.
.TP
1
Done, and the answer is no: findings, something to mend, a denial.
.TP
2
Wrong usage or configuration.
.TP
3
Could not finish: the answer is unknown.
)";

std::string Environment(const Command& program, const Command& command) {
  std::string text = ".SH ENVIRONMENT\n";
  text += Filled(
      "Every flag has an environment form, MESHVET_ and its name in capitals: "
      "--fail-on is MESHVET_FAIL_ON. A flag wins over the environment, and "
      "that "
      "over the configuration.");
  if (command.path != program.path) return text;
  text += ".PP\n" +
          Filled(
              "NO_COLOR turns colours off, FORCE_COLOR and CLICOLOR_FORCE "
              "turn them on; TERM=dumb has none.");
  return text;
}

void FindAbove(const Command& from, const Command& command,
               std::vector<const Command*>& above) {
  for (const Command& below : from.commands) {
    if (!command.path.starts_with(below.path + " ")) continue;
    above.push_back(&below);
    FindAbove(below, command, above);
  }
}

std::string SeeAlso(const Command& program, const Command& command) {
  std::vector<const Command*> others;
  if (command.path != program.path) others.push_back(&program);
  FindAbove(program, command, others);
  for (const Command& below : command.commands) {
    if (below.name != "help") others.push_back(&below);
  }
  std::string text = ".SH SEE ALSO\n";
  for (const Command* other : others) {
    text += Reference(*other) + (other == others.back() ? "" : " ,") + "\n";
  }
  return text;
}

}  // namespace

std::string ManPageName(const Command& command) {
  std::string name = command.path;
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string ManPage(const Command& program, const Command& command) {
  const std::string name = ManPageName(command);
  std::string meaning = command.meaning;
  while (meaning.ends_with('\n') || meaning.ends_with('.')) meaning.pop_back();
  std::string text = ".TH " + Set(Upper(name)) + " 1 \"" +
                     std::string(lint::BuildDate()) + "\" \"meshvet " +
                     MESHVET_VERSION + "\" \"meshvet manual\"\n";
  text += ".SH NAME\n" + name + " \\-\n" + Filled(meaning);
  text += Synopsis(command) + ".SH DESCRIPTION\n" + Filled(meaning + ".");
  text += Commands(command) + Flags(command) + kExitStatus;
  text += Environment(program, command) + Examples(command.footer);
  return text + SeeAlso(program, command);
}

}  // namespace meshvet::cli
