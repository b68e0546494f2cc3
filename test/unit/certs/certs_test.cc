#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "certs/certificate_watcher.h"
#include "certs/self_signed.h"
#include "certs/tls_context.h"
#include "certs/tls_identity.h"
#include "test/support/temp_folder.h"
#include "test/support/wait_until.h"

namespace meshvet::certs {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

SelfSignedPair Pair(const std::string& name = "a.test",
                    SelfSignedOptions options = {}) {
  return *SelfSigned({name}, {}, options);
}

TEST(SelfSigned, MakesACertificateForItsNames) {
  const WallTime now = std::chrono::system_clock::now();
  const auto pair =
      SelfSigned({"meshvet.istio.svc", "localhost"}, {"127.0.0.1", "::1"});
  ASSERT_TRUE(pair) << pair.error().message;
  const TlsIdentity& identity = *pair->identity;
  EXPECT_THAT(identity.dns_names,
              ElementsAre("meshvet.istio.svc", "localhost"));
  EXPECT_THAT(identity.ip_addresses, ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(identity.subject, "CN=meshvet.istio.svc");
  EXPECT_EQ(identity.fingerprint.size(), 64U);
  EXPECT_FALSE(identity.serial.empty());
  EXPECT_LE(identity.not_before, now - milliseconds(3'599'000));
  EXPECT_GE(identity.not_after, now + hours(24 * 364));
  EXPECT_THAT(pair->ca_pem, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_NE(Pair().identity->serial, Pair().identity->serial);
}

TEST(SelfSigned, RefusesWhatIsNoName) {
  EXPECT_FALSE(SelfSigned({}, {}));
  EXPECT_EQ(SelfSigned({}, {"300.1.1.1"}).error().where, "300.1.1.1");
  EXPECT_EQ(SelfSigned({"a,IP:1.2.3.4"}, {}).error().where, "a,IP:1.2.3.4");
}

TEST(SelfSigned, CutsALongCommonName) {
  const std::string name = std::string(60, 'a') + ".namespace.svc";
  const auto pair = SelfSigned({name}, {});
  ASSERT_TRUE(pair) << pair.error().message;
  EXPECT_THAT(pair->identity->dns_names, ElementsAre(name));
}

TEST(ParseKeyPair, SaysWhatIsWrong) {
  const SelfSignedPair good = Pair();
  const std::string cert = ChainPem(*good.identity);
  const std::string key = KeyPem(*good.identity);
  const WallTime now = std::chrono::system_clock::now();
  const struct {
    std::string cert, key;
    WallTime now;
    const char* where;
    const char* message;
  } cases[] = {
      {"", key, now, "certificate", "holds no readable PEM certificate"},
      {key, key, now, "certificate", "holds no readable PEM certificate"},
      {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key,
       now, "certificate", "holds no readable PEM certificate"},
      {cert, "garbage", now, "key", "holds no readable PEM private key"},
      {cert, KeyPem(*Pair().identity), now, "key",
       "the private key does not belong to the certificate CN=a.test"},
      {cert, key, now + hours(24 * 366), "certificate", "expired at "},
      {cert, key, now - hours(2), "certificate", "not valid before "},
  };
  for (const auto& c : cases) {
    const auto pair = ParseKeyPair(c.cert, c.key, c.now);
    ASSERT_FALSE(pair) << c.message;
    EXPECT_EQ(pair.error().where, c.where);
    EXPECT_THAT(pair.error().message, HasSubstr(c.message));
  }
  EXPECT_TRUE(ParseKeyPair(cert, key, now));
}

TEST(ParseKeyPair, ReadsWhatAnIdentityWrites) {
  const SelfSignedPair made = Pair();
  const std::string chain = ChainPem(*made.identity) + made.ca_pem;
  const std::string key = KeyPem(*made.identity);
  const auto read = ParseKeyPair(chain, key, std::chrono::system_clock::now());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)->fingerprint, made.identity->fingerprint);
  EXPECT_EQ(ChainPem(**read), chain);
  EXPECT_EQ(KeyPem(**read), key);
}

// A folder with certificates.
class Folder {
 public:
  std::string file(const std::string& name) const {
    return (folder_ / name).string();
  }
  // In place.
  void Write(const std::string& name, const std::string& text) const {
    folder_.Put(name, text);
  }
  void WritePair(const TlsIdentity& identity, const std::string& prefix) const {
    Write(prefix + "tls.crt", ChainPem(identity));
    Write(prefix + "tls.key", KeyPem(identity));
  }
  // As kubelet does: a link made aside and renamed over the old one.
  void Point(const std::string& link, const std::string& target) const {
    std::filesystem::create_symlink(target, folder_ / "new");
    std::filesystem::rename(folder_ / "new", folder_ / link);
  }

