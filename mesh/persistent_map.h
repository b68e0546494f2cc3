// File: mesh/persistent_map.h
//
// PersistentMap: an immutable map from text to entries, cheap to replace. It is
// split by hash into buckets that successive versions share, so one change
// copies one bucket, however large the map is.
//
//   PersistentMap<std::vector<int>>::Editor editor(old);
//   editor.Change("reviews.shop", [](std::vector<int>& entry) {
//     entry.push_back(7);
//     return true;  // to be kept
//   });
//   const PersistentMap next = editor.Finish();
//
// A PersistentMap may be read from any thread; an Editor belongs to one, and is
// moved, never copied: a copy would edit the buckets of the original.

#ifndef MESHVET_MESH_PERSISTENT_MAP_H_
#define MESHVET_MESH_PERSISTENT_MAP_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace meshvet {

template <typename Entry>
class PersistentMap {
 public:
  class Editor;

  // The entry of `key`, null if there is none. It lives as long as this version
  // or another that has the same.
  const Entry* Find(std::string_view key) const {
    if (buckets_.empty()) return nullptr;
    const Hashed wanted(key);
    const Bucket* bucket = buckets_[BucketOf(wanted)].get();
    if (bucket == nullptr) return nullptr;
    const auto found = bucket->find(wanted);
    return found == bucket->end() ? nullptr : &found->second;
  }

 private:
  // A key and its hash, which serves twice.
  struct Hashed {
    explicit Hashed(std::string_view its_text)
        : text(its_text), hash(std::hash<std::string_view>()(its_text)) {}
    std::string_view text;
    size_t hash;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
    size_t operator()(const Hashed& key) const { return key.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const {
      return a == b;
    }
    bool operator()(const Hashed& a, std::string_view b) const {
      return a.text == b;
    }
    bool operator()(std::string_view a, const Hashed& b) const {
      return a == b.text;
    }
  };
  using Bucket = std::unordered_map<std::string, Entry, Hash, Equal>;

  static constexpr size_t kBuckets = 512;
  static size_t BucketOf(const Hashed& key) {
    // The low bits choose the slot inside the bucket: take others.
    return (key.hash >> 20) % kBuckets;
  }

  std::vector<std::shared_ptr<const Bucket>> buckets_;
};

template <typename Entry>
class PersistentMap<Entry>::Editor {
 public:
  Editor() : Editor(PersistentMap()) {}
  explicit Editor(PersistentMap start)
      : map_(std::move(start)), own_(kBuckets) {
    map_.buckets_.resize(kBuckets);
  }
  Editor(Editor&&) noexcept = default;
  Editor& operator=(Editor&&) noexcept = default;

  const PersistentMap& current() const { return map_; }

  // Calls `edit(Entry&)`, with a new entry if `key` has none; the entry stays
  // if it says so.
  template <typename Edit>
  void Change(std::string_view key, const Edit& edit) {
    const Hashed wanted(key);
    Bucket& bucket = Own(BucketOf(wanted));
    auto place = bucket.find(wanted);
    if (place == bucket.end()) {
      place = bucket.emplace(std::string(key), Entry()).first;
    }
    if (!edit(place->second)) bucket.erase(place);
  }

  // The map as it is now. Later edits do not touch it.
  PersistentMap Finish() {
    std::fill(own_.begin(), own_.end(), nullptr);
    return map_;
  }

 private:
  // The bucket, copied unless this editor already made it since Finish().
  Bucket& Own(size_t at) {
    if (own_[at] == nullptr) {
      const auto& shared = map_.buckets_[at];
      auto copy = shared == nullptr ? std::make_shared<Bucket>()
                                    : std::make_shared<Bucket>(*shared);
      own_[at] = copy.get();
      map_.buckets_[at] = std::move(copy);
    }
    return *own_[at];
  }

  PersistentMap map_;
  std::vector<Bucket*> own_;  // into map_.buckets_
};

}  // namespace meshvet

#endif  // MESHVET_MESH_PERSISTENT_MAP_H_
