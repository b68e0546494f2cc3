#include "ruletest/case_input.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "mesh/json_pointer.h"
#include "mesh/kinds.h"
#include "mesh/suggestion.h"
#include "rules/rule_context.h"

namespace meshvet::ruletest {
namespace {

using lint::Item;
using rules::Operation;
using rules::Quote;

constexpr std::string_view kDefaultNamespace = "default";

// What an input is: objects, or a whole AdmissionReview.
struct Input {
  std::vector<Item> objects;
  std::optional<Item> review = {};
  std::shared_ptr<const Document> document = {};  // of the review
  std::string text = {};  // of the review's file, if it is JSON
};

using ReadInput = std::variant<Input, CaseError>;

CaseError Bad(const Place& place, std::string message) {
  return {false, ErrorAt(place, std::move(message))};
}

bool IsReview(Node value) {
  return value["kind"].Str() == "AdmissionReview" &&
         GroupOf(value["apiVersion"].Str()) == "admission.k8s.io";
}

// What keeps an inline value from being an object the API server would take;
// empty if nothing does.
std::string WhyNoObject(Node value) {
  const std::string_view kind = value["kind"].Str();
  const std::string_view version = value["apiVersion"].Str();
  if (kind.empty()) return "no object: it has no kind";
  if (version.empty()) return "no object: it has no apiVersion";
  const std::string_view group = GroupOf(version);
  std::vector<std::string_view> kinds;
  for (const GroupKind& known : MeshApiKinds()) {
    if (known.group == group) kinds.push_back(known.kind);
  }
  if (kinds.empty() || std::ranges::find(kinds, kind) != kinds.end()) return {};
  return std::string(group) + " has no kind " + std::string(kind) +
         DidYouMean(kind, kinds);
}

std::optional<CaseError> AddInline(const RuleTest& test, Node value,
                                   const std::string& pointer, Input& input) {
  Item item{std::make_shared<const Object>(value, test.document->document(),
                                           kDefaultNamespace),
            test.file, test.document, pointer};
  const Place place{test.file->name(), test.document->Anchor(pointer).start};
  if (IsReview(value)) {
    if (input.review || !input.objects.empty()) {
      return Bad(place, "an AdmissionReview is an input of its own");
    }
    input.review = std::move(item);
    input.document = test.document->document();
    return std::nullopt;
  }
  if (std::string why = WhyNoObject(value); !why.empty()) {
    return Bad(place, std::move(why));
  }
  if (input.review) {
    return Bad(place, "an AdmissionReview is an input of its own");
  }
  input.objects.push_back(std::move(item));
  return std::nullopt;
}

ReadInput ReadInline(const RuleTest& test, const Source& source) {
  Input input;
  if (!source.value.IsArray()) {
    auto error = AddInline(test, source.value, source.pointer, input);
    return error ? ReadInput(*std::move(error)) : ReadInput(std::move(input));
  }
  size_t index = 0;
  for (const Node value : source.value) {
    auto error = AddInline(
        test, value, source.pointer + "/" + std::to_string(index++), input);
    if (error) return *std::move(error);
  }
  return input;
}

Result<std::shared_ptr<lint::SourceFile>> Parse(const std::string& path,
                                                lint::StopFlag stop) {
  Result<std::string> text = ReadInputText(path, stop);
  if (!text) return text.error();
  auto file = std::make_shared<lint::SourceFile>(path, *std::move(text));
  file->Parse(1);
  return file;
}

std::optional<CaseError> FirstProblem(const lint::SourceFile& file) {
  if (file.problems().empty()) return std::nullopt;
  const yaml::Problem& problem = file.problems().front();
  return Bad({file.name(), problem.range.start}, problem.message);
}

bool LooksLikeJson(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && text[first] == '{';
}

Input ReviewOf(const std::shared_ptr<const lint::SourceFile>& file) {
  const lint::SourceDocument& document = file->documents().front();
  Input input;
  input.document = document.document();
  input.review =
      Item{std::make_shared<const Object>(document.root(), input.document, ""),
           file, &document, ""};
  if (LooksLikeJson(file->text())) input.text = file->text();
  return input;
}

// JSON that is no YAML, as a key may be that holds a paragraph separator: it is
// judged, but nothing in it has a place.
std::optional<Input> JsonReviewOf(
    const std::shared_ptr<const lint::SourceFile>& file) {
  if (!LooksLikeJson(file->text())) return std::nullopt;
  Result<Document> parsed = ParseJson(file->text(), {});
  if (!parsed || !IsReview(parsed->root())) return std::nullopt;
  Input input;
  input.document = std::make_shared<const Document>(*std::move(parsed));
  input.review = Item{std::make_shared<const Object>(input.document->root(),
                                                     input.document, ""),
                      file, nullptr, ""};
  input.text = file->text();
  return input;
}

// Why a file gave no object.
std::string WhyEmpty(const lint::Manifest& manifest) {
  std::string why = "no object to judge";
  if (manifest.skipped.empty()) return why;
  const lint::SkippedDocument& first = manifest.skipped.front();
  return why + " (line " + std::to_string(first.line) + ": " + first.reason +
         ")";
}

ReadInput ReadFile(const Source& source, lint::StopFlag stop) {
  auto parsed = Parse(source.path, stop);
  if (!parsed) return FileError(source.place, parsed.error());
  const std::shared_ptr<const lint::SourceFile> file = *std::move(parsed);
  if (auto problem = FirstProblem(*file)) {
    if (auto input = JsonReviewOf(file)) return *std::move(input);
    return *std::move(problem);
  }
  const auto& documents = file->documents();
  const bool has_review = std::ranges::any_of(
      documents, [](const auto& one) { return IsReview(one.root()); });
  if (has_review && documents.size() > 1) {
    return Bad({source.path, {}}, "an AdmissionReview is a file of its own");
  }
  if (has_review) return ReviewOf(file);
  lint::Manifest manifest = lint::ReadManifest(file, kDefaultNamespace);
  if (!manifest.diagnostics.empty()) {
    const lint::Diagnostic& first = manifest.diagnostics.front();
    return Bad({source.path, first.range.start}, first.finding.message);
  }
  if (manifest.items.empty()) {
    return Bad({source.path, {}}, WhyEmpty(manifest));
  }
  for (const Item& item : manifest.items) {
    if (!item.metadata_only) continue;
    return Bad({source.path, item.Anchor("").start},
               "encrypted with SOPS, so there is nothing to judge");
  }
  return Input{.objects = std::move(manifest.items)};
}

ReadInput ReadObjects(const RuleTest& test, const Source& source,
                      lint::StopFlag stop) {
  ReadInput read =
      source.is_file() ? ReadFile(source, stop) : ReadInline(test, source);
  const auto* input = std::get_if<Input>(&read);
  if (input == nullptr || input->review) return read;
  if (input->objects.empty()) return Bad(source.place, "no object to judge");
  if (input->objects.size() > kMostObjects) {
    return Bad(source.place, "more than " + std::to_string(kMostObjects) +
                                 " objects in one input");
  }
  return read;
}

std::string_view WordOf(Operation operation) {
  if (operation == Operation::kUpdate) return "UPDATE";
  return operation == Operation::kDelete ? "DELETE" : "CREATE";
}

std::string UserJson(const std::optional<User>& user) {
  if (!user) return R"({"username":"meshvet-test"})";
  std::string groups;
  for (const std::string& group : user->groups) {
    groups += (groups.empty() ? "" : ",") + Quote(group);
  }
  return R"({"username":)" + Quote(user->name) + R"(,"groups":[)" + groups +
         "]}";
}

std::string VersionOf(std::string_view api_version) {
  const size_t slash = api_version.find('/');
  return std::string(slash == api_version.npos ? api_version
                                               : api_version.substr(slash + 1));
}

// What the API server would ask about `object`, in fields that are judged by.
std::string BodyOf(const Object& object, const Object* old, const Case& one) {
  const Operation operation = one.operation.value_or(Operation::kCreate);
  const bool is_delete = operation == Operation::kDelete;
  const std::string json = object.root().ToJson();
  const std::string before = is_delete        ? json
                             : old == nullptr ? "null"
                                              : old->root().ToJson();
  return R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
         R"("request":{"uid":"meshvet-test","kind":{"group":)" +
         Quote(object.kind().group) + R"(,"version":)" +
         Quote(VersionOf(object.api_version())) + R"(,"kind":)" +
         Quote(object.kind().kind) + R"(},"namespace":)" + Quote(object.ns()) +
         R"(,"name":)" + Quote(object.name()) + R"(,"operation":")" +
         std::string(WordOf(operation)) + R"(","userInfo":)" +
         UserJson(one.user) + R"(,"object":)" + (is_delete ? "null" : json) +
         R"(,"oldObject":)" + before + "}}";
}

