#include "mesh/host_name.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace meshvet {

// For the messages of a failing test.
void PrintTo(const ServiceName& service, std::ostream* out) {
  *out << service.ns << "/" << service.name;
}

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kDomain = "cluster.local";
using Service = std::optional<ServiceName>;

struct TextCase {
  std::string_view host;
  std::string_view resolved;
};

TEST(LowerCaseTest, ChangesLettersAlone) {
  EXPECT_EQ(LowerCase(""), "");
  EXPECT_EQ(LowerCase("*.Shop-1.SVC.cluster.local"),
            "*.shop-1.svc.cluster.local");
  EXPECT_EQ(LowerCase("\xC3\x84Z[@"), "\xC3\x84z[@");
}

TEST(ResolveHostTest, CompletesOnlyNamesWithoutADot) {
  constexpr TextCase kCases[] = {
      {"", ""},
      {"*", "*"},
      {"reviews", "reviews.shop.svc.cluster.local"},
      {"Reviews", "Reviews.shop.svc.cluster.local"},
      {"*reviews", "*reviews.shop.svc.cluster.local"},
      {"reviews.prod", "reviews.prod"},
      {"reviews.prod.svc", "reviews.prod.svc"},
      {"reviews.prod.svc.cluster.local", "reviews.prod.svc.cluster.local"},
      {"reviews.", "reviews."},
      {"*.foo.com", "*.foo.com"},
      {"www.google.com", "www.google.com"},
      {"10.0.0.1", "10.0.0.1"},
      {"::1", "::1"},
      {"fd00::10", "fd00::10"},
      {"12345", "12345.shop.svc.cluster.local"},
  };
  for (const auto& [host, resolved] : kCases) {
    EXPECT_EQ(ResolveHost(host, "shop", kDomain), resolved) << host;
  }
  EXPECT_EQ(ResolveHost("a", "b", "mesh.example"), "a.b.svc.mesh.example");
}

struct ServiceCase {
  std::string_view host;
  Service service;
};

TEST(ParseServiceHostTest, ReadsFullNamesAlone) {
  constexpr ServiceCase kCases[] = {
      {"reviews.prod.svc.cluster.local", ServiceName{"reviews", "prod"}},
      {"*.prod.svc.cluster.local", ServiceName{"*", "prod"}},
      {"svc.svc.svc.cluster.local", ServiceName{"svc", "svc"}},
      {"Reviews.prod.svc.cluster.local", ServiceName{"Reviews", "prod"}},
      {"reviews.prod.svc.Cluster.local", {}},
      {"reviews.prod.svc.cluster.local.", {}},
      {"reviews.prod.svc.other.domain", {}},
      {"reviews.prod.svc.xcluster.local", {}},
      {"reviews.prod.cluster.local", {}},
      {"reviews.prod.svc", {}},
      {"reviews.prod", {}},
      {"reviews", {}},
      {"pod-0.reviews.prod.svc.cluster.local", {}},
      {".prod.svc.cluster.local", {}},
      {"reviews..svc.cluster.local", {}},
      {"..svc.cluster.local", {}},
      {".svc.cluster.local", {}},
      {"prod.svc.cluster.local", {}},
      {"*.svc.cluster.local", {}},
      {"svc.cluster.local", {}},
      {"cluster.local", {}},
      {"*", {}},
      {"", {}},
  };
  for (const auto& [host, service] : kCases) {
    EXPECT_EQ(ParseServiceHost(host, kDomain), service) << host;
  }
}

TEST(ParseServiceHostTest, UndoesServiceHost) {
  const std::string host = ServiceHost("reviews", "prod", "mesh.example");
  EXPECT_EQ(host, "reviews.prod.svc.mesh.example");
  EXPECT_EQ(ParseServiceHost(host, "mesh.example"),
            Service(ServiceName{"reviews", "prod"}));
}

TEST(IntendedServiceTest, ReadsTheFormsThatIstioDoesNotExpand) {
  constexpr ServiceCase kCases[] = {
      {"reviews.prod", ServiceName{"reviews", "prod"}},
      {"reviews.prod.", ServiceName{"reviews", "prod"}},
      {"reviews.prod.svc", ServiceName{"reviews", "prod"}},
      {"reviews.prod.svc.", ServiceName{"reviews", "prod"}},
      {"reviews.prod.svc.cluster.local.", ServiceName{"reviews", "prod"}},
      // What Istio reads as it stands.
      {"reviews.prod.svc.cluster.local", {}},
      {"*.prod.svc.cluster.local", {}},
      {"reviews", {}},
      {"*", {}},
      {"", {}},
      // Another mesh, the internet, addresses.
      {"reviews.prod.svc.other.domain", {}},
      {"reviews.prod.svc.other.domain.", {}},
      {"www.google.com", {}},
      {"www.google.com.", {}},
      {"*.com", {}},
      {"*.prod.svc", {}},
      {"10.0.0.1", {}},
      {"10.0.0.1.", {}},
      {"::1", {}},
      // Nothing that anyone could mean.
      {".", {}},
      {"..", {}},
      {".prod", {}},
      {"reviews.", {}},
      {"reviews..", {}},
      {".svc", {}},
      {"reviews.svc", {}},
      {"pod-0.reviews.prod.svc", {}},
  };
  for (const auto& [host, service] : kCases) {
    EXPECT_EQ(IntendedService(host, kDomain), service) << host;
  }
}

