#include "yaml/draft.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "mesh/json_pointer.h"

namespace meshvet::yaml {
namespace {

using Tokens = std::vector<std::string>;
using Failure = std::optional<Error>;  // nothing means success

bool IsMapping(const Draft& draft, const Outline& outline) {
  return outline.item(draft.item).kind == Item::Kind::kMapping;
}

Draft& Touch(Draft::Child& child, const Draft& parent) {
  if (child.draft == nullptr) {
    child.draft = std::make_unique<Draft>();
    child.draft->item = parent.entries[child.origin].value;
  }
  return *child.draft;
}

// Carries out operations on one draft. Those below what is new or replaced
// change nothing here: its value is taken from the result.
class Drafter {
 public:
  explicit Drafter(const Outline& outline) : outline_(outline) {}

  Failure Apply(const PatchOperation& operation) {
    if (operation.op == "test") return {};
    if (operation.op == "move" || operation.op == "copy") {
      return Error{"`" + operation.op + "` cannot be carried out on text",
                   operation.path};
    }
    const auto path = SplitPointer(operation.path);
    if (!path) return Error{"no JSON Pointer", operation.path};
    path_ = operation.path;
    if (path->empty()) return Replace(*root_);
    Draft* parent = root_.get();
    for (size_t i = 0; i + 1 < path->size() && parent != nullptr; ++i) {
      parent = Step(*parent, (*path)[i]);
    }
    if (failure_) return std::move(failure_);
    if (parent == nullptr || !Open(*parent)) return std::move(failure_);
    return Change(operation.op, *parent, path->back());
  }

  std::unique_ptr<Draft> Take() { return std::move(root_); }

 private:
  void Refuse(std::string message) {
    failure_ = Error{std::move(message), path_};
  }

  // False for what has no entries of its own any more.
  bool Open(Draft& draft) {
    if (draft.is_replaced) return false;
    if (outline_.item(draft.item).kind == Item::Kind::kAlias) {
      Refuse("it stands behind an alias");
      return false;
    }
    Expand(draft, outline_);
    return true;
  }

  Draft* Step(Draft& parent, std::string_view token) {
    if (!Open(parent)) return nullptr;
    Draft::Child* child = Find(parent, token);
    if (child == nullptr) {
      Refuse(Missing(parent));
      return nullptr;
    }
    return child->origin == Draft::kNew ? nullptr : &Touch(*child, parent);
  }

  Draft::Child* Find(Draft& parent, std::string_view token) const {
    if (IsMapping(parent, outline_)) {
      const auto child =
          std::ranges::find(parent.children, token, &Draft::Child::name);
      return child == parent.children.end() ? nullptr : &*child;
    }
    const auto index = ParseArrayIndex(token);
    if (!index || *index >= parent.children.size()) return nullptr;
    return &parent.children[*index];
  }

  // The patch applies, so what is not written here comes from elsewhere.
  std::string Missing(const Draft& parent) const {
    return outline_.item(parent.item).has_merge
               ? "it comes from a merge key (<<)"
               : "it is not written where it is read";
  }

  static Failure Replace(Draft& draft) {
    draft.is_replaced = true;
    draft.is_expanded = false;
    draft.children.clear();
    return {};
  }

  Failure Change(const std::string& op, Draft& parent,
                 const std::string& token) {
    if (op == "add" && !IsMapping(parent, outline_)) {
      return Insert(parent, token);
    }
    Draft::Child* child = Find(parent, token);
    if (child == nullptr && op == "add") {
      parent.children.push_back({token, Draft::kNew, nullptr});
      return {};
    }
    if (child == nullptr) return Error{Missing(parent), path_};
    if (op == "remove") {
      parent.children.erase(parent.children.begin() +
                            (child - parent.children.data()));
      return {};
    }
    return child->origin == Draft::kNew ? Failure{}
                                        : Replace(Touch(*child, parent));
  }

  Failure Insert(Draft& parent, const std::string& token) const {
    const size_t size = parent.children.size();
    const size_t at =
        token == "-" ? size : ParseArrayIndex(token).value_or(size);
    parent.children.insert(
        parent.children.begin() + static_cast<std::ptrdiff_t>(at),
        {{}, Draft::kNew, nullptr});
    return {};
  }

  const Outline& outline_;
  std::unique_ptr<Draft> root_ = std::make_unique<Draft>();
  std::string path_;
  Failure failure_;
};

void AlignMembers(Draft& draft, Node wanted) {
  std::erase_if(draft.children, [&](const Draft::Child& child) {
    return wanted[child.name].value() == nullptr;
  });
  for (Draft::Child& child : draft.children) {
    Touch(child, draft).is_replaced = true;
  }
  for (const auto& [key, value] : wanted.Members()) {
    const bool is_written =
        std::ranges::find(draft.entries, key, &Entry::name) !=
        draft.entries.end();
    if (is_written) continue;
    draft.children.push_back({std::string(key), Draft::kNew, nullptr});
  }
}

void AlignElements(Draft& draft, Node wanted) {
  draft.children.resize(std::min(draft.children.size(), wanted.size()));
  for (Draft::Child& child : draft.children) {
    Touch(child, draft).is_replaced = true;
  }
  while (draft.children.size() < wanted.size()) {
    draft.children.push_back({{}, Draft::kNew, nullptr});
  }
}

}  // namespace

void Expand(Draft& draft, const Outline& outline) {
  if (draft.is_expanded) return;
  draft.is_expanded = true;
  draft.entries = outline.Entries(draft.item);
  draft.children.clear();
  for (size_t i = 0; i < draft.entries.size(); ++i) {
    draft.children.push_back({draft.entries[i].name, i, nullptr});
  }
}

Result<std::unique_ptr<Draft>> DraftOf(const std::vector<PatchOperation>& patch,
                                       const Outline& outline) {
  Drafter drafter(outline);
  for (const PatchOperation& operation : patch) {
    if (Failure failure = drafter.Apply(operation)) return *std::move(failure);
  }
  return drafter.Take();
}

bool Align(Draft& draft, Node wanted, const Outline& outline) {
  const Item& item = outline.item(draft.item);
  const bool is_mapping = item.kind == Item::Kind::kMapping;
  const bool is_sequence = item.kind == Item::Kind::kSequence;
  const bool matches =
      (is_mapping && wanted.IsObject()) || (is_sequence && wanted.IsArray());
  if (!matches || item.size == 1 || wanted.empty() || item.has_merge) {
    return false;
  }
  draft.is_replaced = false;
  Expand(draft, outline);
  is_mapping ? AlignMembers(draft, wanted) : AlignElements(draft, wanted);
  return true;
}

}  // namespace meshvet::yaml
