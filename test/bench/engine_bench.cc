// What the engine costs by itself: every rule on, an inventory of 10,000
// objects, a VirtualService of 2 KB. scripts/bench.py reads the results by
// name.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/document.h"
#include "mesh/inventory.h"
#include "mesh/object.h"
#include "mesh/result.h"
#include "rules/engine.h"
#include "rules/policy.h"
#include "test/bench/mesh_generator.h"

namespace meshvet::bench {
namespace {

constexpr size_t kMeshSize = 10'000;

std::shared_ptr<const Object> ObjectOf(std::string_view json) {
  Result<Document> parsed = ParseJson(json, {});
  if (!parsed) std::abort();
  auto document = std::make_shared<const Document>(std::move(*parsed));
  return std::make_shared<const Object>(document->root(), document);
}

InventoryBuilder BuilderOf(const std::vector<std::string>& mesh) {
  InventoryBuilder builder({}, Coverage{.complete = true});
  for (const std::string& json : mesh) builder.Put(ObjectOf(json));
  return builder;
}

const Inventory& LargeMesh() {
  static const std::shared_ptr<const Inventory> kMesh =
      BuilderOf(GenerateMesh(kMeshSize)).Snapshot();
  return *kMesh;
}

rules::Engine RecommendedEngine() {
  return rules::Engine(
      std::make_shared<const rules::Policy>(rules::RecommendedPolicy()));
}

void Evaluate(benchmark::State& state) {
  const rules::Engine engine = RecommendedEngine();
  const auto object = ObjectOf(VirtualServiceUnderReview());
  const Inventory& mesh = LargeMesh();
  if (!engine.Evaluate({.object = object.get()}, mesh).findings.empty()) {
    state.SkipWithError("the object under review is not clean");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(engine.Evaluate({.object = object.get()}, mesh));
  }
}
BENCHMARK(Evaluate)->Unit(benchmark::kMicrosecond);

void ParseReview(benchmark::State& state) {
  const std::string review = ReviewOf(VirtualServiceUnderReview());
  for (auto _ : state) {
    benchmark::DoNotOptimize(ParseJson(review, {}));
  }
  state.SetBytesProcessed(static_cast<int64_t>(review.size()) *
                          state.iterations());
}
BENCHMARK(ParseReview)->Unit(benchmark::kMicrosecond);

void ParseAndEvaluate(benchmark::State& state) {
  const rules::Engine engine = RecommendedEngine();
  const std::string review = ReviewOf(VirtualServiceUnderReview());
  const Inventory& mesh = LargeMesh();
  for (auto _ : state) {
    const Result<Document> document = ParseJson(review, {});
    const Object object(document->root()["request"]["object"]);
    benchmark::DoNotOptimize(engine.Evaluate({.object = &object}, mesh));
  }
}
BENCHMARK(ParseAndEvaluate)->Unit(benchmark::kMicrosecond);

void Mutate(benchmark::State& state) {
  constexpr std::string_view kUnlabelled = R"({
    "apiVersion": "networking.istio.io/v1", "kind": "WorkloadEntry",
    "metadata": {"name": "vm-x", "namespace": "team-0", "labels": {
      "app.kubernetes.io/name": "vm-0", "app.kubernetes.io/version": "v1"}},
    "spec": {"address": "192.0.2.1", "serviceAccount": "vm"}})";
  const rules::Engine engine = RecommendedEngine();
  const auto object = ObjectOf(kUnlabelled);
  const Inventory& mesh = LargeMesh();
  if (engine.Mutate({.object = object.get()}, mesh).patch.empty()) {
    state.SkipWithError("there is nothing to mend");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(engine.Mutate({.object = object.get()}, mesh));
  }
}
BENCHMARK(Mutate)->Unit(benchmark::kMicrosecond);

// One change and the snapshot that shows it, as a watch event does.
void UpdateInventory(benchmark::State& state) {
  InventoryBuilder builder = BuilderOf(GenerateMesh(kMeshSize));
  std::shared_ptr<const Inventory> snapshot = builder.Snapshot();
  const auto object = ObjectOf(VirtualServiceUnderReview());
  for (auto _ : state) {
    builder.Put(object);
    snapshot = builder.Snapshot();
    benchmark::DoNotOptimize(snapshot);
  }
}
BENCHMARK(UpdateInventory)->Unit(benchmark::kMicrosecond);

void BuildInventory(benchmark::State& state) {
  std::vector<std::shared_ptr<const Object>> objects;
  for (const std::string& json :
       GenerateMesh(static_cast<size_t>(state.range(0)))) {
    objects.push_back(ObjectOf(json));
  }
  for (auto _ : state) {
    InventoryBuilder builder({}, Coverage{.complete = true});
    for (const auto& object : objects) builder.Put(object);
    benchmark::DoNotOptimize(builder.Snapshot());
  }
}
BENCHMARK(BuildInventory)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meshvet::bench
