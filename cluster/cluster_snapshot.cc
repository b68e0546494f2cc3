#include "cluster/cluster_snapshot.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <optional>
#include <utility>

#include "cluster/mesh_config_map.h"
#include "cluster/paged_list.h"
#include "cluster/resource.h"
#include "mesh/kinds.h"
#include "mesh/mesh_config_fields.h"

namespace meshvet::cluster {
namespace {

constexpr Resource kConfigMaps{kConfigMap, "configmaps"};
constexpr int kAttempts = 4;
constexpr std::chrono::seconds kLongestPause{30};

// What one attempt to list a kind came to.
struct Listing {
  enum class Outcome {
    kListed,
    kNotInstalled,
    kForbidden,
    kAgain,  // the server had no time, or forgot where the list was
    kFailed,
  };
  Outcome outcome = Outcome::kListed;
  std::vector<ObjectPtr> objects = {};
  std::string problem = {};
  std::chrono::milliseconds at_least{0};
};

std::string Title(const Resource& resource) {
  std::string title = "list ";
  title.append(resource.plural);
  if (resource.kind.group.empty()) return title;
  return title.append(".").append(resource.kind.group);
}

bool MayAskAgain(int status) {
  constexpr int kGone = 410;
  constexpr int kTooMany = 429;
  return status == 404 || status == kGone || status == kTooMany ||
         status >= 500;
}

Listing Refused(const Resource& resource, const ApiAnswer& answer) {
  Listing listing;
  listing.problem = Explain(Title(resource), answer);
  if (answer.status == 403) {
    listing.outcome = Listing::Outcome::kForbidden;
  } else if (MayAskAgain(answer.status)) {
    listing.outcome = Listing::Outcome::kAgain;
    listing.at_least = answer.retry_after.value_or(std::chrono::seconds(0));
  } else {
    listing.outcome = Listing::Outcome::kFailed;
  }
  return listing;
}

// The fields of the settings that are read anywhere, as JSON.
std::string FieldsOf(Node config) {
  std::string json;
  for (const std::string_view field : kMeshConfigFields) {
    const Node value = config[field];
    if (!value.exists()) continue;
    json += json.empty() ? "{" : ",";
    json.append("\"").append(field).append("\":").append(value.ToJson());
  }
  return json.empty() ? "{}" : json + "}";
}

bool ComesBefore(const ObjectPtr& a, const ObjectPtr& b) {
  return std::pair(a->ns(), a->name()) < std::pair(b->ns(), b->name());
}

class Taker {
 public:
  Taker(ApiClient& client, const StopSignal& stop,
        const SnapshotOptions& options)
      : session_(client, stop),
        url_(client.url()),
        stop_(stop),
        options_(options) {}

  Result<ClusterSnapshot> Take() {
    if (auto error = ReadVersion()) return Unreached(*std::move(error));
    for (const Resource& resource : WatchedResources()) {
      if (auto error = Add(resource)) return Unreached(*std::move(error));
    }
    if (auto error = ReadMesh()) return Unreached(*std::move(error));
    return std::move(snapshot_);
  }

 private:
  using MaybeError = std::optional<Error>;
  using Outcome = Listing::Outcome;

  Error Unreached(Error error) const {
    return {std::move(error.message), url_};
  }

  // Everybody may ask for it, unless somebody took that away.
  MaybeError ReadVersion() {
    const auto answer = session_.Get("/version", {.max_body = 1 << 20});
    if (!answer) return answer.error();
    if (answer->status == 403) return std::nullopt;
    if (answer->status != 200) return Error{Explain("version", *answer)};
    const auto version = ParseJson(answer->body, {});
    if (!version) return Error{"version: " + version.error().message};
    snapshot_.kubernetes = version->root()["gitVersion"].Str();
    return std::nullopt;
  }

  MaybeError Add(const Resource& resource) {
    Listing listing = ListPatiently(resource, "", "");
    switch (listing.outcome) {
      case Outcome::kAgain:
      case Outcome::kFailed:
        return Error{std::move(listing.problem)};
      case Outcome::kForbidden:
        snapshot_.gaps.push_back({resource.kind, std::move(listing.problem)});
        return std::nullopt;
      case Outcome::kNotInstalled:
        snapshot_.not_installed.push_back(resource.kind);
        break;
      case Outcome::kListed:
        break;
    }
    snapshot_.complete.push_back(resource.kind);
    std::ranges::sort(listing.objects, ComesBefore);
    std::ranges::move(listing.objects, std::back_inserter(snapshot_.objects));
    return std::nullopt;
  }

  MaybeError ReadMesh() {
    Listing listing = ListPatiently(kConfigMaps, options_.istio_namespace,
                                    MeshConfigMapName(options_.istio_revision));
    if (listing.outcome == Outcome::kForbidden) {
      snapshot_.gaps.push_back({kConfigMap, std::move(listing.problem)});
      return std::nullopt;
    }
    if (listing.outcome != Outcome::kListed) {
      return Error{std::move(listing.problem)};
    }
    if (!listing.objects.empty()) ReadSettings(*listing.objects.front());
    return std::nullopt;
  }

  // As MeshConfigMap reads it.
  void ReadSettings(const Object& map) {
    const Result<yaml::Stream> settings = SettingsOf(map);
    if (!settings) {
      return snapshot_.gaps.push_back({kConfigMap, settings.error().message});
    }
    if (settings->documents.empty()) return;
    snapshot_.mesh_config = FieldsOf(settings->documents.front().root());
  }

  Listing ListPatiently(const Resource& resource, std::string_view ns,
                        std::string_view name) {
    Listing listing;
    std::chrono::milliseconds pause = options_.pause;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (attempt > 0) {
        stop_.Wait(std::clamp<std::chrono::milliseconds>(listing.at_least,
                                                         pause, kLongestPause));
        pause *= 2;
      }
      listing = List(resource, ns, name);
      if (listing.outcome != Outcome::kAgain) break;
    }
    return listing;
  }

  Listing List(const Resource& resource, std::string_view ns,
               std::string_view name) {
    const auto failed = [&](const Error& error) {
      return Listing{.outcome = Outcome::kFailed,
                     .problem = Title(resource) + ": " + error.message};
    };
    const auto served = Discover(session_, resource);
    if (!served) return failed(served.error());
    if (!served->is_installed) return {.outcome = Outcome::kNotInstalled};
    PagedList list{.target = served->PathIn(ns) + "?"};
    if (!name.empty()) {
      list.target += "fieldSelector=" +
                     PercentEncode("metadata.name=" + std::string(name)) + "&";
    }
    Listing listing;
    const auto answer = ReadPages(session_, list, [&](Node page) {
      return AppendItems(page, served->api_version, resource.kind.kind,
                         listing.objects);
    });
    if (!answer) return failed(answer.error());
    return answer->status == 200 ? listing : Refused(resource, *answer);
  }

  ApiSession session_;
  const std::string url_;
  const StopSignal& stop_;
  const SnapshotOptions& options_;
  ClusterSnapshot snapshot_;
};

}  // namespace

Result<ClusterSnapshot> TakeSnapshot(ApiClient& client, const StopSignal& stop,
                                     const SnapshotOptions& options) {
  // A connection the server has closed is an error, not the end.
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c)
  return Taker(client, stop, options).Take();
}

}  // namespace meshvet::cluster
