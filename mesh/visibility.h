// File: mesh/visibility.h
//
// exportTo: which namespaces see a Service, ServiceEntry, VirtualService or
// DestinationRule (pkg/config/visibility/visibility.go; pilot/pkg/model/
// push_context.go:1119-1128, 1609-1616, 1797-1830 in istio/istio).

#ifndef MESHVET_MESH_VISIBILITY_H_
#define MESHVET_MESH_VISIBILITY_H_

#include <string>
#include <string_view>
#include <vector>

#include "mesh/node.h"

namespace meshvet {

class ExportTo {
 public:
  // From a list field; the mesh's default where there is none or it is empty.
  ExportTo(Node list, const std::vector<std::string>& mesh_default);
  // From the annotation networking.istio.io/exportTo of a Service: a comma
  // list. An empty text is the default; only blanks mean nobody (pilot/pkg/
  // serviceregistry/kube/conversion.go:84-91).
  static ExportTo FromAnnotation(Node annotation,
                                 const std::vector<std::string>& mesh_default);

  // "*" everyone; "." its own namespace; a namespace's name; "~" hides it from
  // everyone unless "*" stands beside it.
  bool VisibleTo(std::string_view client_ns, std::string_view own_ns) const;
  bool IsPublic() const { return public_; }
  // Whether anyone outside `own_ns` sees it.
  bool ReachesBeyond(std::string_view own_ns) const;
  // Whether the list has this very namespace.
  bool Names(std::string_view ns) const;

  // As sets: the order does not matter.
  friend bool operator==(const ExportTo&, const ExportTo&) = default;

 private:
  ExportTo() = default;
  void Add(std::string_view entry);
  void Finish();

  bool public_ = false;
  bool hidden_ = false;
  bool own_ = false;
  std::vector<std::string> names_;  // sorted, without twins
};

// What ExportTo(Node(), mesh_default).VisibleTo(client_ns, own_ns) says.
bool IsVisibleByDefault(const std::vector<std::string>& mesh_default,
                        std::string_view client_ns, std::string_view own_ns);

}  // namespace meshvet

#endif  // MESHVET_MESH_VISIBILITY_H_
