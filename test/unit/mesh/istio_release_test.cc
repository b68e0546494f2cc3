#include "mesh/istio_release.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "mesh/kinds.h"

namespace meshvet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(IstioRelease, IsMajorAndMinor) {
  const struct {
    const char* text;
    IstioRelease release;
  } cases[] = {{"1.18", {1, 18}},     {"1.24", {1, 24}},
               {"1.24.3", {1, 24}},   {"1.31-alpha.1", {1, 31}},
               {"1.1000", {1, 1000}}, {"2.0", {2, 0}}};
  for (const auto& test : cases) {
    const auto release = IstioRelease::Parse(test.text);
    ASSERT_TRUE(release) << test.text;
    EXPECT_EQ(*release, test.release) << test.text;
  }
  EXPECT_LT((IstioRelease{1, 9}), (IstioRelease{1, 24}));
  EXPECT_LT((IstioRelease{1, 31}), (IstioRelease{2, 0}));
}

TEST(IstioRelease, SaysHowOneIsWritten) {
  for (const char* text :
       {"", "1", "1.", ".24", "v1.24", "1.24x", "1,24", "1.-24", "-1.24",
        "+1.24", " 1.24", "1.24 ", "1.99999999999", "latest"}) {
    const auto release = IstioRelease::Parse(text);
    ASSERT_FALSE(release) << text;
    EXPECT_EQ(release.error().message,
              "\"" + std::string(text) +
                  "\" is no release of Istio; write it as \"1.31\"");
  }
}

TEST(IstioRelease, SaysWhatIsTooOld) {
  for (const char* text : {"1.17", "1.9.4", "0.8"}) {
    const auto release = IstioRelease::Parse(text);
    ASSERT_FALSE(release) << text;
    EXPECT_THAT(release.error().message,
                HasSubstr(" is not known; the first that is, is 1.18"));
  }
}

std::vector<std::string> Served(const GroupKind& kind, IstioRelease by) {
  std::vector<std::string> served;
  for (const ApiVersion& api : ApiVersionsOf(kind)) {
    if (api.since <= by) served.emplace_back(api.version);
  }
  return served;
}

TEST(ApiVersionsOf, AreThoseOfTheRelease) {
  EXPECT_THAT(Served(kVirtualService, {1, 21}),
              ElementsAre("v1beta1", "v1alpha3"));
  EXPECT_THAT(Served(kVirtualService, {1, 22}),
              ElementsAre("v1", "v1beta1", "v1alpha3"));
  EXPECT_THAT(Served(kAuthorizationPolicy, {1, 18}),
              ElementsAre("v1", "v1beta1"));
  EXPECT_THAT(Served(kPeerAuthentication, {1, 21}), ElementsAre("v1beta1"));
  const GroupKind extension{"extensions.istio.io", "TrafficExtension"};
  EXPECT_THAT(Served(extension, {1, 29}), IsEmpty());
  EXPECT_THAT(Served(extension, {1, 30}), ElementsAre("v1alpha1"));
  EXPECT_THAT(ApiVersionsOf(kService), IsEmpty());
  EXPECT_THAT(ApiVersionsOf(kKubernetesGateway), IsEmpty());
}

TEST(ApiVersionsOf, AreKnownForEveryKindOfIstios) {
  std::set<std::string> all;
  for (const GroupKind& kind : MeshApiKinds()) {
    const bool is_istios = kind.group.ends_with(".istio.io");
    EXPECT_EQ(ApiVersionsOf(kind).empty(), !is_istios) << kind.kind;
    for (const ApiVersion& api : ApiVersionsOf(kind)) {
      EXPECT_LE(api.since, kLastKnownRelease);
      all.insert(std::string(kind.group) + "/" + std::string(api.version));
    }
  }
  EXPECT_THAT(
      all,
      ElementsAre("extensions.istio.io/v1alpha1", "networking.istio.io/v1",
                  "networking.istio.io/v1alpha3", "networking.istio.io/v1beta1",
                  "security.istio.io/v1", "security.istio.io/v1beta1",
                  "telemetry.istio.io/v1", "telemetry.istio.io/v1alpha1"));
  const auto newest = IstioRelease::Parse(kIstioRelease);
  ASSERT_TRUE(newest);
  EXPECT_EQ(*newest, kLastKnownRelease);
}

}  // namespace
}  // namespace meshvet
