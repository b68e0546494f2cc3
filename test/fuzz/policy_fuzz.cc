// Any bytes as a configuration file: a policy that judges objects, or mistakes
// that all have a place in the text.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mesh/inventory.h"
#include "mesh/json_pointer.h"
#include "rules/engine.h"
#include "rules/policy.h"
#include "test/fuzz/require.h"
#include "test/support/scene.h"
#include "yaml/parse.h"

namespace {

using meshvet::Document;
using meshvet::Error;
using meshvet::Object;
using meshvet::Result;
using meshvet::fuzz::Require;
using meshvet::rules::Policy;
using meshvet::rules::PolicyErrors;
using meshvet::yaml::Range;
using meshvet::yaml::Source;

constexpr std::string_view kObjects = R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger, namespace: legacy, labels: {version: v2}}
spec: {address: 192.0.2.1, labels: {version: v1, app.kubernetes.io/name: l}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews, "*.example.com"]
  http: [{route: [{destination: {host: stock.payments.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {tls: {mode: SIMPLE}}}
)";

// A file may extend this one, and itself without end.
Result<std::shared_ptr<const Document>> Load(
    std::string_view path, const std::shared_ptr<const Document>& itself) {
  if (path == "./itself.yaml") return itself;
  return Error{"no file here", std::string(path)};
}

// The file of an extended policy, if any, and then the pointer.
void RequirePlace(const Source& source, const Error& error) {
  Require(!error.message.empty());
  const size_t pointer = error.where.find(".yaml");
  if (pointer != std::string::npos) return;
  Require(meshvet::SplitPointer(error.where).has_value());
  const Range range = source.ValueRange(error.where);
  Require(range.start.line >= 1 && range.start.column >= 1);
}

void RequireJudges(Policy policy) {
  static const auto objects = meshvet::test::ReadObjects(kObjects);
  meshvet::InventoryBuilder builder(policy.mesh, policy.coverage);
  for (const auto& object : objects) builder.Put(object);
  const auto mesh = builder.Snapshot();
  const meshvet::rules::Engine engine(
      std::make_shared<const Policy>(std::move(policy)));
  for (const auto& object : objects) {
    const meshvet::rules::Change change{.object = object.get()};
    const auto first = engine.Evaluate(change, *mesh);
    const auto second = engine.Evaluate(change, *mesh);
    Require(first.findings.size() == second.findings.size());
    for (const auto& finding : first.findings) {
      Require(!finding.message.empty());
      Require(meshvet::SplitPointer(finding.pointer).has_value());
    }
    const auto mutation = engine.Mutate(change, *mesh);
    Require(meshvet::ApplyPatch(object->root(), mutation.patch).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto stream = meshvet::yaml::Parse(text, {});
  if (stream.documents.empty()) return 0;
  const Source& source = stream.documents.front();
  auto read = meshvet::rules::ReadPolicy(
      source.document(),
      [&](std::string_view path) { return Load(path, source.document()); });
  if (const auto* errors = std::get_if<PolicyErrors>(&read)) {
    Require(!errors->errors.empty());
    for (const Error& error : errors->errors) RequirePlace(source, error);
    return 0;
  }
  RequireJudges(std::get<Policy>(std::move(read)));
  return 0;
}
