#include "certs/secret_reconciler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "certs/authority_keeper.h"
#include "certs/openssl_pointers.h"
#include "memory_secret.h"
#include "test/support/wait_until.h"

namespace meshvet::certs {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Steady = SecretReconciler::Steady;

constexpr milliseconds kGrace{1'000};

SecretReconciler::Options OptionsFor(SecretStore& store,
                                     TrustAnchors* anchors) {
  SecretReconciler::Options options;
  options.store = &store;
  options.anchors = anchors;
  options.names = {{"meshvet.mesh.svc"}, {}};
  options.grace = kGrace;
  return options;
}

// Whether a client that trusts `bundle` accepts the leaf of `identity`.
bool Trusts(const std::string& bundle, const TlsIdentity& identity) {
  const auto free_all = [](STACK_OF(X509_INFO) * all) {
    sk_X509_INFO_pop_free(all, X509_INFO_free);
  };
  const BioPtr bio = ReadFrom(bundle);
  const std::unique_ptr<STACK_OF(X509_INFO), decltype(free_all)> all(
      PEM_X509_INFO_read_bio(bio.get(), nullptr, nullptr, nullptr), free_all);
  const std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>> store(
      X509_STORE_new());
  for (int i = 0; i < sk_X509_INFO_num(all.get()); ++i) {
    X509_STORE_add_cert(store.get(), sk_X509_INFO_value(all.get(), i)->x509);
  }
  const std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>> context(
      X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), identity.chain.front().get(),
                      nullptr);
  const bool trusts = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return trusts;
}

std::vector<std::string> MovesOf(const SecretTurn& turn) {
  std::vector<std::string> moves;
  for (const Decision& move : turn.moves) {
    moves.emplace_back(ToString(move.move));
  }
  return moves;
}

class ReconcilerTest : public testing::Test {
 protected:
  SecretReconciler Replica() {
    SecretReconciler::Options options = OptionsFor(store_, &anchors_);
    options.steady_clock = [this] { return now_; };
    return SecretReconciler(std::move(options));
  }

