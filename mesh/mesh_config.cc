#include "mesh/mesh_config.h"

namespace meshvet {
namespace {

void ReadText(Node field, std::string& into) {
  if (!field.Str().empty()) into = field.Str();
}

void ReadList(Node field, std::vector<std::string>& into) {
  if (!field.IsArray()) return;
  into.clear();
  for (const Node element : field) into.emplace_back(element.Str());
}

}  // namespace

MeshConfig ReadMeshConfig(Node config, MeshConfig defaults) {
  MeshConfig mesh = std::move(defaults);
  ReadText(config["rootNamespace"], mesh.root_namespace);
  ReadText(config["trustDomain"], mesh.trust_domain);
  ReadList(config["defaultServiceExportTo"], mesh.default_service_export_to);
  ReadList(config["defaultVirtualServiceExportTo"],
           mesh.default_virtual_service_export_to);
  ReadList(config["defaultDestinationRuleExportTo"],
           mesh.default_destination_rule_export_to);
  if (config["enableAutoMtls"].type() == Node::Type::kBool) {
    mesh.enable_auto_mtls = config["enableAutoMtls"].Bool();
  }
  if (const auto mode = config["outboundTrafficPolicy"]["mode"].Str();
      !mode.empty()) {
    mesh.allow_any_outbound = mode == "ALLOW_ANY";
  }
  return mesh;
}

}  // namespace meshvet
