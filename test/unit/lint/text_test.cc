#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "lint/input/path_glob.h"
#include "lint/report/excerpt.h"
#include "lint/report/fingerprint.h"
#include "lint/report/printable.h"
#include "lint/report/terminal.h"

namespace meshvet::lint {
namespace {

TEST(Printable, ShowsWhatATerminalWouldActOn) {
  const struct {
    std::string_view text;
    std::string_view shown;
  } cases[] = {
      {"plain é 日本", "plain é 日本"},
      {"a\x1b[2Kb", "a\\x1b[2Kb"},
      {std::string_view("a\0b", 3), "a\\x00b"},
      {"\x7f", "\\x7f"},
      {"\xC2\x9B", "\\x9b"},
      {"line\nline\r", "line\\x0aline\\x0d"},
      {"a\tb", "a    b"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xC0\xAF", "\\xc0\\xaf"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
      {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"cut \xE6\x97", "cut \\xe6\\x97"},
      {"a\u202Eb", "a\\u{202e}b"},
      {"\uFEFF", "\\u{feff}"},
  };
  for (const auto& c : cases) EXPECT_EQ(Printable(c.text), c.shown);
}

TEST(Printable, CountsColumns) {
  EXPECT_EQ(WidthOf("abc"), 3U);
  EXPECT_EQ(WidthOf("日本"), 4U);
  EXPECT_EQ(WidthOf("e\u0301"), 1U);
  EXPECT_EQ(WidthOf("\x1b"), 4U);
}

yaml::Range On(uint32_t line, size_t offset, size_t length) {
  return {{line, 1, offset}, {line, 1, offset + length}};
}

TEST(Excerpt, UnderlinesBelowWideCharacters) {
  const std::string text = "a: 1\n日: xyz\n";
  const Excerpt excerpt = MakeExcerpt(text, On(2, 10, 3), "fix", {});
  EXPECT_EQ(excerpt.text,
            " 1 │ a: 1\n"
            " 2 │ 日: xyz\n"
            "   │     ^^^ fix\n");
}

TEST(Excerpt, AsciiGutterAndNoBlankLineBefore) {
  ExcerptStyle style;
  style.unicode = false;
  EXPECT_EQ(MakeExcerpt("\r\nkey: v\r\n", On(2, 7, 1), "", style).text,
            " 2 | key: v\n   |      ^\n");
}

TEST(Excerpt, CutsLongLinesAroundWhatIsMarked) {
  const std::string text =
      std::string(500, 'a') + "BAD" + std::string(500, 'z');
  ExcerptStyle style;
  style.max_width = 30;
  EXPECT_EQ(MakeExcerpt(text, On(1, 500, 3), "", style).text,
            " 1 │ …aaaaaaaaaaBADzzzzzzzzzzzzzzzz…\n"
            "   │            ^^^\n");
}

TEST(Excerpt, SurvivesAnyPlace) {
  const std::string text = "\xEF\xBB\xBFké: v\r\n\r\nx";
  for (size_t start = 0; start <= text.size() + 3; ++start) {
    for (size_t length = 0; length < 5; ++length) {
      const Excerpt excerpt = MakeExcerpt(text, On(2, start, length), "", {});
      EXPECT_TRUE(excerpt.text.empty() || excerpt.text.ends_with("^\n"));
    }
  }
  EXPECT_EQ(MakeExcerpt("", On(1, 0, 0), "", {}).text, "");
}

TEST(Excerpt, KnowsWhatMayBeASecret) {
  const std::string text =
      "kind: Secret\na: 1\n---\nkind: Service\n---\n{\"kind\":\"Secret\"}\n";
  EXPECT_TRUE(MayShowSecret(text, 14));
  EXPECT_FALSE(MayShowSecret(text, text.find("Service")));
  EXPECT_TRUE(MayShowSecret(text, text.size()));
  EXPECT_FALSE(MayShowSecret("credentialName: Secret\n", 3));
}

TEST(PathGlob, MatchesAsGitDoes) {
  const struct {
    std::string_view glob;
    std::string_view path;
    bool matches;
  } cases[] = {
      {"deploy/**", "deploy/a/b.yaml", true},
      {"deploy/**", "other/a.yaml", false},
      {"**/tests/**", "charts/x/tests/a.yaml", true},
      {"**/tests/**", "tests/a.yaml", true},
      {"*.yaml", "a.yaml", true},
      {"*.yaml", "b/a.yaml", false},
      {"**/*.yaml", "a.yaml", true},
      {"overlays/prod", "overlays/prod/x/y.yaml", true},
      {"overlays/prod", "overlays/production/x.yaml", false},
      {"./deploy/*.yaml", "deploy/a.yaml", true},
      {"a?c/[x-z].yaml", "abc/y.yaml", true},
      {"**", "anything/at/all", true},
      {"**/**/**/a", "b/c/d", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(PathMatches(c.glob, c.path), c.matches)
        << c.glob << " " << c.path;
  }
}

TEST(Fingerprint, IsFnv1aAndNeverChanges) {
  // The published test vectors of FNV-1a with 128 bits.
  EXPECT_EQ(Fnv1a128(""), "6c62272e07bb014262b821756295c58d");
  EXPECT_EQ(Fnv1a128("a"), "d228cb696f1a8caf78912b704e4a8964");
  EXPECT_EQ(Fnv1a128("foobar"), "343e1662793c64bf6f0d3597ba446f18");
  EXPECT_NE(Fingerprint({"a", "bc"}), Fingerprint({"ab", "c"}));
}

Environment Fixed(std::map<std::string, std::string> values) {
  return [values](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(Terminal, ColorFollowsItsPrecedence) {
  using C = ColorChoice;
  const auto none = Fixed({});
  EXPECT_TRUE(UseColor(C::kAuto, none, true));
  EXPECT_FALSE(UseColor(C::kAuto, none, false));
  EXPECT_TRUE(UseColor(C::kAlways, Fixed({{"NO_COLOR", "1"}}), false));
  EXPECT_FALSE(UseColor(C::kNever, Fixed({{"FORCE_COLOR", "1"}}), true));
  EXPECT_FALSE(UseColor(
      C::kAuto, Fixed({{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}), true));
  EXPECT_TRUE(UseColor(C::kAuto,
                       Fixed({{"FORCE_COLOR", "1"}, {"TERM", "dumb"}}), false));
  EXPECT_TRUE(UseColor(C::kAuto, Fixed({{"CLICOLOR_FORCE", "1"}}), false));
  EXPECT_FALSE(UseColor(C::kAuto, Fixed({{"TERM", "dumb"}}), true));
}

TEST(Terminal, TheFirstLocaleVariableThatIsSetDecides) {
  EXPECT_TRUE(IsUtf8Locale(Fixed({{"LANG", "de_AT.UTF-8"}})));
  EXPECT_TRUE(IsUtf8Locale(Fixed({{"LANG", "C.utf8"}})));
  EXPECT_FALSE(IsUtf8Locale(Fixed({{"LC_ALL", "C"}, {"LANG", "C.UTF-8"}})));
  EXPECT_FALSE(IsUtf8Locale(Fixed({})));
}

}  // namespace
}  // namespace meshvet::lint
