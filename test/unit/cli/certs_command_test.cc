#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <string>

#include "certs/authority.h"
#include "test/support/run_binary.h"
#include "test/support/temp_folder.h"

namespace meshvet::cli {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kCheckBoth =
    "certs check --cert-file tls.crt --key-file tls.key ";

// ca.crt, tls.crt and tls.key in `folder`, for a.test.
void PutPair(const TempFolder& folder, system_clock::time_point now) {
  const auto authority = certs::MakeAuthority(now);
  const auto leaf = certs::IssueLeaf(*authority, {{"a.test"}, {}}, now);
  folder.Put("ca.crt", authority->certificate);
  folder.Put("tls.crt", leaf->certificate);
  folder.Put("tls.key", leaf->key);
}

mode_t ModeOf(const std::string& file) {
  struct stat status {};
  EXPECT_EQ(stat(file.c_str(), &status), 0) << file;
  return status.st_mode & 0777U;
}

TEST(CertsGenerate, MakesWhatCheckIsContentWith) {
  const TempFolder folder;
  const Ran made = RunBinary(
      folder.path(),
      "certs generate --dns-name meshvet.mesh.svc,127.0.0.1 --out tls");
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, "tls/ca.crt\ntls/ca.key\ntls/tls.crt\ntls/tls.key\n");
  EXPECT_EQ(ModeOf(folder / "tls/ca.key"), 0600U);
  EXPECT_EQ(ModeOf(folder / "tls/tls.key"), 0600U);
  const Ran checked = RunBinary(
      folder / "tls",
      std::string(kCheckBoth) +
          "--ca-file ca.crt --dns-name meshvet.mesh.svc --dns-name 127.0.0.1");
  EXPECT_EQ(checked.exit_code, 0) << checked.out;
  EXPECT_THAT(checked.out, HasSubstr("DNS names    meshvet.mesh.svc\n"));
  EXPECT_THAT(checked.out, HasSubstr("addresses    127.0.0.1\n"));
  EXPECT_THAT(checked.out, EndsWith("\nok\n"));
}

TEST(CertsGenerate, OverwritesNothing) {
  const TempFolder folder;
  folder.Put("tls.key", "mine");
  const Ran ran =
      RunBinary(folder.path(), "certs generate --dns-name a.test --out .");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.err, "meshvet: ./tls.key: cannot be made: File exists\n");
  EXPECT_EQ(ReadFile(folder / "tls.key"), "mine");
}

TEST(CertsGenerate, RefusesWhatIsNoName) {
  const TempFolder folder;
  const Ran ran =
      RunBinary(folder.path(), "certs generate --dns-name 'a b' --out tls");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err, "meshvet: a b: is not a DNS name\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "tls"));
}

TEST(CertsCheck, NamesEveryProblem) {
  const auto now = system_clock::now();
  struct Case {
    std::string name;
    system_clock::time_point made;
    std::string more;  // arguments
    std::string problem;
  };
  const TempFolder other;
  PutPair(other, now);
  const std::string others = other.path().string();
  for (const Case& one : std::vector<Case>{
           {"expired", now - hours(24 * 100), "", "it expired at "},
           {"early", now + hours(24), "", "it is not valid before "},
           {"name", now, "--dns-name b.test", "it is not for b.test\n"},
           {"another CA", now, "--ca-file " + others + "/ca.crt",
            "not trusted by the CA: unable to get local issuer certificate\n"},
           {"no CA", now, "--ca-file tls.key",
            "the CA holds no readable PEM certificate\n"}}) {
    const TempFolder folder;
    PutPair(folder, one.made);
    const Ran ran = RunBinary(folder.path(), kCheckBoth + one.more);
    EXPECT_EQ(ran.exit_code, 1) << one.name;
    EXPECT_THAT(ran.out, HasSubstr("\nproblem: " + one.problem)) << one.name;
    EXPECT_THAT(ran.out, testing::Not(HasSubstr("\nok"))) << one.name;
  }
  const TempFolder folder;
  PutPair(folder, now);
  const Ran mixed =
      RunBinary(folder.path(), "certs check --cert-file tls.crt --key-file " +
                                   others + "/tls.key -o json");
  EXPECT_EQ(mixed.exit_code, 1);
  EXPECT_THAT(mixed.out, HasSubstr("\"ok\": false,\n  \"problems\": [\n    "
                                   "\"the private key does not belong to the "
                                   "certificate\"\n  ]"));
}

TEST(CertsCheck, SaysWhichFileItCannotRead) {
  const TempFolder folder;
  PutPair(folder, system_clock::now());
  folder.Put("empty", "");
  const Ran missing =
      RunBinary(folder.path(), "certs check --cert-file x --key-file tls.key");
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_EQ(missing.err,
            "meshvet: x: cannot be opened: No such file or directory\n");
  const Ran empty =
      RunBinary(folder.path(), std::string(kCheckBoth) + "--ca-file empty");
  EXPECT_EQ(empty.exit_code, 2);
  EXPECT_EQ(empty.err, "meshvet: empty: is empty\n");
  EXPECT_THAT(empty.out, IsEmpty());
}

}  // namespace
}  // namespace meshvet::cli
