#include "webhook/request_timeout.h"

#include <gtest/gtest.h>

namespace meshvet::webhook {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

TEST(ParseGoDuration, UnderstandsWhatGoPrints) {
  const std::pair<const char*, nanoseconds> cases[] = {
      {"0", 0ns},
      {"0s", 0ns},
      {"10s", 10s},
      {"1m30s", 90s},
      {"500ms", 500ms},
      {"1.5h", 90min},
      {"1h2m3.5s", 3723500ms},
      {"2us", 2us},
      {"2\xC2\xB5s", 2us},
      {"2\xCE\xBCs", 2us},
      {"7ns", 7ns},
      {".5s", 500ms},
      {"1.s", 1s},
      {"-2s", -2s},
      {"+2s", 2s},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(ParseGoDuration(text), expected) << text;
  }
}

TEST(ParseGoDuration, RefusesTheRest) {
  for (const char* text :
       {"", "-", "10", "s", ".s", "1x", "1s ", " 1s", "1s-1s", "1e3s", "1..5s",
        "1.5.5s", "10000000h", "99999999999999999999999999h"}) {
    EXPECT_EQ(ParseGoDuration(text), std::nullopt) << text;
  }
}

TEST(RequestTimeout, IsFourFifthsOfWhatTheClientSays) {
  const std::pair<const char*, nanoseconds> cases[] = {
      {"timeout=10s", 8s},
      {"timeout=1s", 800ms},
      {"a=b&timeout=5s&c", 4s},
      {"timeout=34s", 24s},
      {"", 8s},
      {"timeout=", 8s},
      {"timeout=soon", 8s},
      {"timeout=-1s", 8s},
      {"timeout=0s", 8s},
      {"xtimeout=1s", 8s},
  };
  for (const auto& [query, expected] : cases) {
    EXPECT_EQ(RequestTimeout(query), expected) << query;
  }
}

}  // namespace
}  // namespace meshvet::webhook
