#include "cluster/paged_list.h"

#include <utility>

#include "cluster/list_splitter.h"
#include "cluster/resource.h"
#include "mesh/document.h"

namespace meshvet::cluster {
namespace {

// A page may hold many objects, each with managedFields.
constexpr size_t kMaxValues = 8'000'000;
constexpr size_t kMaxPages = 100'000;
constexpr const char* kPage = "limit=500";

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

Result<ApiAnswer> ReadItems(
    ApiSession& session, CachedList& list,
    const std::function<std::optional<Error>(Node item)>& take) {
  // A server that has not filled its memory yet asks etcd, in pages.
  std::string target = list.target + "resourceVersion=0&" + kPage;
  size_t objects = 0;
  const auto take_item = [&](std::string_view text) -> std::optional<Error> {
    if (++objects > list.max_objects) return Error{"it does not end"};
    const auto item = ParseJson(
        text, {.max_bytes = list.max_item_bytes, .max_values = kMaxValues});
    return item ? take(item->root()) : item.error();
  };
  for (size_t pages = 0; pages < kMaxPages; ++pages) {
    ListSplitter splitter(list.max_item_bytes, take_item);
    std::optional<Error> error;
    Result<ApiAnswer> answer = session.StreamPieces(
        target, {.total = ApiSession::kTimeout}, [&](std::string_view piece) {
          list.begun = true;
          error = splitter.Take(piece);
          return !error;
        });
    if (error) return *std::move(error);
    if (!answer || answer->status != 200) return answer;
    const Result<Document> around = splitter.Finish();
    if (!around) return around.error();
    const Node metadata = around->root()["metadata"];
    list.version = metadata["resourceVersion"].Str();
    const std::string_view next = metadata["continue"].Str();
    if (next.empty()) return answer;
    target = list.target + kPage + "&continue=" + PercentEncode(next);
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
