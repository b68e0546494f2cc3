#include "cluster/resource.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mesh/document.h"
#include "mesh/kinds.h"

namespace meshvet::cluster {
namespace {

constexpr Resource kResources[] = {
    {kNamespace, "namespaces"},
    {kService, "services"},
    {kPod, "pods"},
    {kReplicationController, "replicationcontrollers"},
    {kDeployment, "deployments"},
    {kStatefulSet, "statefulsets"},
    {kDaemonSet, "daemonsets"},
    {kReplicaSet, "replicasets"},
    {kJob, "jobs"},
    {kCronJob, "cronjobs"},
    {kVirtualService, "virtualservices", true},
    {kDestinationRule, "destinationrules", true},
    {kGateway, "gateways", true},
    {kServiceEntry, "serviceentries", true},
    {kSidecar, "sidecars", true},
    {kWorkloadEntry, "workloadentries", true},
    {kWorkloadGroup, "workloadgroups", true},
    {kPeerAuthentication, "peerauthentications", true},
    {kRequestAuthentication, "requestauthentications", true},
    {kAuthorizationPolicy, "authorizationpolicies", true},
    {kKubernetesGateway, "gateways", true},
    {kReferenceGrant, "referencegrants", true}};

constexpr size_t kMaxVersions = 16;

// Whether `name` may stand in a path: what the server says is not trusted.
bool IsVersion(std::string_view name) {
  return !name.empty() && name.size() < 64 &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

ServedResource At(const Resource& resource, std::string_view version) {
  const std::string group(resource.kind.group);
  ServedResource served{.is_installed = true};
  served.api_version =
      group.empty() ? std::string(version) : group + "/" + std::string(version);
  served.path = (group.empty() ? "/api/" : "/apis/") + served.api_version +
                "/" + std::string(resource.plural);
  return served;
}

// The group's versions, the preferred one first.
std::vector<std::string> Versions(Node group) {
  std::vector<std::string> versions;
  const auto add = [&](std::string_view version) {
    if (!IsVersion(version) || versions.size() >= kMaxVersions) return;
    if (std::ranges::find(versions, version) == versions.end()) {
      versions.emplace_back(version);
    }
  };
  add(group["preferredVersion"]["version"].Str());
  for (const Node version : group["versions"]) add(version["version"].Str());
  return versions;
}

bool Lists(Node resources, const Resource& resource) {
  for (const Node served : resources["resources"]) {
    if (served["name"].Str() == resource.plural &&
        served["kind"].Str() == resource.kind.kind) {
      return true;
    }
  }
  return false;
}

}  // namespace

// "/api/v1/services" -> "/api/v1/namespaces/shop/services".
std::string ServedResource::PathIn(std::string_view ns) const {
  if (ns.empty()) return path;
  const size_t slash = path.rfind('/');
  return path.substr(0, slash) + "/namespaces/" + PercentEncode(ns) +
         path.substr(slash);
}

std::span<const Resource> WatchedResources() { return kResources; }

Result<ServedResource> Discover(ApiSession& session, const Resource& resource,
                                Deadline deadline) {
  if (!resource.is_custom) return At(resource, "v1");
  const std::string group_path = "/apis/" + std::string(resource.kind.group);
  const auto answer = session.Get(group_path, {.deadline = deadline});
  if (!answer) return answer.error();
  if (answer->status == 404) return ServedResource{};
  // Every authenticated user may ask, unless somebody took that away.
  if (answer->status == 403) return At(resource, "v1");
  if (answer->status != 200) return Error{Explain("discover", *answer)};
  const auto group = ParseJson(answer->body, {});
  if (!group) return Error{"discover: " + group.error().message};
  const std::vector<std::string> versions = Versions(group->root());
  // Absence is a statement: it takes more than an answer that says nothing.
  if (versions.empty()) return Error{"discover: the group has no versions"};
  for (const std::string& version : versions) {
    const auto listed =
        session.Get(group_path + "/" + version, {.deadline = deadline});
    if (!listed) return listed.error();
    if (listed->status == 404) continue;
    if (listed->status != 200) return Error{Explain("discover", *listed)};
    const auto resources = ParseJson(listed->body, {});
    if (!resources) return Error{"discover: " + resources.error().message};
    if (!resources->root()["resources"].IsArray()) {
      return Error{"discover: version " + version + " has no resources"};
    }
    if (Lists(resources->root(), resource)) return At(resource, version);
  }
  return ServedResource{};
}

bool IsObjectName(std::string_view text) {
  return !text.empty() && text.size() <= 253 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") ==
             text.npos;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          kPlain.find(c) != kPlain.npos;
    if (is_plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHex[byte >> 4];
      encoded += kHex[byte & 15];
    }
  }
  return encoded;
}

}  // namespace meshvet::cluster
