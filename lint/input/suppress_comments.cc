#include "lint/input/suppress_comments.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lint/input/loader_rules.h"
#include "mesh/suggestion.h"
#include "mesh/utf8.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

using rules::Rule;

constexpr std::string_view kIgnore = "ignore";
constexpr std::string_view kIgnoreFile = "ignore-file";
constexpr std::string_view kBlanks = " \t";
constexpr size_t kMostRules = 100;  // of one comment

// What a stranger wrote, as it may stand in a message.
std::string Shown(std::string_view text) {
  constexpr size_t kMost = 80;
  const std::string_view head = Utf8Head(text, kMost);
  return std::string(head) + (head.size() < text.size() ? "..." : "");
}

// Bytes [begin, end) of a text.
struct Piece {
  size_t begin = 0;
  size_t end = 0;
};

Piece Trimmed(std::string_view text, Piece piece) {
  while (piece.begin < piece.end &&
         kBlanks.find(text[piece.begin]) != kBlanks.npos) {
    ++piece.begin;
  }
  while (piece.end > piece.begin &&
         kBlanks.find(text[piece.end - 1]) != kBlanks.npos) {
    --piece.end;
  }
  return piece;
}

// Where the reason's `--` is, with a blank on either side; npos for none.
size_t FindDashes(std::string_view whole, Piece piece) {
  const std::string_view text = whole.substr(0, piece.end);
  for (size_t at = text.find("--", piece.begin); at < piece.end;
       at = text.find("--", at + 1)) {
    const bool is_open =
        at == piece.begin || kBlanks.find(text[at - 1]) != kBlanks.npos;
    const bool is_closed =
        at + 2 >= piece.end || kBlanks.find(text[at + 2]) != kBlanks.npos;
    if (is_open && is_closed) return at;
  }
  return text.npos;
}

class Reader {
 public:
  Reader(const SourceFile& file, const rules::Policy& policy,
         std::span<const Rule* const> rules, const yaml::Limits& limits)
      : text_(file.text()),
        policy_(policy),
        rules_(rules),
        is_json_(IsJsonFile(file.name())),
        map_(text_, kCommentWord, limits) {}

  IgnoreComments Read() {
    for (const yaml::Comment& comment : map_.comments()) {
      content_ = comment.ContentBegin();
      if (is_json_) {
        Complain("JSON has no comments: annotate the object", comment.range);
      } else {
        ReadOne(comment);
      }
    }
    if (map_.is_cut_short()) {
      Complain("more than " + std::to_string(yaml::CommentMap::kMostComments) +
                   " comments to meshvet; those below are not read",
               map_.comments().back().range);
    }
    return std::move(result_);
  }

 private:
  void Complain(std::string message, const yaml::Range& range) {
    result_.complaints.push_back({std::move(message), range, content_});
  }

  void ReadOne(const yaml::Comment& comment) {
    const size_t end = comment.range.end.offset;
    const std::string_view words = map_.TextOf(comment);
    const size_t begin = end - words.size() + kCommentWord.size();
    const size_t word_end =
        std::min(text_.substr(0, end).find_first_of(kBlanks, begin), end);
    const std::string_view word = text_.substr(begin, word_end - begin);
    if (word != kIgnore && word != kIgnoreFile) {
      constexpr std::array kWords = {kIgnore, kIgnoreFile};
      return Complain("no comment begins with \"meshvet:" + Shown(word) + "\"" +
                          DidYouMean(word, kWords) +
                          "; there are meshvet:ignore and meshvet:ignore-file",
                      comment.range);
    }
    const bool is_of_file = word == kIgnoreFile;
    if (is_of_file && !comment.is_at_top) {
      return Complain(
          "meshvet:ignore-file stands before all content of the file, or "
          "silences nothing",
          comment.range);
    }
    ReadRules(comment, is_of_file, {word_end, end});
  }

  void ReadRules(const yaml::Comment& comment, bool is_of_file, Piece rest) {
    IgnoreComment ignore{comment, is_of_file, {}, {}, RemovalOf(comment)};
    const size_t dashes = FindDashes(text_, rest);
    if (dashes != text_.npos) {
      const Piece reason = Trimmed(text_, {dashes + 2, rest.end});
      ignore.reason = text_.substr(reason.begin, reason.end - reason.begin);
      rest.end = dashes;
    }
    rest = Trimmed(text_, rest);
    if (rest.begin == rest.end) {
      return Complain("no rule is named: there is no way to ignore them all",
                      comment.range);
    }
    const std::string_view list = text_.substr(0, rest.end);
    size_t left = kMostRules;
    for (size_t at = rest.begin; at <= rest.end;) {
      if (left-- == 0) {
        Complain("names more than " + std::to_string(kMostRules) + " rules",
                 map_.RangeOf(at, rest.end));
        break;
      }
      const size_t comma = std::min(list.find(',', at), rest.end);
      ReadRule(Trimmed(text_, {at, comma}), ignore);
      at = comma + 1;
    }
    if (!ignore.ignored.empty()) result_.comments.push_back(std::move(ignore));
  }

