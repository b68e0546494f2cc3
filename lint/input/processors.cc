#include "lint/input/processors.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <string_view>

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

// Where a hierarchy keeps its limits, and our place in it.
struct Membership {
  fs::path hierarchy;
  fs::path group;  // relative
  bool unified = false;
};

// A line of /proc/self/cgroup is "id:controllers:/path"; the unified hierarchy
// names no controllers.
std::optional<Membership> ParseMembership(std::string_view line,
                                          const fs::path& mount) {
  const size_t first = line.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = line.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view names = line.substr(first + 1, second - first - 1);
  const fs::path group = fs::path(line.substr(second + 1)).relative_path();
  if (names.empty()) return Membership{mount, group, true};
  const std::string padded = "," + std::string(names) + ",";
  if (padded.find(",cpu,") == std::string::npos) return std::nullopt;
  return Membership{mount / "cpu", group, false};
}

// Not above zero: no limit. "max" is no number, and -1 stands for it in v1.
double QuotaOf(const fs::path& group, bool unified) {
  double quota = 0;
  double period = 0;
  if (unified) {
    std::ifstream(group / "cpu.max") >> quota >> period;
  } else {
    std::ifstream(group / "cpu.cfs_quota_us") >> quota;
    std::ifstream(group / "cpu.cfs_period_us") >> period;
  }
  return period > 0 ? quota / period : 0;
}

void TakeLeast(const Membership& membership, std::optional<double>* least) {
  fs::path group = membership.group;
  while (true) {
    const double quota =
        QuotaOf(membership.hierarchy / group, membership.unified);
    if (quota > 0) least->emplace(std::min(quota, least->value_or(quota)));
    if (group.empty()) return;
    group = group.parent_path();
  }
}

size_t AllowedProcessors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return static_cast<size_t>(CPU_COUNT(&set));
}

}  // namespace

std::optional<double> CgroupQuota(const CgroupFiles& files) {
  std::optional<double> least;
  std::ifstream lines(files.membership);
  for (std::string line; std::getline(lines, line);) {
    if (const auto membership = ParseMembership(line, files.mount)) {
      TakeLeast(*membership, &least);
    }
  }
  return least;
}

size_t UsableProcessors() {
  const auto allowed = static_cast<double>(AllowedProcessors());
  const double quota = CgroupQuota({}).value_or(allowed);
  return static_cast<size_t>(
      std::max(1.0, std::ceil(std::min(allowed, quota))));
}

}  // namespace meshvet::lint
