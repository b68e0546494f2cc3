#include "mesh/object_facts.h"

#include <mutex>

namespace meshvet {

ObjectFacts& ObjectFacts::operator=(const ObjectFacts& other) noexcept {
  if (this == &other) return *this;
  seen_.store(nullptr, std::memory_order_relaxed);
  owned_.reset();
  return *this;
}

const ObjectFacts::Held* ObjectFacts::Keep(
    std::unique_ptr<const Held> held) const {
  // One for all objects: it is taken once in the life of each.
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  if (owned_ == nullptr) {
    owned_ = std::move(held);
    seen_.store(owned_.get(), std::memory_order_release);
  }
  return owned_.get();
}

}  // namespace meshvet