  void ReadRule(const Piece& piece, IgnoreComment& ignore) {
    const std::string_view name =
        text_.substr(piece.begin, piece.end - piece.begin);
    const yaml::Range range = map_.RangeOf(piece.begin, piece.end);
    if (name.empty()) return Complain("a rule is missing here", range);
    if (name.find_first_of(kBlanks) != name.npos) {
      return Complain("\"" + Shown(name) +
                          "\" is no rule: put commas between rules, and \" -- "
                          "\" before the reason",
                      range);
    }
    std::vector<const Rule*> named = RulesToSilence(name, rules_);
    if (named.empty()) {
      return Complain(UnknownRuleMessage(name, rules_), range);
    }
    std::string refusal = WhyNotSilenced(name, named, policy_);
    if (!refusal.empty()) return Complain(std::move(refusal), range);
    std::erase_if(named,
                  [&](const Rule* rule) { return policy_.IsLocked(*rule); });
    ignore.ignored.push_back({std::string(name), range, std::move(named)});
  }

  yaml::Range RemovalOf(const yaml::Comment& comment) const {
    const size_t hash = comment.range.start.offset;
    if (comment.owns_line) {
      return map_.RangeOf(map_.LineBegin(hash), map_.NextLine(hash));
    }
    const Piece before = Trimmed(text_, {map_.LineBegin(hash), hash});
    return map_.RangeOf(before.end, comment.range.end.offset);
  }

  const std::string_view text_;
  const rules::Policy& policy_;
  const std::span<const Rule* const> rules_;
  const bool is_json_;
  const yaml::CommentMap map_;
  size_t content_ = 0;  // of the comment at hand
  IgnoreComments result_;
};

}  // namespace

std::vector<const Rule*> RulesToSilence(std::string_view name,
                                        std::span<const Rule* const> rules) {
  if (name.starts_with(rules::kTagPrefix)) {
    return rules::RulesTagged(name.substr(rules::kTagPrefix.size()));
  }
  std::vector<const Rule*> found;
  for (const auto list : {rules, LoaderRules()}) {
    for (const Rule* rule : list) {
      if (rules::IsNamed(*rule, name)) found.push_back(rule);
    }
  }
  return found;
}

std::string WhyNotSilenced(std::string_view name,
                           const std::vector<const Rule*>& named,
                           const rules::Policy& policy) {
  const std::string_view id = named.front()->id;
  if (IsUnsuppressible(id)) {
    return std::string(name) + " cannot be silenced: the document was not read";
  }
  if (IsAboutSuppressions(id) || SaysRenderFirst(id)) {
    return std::string(name) + " is silenced by --ignore alone";
  }
  const bool is_locked = std::ranges::all_of(
      named, [&](const Rule* rule) { return policy.IsLocked(*rule); });
  if (!is_locked) return {};
  return std::string(name) +
         " is locked: only the configuration can silence it";
}

std::string UnknownRuleMessage(std::string_view name,
                               std::span<const Rule* const> rules) {
  if (name.starts_with(rules::kTagPrefix)) {
    const std::string tag = Shown(name.substr(rules::kTagPrefix.size()));
    const auto tagged = rules::FindTagged(tag);
    if (!tagged) return tagged.error().message;
  }
  std::vector<std::string_view> names;
  for (const auto list : {rules, LoaderRules()}) {
    for (const Rule* rule : list) {
      names.push_back(rule->id);
      names.insert(names.end(), rule->aliases.begin(), rule->aliases.end());
    }
  }
  return "unknown rule \"" + Shown(name) + "\"" + DidYouMean(name, names);
}

bool IsJsonFile(std::string_view name) { return name.ends_with(".json"); }

IgnoreComments ReadIgnoreComments(const SourceFile& file,
                                  const rules::Policy& policy,
                                  std::span<const Rule* const> rules,
                                  const yaml::Limits& limits) {
  // Nearly no file has any.
  if (file.text().find(kCommentWord) == std::string_view::npos) return {};
  return Reader(file, policy, rules, limits).Read();
}

}  // namespace meshvet::lint
