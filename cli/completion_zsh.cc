#include "cli/completion.h"

namespace meshvet::cli {
namespace {

constexpr const char* kHead = R"(#compdef meshvet kubectl-meshvet
# zsh completion of meshvet, made by `meshvet completion zsh`.

)";

constexpr const char* kTail = R"(
if [[ $funcstack[1] == _meshvet ]]; then
  _meshvet "$@"
else
  compdef _meshvet meshvet kubectl-meshvet
fi
)";

// _meshvet_baseline_create
std::string FunctionOf(const Command& command) {
  std::string name = "_" + command.path;
  for (char& c : name) {
    if (c == ' ' || c == '-') c = '_';
  }
  return name;
}

// What has a meaning in the description of a specification.
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// `compadd` for words, and what follows their "=".
std::string AddWords(const Offer& offer) {
  std::string words;
  for (const std::string& word : offer.words) words += " " + word;
  return "compadd" + std::string(offer.must_have_equals ? " -S=" : "") +
         " \"$@\" --" + words;
}

// The function that offers the values of `kind`, where a list of words will
// not do.
std::string ValueFunction(const std::string& kind, const Offer& offer) {
  std::string text = "_meshvet_value_" + kind + "() {\n";
  if (offer.after_equals) {
    text += "  if compset -P '*='; then\n    ";
    text +=
        offer.after_equals->files ? "_files" : AddWords(*offer.after_equals);
    text += "\n  else\n    " + AddWords(offer) + "\n  fi\n";
  } else {
    text += "  " + AddWords(offer) + "\n";
  }
  return text + "}\n\n";
}

// What stands behind the last colon of a specification.
std::string Action(const Command& program, const Flag& flag) {
  const bool is_argument = flag.names.empty();
  const std::string list = flag.is_list && !is_argument ? "_sequence " : "";
  if (flag.value == kRule) return list + "_meshvet_value_rule";
  if (flag.value == kRuleSeverity) return list + "_meshvet_value_severity";
  if (flag.value == kReportFormat) return list + "_meshvet_value_format";
  if (flag.value == kTestFormat) return list + "_meshvet_value_test_format";
  const Offer offer = OfferFor(program, flag);
  if (offer.files) return list + "_files";
  if (offer.folders) return list + "_files -/";
  return offer.words.empty() ? " " : "(" + Joined(offer.words, " ") + ")";
}

void WriteFlag(const Command& program, const Flag& flag, std::string& text) {
  const std::string others = Joined(flag.names, " ");
  for (const std::string& name : flag.names) {
    std::string spec = flag.is_list ? "*" : "(" + others + ")";
    spec += name;
    if (!flag.value.empty()) spec += name.starts_with("--") ? "=" : "+";
    spec += "[" + Escaped(flag.meaning) + "]";
    if (!flag.value.empty()) {
      spec += ":" + Escaped(flag.value) + ":" + Action(program, flag);
    }
    text += " \\\n    " + ShellQuoted(spec);
  }
}

void WriteGroup(const Command& command, std::string& text) {
  text += " \\\n    '1: :->command' '*:: :->arguments'\n  case $state in\n";
  text += "    command)\n      local -a commands=(\n";
  for (const Command& below : command.commands) {
    text += "        " +
            ShellQuoted(below.name + ":" + Escaped(below.meaning)) + "\n";
  }
  text += "      )\n      _describe command commands\n      ;;\n";
  text += "    arguments)\n      case $words[1] in\n";
  for (const Command& below : command.commands) {
    std::string names = below.name;
    for (const std::string& alias : below.aliases) names += " | " + alias;
    text += "        " + names + ") " + FunctionOf(below) + " ;;\n";
  }
  text += "      esac\n      ;;\n  esac\n";
}

void WriteFunction(const Command& program, const Command& command,
                   std::string& text) {
  text += FunctionOf(command) + "() {\n";
  const bool is_group = !command.commands.empty();
  if (is_group) {
    text += "  local curcontext=$curcontext state line\n";
    text += "  typeset -A opt_args\n";
  }
  text += std::string("  _arguments -s -S") + (is_group ? " -C" : "") + " :";
  for (const Flag& flag : command.flags) WriteFlag(program, flag, text);
  for (const Flag& argument : command.arguments) {
    text += " \\\n    " + ShellQuoted((argument.is_list ? "*:" : ":") +
                                      Escaped(argument.meaning) + ":" +
                                      Action(program, argument));
  }
  if (is_group) {
    WriteGroup(command, text);
  } else {
    text += "\n";
  }
  text += "}\n\n";
}

}  // namespace

std::string ZshCompletion(const Command& program) {
  std::string text = kHead;
  text += ValueFunction("rule", OfferFor(kRule));
  text += ValueFunction("severity", OfferFor(kRuleSeverity));
  text += ValueFunction("format", OfferFor(kReportFormat));
  text += ValueFunction("test_format", OfferFor(kTestFormat));
  ForEachCommand(program, [&](const Command& command) {
    WriteFunction(program, command, text);
  });
  text.pop_back();
  return text + kTail;
}

}  // namespace meshvet::cli
