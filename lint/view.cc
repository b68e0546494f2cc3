#include "lint/view.h"

#include <algorithm>
#include <utility>

#include "lint/input/path_glob.h"

namespace meshvet::lint {
namespace {

std::string KeyOf(const GroupKind& kind, std::string_view ns,
                  std::string_view name) {
  std::string key;
  key.reserve(kind.group.size() + kind.kind.size() + ns.size() + name.size() +
              3);
  for (const std::string_view part : {kind.group, kind.kind, ns}) {
    key.append(part).append("\n");
  }
  return key.append(name);
}

bool IsIn(const std::vector<std::string>& globs, const std::string& path) {
  return std::ranges::any_of(
      globs, [&](const std::string& glob) { return PathMatches(glob, path); });
}

}  // namespace

View::View(std::vector<const Loaded*> files, const MeshConfig& mesh,
           const Coverage& coverage)
    : files_(std::move(files)) {
  InventoryBuilder builder(mesh, coverage);
  for (const bool context : {true, false}) {
    for (const Loaded* file : files_) {
      if (file->is_context == context) Add(*file, builder);
    }
  }
  inventory_ = builder.Snapshot();
}

void View::Add(const Loaded& file, InventoryBuilder& builder) {
  if (file.manifest.snapshot) snapshot_ = file.file.get();
  for (const Item& item : file.manifest.items) {
    const Object& object = *item.object;
    builder.Put(item.object);
    if (object.name().empty()) continue;
    const std::string key = KeyOf(object.kind(), object.ns(), object.name());
    const auto [entry, is_new] = items_.emplace(key, &item);
    if (is_new) continue;
    const bool is_stored = entry->second->file.get() == snapshot_;
    if (!file.is_context && !is_stored) {
      duplicates_.push_back({&item, entry->second, &file});
    }
    entry->second = &item;
  }
}

const Item* View::Find(const GroupKind& kind, std::string_view ns,
                       std::string_view name) const {
  const auto found = items_.find(KeyOf(kind, ns, name));
  return found == items_.end() ? nullptr : found->second;
}

std::vector<std::vector<const Loaded*>> Group(
    const std::vector<Loaded>& files,
    const std::map<std::string, std::vector<std::string>>& sets) {
  std::vector<std::vector<const Loaded*>> groups(
      std::max<size_t>(sets.size(), 1));
  for (const Loaded& file : files) {
    const bool is_common =
        file.is_context || std::ranges::none_of(sets, [&](const auto& set) {
          return IsIn(set.second, file.key);
        });
    size_t index = 0;
    for (const auto& [name, globs] : sets) {
      if (is_common || IsIn(globs, file.key)) groups[index].push_back(&file);
      ++index;
    }
    if (sets.empty()) groups[0].push_back(&file);
  }
  return groups;
}

}  // namespace meshvet::lint
