#include "certs/authority_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "certs/authority.h"
#include "certs/self_signed.h"

namespace meshvet::certs {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr milliseconds kGrace{1'000};
constexpr hours kDay{24};

// A moment with a second's precision, as certificates have it.
WallTime Noon() { return WallTime(std::chrono::seconds(1'800'000'000)); }

const SubjectNames& Names() {
  static const SubjectNames kNames{{"meshvet.mesh.svc"}, {}};
  return kNames;
}

Circumstances At(WallTime now) {
  return {.now = now, .names = Names(), .published_for = {}, .grace = kGrace};
}

Circumstances Published(WallTime now, milliseconds published_for) {
  Circumstances circumstances = At(now);
  circumstances.published_for = published_for;
  return circumstances;
}

SecretData After(Move move, const SecretData& data, WallTime now = Noon()) {
  auto next = Carry({move}, data, At(now));
  EXPECT_TRUE(next) << next.error().message;
  return next ? *next : SecretData();
}

// Made once: each takes two signatures.
const SecretData& Fresh() {
  static const SecretData kData = After(Move::kFound, {});
  return kData;
}
const SecretData& Introduced() {
  static const SecretData kData = After(Move::kIntroduceCa, Fresh());
  return kData;
}
const SecretData& Switched() {
  static const SecretData kData = After(Move::kSwitchCa, Introduced());
  return kData;
}
const SecretData& Other() {
  static const SecretData kData = After(Move::kFound, {});
  return kData;
}

SecretData With(SecretData data, const char* key, const std::string& value) {
  data[key] = value;
  return data;
}

SecretData Without(SecretData data, const char* key) {
  data.erase(key);
  return data;
}

struct Case {
  const char* name;
  SecretData data;
  Circumstances circumstances;
  Move move;
  const char* reason;
};

std::vector<Case> OfTheLeaf() {
  Circumstances more = At(Noon());
  more.names.dns.emplace_back("meshvet.other.svc");
  Circumstances address = At(Noon());
  address.names.ip.emplace_back("192.0.2.1");
  return {
      {"fresh", Fresh(), At(Noon()), Move::kRest, ""},
      {"just before two thirds", Fresh(), At(Noon() + kDay * 59), Move::kRest,
       ""},
      {"at two thirds", Fresh(), At(Noon() + kDay * 60), Move::kRenewLeaf,
       "the certificate has lived two thirds of its life; it ends at "
       "2027-04-15T08:00:00Z"},
      {"expired", Fresh(), At(Noon() + kDay * 90), Move::kRenewLeaf,
       "tls.crt: the certificate expired at 2027-04-15T08:00:00Z"},
      {"leaf of another CA",
       With(With(Fresh(), kLeafCertificate, Other().at(kLeafCertificate)),
            kLeafKey, Other().at(kLeafKey)),
       At(Noon()), Move::kRenewLeaf, "the certificate is not signed by the CA"},
      {"key of another leaf", With(Fresh(), kLeafKey, Other().at(kLeafKey)),
       At(Noon()), Move::kRenewLeaf,
       "tls.key: the private key does not belong to the certificate "
       "CN=meshvet.mesh.svc"},
      {"garbage for a leaf", With(Fresh(), kLeafCertificate, "garbage"),
       At(Noon()), Move::kRenewLeaf,
       "tls.crt: holds no readable PEM certificate"},
      {"no leaf", Without(Fresh(), kLeafCertificate), At(Noon()),
       Move::kRenewLeaf, "tls.crt: holds no readable PEM certificate"},
      {"another name", Fresh(), more, Move::kRenewLeaf,
       "the certificate lacks the name meshvet.other.svc"},
      {"an address", Fresh(), address, Move::kRenewLeaf,
       "the certificate lacks the name 192.0.2.1"},
      {"leaf of tomorrow", After(Move::kRenewLeaf, Fresh(), Noon() + kDay),
       At(Noon()), Move::kRenewLeaf,
       "tls.crt: the certificate is not valid before 2027-01-16T07:00:00Z"},
  };
}

std::vector<Case> OfTheAuthority() {
  const WallTime near_its_end = Noon() + kDay * 2'434;
  const SecretData near = After(Move::kRenewLeaf, Fresh(), near_its_end - kDay);
  const SecretData bad_key = With(Fresh(), kCaKey, Other().at(kCaKey));
  return {
      {"empty", {}, At(Noon()), Move::kFound, "there is no CA yet"},
      {"empty values",
       {{kLeafCertificate, ""}, {kLeafKey, ""}},
       At(Noon()),
       Move::kFound,
       "there is no CA yet"},
      {"all garbage",
       {{kCaCertificate, "a"},
        {kCaKey, "b"},
        {kLeafCertificate, "c"},
        {kLeafKey, "d"}},
       At(Noon()),
       Move::kFound,
       "the CA cannot sign: its certificate cannot be read"},
      {"another's", Without(Fresh(), kCaKey), At(Noon()), Move::kRefuse,
       "the Secret holds a certificate but no ca.key: it is not ours"},
      {"expired long ago", Fresh(), At(Noon() + kDay * 3'650), Move::kFound,
       "the CA cannot sign: it expired at 2037-01-12T08:00:00Z"},
      {"of tomorrow", Fresh(), At(Noon() - kDay), Move::kRefuse,
       "the CA is not valid before 2027-01-15T07:00:00Z: is the clock right?"},
      {"near its end", near, At(near_its_end), Move::kIntroduceCa,
       "the CA has lived two thirds of its life; it ends at "
       "2037-01-12T08:00:00Z"},
      {"key of another, leaf still good", bad_key, At(Noon()),
       Move::kIntroduceCa,
       "the CA cannot sign: its key is not its certificate's"},
      {"key unreadable, leaf still good", With(Fresh(), kCaKey, "x"),
       At(Noon()), Move::kIntroduceCa,
       "the CA cannot sign: its key cannot be read"},
      {"key of another, leaf gone", With(bad_key, kLeafKey, "x"), At(Noon()),
       Move::kFound, "the CA cannot sign: its key is not its certificate's"},
      {"a leaf for a CA",
       With(With(Fresh(), kCaCertificate, Fresh().at(kLeafCertificate)), kCaKey,
            Fresh().at(kLeafKey)),
       At(Noon()), Move::kFound, "the CA cannot sign: it is no CA"},
  };
}

std::vector<Case> OfAChange() {
  const SecretData no_signer = With(Introduced(), kCaKey, "x");
  return {
      {"introduced, not published", Introduced(), At(Noon()), Move::kRest,
       "the next CA is being published"},
      {"introduced, published just now", Introduced(),
       Published(Noon(), kGrace - milliseconds(1)), Move::kRest,
       "the next CA is being published"},
      {"introduced, published long enough", Introduced(),
       Published(Noon(), kGrace), Move::kSwitchCa,
       "the next CA is trusted everywhere"},
      {"the leaf comes first", Introduced(),
       Published(Noon() + kDay * 60, kGrace), Move::kRenewLeaf,
       "the certificate has lived two thirds of its life; it ends at "
       "2027-04-15T08:00:00Z"},
      {"garbage for the next CA", With(Introduced(), kNextCaKey, "x"),
       Published(Noon(), kGrace), Move::kIntroduceCa,
       "the next CA cannot sign: its key cannot be read"},
      {"the current one cannot sign, leaf good", no_signer, At(Noon()),
       Move::kRest, "the next CA is being published"},
      {"the current one cannot sign, leaf gone", With(no_signer, kLeafKey, "x"),
       At(Noon()), Move::kSwitchCa,
       "the CA cannot sign: its key cannot be read"},
      {"switched, not published", Switched(), At(Noon()), Move::kRest,
       "the old CA is still trusted"},
      {"switched, published just now", Switched(),
       Published(Noon(), kGrace - milliseconds(1)), Move::kRest,
       "the old CA is still trusted"},
      {"switched, published long enough", Switched(), Published(Noon(), kGrace),
       Move::kRetireCa, "nobody serves a certificate of the old CA"},
      {"retired", After(Move::kRetireCa, Switched()), Published(Noon(), kGrace),
       Move::kRest, ""},
  };
}

void ExpectAll(const std::vector<Case>& cases) {
  ASSERT_THAT(cases, Not(IsEmpty()));
  for (const Case& one : cases) {
    const Decision decision = Decide(one.data, one.circumstances);
    EXPECT_EQ(ToString(decision.move), ToString(one.move)) << one.name;
    EXPECT_EQ(decision.reason, one.reason) << one.name;
  }
}

TEST(AuthorityPlan, RenewsTheLeaf) { ExpectAll(OfTheLeaf()); }
TEST(AuthorityPlan, KeepsAnAuthority) { ExpectAll(OfTheAuthority()); }
TEST(AuthorityPlan, ChangesTheAuthority) { ExpectAll(OfAChange()); }

// Whatever stands there: one move, or two, and there is a pair to serve.
TEST(AuthorityPlan, EveryMoveMendsWhatItIsFor) {
  std::vector<Case> all = OfTheLeaf();
  for (auto more : {OfTheAuthority(), OfAChange()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  for (const Case& one : all) {
    if (one.move == Move::kRefuse) continue;
    SecretData data = one.data;
    Circumstances circumstances = one.circumstances;
    for (int move = 0; move < 4; ++move) {
      const Decision decision = Decide(data, circumstances);
      if (decision.move == Move::kRest) break;
      const auto next = Carry(decision, data, circumstances);
      ASSERT_TRUE(next) << one.name << ": " << next.error().message;
      data = *next;
      circumstances.published_for.reset();
    }
    EXPECT_EQ(ToString(Decide(data, circumstances).move), "rest") << one.name;
    const auto pair =
        ParseKeyPair(data[kLeafCertificate], data[kLeafKey], circumstances.now);
    EXPECT_TRUE(pair) << one.name << ": " << pair.error().message;
  }
}

TEST(AuthorityPlan, IssuesForNinetyDaysAndTenYears) {
  const auto leaf =
      ParseKeyPair(Fresh().at(kLeafCertificate), Fresh().at(kLeafKey), Noon());
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ((*leaf)->not_before, Noon() - hours(1));
  EXPECT_EQ((*leaf)->not_after, Noon() + kDay * 90);
  EXPECT_THAT((*leaf)->dns_names, ElementsAre("meshvet.mesh.svc"));
  const auto ca =
      ParseKeyPair(Fresh().at(kCaCertificate), Fresh().at(kCaKey), Noon());
  ASSERT_TRUE(ca) << ca.error().message;
  EXPECT_EQ((*ca)->not_before, Noon() - hours(1));
  EXPECT_EQ((*ca)->not_after, Noon() + kDay * 3'650);
  EXPECT_EQ((*ca)->subject, "CN=meshvet CA 2027-01-15T08:00:00Z");
}

TEST(AuthorityPlan, ALeafEndsWithItsAuthority) {
  const WallTime late = Noon() + kDay * 3'640;
  const SecretData data = After(Move::kRenewLeaf, Fresh(), late);
  const auto leaf =
      ParseKeyPair(data.at(kLeafCertificate), data.at(kLeafKey), late);
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(UtcText((*leaf)->not_after), "2037-01-12T08:00:00Z");
}

TEST(AuthorityPlan, PublishesEveryAuthorityInUse) {
  const auto parts = [](const SecretData& data) {
    std::string bundle;
    for (const char* key :
         {kCaCertificate, kNextCaCertificate, kOldCaCertificate}) {
      const auto found = data.find(key);
      if (found != data.end()) bundle += found->second;
    }
    return bundle;
  };
  EXPECT_EQ(TrustBundle({}), "");
  EXPECT_EQ(TrustBundle(Fresh()), Fresh().at(kCaCertificate));
  EXPECT_EQ(TrustBundle(Introduced()), parts(Introduced()));
  EXPECT_EQ(TrustBundle(Switched()), parts(Switched()));
  EXPECT_EQ(Switched().at(kCaCertificate), Introduced().at(kNextCaCertificate));
  EXPECT_EQ(Switched().at(kOldCaCertificate), Fresh().at(kCaCertificate));
  // What cannot be read would make an API server refuse all of it.
  EXPECT_EQ(TrustBundle(With(Fresh(), kOldCaCertificate, "garbage")),
            Fresh().at(kCaCertificate));
}

TEST(AuthorityPlan, ReplicasThatWantDifferentNamesAgree) {
  Circumstances one = At(Noon());
  one.names = {{"a.test"}, {}};
  Circumstances other = At(Noon());
  other.names = {{"b.test"}, {"192.0.2.1"}};
  SecretData data = *Carry({Move::kFound}, {}, one);
  data = *Carry(Decide(data, other), data, other);
  EXPECT_EQ(LeafNames(data),
            (SubjectNames{{"b.test", "a.test"}, {"192.0.2.1"}}));
  EXPECT_EQ(ToString(Decide(data, one).move), "rest");
  EXPECT_EQ(ToString(Decide(data, other).move), "rest");
  // At its time what nobody wants any more goes.
  other.now += kDay * 60;
  data = *Carry(Decide(data, other), data, other);
  EXPECT_EQ(LeafNames(data), (SubjectNames{{"b.test"}, {"192.0.2.1"}}));
}

TEST(AuthorityPlan, LeavesWhatElseStandsThere) {
  const SecretData data = After(Move::kFound, {{"note", "mine"}});
  EXPECT_EQ(data.at("note"), "mine");
}

TEST(Authority, TellsNamesFromAddresses) {
  const auto names = SortNames(
      {"a.test", "0:0:0:0:0:0:0:1", "127.0.0.1", "a.test", "*.b.test"});
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ(*names,
            (SubjectNames{{"a.test", "*.b.test"}, {"::1", "127.0.0.1"}}));
  for (const char* wrong : {"", "a b", "a,IP:1.2.3.4", "a\nb", "@section"}) {
    const auto refused = SortNames({wrong});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().message, "is not a DNS name") << wrong;
  }
  EXPECT_EQ(SortNames({}).error().message,
            "a certificate needs at least one name or address");
  EXPECT_THAT(
      ServiceNames("meshvet", "mesh"),
      ElementsAre("meshvet.mesh.svc", "meshvet.mesh.svc.cluster.local"));
}

}  // namespace
}  // namespace meshvet::certs
