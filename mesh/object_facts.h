// File: mesh/object_facts.h
//
// ObjectFacts: what can be read off an immutable object, kept with it once
// somebody asked. A Service of the inventory is asked for its ports by every
// review that leads to it, and they never change.
//
//   const Ports& ports = object.facts().Get<Ports>([&] { return Read(object);
//   });
//
// Safe to use from many threads: of several first answers one is kept.

#ifndef MESHVET_MESH_OBJECT_FACTS_H_
#define MESHVET_MESH_OBJECT_FACTS_H_

#include <atomic>
#include <cassert>
#include <memory>
#include <utility>

namespace meshvet {

class ObjectFacts {
 public:
  ObjectFacts() = default;
  // Facts may point into their object: a copy of it works out its own.
  ObjectFacts(const ObjectFacts& /*other*/) noexcept {}
  ObjectFacts& operator=(const ObjectFacts& other) noexcept;
  ~ObjectFacts() = default;

  // What `read()` gave the first time. An object has facts of one type, which
  // its kind decides.
  template <typename Facts, typename Read>
  const Facts& Get(const Read& read) const {
    const Held* held = seen_.load(std::memory_order_acquire);
    if (held == nullptr) {
      held = Keep(std::make_unique<const HeldAs<Facts>>(read()));
    }
    assert(held->type == &kTypeOf<Facts>);
    return static_cast<const HeldAs<Facts>*>(held)->facts;
  }

 private:
  struct Held {
    explicit Held(const char* its_type) : type(its_type) {}
    virtual ~Held() = default;
    const char* type;
  };
  template <typename Facts>
  static constexpr char kTypeOf = 0;
  template <typename Facts>
  struct HeldAs final : Held {
    explicit HeldAs(Facts its_facts)
        : Held(&kTypeOf<Facts>), facts(std::move(its_facts)) {}
    const Facts facts;
  };

  // The first to come is kept.
  const Held* Keep(std::unique_ptr<const Held> held) const;

  mutable std::unique_ptr<const Held> owned_;
  mutable std::atomic<const Held*> seen_ = nullptr;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_OBJECT_FACTS_H_
