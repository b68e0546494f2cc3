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
    const Hashed wanted(key);
    const Bucket* bucket = buckets_[BucketOf(wanted)].get();
    if (bucket == nullptr) return {};
    const auto found = bucket->find(wanted);
    if (found == bucket->end()) return {};
    return found->second;
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
  using Bucket =
      std::unordered_map<std::string, std::vector<Value>, Hash, Equal>;

  static constexpr size_t kBuckets = 512;
  static size_t BucketOf(const Hashed& key) {
    // The low bits choose the slot inside the bucket: take others.
    return (key.hash >> 20) % kBuckets;
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
    const Hashed wanted(key);
    Bucket& bucket = Own(BucketOf(wanted));
    auto entry = bucket.find(wanted);
    if (entry == bucket.end()) {
      entry = bucket.emplace(std::string(key), std::vector<Value>()).first;
    }
    entry->second.push_back(std::move(value));
  }

  // Removes every value of `key` for which `gone` holds.
  template <typename Predicate>
  void Remove(std::string_view key, const Predicate& gone) {
    if (index_.Find(key).empty()) return;
    const Hashed wanted(key);
    Bucket& bucket = Own(BucketOf(wanted));
    const auto entry = bucket.find(wanted);
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
