#include "certs/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace meshvet::certs {
namespace {

// RFC 4648, section 10, and bytes that are no text.
TEST(Base64, GoesThereAndBack) {
  struct Case {
    std::string_view bytes;
    std::string_view text;
  };
  for (const Case& one :
       std::vector<Case>{{"", ""},
                         {"f", "Zg=="},
                         {"fo", "Zm8="},
                         {"foo", "Zm9v"},
                         {"foob", "Zm9vYg=="},
                         {"fooba", "Zm9vYmE="},
                         {"foobar", "Zm9vYmFy"},
                         {{"\0\xff\xfe", 3}, "AP/+"},
                         {{"\0\xff\xfe\xfb", 4}, "AP/++w=="}}) {
    EXPECT_EQ(EncodeBase64(one.bytes), one.text);
    EXPECT_EQ(DecodeBase64(one.text), std::string(one.bytes)) << one.text;
  }
}

TEST(Base64, PutsNoLineBreaks) {
  const std::string text = EncodeBase64(std::string(10'000, 'a'));
  EXPECT_EQ(text.size(), 13'336U);
  EXPECT_EQ(text.find('\n'), text.npos);
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zm9v ",
                           "Zm 9", "Zm9v\n", "Zm-_", "Zg==Zg==", "=Zg="}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace meshvet::certs
