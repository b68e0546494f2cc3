// File: mesh/persistent_index.h
//
// PersistentIndex: an immutable map from text to a list of pointers, cheap to
// replace. It is split by hash into buckets that successive versions share, so
// one change copies one bucket, however large the index is.
//
//   PersistentIndex::Editor editor(old);
//   editor.Add("reviews.shop", object);
//   const PersistentIndex next = editor.Finish();
//
// A PersistentIndex may be read from any thread; an Editor belongs to one, and
// is moved, never copied: a copy would edit the buckets of the original.

#ifndef MESHVET_MESH_PERSISTENT_INDEX_H_
#define MESHVET_MESH_PERSISTENT_INDEX_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace meshvet {

template <typename Value>
class PersistentIndex {
 public:
  class Editor;

  // The values of `key` in the order they were added; none if it is unknown.
  std::span<const Value> Find(std::string_view key) const {
    if (buckets_.empty()) return {};
    const Bucket* bucket = buckets_[BucketOf(key)].get();
    if (bucket == nullptr) return {};
    const auto found = bucket->find(key);
    if (found == bucket->end()) return {};
    return found->second;
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
  };
  using Bucket = std::unordered_map<std::string, std::vector<Value>, Hash,
                                    std::equal_to<>>;

  static constexpr size_t kBuckets = 512;
  static size_t BucketOf(std::string_view key) {
    // The low bits choose the slot inside the bucket: take others.
    return (Hash()(key) >> 20) % kBuckets;
  }

  std::vector<std::shared_ptr<const Bucket>> buckets_;
};

template <typename Value>
class PersistentIndex<Value>::Editor {
 public:
  Editor() : Editor(PersistentIndex()) {}
  explicit Editor(PersistentIndex start)
      : index_(std::move(start)), own_(kBuckets) {
    index_.buckets_.resize(kBuckets);
  }
  Editor(Editor&&) noexcept = default;
  Editor& operator=(Editor&&) noexcept = default;

  const PersistentIndex& current() const { return index_; }

  void Add(std::string_view key, Value value) {
    Bucket& bucket = Own(BucketOf(key));
    auto entry = bucket.find(key);
    if (entry == bucket.end()) {
      entry = bucket.emplace(std::string(key), std::vector<Value>()).first;
    }
    entry->second.push_back(std::move(value));
  }

  // Removes every value of `key` for which `gone` holds.
  template <typename Predicate>
  void Remove(std::string_view key, const Predicate& gone) {
    if (index_.Find(key).empty()) return;
    Bucket& bucket = Own(BucketOf(key));
    const auto entry = bucket.find(key);
    std::erase_if(entry->second, gone);
    if (entry->second.empty()) bucket.erase(entry);
  }

  // The index as it is now. Later edits do not touch it.
  PersistentIndex Finish() {
    std::fill(own_.begin(), own_.end(), nullptr);
    return index_;
  }

 private:
  // The bucket, copied unless this editor already made it since Finish().
  Bucket& Own(size_t at) {
    if (own_[at] == nullptr) {
      const auto& shared = index_.buckets_[at];
      auto copy = shared == nullptr ? std::make_shared<Bucket>()
                                    : std::make_shared<Bucket>(*shared);
      own_[at] = copy.get();
      index_.buckets_[at] = std::move(copy);
    }
    return *own_[at];
  }

  PersistentIndex index_;
  std::vector<Bucket*> own_;  // into index_.buckets_
};

}  // namespace meshvet

#endif  // MESHVET_MESH_PERSISTENT_INDEX_H_