// What `object` was before; null if `old` does not hold it.
const Object* FindOld(const Object& object, const std::vector<Item>& old) {
  for (const Item& item : old) {
    if (item.object->SameIdentity(object)) return item.object.get();
  }
  return nullptr;
}

std::variant<std::vector<ReviewRequest>, CaseError> OfObjects(
    const RuleTest& test, const Case& one, std::vector<Item> objects,
    lint::StopFlag stop) {
  Input old;
  if (one.old_input) {
    ReadInput read = ReadObjects(test, *one.old_input, stop);
    if (auto* error = std::get_if<CaseError>(&read)) return std::move(*error);
    old = std::get<Input>(std::move(read));
    if (old.review) {
      return Bad(one.old_input->place, "oldInput is no AdmissionReview");
    }
  }
  std::vector<ReviewRequest> requests;
  for (Item& item : objects) {
    const Object* before = FindOld(*item.object, old.objects);
    if (one.old_input && before == nullptr) {
      return Bad(one.old_input->place,
                 "oldInput holds no " + item.object->Title());
    }
    std::string body = BodyOf(*item.object, before, one);
    requests.push_back({std::move(body), std::move(item),
                        one.operation.value_or(Operation::kCreate)});
  }
  return requests;
}

// What would be told of the request twice.
std::optional<CaseError> FindSaidTwice(const Case& one) {
  const char* key = one.operation ? "operation" : one.user ? "user" : nullptr;
  if (key == nullptr) return std::nullopt;
  return Bad(one.place, std::string(key) +
                            " stands in the input, which is an "
                            "AdmissionReview");
}

