// File: mesh/istio_release.h
//
// The release of Istio whose API this program knows. Sources: istio.io/api
// kubernetes/customresourcedefinitions.gen.yaml of that release, every version
// with `served: true`; each version that a release since 1.18 serves is among
// them (the same file on its release branches). test/e2e/cluster/crds.go
// installs the same release.

#ifndef MESHVET_MESH_ISTIO_RELEASE_H_
#define MESHVET_MESH_ISTIO_RELEASE_H_

#include <array>
#include <string_view>

namespace meshvet {

inline constexpr std::string_view kIstioRelease = "1.31.4";

inline constexpr std::array<std::string_view, 8> kIstioApiVersions = {
    "extensions.istio.io/v1alpha1", "networking.istio.io/v1",
    "networking.istio.io/v1alpha3", "networking.istio.io/v1beta1",
    "security.istio.io/v1",         "security.istio.io/v1beta1",
    "telemetry.istio.io/v1",        "telemetry.istio.io/v1alpha1"};

}  // namespace meshvet

#endif  // MESHVET_MESH_ISTIO_RELEASE_H_
