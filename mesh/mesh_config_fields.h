// The fields of mesh config that ReadMeshConfig looks at: whoever keeps these
// keeps all that matters of it.

#ifndef MESHVET_MESH_MESH_CONFIG_FIELDS_H_
#define MESHVET_MESH_MESH_CONFIG_FIELDS_H_

#include <array>
#include <string_view>

namespace meshvet {

inline constexpr std::array<std::string_view, 8> kMeshConfigFields = {
    "rootNamespace",
    "trustDomain",
    "enableAutoMtls",
    "outboundTrafficPolicy",
    "defaultServiceExportTo",
    "defaultVirtualServiceExportTo",
    "defaultDestinationRuleExportTo",
    "serviceEntryVisibility"};

}  // namespace meshvet

#endif  // MESHVET_MESH_MESH_CONFIG_FIELDS_H_
