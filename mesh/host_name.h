// File: mesh/host_name.h
//
// Host names as istiod reads them: short names, names of Services, wildcards.
// Paths are in istio/istio. Comparison is case-sensitive, as istiod's is.

#ifndef MESHVET_MESH_HOST_NAME_H_
#define MESHVET_MESH_HOST_NAME_H_

#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

namespace meshvet {

// The name in lower case, whatever the locale.
std::string LowerCase(std::string_view host);

// The full name of `host` in a configuration of `config_namespace`: a name
// without a dot is a Service there, "reviews" -> "reviews.shop.svc.<domain>";
// "", "*", IP addresses and every name with a dot stay as they are
// (pilot/pkg/model/config.go:209-241 ResolveShortnameToFQDN).
std::string ResolveHost(std::string_view host,
                        std::string_view config_namespace,
                        std::string_view domain);
// The same, written to `memory`.
std::string_view ResolveHost(std::string_view host,
                             std::string_view config_namespace,
                             std::string_view domain,
                             std::pmr::memory_resource& memory);

// Views into the name they were read from.
struct ServiceName {
  std::string_view name;  // "*" for every Service of the namespace
  std::string_view ns;

  friend bool operator==(const ServiceName&, const ServiceName&) = default;
};

// "<name>.<namespace>.svc.<domain>", which is how a Service is known.
std::string ServiceHost(std::string_view name, std::string_view ns,
                        std::string_view domain);
// The reverse; nothing for any other name.
std::optional<ServiceName> ParseServiceHost(std::string_view host,
                                            std::string_view domain);

// The Service that an author meant by a dotted short form, which istiod does
// not expand: "reviews.prod", "reviews.prod.svc", and the full name with a
// trailing dot. A name of two labels may as well be some host on the internet:
// the caller decides by what is known.
std::optional<ServiceName> IntendedService(std::string_view host,
                                           std::string_view domain);

bool IsWildcard(std::string_view host);
// Whether some name matches both (pkg/config/host/name.go Matches).
bool HostMatches(std::string_view a, std::string_view b);
// Whether every name that matches `inner` matches `outer` (name.go SubsetOf).
bool HostSubsetOf(std::string_view inner, std::string_view outer);
// Whether istiod prefers `a` to `b`: exact before wildcard, then the longer
// wildcard (pilot/pkg/model/config.go:276-314 MostSpecificHostMatch).
bool MoreSpecific(std::string_view a, std::string_view b);

// IPv4 or IPv6, without brackets or a zone, as Go's net.ParseIP has it.
bool IsIpAddress(std::string_view text);

}  // namespace meshvet

#endif  // MESHVET_MESH_HOST_NAME_H_