 private:
  const test::TempFolder folder_;
};

TEST(LoadKeyPair, NamesTheMissingFile) {
  const Folder folder;
  folder.WritePair(*Pair().identity, "");
  EXPECT_TRUE(LoadKeyPair(folder.file("tls.crt"), folder.file("tls.key")));
  const auto pair = LoadKeyPair(folder.file("tls.crt"), folder.file("none"));
  ASSERT_FALSE(pair);
  EXPECT_EQ(pair.error().where, folder.file("none"));
  EXPECT_EQ(pair.error().message,
            "cannot be opened: No such file or directory");
}

// What a watcher tells. A writer that is held up long enough between two files
// is told of as well, so tests wait for what they mean, whatever comes before.
class Heard {
 public:
  void Add(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    all_.push_back(what);
    changed_.notify_all();
  }
  // Until something was told that holds `part`.
  [[nodiscard]] bool WaitFor(const std::string& part) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience, [&] {
      return std::ranges::any_of(all_, [&](const std::string& one) {
        return one.find(part) != std::string::npos;
      });
    });
  }
  std::vector<std::string> all() {
    const std::scoped_lock lock(mutex_);
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> all_;
};

class WatcherTest : public testing::Test {
 protected:
  CertificateWatcher::Options Options(milliseconds interval) {
    CertificateWatcher::Options options;
    options.cert_file = folder_.file("tls.crt");
    options.key_file = folder_.file("tls.key");
    options.interval = interval;
    options.on_change = [this](const TlsIdentity& identity) {
      changes_.Add(identity.serial);
    };
    options.on_error = [this](const Error& error) {
      errors_.Add(error.where + ": " + error.message);
    };
    return options;
  }

  Folder folder_;
  Heard changes_;
  Heard errors_;
};

TEST_F(WatcherTest, FollowsTheLinkThatKubeletSwaps) {
  const SelfSignedPair first = Pair();
  const SelfSignedPair second = Pair();
  folder_.WritePair(*first.identity, "v1/");
  folder_.WritePair(*second.identity, "v2/");
  folder_.Point("..data", "v1");
  folder_.Point("tls.crt", "..data/tls.crt");
  folder_.Point("tls.key", "..data/tls.key");
  const auto watcher = CertificateWatcher::Start(Options(milliseconds(20)));
  ASSERT_TRUE(watcher) << watcher.error().message;
  EXPECT_EQ((*watcher)->context()->identity().serial, first.identity->serial);
  folder_.Point("..data", "v2");
  ASSERT_TRUE(changes_.WaitFor(second.identity->serial));
  EXPECT_EQ((*watcher)->context()->identity().serial, second.identity->serial);
  EXPECT_THAT(changes_.all(), SizeIs(1));
  EXPECT_THAT(errors_.all(), IsEmpty());
}

