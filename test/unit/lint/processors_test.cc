#include "lint/input/processors.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <optional>
#include <string>

#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

class CgroupQuotaTest : public testing::Test {
 protected:
  void IsMemberOf(const std::string& lines) { kernel_.Put("cgroup", lines); }
  void Says(const std::string& file, const std::string& text) {
    kernel_.Put("fs/" + file, text);
  }
  std::optional<double> Quota() const {
    return CgroupQuota({kernel_.path() / "cgroup", kernel_.path() / "fs"});
  }

 private:
  test::TempFolder kernel_;
};

TEST_F(CgroupQuotaTest, IsNoneWhereNothingSaysSo) {
  EXPECT_EQ(Quota(), std::nullopt);
  IsMemberOf("0::/\n");
  EXPECT_EQ(Quota(), std::nullopt);
  Says("cpu.max", "max 100000\n");
  EXPECT_EQ(Quota(), std::nullopt);
}

TEST_F(CgroupQuotaTest, IsWhatAContainerSeesAtItsRoot) {
  IsMemberOf("0::/\n");
  Says("cpu.max", "50000 100000\n");
  EXPECT_EQ(Quota(), 0.5);
}

TEST_F(CgroupQuotaTest, IsTheLeastOfAllGroupsAround) {
  IsMemberOf("0::/kubepods.slice/pod1/main\n");
  Says("kubepods.slice/cpu.max", "6400000 100000\n");
  Says("kubepods.slice/pod1/cpu.max", "150000 100000\n");
  Says("kubepods.slice/pod1/main/cpu.max", "max 100000\n");
  EXPECT_EQ(Quota(), 1.5);
}

TEST_F(CgroupQuotaTest, KnowsTheFirstVersion) {
  IsMemberOf("5:cpuset:/\n3:cpu,cpuacct:/docker/abc\n0::/\n");
  Says("cpu/docker/abc/cpu.cfs_quota_us", "200000\n");
  Says("cpu/docker/abc/cpu.cfs_period_us", "100000\n");
  Says("cpu/cpu.cfs_quota_us", "-1\n");
  Says("cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Quota(), 2);
}

// Without a namespace of its own for cgroups, a container hears its path on the
// host, but sees its own group at the root.
TEST_F(CgroupQuotaTest, LooksAtTheRootForAPathItCannotSee) {
  IsMemberOf("3:cpu:/kubepods/pod1/main\n");
  Says("cpu/cpu.cfs_quota_us", "25000\n");
  Says("cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Quota(), 0.25);
}

TEST_F(CgroupQuotaTest, IgnoresWhatMakesNoSense) {
  IsMemberOf("0::/\nnonsense\n1:cpu\n\n");
  for (const char* text : {"", "0 100000", "50000 0", "50000", "-5 100000"}) {
    Says("cpu.max", text);
    EXPECT_EQ(Quota(), std::nullopt) << text;
  }
}

TEST(UsableProcessors, AreNotMoreThanTheThreadMayUse) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  EXPECT_GE(UsableProcessors(), 1U);
  EXPECT_LE(UsableProcessors(), static_cast<size_t>(CPU_COUNT(&before)));
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(UsableProcessors(), 1U);
  EXPECT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}

}  // namespace
}  // namespace meshvet::lint
