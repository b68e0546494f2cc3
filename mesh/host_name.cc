#include "mesh/host_name.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>

namespace meshvet {
namespace {

constexpr std::string_view kServiceSuffix = ".svc";

// Removes `suffix` from the end of `text`; false if it is not there.
bool Chop(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// "name.namespace", both of them single labels.
std::optional<ServiceName> SplitService(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == text.npos || dot == 0 || dot + 1 == text.size()) return {};
  const ServiceName service{text.substr(0, dot), text.substr(dot + 1)};
  if (service.ns.find('.') != service.ns.npos) return {};
  return service;
}

// What a wildcard leaves open: "*.foo.com" -> ".foo.com".
std::string_view SuffixOf(std::string_view wildcard) {
  return wildcard.substr(1);
}

// Without a dot only an IPv6 address has a colon.
bool IsShort(std::string_view host) {
  return !host.empty() && host != "*" && host.find('.') == host.npos &&
         host.find(':') == host.npos;
}

using Parts = std::span<const std::string_view>;

std::array<std::string_view, 5> PartsOfServiceHost(std::string_view name,
                                                   std::string_view ns,
                                                   std::string_view domain) {
  return {name, ".", ns, ".svc.", domain};
}

size_t SizeOf(Parts parts) {
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  return size;
}

void Write(Parts parts, char* at) {
  for (const std::string_view part : parts) {
    at = std::copy(part.begin(), part.end(), at);
  }
}

std::string_view Join(Parts parts, std::pmr::memory_resource& memory) {
  const size_t size = SizeOf(parts);
  if (size == 0) return {};
  char* const text = static_cast<char*>(memory.allocate(size, 1));
  Write(parts, text);
  return {text, size};
}

}  // namespace

std::string LowerCase(std::string_view host) {
  std::string lower(host);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string ResolveHost(std::string_view host,
                        std::string_view config_namespace,
                        std::string_view domain) {
  if (!IsShort(host)) return std::string(host);
  return ServiceHost(host, config_namespace, domain);
}

std::string_view ResolveHost(std::string_view host,
                             std::string_view config_namespace,
                             std::string_view domain,
                             std::pmr::memory_resource& memory) {
  if (!IsShort(host)) return Join({&host, 1}, memory);
  return Join(PartsOfServiceHost(host, config_namespace, domain), memory);
}

std::string ServiceHost(std::string_view name, std::string_view ns,
                        std::string_view domain) {
  const auto parts = PartsOfServiceHost(name, ns, domain);
  std::string host(SizeOf(parts), '\0');
  Write(parts, host.data());
  return host;
}

std::optional<ServiceName> ParseServiceHost(std::string_view host,
                                            std::string_view domain) {
  if (!Chop(host, domain) || !Chop(host, ".") || !Chop(host, kServiceSuffix)) {
    return {};
  }
  return SplitService(host);
}

std::optional<ServiceName> IntendedService(std::string_view host,
                                           std::string_view domain) {
  if (IsIpAddress(host)) return {};
  std::string_view name = host;
  const bool has_trailing_dot = Chop(name, ".");
  if (has_trailing_dot) {
    if (const auto full = ParseServiceHost(name, domain)) return full;
  } else if (ParseServiceHost(name, domain)) {
    return {};
  }
  Chop(name, kServiceSuffix);
  auto service = SplitService(name);
  if (service && service->name == "*") return {};
  return service;
}

bool IsWildcard(std::string_view host) { return host.starts_with('*'); }

bool HostMatches(std::string_view a, std::string_view b) {
  if (IsWildcard(a) && IsWildcard(b)) {
    return SuffixOf(a).ends_with(SuffixOf(b)) ||
           SuffixOf(b).ends_with(SuffixOf(a));
  }
  if (IsWildcard(a)) return b.ends_with(SuffixOf(a));
  if (IsWildcard(b)) return a.ends_with(SuffixOf(b));
  return a == b;
}

bool HostSubsetOf(std::string_view inner, std::string_view outer) {
  if (IsWildcard(outer)) {
    const std::string_view fixed = IsWildcard(inner) ? SuffixOf(inner) : inner;
    return fixed.ends_with(SuffixOf(outer));
  }
  return inner == outer;
}

bool MoreSpecific(std::string_view a, std::string_view b) {
  if (IsWildcard(a) != IsWildcard(b)) return IsWildcard(b);
  return a.size() > b.size();
}

bool IsIpAddress(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size()) return false;
  if (text.find('\0') != text.npos) return false;  // would end the copy early
  text.copy(copy.data(), text.size());
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, copy.data(), address.data()) == 1 ||
         inet_pton(AF_INET6, copy.data(), address.data()) == 1;
}

}  // namespace meshvet