TEST_F(WatcherTest, NoticesWritersBeforeTheInterval) {
  folder_.WritePair(*Pair().identity, "");
  const auto watcher = CertificateWatcher::Start(Options(hours(1)));
  ASSERT_TRUE(watcher);
  // What it takes a writer to come from one file to the next is no error.
  constexpr milliseconds kAtOnce{50};
  for (bool at_once = false; !at_once;) {
    const size_t errors = errors_.all().size();
    const SelfSignedPair next = Pair();
    const auto start = std::chrono::steady_clock::now();
    folder_.WritePair(*next.identity, "");
    at_once = std::chrono::steady_clock::now() - start < kAtOnce;
    ASSERT_TRUE(changes_.WaitFor(next.identity->serial));
    if (at_once) {
      EXPECT_THAT(errors_.all(), SizeIs(errors));
    }
  }
}

TEST_F(WatcherTest, NoticesWritersInABusyFolder) {
  folder_.WritePair(*Pair().identity, "");
  const auto watcher = CertificateWatcher::Start(Options(hours(1)));
  ASSERT_TRUE(watcher);
  std::atomic<bool> done = false;
  std::thread busy([&] {
    while (!done) {
      folder_.Write("access.log", "another program's");
      std::this_thread::sleep_for(milliseconds(5));
    }
  });
  const SelfSignedPair second = Pair();
  folder_.WritePair(*second.identity, "");
  EXPECT_TRUE(changes_.WaitFor(second.identity->serial));
  done = true;
  busy.join();
}

TEST_F(WatcherTest, KeepsTheOldPairWhenTheNewIsBad) {
  const SelfSignedPair first = Pair();
  folder_.WritePair(*first.identity, "");
  const auto watcher = CertificateWatcher::Start(Options(milliseconds(20)));
  ASSERT_TRUE(watcher);
  folder_.Write("tls.key", KeyPem(*Pair().identity));
  ASSERT_TRUE(errors_.WaitFor("does not belong"));
  SelfSignedOptions past;
  past.now = std::chrono::system_clock::now() - hours(48);
  past.lifetime = hours(24);
  folder_.WritePair(*Pair("a.test", past).identity, "");
  ASSERT_TRUE(errors_.WaitFor("expired at"));
  std::filesystem::remove(folder_.file("tls.crt"));
  ASSERT_TRUE(errors_.WaitFor("cannot be opened"));
  EXPECT_EQ((*watcher)->context()->identity().serial, first.identity->serial);
  EXPECT_THAT(changes_.all(), IsEmpty());
  const SelfSignedPair good = Pair();
  folder_.WritePair(*good.identity, "");
  ASSERT_TRUE(changes_.WaitFor(good.identity->serial));
}

TEST_F(WatcherTest, NeverStopsCheckingClients) {
  folder_.WritePair(*Pair().identity, "");
  folder_.Write("ca.crt", "");
  CertificateWatcher::Options options = Options(milliseconds(20));
  options.client_ca_file = folder_.file("ca.crt");
  const auto empty = CertificateWatcher::Start(options);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().where, folder_.file("ca.crt"));
  folder_.Write("ca.crt", Pair().ca_pem);
  const auto watcher = CertificateWatcher::Start(options);
  ASSERT_TRUE(watcher);
  const TlsContextPtr before = (*watcher)->context();
  folder_.Write("ca.crt", "garbage");
  ASSERT_TRUE(errors_.WaitFor("the client CA cannot be used"));
  EXPECT_EQ((*watcher)->context(), before);
}

TEST_F(WatcherTest, TellsWhyItCannotStart) {
  const auto watcher = CertificateWatcher::Start(Options(milliseconds(20)));
  ASSERT_FALSE(watcher);
  EXPECT_EQ(watcher.error().where, folder_.file("tls.crt"));
}

TEST_F(WatcherTest, ItsSourceOutlivesIt) {
  folder_.WritePair(*Pair().identity, "");
  auto watcher = CertificateWatcher::Start(Options(milliseconds(20)));
  ASSERT_TRUE(watcher);
  const TlsContextSource source = (*watcher)->source();
  watcher->reset();
  EXPECT_NE(source(), nullptr);
}

}  // namespace
}  // namespace meshvet::certs
