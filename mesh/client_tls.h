// File: mesh/client_tls.h
//
// What a DestinationRule makes its clients send: the effective TLS settings of
// each port and subset. Paths are in istio/istio.

#ifndef MESHVET_MESH_CLIENT_TLS_H_
#define MESHVET_MESH_CLIENT_TLS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mesh/mesh_view.h"
#include "mesh/node.h"
#include "mesh/object.h"
#include "mesh/registry.h"

namespace meshvet {

enum class TlsMode {
  kUnset,  // no settings: auto mTLS decides, per endpoint
  kDisable,
  kSimple,
  kMutual,
  kIstioMutual,
  kUnknown,  // a word that is no mode
};

// The mode of a `tls` field. Settings without a mode are DISABLE, the proto's
// zero value: `tls: {sni: x}` turns mTLS off (destination_rule.proto:944-961).
TlsMode ReadTlsMode(Node tls);
std::string_view ToString(TlsMode mode);
// SIMPLE or MUTUAL: the client starts TLS of its own, not Istio's.
bool OriginatesTls(TlsMode mode);

struct ClientTls {
  TlsMode mode = TlsMode::kUnset;
  Node tls;     // the settings in force; missing when unset
  Node policy;  // the trafficPolicy or port entry that decides
  bool is_port_level = false;

  // Where to report: the mode, which may be missing.
  Node place() const { return tls["mode"].exists() ? tls["mode"] : tls; }
};

// The settings for service port `port` and `subset` (missing for none), where
// `traffic_policy` is the rule's own:
//   a portLevelSettings entry replaces the policy around it whole, what it
//   leaves out included (networking/util/util.go:865-890); the first of two
//   entries for one port counts (875-882);
//   a subset's policy overrides field by field, but its port entry replaces
//   whole (util.go:893-909, model/destination_rule.go:179-203).
ClientTls EffectiveTls(Node traffic_policy, Node subset, int64_t port);
// Any other field that a port entry can hold, by the same rules.
Node EffectiveField(Node traffic_policy, Node subset, int64_t port,
                    std::string_view field);

// One cluster that a rule shapes.
struct Cluster {
  RegistryService service;
  std::string host;  // the service's full name
  ServicePort port;
  Node subset;  // missing for none
  ClientTls tls;
  Node traffic_policy;  // the one in force for the host as a whole

  // "reviews.shop.svc.cluster.local:80", with the subset if there is one.
  std::string Title() const;
};

// Every known cluster whose settings `destination_rule` decides: of the service
// of its host, or for a wildcard of each known service it covers and is not a
// more specific rule's. Where it is merged with others, each cluster is that
// rule's whose policy decides. UDP ports have no cluster.
//
// Returns what stays unknown, as a reason not to judge: "*" covers what nobody
// can list, and there may be services nobody told of. Empty if all is known.
std::string ForEachCluster(const Object& destination_rule, const MeshView& mesh,
                           const std::function<void(const Cluster&)>& visit);

}  // namespace meshvet

#endif  // MESHVET_MESH_CLIENT_TLS_H_