  MemoryCluster cluster_;
  MemoryStore store_{cluster_};
  MemoryAnchors anchors_{cluster_};
  Steady::time_point now_;
};

TEST_F(ReconcilerTest, FoundsPublishesAndRests) {
  cluster_.SetAnchor("validating", {"", "elsewhere"});
  cluster_.SetAnchor("mutating", {""});
  SecretReconciler replica = Replica();
  const auto first = replica.Turn();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(MovesOf(*first), ElementsAre("found CA"));
  EXPECT_THAT(first->republished, ElementsAre("validating", "mutating"));
  const std::string bundle = TrustBundle(cluster_.secret().data);
  EXPECT_THAT(
      cluster_.anchors(),
      ElementsAre(Field(&TrustAnchor::bundles, ElementsAre(bundle, bundle)),
                  Field(&TrustAnchor::bundles, ElementsAre(bundle))));
  EXPECT_TRUE(Trusts(bundle, *first->identity));
  const auto second = replica.Turn();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_THAT(second->moves, IsEmpty());
  EXPECT_THAT(second->republished, IsEmpty());
  EXPECT_EQ(anchors_.writes, 2);
  EXPECT_EQ(second->identity->fingerprint, first->identity->fingerprint);
}

TEST_F(ReconcilerTest, ChangesTheAuthorityInThreeMoves) {
  cluster_.SetAnchor("validating", {""});
  SecretReconciler replica = Replica();
  ASSERT_TRUE(replica.Turn());
  const auto data = cluster_.secret().data;
  cluster_.SetSecret(*Carry({Move::kIntroduceCa}, data,
                            {.now = std::chrono::system_clock::now(),
                             .names = {{"meshvet.mesh.svc"}, {}},
                             .published_for = {},
                             .grace = kGrace}));
  std::vector<std::string> moves;
  std::vector<int> when;
  for (int half_seconds = 0; half_seconds < 8; ++half_seconds) {
    const auto turn = replica.Turn();
    ASSERT_TRUE(turn) << turn.error().message;
    for (const std::string& move : MovesOf(*turn)) {
      moves.push_back(move);
      when.push_back(half_seconds);
    }
    EXPECT_TRUE(
        Trusts(cluster_.anchors().front().bundles.front(), *turn->identity));
    now_ += milliseconds(500);
  }
  EXPECT_THAT(moves, ElementsAre("switch CA", "retire CA"));
  EXPECT_THAT(when, ElementsAre(2, 4));
  EXPECT_THAT(cluster_.secret().data, SizeIs(4));
}

TEST_F(ReconcilerTest, WaitsForAnchorsThatCannotBeRead) {
  SecretReconciler replica = Replica();
  ASSERT_TRUE(replica.Turn());
  cluster_.SetSecret(*Carry({Move::kIntroduceCa}, cluster_.secret().data,
                            {.now = std::chrono::system_clock::now(),
                             .names = {{"meshvet.mesh.svc"}, {}},
                             .published_for = {},
                             .grace = kGrace}));
  anchors_.read_error = "forbidden";
  for (int turns = 0; turns < 4; ++turns) {
    now_ += kGrace;
    const auto turn = replica.Turn();
    ASSERT_TRUE(turn) << turn.error().message;
    EXPECT_THAT(turn->moves, IsEmpty());
    ASSERT_TRUE(turn->problem);
    EXPECT_EQ(turn->problem->message, "forbidden");
  }
  anchors_.read_error.clear();
  // The time before counts for nothing.
  ASSERT_THAT(replica.Turn()->moves, IsEmpty());
  now_ += kGrace;
  EXPECT_THAT(MovesOf(*replica.Turn()), ElementsAre("switch CA"));
}

TEST_F(ReconcilerTest, ServesWhatIsGoodThoughItMayNotWrite) {
  SecretReconciler replica = Replica();
  const auto first = replica.Turn();
  ASSERT_TRUE(first) << first.error().message;
  store_.write_error = "forbidden";
  SecretReconciler::Options options = OptionsFor(store_, &anchors_);
  options.names.dns.emplace_back("other.test");
  SecretReconciler other(std::move(options));
  const auto turn = other.Turn();
  ASSERT_TRUE(turn) << turn.error().message;
  EXPECT_EQ(turn->identity->fingerprint, first->identity->fingerprint);
  ASSERT_TRUE(turn->problem);
  EXPECT_EQ(turn->problem->message, "forbidden");
}

TEST_F(ReconcilerTest, SaysWhyItHasNothing) {
  SecretReconciler replica = Replica();
  store_.write_error = "secrets is forbidden";
  EXPECT_EQ(replica.Turn().error().message, "secrets is forbidden");
  store_.read_error = "no route";
  EXPECT_EQ(replica.Turn().error().message, "no route");
  store_.read_error.clear();
  cluster_.SetSecret({{kLeafCertificate, "x"}, {kLeafKey, "y"}});
  EXPECT_EQ(replica.Turn().error().message,
            "the Secret holds a certificate but no ca.key: it is not ours");
  EXPECT_THAT(cluster_.history(), IsEmpty());
}

TEST_F(ReconcilerTest, WhoWasFasterWins) {
  MemoryStore faster(cluster_);
  SecretReconciler::Options options = OptionsFor(faster, nullptr);
  SecretReconciler rival(std::move(options));
  std::string theirs;
  store_.before_write = [&] {
    if (theirs.empty()) theirs = rival.Turn()->identity->fingerprint;
  };
  SecretReconciler replica = Replica();
  const auto turn = replica.Turn();
  ASSERT_TRUE(turn) << turn.error().message;
  EXPECT_EQ(turn->identity->fingerprint, theirs);
  EXPECT_THAT(turn->moves, IsEmpty());
  EXPECT_THAT(cluster_.history(), SizeIs(1));
}

TEST(SecretReconciler, ReplicasThatRaceEndWithOneAuthority) {
  constexpr size_t kReplicas = 8;
  MemoryCluster cluster;
  cluster.SetAnchor("validating", {""});
  std::vector<std::string> fingerprints(kReplicas);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kReplicas; ++i) {
    threads.emplace_back([&, i] {
      MemoryStore store(cluster);
      MemoryAnchors anchors(cluster);
      SecretReconciler replica(OptionsFor(store, &anchors));
      const auto turn = replica.Turn();
      if (turn) fingerprints[i] = turn->identity->fingerprint;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(fingerprints, Each(AllOf(SizeIs(64), fingerprints.front())));
  EXPECT_THAT(cluster.history(), SizeIs(1));
  EXPECT_THAT(cluster.anchors().front().bundles,
              ElementsAre(TrustBundle(cluster.secret().data)));
}

// Replicas and clients that notice things late, in simulated time: the turns of
// several replicas are woven into each other at every write, at random.
class Simulation {
 public:
  struct Delays {
    milliseconds interval;  // between two turns of a replica, at most
    milliseconds client;    // until a client has noticed a bundle
  };

  Simulation(unsigned seed, Delays delays, size_t replicas)
      : delays_(delays), random_(seed) {
    cluster_.SetAnchor("validating", {""});
    for (size_t i = 0; i < replicas; ++i) replicas_.push_back(MakeReplica());
    for (const auto& replica : replicas_) Take(*replica);
    Note();
  }

  // True if at every moment every client trusted every replica, through so
  // many changes of the authority.
  bool Survives(int changes) {
    for (int i = 0; i < changes && is_good_; ++i) {
      Introduce();
      const auto end = now_ + 4 * kGrace + 4 * delays_.interval;
      while (now_ < end && is_good_) Pass();
      if (is_good_ && cluster_.secret().data.size() != 4) {
        ADD_FAILURE() << "the old CA was not retired";
      }
    }
    return is_good_;
  }

 private:
  struct Replica {
    std::unique_ptr<MemoryStore> store;
    std::unique_ptr<MemoryAnchors> anchors;
    std::unique_ptr<SecretReconciler> reconciler;
    TlsIdentityPtr identity;
    Steady::time_point next;
    bool busy = false;
  };
  struct Told {
    std::string bundle;
    Steady::time_point until;
  };

  std::unique_ptr<Replica> MakeReplica() {
    auto replica = std::make_unique<Replica>();
    replica->store = std::make_unique<MemoryStore>(cluster_);
    replica->anchors = std::make_unique<MemoryAnchors>(cluster_);
    replica->store->before_write = [this] { Interrupt(); };
    replica->anchors->before_write = [this] { Interrupt(); };
    auto options = OptionsFor(*replica->store, replica->anchors.get());
    options.steady_clock = [this] { return now_; };
    replica->reconciler =
        std::make_unique<SecretReconciler>(std::move(options));
    return replica;
  }

  int Draw(int below) {
    return std::uniform_int_distribution<int>(0, below - 1)(random_);
  }

  // Another replica may take a whole turn while this one is about to write.
  void Interrupt() {
    Note();
    if (Draw(2) == 0) {
      Take(*replicas_[static_cast<size_t>(
          Draw(static_cast<int>(replicas_.size())))]);
    }
  }

  void Take(Replica& replica) {
    if (replica.busy) return;
    replica.busy = true;
    const auto turn = replica.reconciler->Turn();
    replica.busy = false;
    if (turn) replica.identity = turn->identity;
    const auto longest = static_cast<int>(delays_.interval.count());
    replica.next = now_ + milliseconds(1 + Draw(longest));
    Note();
  }

  void Introduce() {
    cluster_.SetSecret(*Carry({Move::kIntroduceCa}, cluster_.secret().data,
                              {.now = std::chrono::system_clock::now(),
                               .names = {{"meshvet.mesh.svc"}, {}},
                               .published_for = {},
                               .grace = kGrace}));
  }

  void Pass() {
    now_ += milliseconds(20);
    for (const auto& replica : replicas_) {
      if (replica->next <= now_) Take(*replica);
    }
    Note();
    Check();
  }

  void Note() {
    const std::string bundle = cluster_.anchors().front().bundles.front();
    if (bundles_.empty() || bundles_.back().bundle != bundle) {
      if (!bundles_.empty()) bundles_.back().until = now_;
      bundles_.push_back({bundle, Steady::time_point::max()});
    }
  }

  // A client trusts one of the bundles of the last `client` milliseconds, and
  // nobody knows which.
  void Check() {
    while (bundles_.size() > 1 &&
           bundles_.front().until < now_ - delays_.client) {
      bundles_.pop_front();
    }
    for (const Told& told : bundles_) {
      if (told.bundle.empty()) continue;  // before the first turn
      for (const auto& replica : replicas_) {
        const auto pair =
            std::pair(told.bundle, replica->identity->fingerprint);
        if (checked_.contains(pair)) continue;
        if (!Trusts(told.bundle, *replica->identity)) {
          is_good_ = false;
        }
        checked_.insert(pair);
      }
    }
  }

  const Delays delays_;
  std::mt19937 random_;
  MemoryCluster cluster_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  Steady::time_point now_;
  std::deque<Told> bundles_;
  std::set<std::pair<std::string, std::string>> checked_;
  bool is_good_ = true;
};

TEST(SecretReconciler, ClientsTrustEveryReplicaThroughEveryChange) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    Simulation simulation(
        seed, {.interval = kGrace / 3, .client = kGrace - milliseconds(20)}, 3);
    EXPECT_TRUE(simulation.Survives(1)) << "seed " << seed;
  }
}

// The simulation sees what it is for: whoever notices later than the grace
// allows is lost.
TEST(SecretReconciler, TheGraceIsWhatMakesItSafe) {
  const auto all_survive = [](Simulation::Delays delays) {
    for (unsigned seed = 1; seed <= 12; ++seed) {
      if (!Simulation(seed, delays, 3).Survives(1)) return false;
    }
    return true;
  };
  EXPECT_FALSE(all_survive({.interval = kGrace / 3, .client = 2 * kGrace}));
  EXPECT_FALSE(all_survive({.interval = 5 * kGrace, .client = {}}));
}

// A keeper whose news can be waited for.
class KeeperTest : public testing::Test {
 protected:
  std::unique_ptr<AuthorityKeeper> Start() {
    AuthorityKeeper::Options options;
    options.secret = OptionsFor(store_, &anchors_);
    options.interval = milliseconds(5);
    options.on_change = [this](const TlsIdentity& identity) {
      Tell("serves " + identity.fingerprint);
    };
    options.on_problem = [this](const Error& error) { Tell(error.message); };
    auto keeper = AuthorityKeeper::Start(std::move(options));
    EXPECT_TRUE(keeper) << keeper.error().message;
    return *std::move(keeper);
  }

