// File: yaml/draft.h
//
// Draft: what a patch makes of a document, told by what was there: which
// entries of a collection stay, which go, and where new ones come. The values
// of what is new are not in it; they are in the document the patch gives.

#ifndef MESHVET_YAML_DRAFT_H_
#define MESHVET_YAML_DRAFT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mesh/json_patch.h"
#include "mesh/node.h"
#include "mesh/result.h"
#include "yaml/outline.h"

namespace meshvet::yaml {

// A value of the document that the patch touches, at its item.
struct Draft {
  struct Child {
    std::string name;  // of a mapping's entry
    // Which of the written entries it is; kNew for none.
    size_t origin = 0;
    std::unique_ptr<Draft> draft;  // null: as it was
  };
  static constexpr size_t kNew = static_cast<size_t>(-1);

  uint32_t item = 0;
  bool is_replaced = false;  // by the value that stands in its place
  bool is_expanded = false;  // `children` say what it consists of
  std::vector<Entry> entries;
  std::vector<Child> children;
};

// Fills in entries and children as they are written.
void Expand(Draft& draft, const Outline& outline);

// Of a patch that applies to the document. The error's `where` is the pointer
// that leads through an alias or to what a merge key brought.
Result<std::unique_ptr<Draft>> DraftOf(const std::vector<PatchOperation>& patch,
                                       const Outline& outline);

// Turns a replaced collection into one whose entries are replaced, one by one,
// so that what stays the same need not be written anew. False if `wanted` is of
// another kind or one of the two is empty.
bool Align(Draft& draft, Node wanted, const Outline& outline);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_DRAFT_H_
