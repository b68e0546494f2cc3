// File: test/bench/mesh_generator.h
//
// A mesh of any size to measure with: the mix of kinds and sizes a cluster of
// many teams has, free of findings, the same for the same number.
//
//   for (const std::string& json : GenerateMesh(10'000)) { … }

#ifndef MESHVET_TEST_BENCH_MESH_GENERATOR_H_
#define MESHVET_TEST_BENCH_MESH_GENERATOR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::bench {

// `count` objects as JSON, about 500 bytes each, spread over namespaces of 50:
// Services, Deployments, VirtualServices, DestinationRules, ServiceEntries,
// WorkloadEntries, PeerAuthentications.
std::vector<std::string> GenerateMesh(size_t count);

// A VirtualService in the first namespace of GenerateMesh: a canary between its
// Services with matches, weights and retries, in as many routes as it takes for
// `bytes`.
std::string VirtualServiceUnderReview(size_t bytes = 2048);

// The AdmissionReview (v1) an API server sends when someone creates `object`,
// or updates it from `old_object`, if there is one.
std::string ReviewOf(std::string_view object_json,
                     std::string_view old_object_json = {});

// The same value in YAML's block style, as people write manifests.
std::string ToYaml(std::string_view json);

}  // namespace meshvet::bench

#endif  // MESHVET_TEST_BENCH_MESH_GENERATOR_H_
