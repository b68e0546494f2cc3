// File: mesh/protocol.h
//
// What istiod takes a port to speak. Paths are in istio/istio.

#ifndef MESHVET_MESH_PROTOCOL_H_
#define MESHVET_MESH_PROTOCOL_H_

#include <cstdint>
#include <string_view>

#include "mesh/node.h"

namespace meshvet {

enum class Protocol {
  kUnknown,  // sniffed: HTTP or not is decided per connection
  kHttp,
  kHttp2,
  kGrpc,
  kGrpcWeb,
  kHttpProxy,
  kHttps,
  kTls,
  kTcp,
  kMongo,
  kMySql,
  kRedis,
  // Never proxied: such a port has no cluster (pilot/pkg/networking/core/
  // cluster.go:490, 514).
  kUdp,
};

// The protocol a word of a ServiceEntry, Gateway or Sidecar port means: a whole
// word in any case; anything else is kUnknown (pkg/config/protocol/instance.go
// Parse). The webhook refuses words it does not know and takes an empty one
// (pkg/config/validation/validation.go:3131).
Protocol ParseProtocol(std::string_view word);

// The protocol of a Service port, from `appProtocol` if it is set, else from
// its name up to the first "-", else from well-known numbers
// (pkg/config/kube/conversion.go:45-93 ConvertProtocol).
Protocol ServicePortProtocol(std::string_view name,
                             std::string_view kubernetes_protocol,
                             Node app_protocol, int64_t number);

// Protocols that routes of http[] apply to (instance.go IsHTTP); kUnknown is
// not one of them, although a sniffed connection may turn out to be.
bool IsHttp(Protocol protocol);
// The bytes on the wire are TLS already: HTTPS and TLS (instance.go IsTLS).
bool IsTls(Protocol protocol);

std::string_view ToString(Protocol protocol);  // "HTTP2"

}  // namespace meshvet

#endif  // MESHVET_MESH_PROTOCOL_H_
