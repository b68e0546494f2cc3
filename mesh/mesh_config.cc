#include "mesh/mesh_config.h"

namespace meshvet {
namespace {

void ReadText(Node field, std::string& into) {
  if (!field.Str().empty()) into = field.Str();
}

// To istiod an empty list is none, and none is "*" (pilot/pkg/model/
// push_context.go initDefaultExportMaps).
void ReadExportTo(Node field, std::vector<std::string>& into) {
  if (!field.IsArray()) return;
  into.clear();
  for (const Node element : field) into.emplace_back(element.Str());
  if (into.empty()) into.emplace_back("*");
}

}  // namespace

MeshConfig ReadMeshConfig(Node config, MeshConfig defaults) {
  MeshConfig mesh = std::move(defaults);
  ReadText(config["rootNamespace"], mesh.root_namespace);
  ReadText(config["trustDomain"], mesh.trust_domain);
  ReadExportTo(config["defaultServiceExportTo"],
               mesh.default_service_export_to);
  ReadExportTo(config["defaultVirtualServiceExportTo"],
               mesh.default_virtual_service_export_to);
  ReadExportTo(config["defaultDestinationRuleExportTo"],
               mesh.default_destination_rule_export_to);
  if (config["enableAutoMtls"].type() == Node::Type::kBool) {
    mesh.enable_auto_mtls = config["enableAutoMtls"].Bool();
  }
  const std::string_view mode = config["outboundTrafficPolicy"]["mode"].Str();
  if (!mode.empty()) mesh.allow_any_outbound = mode != "REGISTRY_ONLY";
  if (config["serviceEntryVisibility"].IsObject()) {
    mesh.entry_visibility = EntryVisibility(config["serviceEntryVisibility"]);
  }
  return mesh;
}

}  // namespace meshvet
