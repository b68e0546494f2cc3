#include "mesh/virtual_service.h"

#include <array>
#include <string_view>
#include <utility>

namespace meshvet {
namespace {

constexpr std::array<std::pair<RouteProtocol, std::string_view>, 3> kSections =
    {{{RouteProtocol::kHttp, "http"},
      {RouteProtocol::kTls, "tls"},
      {RouteProtocol::kTcp, "tcp"}}};

bool IsZero(Node number) {
  const std::optional<double> value = number.Number();
  return value && *value == 0;
}

bool NamesMesh(Node gateways) {
  for (const Node gateway : gateways) {
    if (gateway.Str() == "mesh") return true;
  }
  return false;
}

void VisitMirrors(Node route,
                  const std::function<void(const Destination&)>& visit) {
  if (const Node mirror = route["mirror"]; mirror.IsObject()) {
    const bool silent = IsZero(route["mirrorPercentage"]["value"]) ||
                        IsZero(route["mirrorPercent"]);
    visit({RouteProtocol::kHttp, route, mirror, true, !silent});
  }
  for (const Node mirror : route["mirrors"]) {
    visit({RouteProtocol::kHttp, route, mirror["destination"], true,
           !IsZero(mirror["percentage"]["value"])});
  }
}

}  // namespace

void ForEachDestination(const Object& virtual_service,
                        const std::function<void(const Destination&)>& visit) {
  const Node spec = virtual_service.spec();
  for (const auto& [protocol, section] : kSections) {
    for (const Node route : spec[section]) {
      const Node targets = route["route"];
      for (const Node target : targets) {
        const bool silent = targets.size() > 1 && IsZero(target["weight"]);
        visit({protocol, route, target["destination"], false, !silent});
      }
      if (protocol == RouteProtocol::kHttp) VisitMirrors(route, visit);
    }
  }
}

void ForEachGatewayName(const Object& virtual_service,
                        const std::function<void(Node)>& visit) {
  const Node spec = virtual_service.spec();
  for (const Node gateway : spec["gateways"]) visit(gateway);
  for (const auto& [protocol, section] : kSections) {
    for (const Node route : spec[section]) {
      for (const Node match : route["match"]) {
        for (const Node gateway : match["gateways"]) visit(gateway);
      }
    }
  }
}

bool IsBoundToMesh(const Object& virtual_service) {
  const Node gateways = virtual_service.spec()["gateways"];
  return gateways.empty() || NamesMesh(gateways);
}

bool IsBoundToMesh(const Object& virtual_service, Node route) {
  const Node matches = route["match"];
  if (matches.empty()) return IsBoundToMesh(virtual_service);
  for (const Node match : matches) {
    const Node own = match["gateways"];
    if (own.empty() ? IsBoundToMesh(virtual_service) : NamesMesh(own)) {
      return true;
    }
  }
  return false;
}

std::string DelegateTarget(const Object& virtual_service, Node delegate) {
  const std::string_view ns = delegate["namespace"].Str();
  return std::string(ns.empty() ? virtual_service.ns() : ns)
      .append("/")
      .append(delegate["name"].Str());
}

}  // namespace meshvet
