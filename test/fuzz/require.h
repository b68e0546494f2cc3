// File: test/fuzz/require.h
//
// What must hold for every input of a fuzz target.

#ifndef MESHVET_TEST_FUZZ_REQUIRE_H_
#define MESHVET_TEST_FUZZ_REQUIRE_H_

#include <cstdlib>

namespace meshvet::fuzz {

// Aborts, so that the fuzzer keeps the input.
inline void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace meshvet::fuzz

#endif  // MESHVET_TEST_FUZZ_REQUIRE_H_
