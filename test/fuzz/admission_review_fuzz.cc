// Any bytes as the body of a call: an answer or a refusal that the API server
// takes, and a patch that applies and leaves nothing to patch.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/inventory.h"
#include "rules/policy.h"
#include "rules/rule.h"
#include "test/fuzz/require.h"
#include "test/support/api_server_rules.h"
#include "test/support/scene.h"
#include "webhook/admission_handler.h"

namespace {

using Json = nlohmann::json;
using meshvet::fuzz::Require;
using meshvet::webhook::AdmissionHandler;
using meshvet::webhook::EngineGeneration;
using meshvet::webhook::HttpResponse;

constexpr std::string_view kMesh = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: out, namespace: shop}
spec:
  hosts: [api.example.com, "*.example.org"]
  location: MESH_EXTERNAL
  ports: [{number: 443, name: https, protocol: HTTPS}]
  workloadSelector: {labels: {app: out, version: v1}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)";

void RequireNone(const std::vector<std::string>& violations) {
  for (const std::string& violation : violations) {
    std::fprintf(stderr, "%s\n", violation.c_str());
  }
  Require(violations.empty());
}

// Every rule, and every safe fix.
std::shared_ptr<const EngineGeneration> Strictest() {
  std::string rules;
  for (const meshvet::rules::Rule* rule : meshvet::rules::AllRules()) {
    rules += std::string(rule->id) + ": {fix: auto}, ";
  }
  return std::make_shared<const EngineGeneration>(
      EngineGeneration{meshvet::rules::Engine(meshvet::test::ReadPolicyText(
                           "{apiVersion: meshvet.dev/v1alpha1, kind: Config, "
                           "extends: [preset:strict], rules: {" +
                           rules + "}}")),
                       1});
}

std::shared_ptr<const meshvet::Inventory> Mesh() {
  meshvet::InventoryBuilder builder({}, {.complete = true});
  for (const auto& object : meshvet::test::ReadObjects(kMesh)) {
    builder.Put(object);
  }
  return builder.Snapshot();
}

HttpResponse Ask(std::string_view path, std::string_view body) {
  static const AdmissionHandler handler(
      {[engine = Strictest()] { return engine; },
       [mesh = Mesh()] { return mesh; }},
      [](const auto&) {});
  HttpResponse answer = handler.Handle(
      {path, body, std::chrono::steady_clock::time_point::max()});
  RequireNone(answer.status == 200
                  ? meshvet::test::FindViolations(body, path, answer.status,
                                                  answer.body,
                                                  answer.content_type)
                  : meshvet::test::FindRefusalViolations(
                        answer.status, answer.body, answer.content_type));
  // What it says of a body it cannot judge is that it is none.
  Require(answer.status == 200 || answer.status == 400);
  return answer;
}

bool HasPatch(const HttpResponse& answer) {
  return Json::parse(answer.body)["response"].contains("patch");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const HttpResponse validated = Ask("/validate", body);
  const HttpResponse mutated = Ask("/mutate", body);
  Require(validated.status == mutated.status);
  if (mutated.status != 200 || !HasPatch(mutated)) return 0;
  Json again = Json::parse(body);
  again["request"]["object"] =
      Json::parse(meshvet::test::PatchedObject(body, mutated.body));
  const HttpResponse second = Ask("/mutate", again.dump());
  Require(second.status == 200 && !HasPatch(second));
  return 0;
}
