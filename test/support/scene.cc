#include "test/support/scene.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>

#include "mesh/json_patch.h"
#include "rules/rule.h"
#include "yaml/parse.h"

namespace meshvet::test {
namespace {

constexpr std::string_view kDefaultNamespace = "default";

std::vector<yaml::Source> ReadDocuments(std::string_view text) {
  yaml::Stream stream = yaml::Parse(text, {});
  if (!stream.problems.empty()) {
    throw std::runtime_error("no YAML: " + stream.problems.front().message);
  }
  return std::move(stream.documents);
}

rules::Policy Parse(const std::shared_ptr<const Document>& document) {
  auto read = rules::ReadPolicy(
      document,
      [](std::string_view path) -> Result<std::shared_ptr<const Document>> {
        return Error{"no file here", std::string(path)};
      });
  if (auto* errors = std::get_if<rules::PolicyErrors>(&read)) {
    std::string all;
    for (const Error& error : errors->errors) {
      all += error.where + ": " + error.message + "\n";
    }
    throw std::runtime_error(all);
  }
  return std::get<rules::Policy>(std::move(read));
}

std::string PolicyOf(std::string_view rule, std::string_view options) {
  const std::string settings =
      options.empty() ? "{fix: auto}"
                      : "{fix: auto, options: " + std::string(options) + "}";
  return "{apiVersion: meshvet.dev/v1alpha1, kind: Config, rules: {" +
         std::string(rule) + ": " + settings + "}}";
}

}  // namespace

std::vector<std::shared_ptr<const Object>> ReadObjects(std::string_view yaml) {
  std::vector<std::shared_ptr<const Object>> objects;
  for (const yaml::Source& source : ReadDocuments(yaml)) {
    if (!source.root().IsObject()) throw std::runtime_error("no object");
    objects.push_back(std::make_shared<const Object>(
        source.root(), source.document(), kDefaultNamespace));
  }
  return objects;
}

std::shared_ptr<const rules::Policy> ReadPolicyText(std::string_view text) {
  const auto documents = ReadDocuments(text);
  if (documents.size() != 1) throw std::runtime_error("not one document");
  return std::make_shared<const rules::Policy>(
      Parse(documents.front().document()));
}

Scene::Scene(std::string_view yaml, Coverage coverage, MeshConfig config)
    : Scene(ReadObjects(yaml), std::move(coverage), std::move(config)) {}

Scene::Scene(const std::vector<std::shared_ptr<const Object>>& objects,
             Coverage coverage, MeshConfig config) {
  if (objects.empty()) throw std::runtime_error("no subject");
  subject_ = objects.front();
  InventoryBuilder builder(std::move(config), std::move(coverage));
  for (size_t i = 1; i < objects.size(); ++i) builder.Put(objects[i]);
  inventory_ = builder.Snapshot();
}

rules::Engine EngineOf(std::string_view rule, std::string_view options) {
  const rules::Rule* found = rules::FindRule(rule);
  if (found == nullptr) {
    throw std::runtime_error("no rule " + std::string(rule));
  }
  const auto all = rules::AllRules();
  return rules::Engine(ReadPolicyText(PolicyOf(rule, options)), {},
                       std::span(std::ranges::find(all, found), 1));
}

rules::Evaluation Judge(std::string_view rule, const Scene& scene,
                        std::string_view options, LookupLog* log) {
  return EngineOf(rule, options)
      .Evaluate({.object = &scene.subject()}, scene.inventory(), log);
}

std::shared_ptr<const Object> Mended(const Object& subject,
                                     const rules::Finding& finding) {
  if (finding.fix.empty()) throw std::runtime_error("no fix");
  auto patched = ApplyPatch(subject.root(), finding.fix);
  if (!patched) throw std::runtime_error(patched.error().message);
  const auto document = std::make_shared<const Document>(*std::move(patched));
  return std::make_shared<const Object>(document->root(), document,
                                        subject.ns());
}

std::vector<std::string> Lines(const rules::Evaluation& evaluation) {
  std::vector<std::string> lines;
  for (const rules::Finding& finding : evaluation.findings) {
    lines.push_back(std::string(rules::ToString(finding.severity)) + " " +
                    finding.pointer + ": " + finding.message);
  }
  return lines;
}

std::vector<std::string> Pointers(const rules::Evaluation& evaluation) {
  std::vector<std::string> pointers;
  for (const rules::Finding& finding : evaluation.findings) {
    pointers.push_back(finding.pointer);
  }
  return pointers;
}

}  // namespace meshvet::test
