#include "cli/completion.h"

namespace meshvet::cli {
namespace {

// The line is cut by white space alone: what bash calls words depends on
// COMP_WORDBREAKS. Each reply is first the whole word; what of it stands before
// bash's own word is taken off at the end.
constexpr const char* kHead =
    R"(# bash completion of meshvet, made by `meshvet completion bash`.

# What of the words in $1 begins as $value does; with $2 behind each.
_meshvet_words() {
  local word
  for word in $1; do
    word+=${2-}
    [[ $word != "$value"* ]] || COMPREPLY+=("$prefix$word")
  done
}

# Files and directories, or with -d directories alone.
_meshvet_files() {
  local file
  compopt -o filenames
  while IFS= read -r file; do
    COMPREPLY+=("$prefix$file")
  done < <(compgen "${1:--f}" -- "$value")
}

# Goes on behind the last of the commas in $value.
_meshvet_list() {
  [[ $value == *,* ]] || return 0
  prefix+=${value%,*},
  value=${value##*,}
}

# Goes on behind the "=" in $value, if there is one.
_meshvet_assigned() {
  [[ $value == *=* ]] || return
  prefix+=${value%%=*}=
  value=${value#*=}
}

)";

constexpr const char* kFindCommand = R"(_meshvet() {
  local line=${COMP_LINE:0:COMP_POINT} token='' command='' flag='' prefix=''
  local -a words
  local word value
  read -ra words <<<"$line"
  if [[ $line != *[[:space:]] ]]; then
    token=${words[-1]}
    unset 'words[-1]'
  fi
  for word in "${words[@]:1}"; do
    case "$command $word" in
)";

constexpr const char* kFindFlag = R"(    esac
  done
  value=$token
  if [[ $token == --*=* ]]; then
    flag=${token%%=*} prefix=${token%%=*}= value=${token#*=}
  elif ((${#words[@]} > 1)); then
    flag=${words[-1]}
  fi
  COMPREPLY=()
  case "$command $flag" in
)";

constexpr const char* kFindWord = R"(    *)
      prefix='' value=$token
      case $command in
)";

constexpr const char* kTail = R"(      esac
      ;;
  esac
  local before=${COMP_WORDS[COMP_CWORD]} i
  [[ $before != = ]] || before=''
  before=${token%"$before"}
  for i in "${!COMPREPLY[@]}"; do
    COMPREPLY[i]=${COMPREPLY[i]#"$before"}
  done
}

complete -F _meshvet meshvet kubectl-meshvet
)";

// The command that adds what is on offer; `:` for nothing.
std::string Action(const Offer& offer) {
  if (offer.files) return "_meshvet_files";
  if (offer.folders) return "_meshvet_files -d";
  if (offer.words.empty()) return ":";
  std::string action;
  if (offer.after_equals) {
    action =
        "if _meshvet_assigned; then " + Action(*offer.after_equals) + "; else ";
    if (offer.must_have_equals) action += "compopt -o nospace; ";
  }
  action +=
      "_meshvet_words " + (offer.rules ? "\"$_meshvet_rules\""
                                       : ShellQuoted(Joined(offer.words, " ")));
  if (offer.must_have_equals) action += " =";
  return offer.after_equals ? action + "; fi" : action;
}

std::string Action(const Command& program, const Flag& flag) {
  return (flag.is_list ? "_meshvet_list; " : "") +
         Action(OfferFor(program, flag));
}

void WriteFlagValues(const Command& program, const Command& command,
                     std::string& text) {
  for (const Flag& flag : command.flags) {
    if (flag.value.empty()) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : flag.names) {
      patterns.push_back(ShellQuoted(BelowProgram(command) + " " + name));
    }
    text += "    " + Joined(patterns, " | ") + ") " + Action(program, flag) +
            " ;;\n";
  }
}

void WriteRest(const Command& program, const Command& command,
               std::string& text) {
  std::vector<std::string> flags;
  for (const Flag& flag : command.flags) {
    flags.insert(flags.end(), flag.names.begin(), flag.names.end());
  }
  std::string argument;
  if (!command.commands.empty()) {
    std::vector<std::string> below;
    for (const Command& one : command.commands) below.push_back(one.name);
    argument = "_meshvet_words " + ShellQuoted(Joined(below, " "));
  } else if (!command.arguments.empty()) {
    argument = Action(OfferFor(program, command.arguments.front()));
  }
  text += "        " + ShellQuoted(BelowProgram(command)) + ")\n";
  text += "          if [[ $token == -* ]]; then\n            ";
  text += "_meshvet_words " + ShellQuoted(Joined(flags, " ")) + "\n";
  if (!argument.empty())
    text += "          else\n            " + argument + "\n";
  text += "          fi\n          ;;\n";
}

}  // namespace

std::string BashCompletion(const Command& program) {
  std::string text = kHead;
  text += "_meshvet_rules=" + ShellQuoted(Joined(OfferFor(kRule).words, " "));
  text += "\n\n";
  text += kFindCommand;
  for (const Step& step : StepsOf(program)) {
    text += "      " + ShellQuoted(step.from + " " + step.word) +
            ") command=" + ShellQuoted(step.to) + " ;;\n";
  }
  text += kFindFlag;
  ForEachCommand(program, [&](const Command& command) {
    WriteFlagValues(program, command, text);
  });
  text += kFindWord;
  ForEachCommand(program, [&](const Command& command) {
    WriteRest(program, command, text);
  });
  return text + kTail;
}

}  // namespace meshvet::cli
