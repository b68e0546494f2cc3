// File: cluster/paged_list.h
//
// ReadPages: a list of an API server, page by page
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks).
//
//   PagedList list{.target = "/api/v1/services?"};
//   const auto answer = ReadPages(session, list, [&](Node page) {
//     return Take(page["items"]);
//   });
//   if (!answer) …                 // not reached, or no list
//   if (answer->status != 200) …   // refused
//
// The server is not trusted: pages, objects and bytes are bounded.

#ifndef MESHVET_CLUSTER_PAGED_LIST_H_
#define MESHVET_CLUSTER_PAGED_LIST_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/api_client.h"
#include "cluster/stored_object.h"
#include "mesh/node.h"
#include "mesh/result.h"

namespace meshvet::cluster {

struct PagedList {
  std::string target;  // with a "?" or "&" at its end
  size_t page = 500;   // halved while an answer is larger than a page may be
  size_t max_page_bytes = 32 << 20;
  // What no cluster has: etcd holds 8 GiB.
  size_t max_objects = 2'000'000;
  Deadline deadline = {};  // of each request; its default: ApiSession's
};

// Calls `take` with each page as it comes, until it says what is wrong with
// one. The answer is the last one: 200 when all was read. On any other status,
// and on an error, `take` has seen a part at most.
Result<ApiAnswer> ReadPages(
    ApiSession& session, PagedList& list,
    const std::function<std::optional<Error>(Node page)>& take);

// A list of what the server has in its memory: of some state there was, and not
// necessarily the newest, which is mostly read from etcd
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list).
// Such a list comes in one page.
struct CachedList {
  std::string target;  // with a "?" or "&" at its end
  size_t max_item_bytes = 8 << 20;
  size_t max_objects = 2'000'000;
  bool begun = false;   // set once the server gives one
  std::string version;  // set in the end: the list's
};

// Calls `take` with each item as it comes, as ReadPages does with pages.
Result<ApiAnswer> ReadItems(
    ApiSession& session, CachedList& list,
    const std::function<std::optional<Error>(Node item)>& take);

// Appends the items of a page, objects of `kind`, for ReadPages to go on; or
// says what is wrong with it.
std::optional<Error> AppendItems(Node page, std::string_view api_version,
                                 std::string_view kind,
                                 std::vector<ObjectPtr>& objects);

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_PAGED_LIST_H_
