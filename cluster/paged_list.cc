#include "cluster/paged_list.h"

#include <utility>

#include "cluster/resource.h"
#include "mesh/document.h"

namespace meshvet::cluster {
namespace {

// A page may hold many objects, each with managedFields.
constexpr size_t kMaxValues = 8'000'000;
constexpr size_t kMaxPages = 100'000;

Result<Document> ParsePage(ApiAnswer& answer) {
  auto page = ParseJson(
      answer.body, {.max_bytes = answer.body.size(), .max_values = kMaxValues});
  answer.body = {};
  return page;
}

}  // namespace

Result<ApiAnswer> ReadPages(
    ApiSession& session, PagedList& list,
    const std::function<std::optional<Error>(Node page)>& take) {
  std::string next;
  size_t pages = 0;
  size_t objects = 0;
  while (++pages <= kMaxPages && objects <= list.max_objects) {
    std::string target = list.target + "limit=" + std::to_string(list.page);
    if (!next.empty()) target += "&continue=" + PercentEncode(next);
    Result<ApiAnswer> answer = session.Get(
        target, {.max_body = list.max_page_bytes, .deadline = list.deadline});
    if (!answer) return answer.error();
    if (answer->too_large && list.page > 1) {
      list.page /= 2;
      continue;
    }
    if (answer->too_large) {
      return Error{"one object is larger than " +
                   std::to_string(list.max_page_bytes) + " bytes"};
    }
    if (answer->status != 200) return answer;
    const Result<Document> page = ParsePage(*answer);
    if (!page) return page.error();
    if (auto error = take(page->root())) return *std::move(error);
    objects += page->root()["items"].size();
    next = page->root()["metadata"]["continue"].Str();
    if (next.empty()) return answer;
  }
  return Error{"it does not end"};
}

std::optional<Error> AppendItems(Node page, std::string_view api_version,
                                 std::string_view kind,
                                 std::vector<ObjectPtr>& objects) {
  if (!page["items"].IsArray()) return Error{"the answer is no list"};
  for (const Node item : page["items"]) {
    ObjectPtr object = StoredObject(item, api_version, kind);
    if (object == nullptr) return Error{"an item has no name"};
    objects.push_back(std::move(object));
  }
  return std::nullopt;
}

}  // namespace meshvet::cluster
