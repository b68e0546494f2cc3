#include "mesh/istio_release.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>

#include "mesh/kinds.h"

namespace meshvet {
namespace {

constexpr IstioRelease k22{1, 22};
constexpr IstioRelease k30{1, 30};

constexpr std::array kTraffic = {ApiVersion{"v1", k22}, ApiVersion{"v1beta1"},
                                 ApiVersion{"v1alpha3"}};
constexpr std::array kProxyConfig = {ApiVersion{"v1beta1"}};
constexpr std::array kEnvoyFilter = {ApiVersion{"v1alpha3"}};
constexpr std::array kSecurity = {ApiVersion{"v1"}, ApiVersion{"v1beta1"}};
constexpr std::array kPeers = {ApiVersion{"v1", k22}, ApiVersion{"v1beta1"}};
constexpr std::array kTelemetry = {ApiVersion{"v1", k22},
                                   ApiVersion{"v1alpha1"}};
constexpr std::array kWasmPlugin = {ApiVersion{"v1alpha1"}};
constexpr std::array kTrafficExtension = {ApiVersion{"v1alpha1", k30}};

struct KindVersions {
  GroupKind kind;
  std::span<const ApiVersion> versions;
};

constexpr KindVersions kKinds[] = {
    {kVirtualService, kTraffic},
    {kDestinationRule, kTraffic},
    {kGateway, kTraffic},
    {kServiceEntry, kTraffic},
    {kSidecar, kTraffic},
    {kWorkloadEntry, kTraffic},
    {kWorkloadGroup, kTraffic},
    {{"networking.istio.io", "ProxyConfig"}, kProxyConfig},
    {{"networking.istio.io", "EnvoyFilter"}, kEnvoyFilter},
    {kAuthorizationPolicy, kSecurity},
    {kRequestAuthentication, kSecurity},
    {kPeerAuthentication, kPeers},
    {{"telemetry.istio.io", "Telemetry"}, kTelemetry},
    {{"extensions.istio.io", "WasmPlugin"}, kWasmPlugin},
    {{"extensions.istio.io", "TrafficExtension"}, kTrafficExtension},
};

// Takes a number off the front of `text`.
std::optional<int> TakeNumber(std::string_view* text) {
  int number = 0;
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), number);
  // A sign is no digit.
  if (error != std::errc() || text->front() == '-') return std::nullopt;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return number;
}

std::optional<IstioRelease> ParseRelease(std::string_view text) {
  const auto major = TakeNumber(&text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = TakeNumber(&text);
  if (!minor) return std::nullopt;
  if (!text.empty() && text.front() != '.' && text.front() != '-') {
    return std::nullopt;
  }
  return IstioRelease{*major, *minor};
}

}  // namespace

Result<IstioRelease> IstioRelease::Parse(std::string_view text) {
  const std::optional<IstioRelease> release = ParseRelease(text);
  if (!release) {
    return Error{"\"" + std::string(text) +
                 "\" is no release of Istio; write it as \"" +
                 kLastKnownRelease.ToString() + "\""};
  }
  if (*release < kFirstKnownRelease) {
    return Error{"Istio " + release->ToString() +
                 " is not known; the first that is, is " +
                 kFirstKnownRelease.ToString()};
  }
  return *release;
}

std::string IstioRelease::ToString() const {
  return std::to_string(major) + "." + std::to_string(minor);
}

std::span<const ApiVersion> ApiVersionsOf(const GroupKind& kind) {
  const auto* found = std::ranges::find(kKinds, kind, &KindVersions::kind);
  if (found == std::end(kKinds)) return {};
  return found->versions;
}

}  // namespace meshvet
