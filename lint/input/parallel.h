// File: lint/input/parallel.h
//
// ParallelFor: the same work for many items, on a few threads.
//
//   std::vector<Outcome> outcomes(files.size());
//   ParallelFor(files.size(), jobs, [&](size_t i) {
//     outcomes[i] = Load(files[i]);
//   });
//
// Each call gets an index of its own, so results kept by index do not depend on
// the number of threads.

#ifndef MESHVET_LINT_INPUT_PARALLEL_H_
#define MESHVET_LINT_INPUT_PARALLEL_H_

#include <cstddef>
#include <functional>

namespace meshvet::lint {

// Calls work(0) … work(count - 1), `jobs` at a time, and returns when all are
// done; `chunk` of them are taken at once. `work` must not throw.
void ParallelFor(size_t count, size_t jobs,
                 const std::function<void(size_t)>& work, size_t chunk = 1);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_PARALLEL_H_