std::variant<std::vector<ReviewRequest>, CaseError> OfReview(const Case& one,
                                                             Input input) {
  if (auto error = FindSaidTwice(one)) return *std::move(error);
  Item& item = *input.review;
  const Node request = item.object->root()["request"];
  const bool is_delete = request["operation"].Str() == "DELETE";
  std::string body =
      input.text.empty() ? item.object->root().ToJson() : std::move(input.text);
  const std::string_view key = is_delete ? "oldObject" : "object";
  item.object = std::make_shared<const Object>(request[key], input.document,
                                               request["namespace"].Str());
  item.prefix.append("/request/").append(key);
  const Operation operation = is_delete ? Operation::kDelete
                              : request["operation"].Str() == "UPDATE"
                                  ? Operation::kUpdate
                                  : Operation::kCreate;
  std::vector<ReviewRequest> requests;
  requests.push_back({std::move(body), std::move(item), operation});
  return requests;
}

}  // namespace

CaseError FileError(const Place& named, const Error& error) {
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(error.where, ignored);
  return {is_there, ErrorAt(named, error.where + ": " + error.message)};
}

Result<std::string> ReadInputText(const std::string& path,
                                  lint::StopFlag stop) {
  return lint::ReadText(
      path, [](std::string_view) { return kMostInputBytes; }, stop);
}

std::variant<std::shared_ptr<const Document>, CaseError> ReadValue(
    const Source& source, lint::StopFlag stop) {
  if (!source.is_file()) {
    Result<Document> document = ParseJson(source.value.ToJson(), {});
    if (!document) return Bad(source.place, document.error().message);
    return std::make_shared<const Document>(*std::move(document));
  }
  auto parsed = Parse(source.path, stop);
  if (!parsed) return FileError(source.place, parsed.error());
  if (auto problem = FirstProblem(**parsed)) return *std::move(problem);
  const auto& documents = (*parsed)->documents();
  if (documents.size() != 1) {
    return Bad({source.path, {}}, "expected one document");
  }
  return documents.front().document();
}

std::variant<std::vector<ReviewRequest>, CaseError> RequestsOf(
    const RuleTest& test, const Case& one, lint::StopFlag stop) {
  ReadInput read = ReadObjects(test, one.input, stop);
  if (auto* error = std::get_if<CaseError>(&read)) return std::move(*error);
  auto& input = std::get<Input>(read);
  if (input.review) return OfReview(one, std::move(input));
  return OfObjects(test, one, std::move(input.objects), stop);
}

}  // namespace meshvet::ruletest
