// File: mesh/label_selector.h
//
// Labels, which may come from two maps of which one wins, and the selectors
// that match them.

#ifndef MESHVET_MESH_LABEL_SELECTOR_H_
#define MESHVET_MESH_LABEL_SELECTOR_H_

#include <functional>
#include <string_view>

#include "mesh/node.h"

namespace meshvet {

// A view: it lives as long as the document it was taken from.
class Labels {
 public:
  Labels() = default;
  // `stronger` over `weaker`: a key of both has the value of `stronger`, as
  // istiod merges a WorkloadEntry's metadata.labels over its spec.labels
  // (pilot/pkg/serviceregistry/serviceentry/conversion.go:184-196).
  explicit Labels(Node stronger, Node weaker = {})
      : stronger_(stronger), weaker_(weaker) {}

  // The value of `key`; missing if neither map has it.
  Node operator[](std::string_view key) const;
  void ForEach(
      const std::function<void(std::string_view key, Node value)>& visit) const;
  bool empty() const { return stronger_.empty() && weaker_.empty(); }

  // Whether every pair of the map `selector` is among the labels. An empty
  // selector matches: what that means is for the caller to know, since it
  // selects nothing for a Service and everything for a PeerAuthentication.
  bool Matches(Node selector) const;

 private:
  Node stronger_;
  Node weaker_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_LABEL_SELECTOR_H_
