// File: mesh/istio_release.h
//
// Which release of Istio serves which versions of its API. Sources:
// istio.io/api kubernetes/customresourcedefinitions.gen.yaml of each release,
// every version with `served: true`. test/e2e/cluster/crds.go installs the
// newest that is known.
//
//   for (const ApiVersion& api : ApiVersionsOf(kVirtualService)) {
//     if (api.since <= release) …  // it serves api.version
//   }

#ifndef MESHVET_MESH_ISTIO_RELEASE_H_
#define MESHVET_MESH_ISTIO_RELEASE_H_

#include <compare>
#include <span>
#include <string>
#include <string_view>

#include "mesh/object.h"
#include "mesh/result.h"

namespace meshvet {

inline constexpr std::string_view kIstioRelease = "1.31.4";

// A minor release. APIs come with these only, so a patch is no part of it.
struct IstioRelease {
  int major = 0;
  int minor = 0;

  // "1.24", "1.24.3" or "1.24-alpha.1", from the first known one on; one to
  // come is a release, too. The error says what it should have been.
  static Result<IstioRelease> Parse(std::string_view text);
  std::string ToString() const;

  auto operator<=>(const IstioRelease&) const = default;
};

// What is known of: no version was ever taken back between them.
inline constexpr IstioRelease kFirstKnownRelease{1, 18};
inline constexpr IstioRelease kLastKnownRelease{1, 31};

struct ApiVersion {
  std::string_view version;  // "v1beta1"
  IstioRelease since = kFirstKnownRelease;
};

// Newest first; none for kinds that are not Istio's.
std::span<const ApiVersion> ApiVersionsOf(const GroupKind& kind);

}  // namespace meshvet

#endif  // MESHVET_MESH_ISTIO_RELEASE_H_