struct PairCase {
  std::string_view a;
  std::string_view b;
  bool matches;   // either way
  bool a_in_b;    // every name of a is one of b
  bool b_in_a;    // and the reverse
  bool a_before;  // a is more specific
};

TEST(HostPairTest, FollowsHostNameOfIstio) {
  constexpr PairCase kCases[] = {
      {"foo.com", "foo.com", true, true, true, false},
      {"foo.com", "bar.com", false, false, false, false},
      {"foo.com", "Foo.com", false, false, false, false},
      {"foo.com", "*.com", true, true, false, true},
      {"foo.com", "*.foo.com", false, false, false, true},
      {"a.foo.com", "*.foo.com", true, true, false, true},
      {"a.b.foo.com", "*.foo.com", true, true, false, true},
      {"barfoo.com", "*foo.com", true, true, false, true},
      {"foo.com", "*foo.com", true, true, false, true},
      {"foo.com", "*", true, true, false, true},
      {"", "*", true, true, false, true},
      {"", "", true, true, true, false},
      {"*.foo.com", "*.com", true, true, false, true},
      {"*.foo.com", "*", true, true, false, true},
      {"*.foo.com", "*.foo.com", true, true, true, false},
      {"*.foo.com", "*.bar.com", false, false, false, false},
      {"*.foo.com", "*foo.com", true, true, false, true},
      {"*", "*", true, true, true, false},
  };
  for (const PairCase& test : kCases) {
    SCOPED_TRACE(std::string(test.a) + " and " + std::string(test.b));
    EXPECT_EQ(HostMatches(test.a, test.b), test.matches);
    EXPECT_EQ(HostMatches(test.b, test.a), test.matches);
    EXPECT_EQ(HostSubsetOf(test.a, test.b), test.a_in_b);
    EXPECT_EQ(HostSubsetOf(test.b, test.a), test.b_in_a);
    EXPECT_EQ(MoreSpecific(test.a, test.b), test.a_before);
    if (test.a_before) {
      EXPECT_FALSE(MoreSpecific(test.b, test.a));
    }
  }
}

TEST(IsWildcardTest, IsAStarInFront) {
  EXPECT_TRUE(IsWildcard("*"));
  EXPECT_TRUE(IsWildcard("*.foo.com"));
  EXPECT_TRUE(IsWildcard("*foo"));
  EXPECT_FALSE(IsWildcard("foo.*"));
  EXPECT_FALSE(IsWildcard(""));
}

// The answers are those of Go's net.ParseIP.
TEST(IsIpAddressTest, AcceptsBothFamilies) {
  for (const char* text :
       {"0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "::1", "1::", "fe80::1",
        "2001:DB8::a", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
        "::ffff:10.0.0.1", "1:2:3:4:5:6:1.2.3.4",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"}) {
    EXPECT_TRUE(IsIpAddress(text)) << text;
  }
}

TEST(IsIpAddressTest, RefusesEverythingElse) {
  for (const std::string_view text :
       {""sv,
        "1"sv,
        "1.2.3"sv,
        "1.2.3.4.5"sv,
        "1.2.3.4."sv,
        ".1.2.3.4"sv,
        "256.1.1.1"sv,
        "01.2.3.4"sv,
        "1.2.3.04"sv,
        "1..2.3"sv,
        "-1.2.3.4"sv,
        "1.2.3.4 "sv,
        " 1.2.3.4"sv,
        "1.2.3.4/32"sv,
        "0x1.2.3.4"sv,
        "a.b.c.d"sv,
        ":"sv,
        ":::"sv,
        "1:2"sv,
        "1::2::3"sv,
        "1:2:3:4:5:6:7:8:9"sv,
        "1:2:3:4:5:6:7:8::"sv,
        "1:2:3:4::5:6:7:8"sv,
        "12345::"sv,
        "g::"sv,
        "[::1]"sv,
        "fe80::1%eth0"sv,
        "::1.2.3"sv,
        "::1.2.3.256"sv,
        "::01.2.3.4"sv,
        "1.2.3.4::"sv,
        "1:2:3:4:5:6:7:1.2.3.4"sv,
        "1.2.3.4\0"sv,
        "1.2.3.4\0.example"sv,
        "::1\0x"sv,
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555"sv}) {
    EXPECT_FALSE(IsIpAddress(text)) << text;
  }
}

}  // namespace
}  // namespace meshvet
