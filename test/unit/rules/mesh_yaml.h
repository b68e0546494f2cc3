// File: test/unit/rules/mesh_yaml.h
//
// The objects of a scene, each a YAML document in one call:
//
//   RouteTo("ledger") + Service("ledger", "shop")

#ifndef MESHVET_TEST_UNIT_RULES_MESH_YAML_H_
#define MESHVET_TEST_UNIT_RULES_MESH_YAML_H_

#include <string>

namespace meshvet::rules {

inline std::string NetworkingObject(const std::string& kind,
                                    const std::string& name,
                                    const std::string& ns,
                                    const std::string& spec) {
  return "---\napiVersion: networking.istio.io/v1\nkind: " + kind +
         "\nmetadata: {name: " + name + ", namespace: " + ns + "}\nspec: {" +
         spec + "}\n";
}

// VirtualService checkout of shop.
inline std::string VirtualService(const std::string& spec) {
  return NetworkingObject("VirtualService", "checkout", "shop", spec);
}

// It captures calls to Service checkout, in its own namespace alone.
inline std::string Shop(const std::string& spec) {
  return VirtualService("hosts: [checkout], exportTo: [\".\"], " + spec);
}

inline std::string RouteTo(const std::string& host,
                           const std::string& more = "") {
  return Shop("http: [{route: [{destination: {host: \"" + host + "\"" + more +
              "}}]}]");
}

inline std::string Service(const std::string& name, const std::string& ns,
                           const std::string& spec = "ports: [{port: 80}]",
                           const std::string& annotations = "") {
  return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name +
         ", namespace: " + ns + ", annotations: {" + annotations +
         "}}\nspec: {" + spec + "}\n";
}

inline std::string Alias(const std::string& name, const std::string& ns,
                         const std::string& target) {
  return Service(name, ns, "type: ExternalName, externalName: " + target);
}

inline std::string Entry(const std::string& ns, const std::string& host,
                         const std::string& more = "") {
  return NetworkingObject(
      "ServiceEntry", "entry", ns,
      "hosts: [\"" + host +
          "\"], ports: [{number: 80, name: http, protocol: HTTP}]" + more);
}

}  // namespace meshvet::rules

#endif  // MESHVET_TEST_UNIT_RULES_MESH_YAML_H_