  void Tell(const std::string& news) {
    const std::scoped_lock lock(mutex_);
    news_.push_back(news);
    came_.notify_all();
  }
  bool WaitFor(size_t count) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, test::kPatience,
                          [&] { return news_.size() >= count; });
  }
  std::vector<std::string> news() {
    const std::scoped_lock lock(mutex_);
    return news_;
  }

  MemoryCluster cluster_;
  MemoryStore store_{cluster_};
  MemoryAnchors anchors_{cluster_};
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> news_;
};

TEST_F(KeeperTest, SwapsWhatItServes) {
  auto keeper = Start();
  const TlsContextSource source = keeper->source();
  const std::string first = source()->identity().fingerprint;
  SecretData data = cluster_.secret().data;
  data[kLeafKey] = "garbage";
  cluster_.SetSecret(data);
  ASSERT_TRUE(WaitFor(2));
  const std::string second = source()->identity().fingerprint;
  EXPECT_THAT(news(), ElementsAre("serves " + first, "serves " + second));
  EXPECT_NE(first, second);
  keeper.reset();
  EXPECT_EQ(source()->identity().fingerprint, second);
}

TEST_F(KeeperTest, KeepsTheOldPairAndSaysSoOnce) {
  auto keeper = Start();
  const std::string first = keeper->source()()->identity().fingerprint;
  // Ours no more, and unusable.
  cluster_.SetSecret({{kLeafCertificate, "x"}, {kLeafKey, "y"}});
  ASSERT_TRUE(WaitFor(2));
  EXPECT_THAT(news().back(), HasSubstr("it is not ours"));
  cluster_.SetSecret({{kLeafCertificate, "x"}, {kLeafKey, "z"}});
  EXPECT_EQ(keeper->source()()->identity().fingerprint, first);
  // Mended by hand: there is one more thing to say, and no more than that.
  cluster_.SetSecret({});
  ASSERT_TRUE(WaitFor(3));
  EXPECT_THAT(news(), SizeIs(3));
  EXPECT_NE(keeper->source()()->identity().fingerprint, first);
}

}  // namespace
}  // namespace meshvet::certs
