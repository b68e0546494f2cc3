// File: lint/input/processors.h
//
// UsableProcessors: how many threads can run at once. A container often may use
// half a processor of a machine with 64: more threads than that wait for each
// other, and the kernel stops all of them when the share is used up.
//
// Reads two or three small files of the kernel at each call. Thread-safe.

#ifndef MESHVET_LINT_INPUT_PROCESSORS_H_
#define MESHVET_LINT_INPUT_PROCESSORS_H_

#include <cstddef>
#include <filesystem>
#include <optional>

namespace meshvet::lint {

// At least one; where the processors of this thread (sched_setaffinity) and the
// quota of its cgroup differ, the smaller. A part of a processor counts as one.
size_t UsableProcessors();

// Where the kernel says it.
struct CgroupFiles {
  std::filesystem::path membership = "/proc/self/cgroup";
  std::filesystem::path mount = "/sys/fs/cgroup";
};

// How many processors' time a process may use, nothing if that has no limit:
// the least quota of its cgroup and those around it, which in a container are
// seen as far as its own only. cgroup v2: cpu.max (Linux,
// Documentation/admin-guide/cgroup-v2.rst); v1: cpu.cfs_quota_us and
// cpu.cfs_period_us (Documentation/scheduler/sched-bwc.rst). What cannot be
// read sets no limit.
std::optional<double> CgroupQuota(const CgroupFiles& files);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_PROCESSORS_H_
