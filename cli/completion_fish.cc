#include "cli/completion.h"

namespace meshvet::cli {
namespace {

constexpr const char* kHead =
    R"(# fish completion of meshvet, made by `meshvet completion fish`.

# The value at the cursor: without the flag before it.
function __meshvet_value
    string replace --regex -- '^--[^=]*=' '' (commandline --cut-at-cursor --current-token)
end

# The words behind $argv[1], behind the last comma of the value at the cursor.
function __meshvet_list
    set -l before (string match --regex -- '^.*,' (__meshvet_value))
    for word in $argv
        printf '%s\n' "$before$word"
    end
end

# Whether the value at the cursor has come to what follows the "=" of a word.
function __meshvet_is_assigned
    string match --quiet --regex -- '=[^,]*$' (__meshvet_value)
end

# The words behind that "=".
function __meshvet_assigned
    set -l before (string match --regex -- '^.*=' (__meshvet_value))
    for word in $argv
        printf '%s\n' "$before$word"
    end
end

# The files there.
function __meshvet_assigned_file
    set -l file (string replace --regex -- '^.*=' '' (__meshvet_value))
    __meshvet_assigned (__fish_complete_path $file | string replace --regex -- '\t.*' '')
end

)";

constexpr const char* kFindCommand =
    R"(# Whether the command of the line is this one.
function __meshvet_at
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l command ''
    for word in $words[2..]
        switch "$command $word"
)";

constexpr const char* kTail = R"(        end
    end
    test "$command" = "$argv[1]"
end

complete -c kubectl-meshvet -w meshvet
complete -c meshvet -f
)";

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string Arguments(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += " " + word;
  return text;
}

// What `complete -a` takes: candidates by themselves, or those of a function.
std::string Candidates(const Offer& offer, bool is_list) {
  const std::string words =
      offer.rules ? " $__meshvet_rules" : Arguments(offer.words);
  if (offer.after_equals) {
    const std::string equals = offer.must_have_equals ? "=" : "";
    const std::string named =
        offer.rules ? words + equals : Arguments(offer.words);
    const std::string then =
        offer.after_equals->files
            ? "__meshvet_assigned_file"
            : "__meshvet_assigned" + Arguments(offer.after_equals->words);
    return "(if __meshvet_is_assigned; " + then + "; else; __meshvet_list" +
           named + "; end)";
  }
  return is_list ? "(__meshvet_list" + words + ")" : words.substr(1);
}

// The flags of `complete` that say what follows.
std::string Action(const Offer& offer, bool is_list) {
  if (offer.files) return " -r -F";
  if (offer.folders) return " -x -a '(__fish_complete_directories)'";
  if (offer.words.empty()) return " -x";
  return " -x -a " + Quoted(Candidates(offer, is_list));
}

std::string Start(const Command& command) {
  return "complete -c meshvet -n " +
         Quoted("__meshvet_at \"" + BelowProgram(command) + "\"");
}

void WriteFlag(const Command& program, const Command& command, const Flag& flag,
               std::string& text) {
  text += Start(command);
  for (const std::string& name : flag.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2)
                                   : " -s " + name.substr(1);
  }
  if (!flag.value.empty()) {
    text += Action(OfferFor(program, flag), flag.is_list);
  }
  text += " -d " + Quoted(flag.meaning) + "\n";
}

void WriteArgument(const Command& program, const Command& command,
                   std::string& text) {
  if (command.arguments.empty()) return;
  const Offer offer = OfferFor(program, command.arguments.front());
  if (offer.files) {
    text += Start(command) + " -F\n";
  } else if (!offer.words.empty()) {
    text += Start(command) + " -a " + Quoted(Arguments(offer.words).substr(1)) +
            "\n";
  }
}

}  // namespace

std::string FishCompletion(const Command& program) {
  std::string text = kHead;
  text += "set -g __meshvet_rules" + Arguments(OfferFor(kRule).words) + "\n\n";
  text += kFindCommand;
  for (const Step& step : StepsOf(program)) {
    text += "            case " + Quoted(step.from + " " + step.word) +
            "\n                set command " + Quoted(step.to) + "\n";
  }
  text += kTail;
  ForEachCommand(program, [&](const Command& command) {
    for (const Command& below : command.commands) {
      text += Start(command) + " -a " + below.name + " -d " +
              Quoted(below.meaning) + "\n";
    }
    for (const Flag& flag : command.flags) {
      WriteFlag(program, command, flag, text);
    }
    WriteArgument(program, command, text);
  });
  return text;
}

}  // namespace meshvet::cli
