#include "rules/fix.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/rule.h"

namespace meshvet::rules {
namespace {

// `json` inside the objects that are missing above it: {"a": {"b": json}}.
std::string WrapIn(const std::vector<std::string_view>& keys, size_t from,
                   const std::string& json) {
  std::string wrapped = json;
  for (size_t i = keys.size(); i > from; --i) {
    wrapped = "{" + Quote(keys[i - 1]) + ":" + wrapped + "}";
  }
  return wrapped;
}

// Whether the first missing key can be added to what is there.
bool Takes(Node parent, std::string_view key) {
  return parent.IsObject() || (parent.IsArray() && key == "-");
}

// Nothing where a value of another type stands in the way.
std::optional<PatchOperation> ToOperation(const Edit& edit,
                                          const PointerIndex& index) {
  const std::string nearest = index.OfNearest(edit.place);
  const auto missing = edit.place.missing_keys();
  if (edit.kind == Edit::Kind::kRemove) {
    return PatchOperation{"remove", nearest};
  }
  const bool appends = edit.kind == Edit::Kind::kAppend;
  if (missing.empty() && !appends) {
    return PatchOperation{"replace", nearest, edit.json};
  }
  const Node parent(edit.place.anchor());
  if (missing.empty() && parent.IsArray()) {
    return PatchOperation{"add", nearest + "/-", edit.json};
  }
  const std::string content = appends ? "[" + edit.json + "]" : edit.json;
  if (parent.type() == Node::Type::kNull) {
    return PatchOperation{"replace", nearest, WrapIn(missing, 0, content)};
  }
  if (missing.empty() || !Takes(parent, missing.front())) return std::nullopt;
  return PatchOperation{"add",
                        nearest + "/" + EscapePointerToken(missing.front()),
                        WrapIn(missing, 1, content)};
}

bool IsAbove(std::string_view parent, std::string_view path) {
  return path.starts_with(parent) &&
         (path.size() == parent.size() || path[parent.size()] == '/');
}

std::string_view ParentOf(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

// Whether carrying out both might not be what either meant. Operations that
// shift the elements of one array disturb everything in it.
bool Collide(const PatchOperation& a, const PatchOperation& b) {
  if (IsAbove(a.path, b.path) || IsAbove(b.path, a.path)) return true;
  const auto shifts = [](const PatchOperation& op, std::string_view other) {
    return op.op != "replace" && IsAbove(ParentOf(op.path), other) &&
           op.path.find_last_of("0123456789-") == op.path.size() - 1;
  };
  return shifts(a, b.path) || shifts(b, a.path);
}

bool CollideAny(const std::vector<PatchOperation>& a,
                const std::vector<PatchOperation>& b) {
  return std::ranges::any_of(a, [&](const PatchOperation& x) {
    return std::ranges::any_of(
        b, [&](const PatchOperation& y) { return Collide(x, y); });
  });
}

}  // namespace

std::vector<PatchOperation> ToPatch(const std::vector<Edit>& edits,
                                    const PointerIndex& index) {
  std::vector<PatchOperation> patch;
  std::vector<PatchOperation> removals;
  for (const Edit& edit : edits) {
    const bool removes = edit.kind == Edit::Kind::kRemove;
    if (removes && edit.place.value() == nullptr) continue;  // is gone already
    auto operation = ToOperation(edit, index);
    if (!operation) return {};
    (removes ? removals : patch).push_back(*std::move(operation));
  }
  std::ranges::reverse(removals);
  std::ranges::move(removals, std::back_inserter(patch));
  return patch;
}

bool IsAutoFixed(const Finding& finding, const Object& object,
                 std::string_view file, const Policy& policy) {
  if (finding.fix.empty() || finding.fix_safety != Safety::kSafe) return false;
  if (!finding.suppressed.empty()) return false;
  const Rule* rule = FindRule(finding.rule);
  if (rule == nullptr) return false;
  return policy.For(*rule, object, file).auto_fix.value_or(rule->auto_fix);
}

FixBatch ApplyFixes(Node object, std::vector<Finding> findings) {
  FixBatch batch;
  for (Finding& finding : findings) {
    if (CollideAny(finding.fix, batch.patch)) continue;
    const Node before = batch.document ? batch.document->root() : object;
    Result<Document> after = ApplyPatch(before, finding.fix);
    if (!after) continue;
    batch.document = std::make_shared<const Document>(*std::move(after));
    batch.patch.insert(batch.patch.end(), finding.fix.begin(),
                       finding.fix.end());
    batch.fixed.push_back(std::move(finding));
  }
  return batch;
}

}  // namespace meshvet::rules
