// File: rules/list.h
//
// List: up to N values written in braces, for constants that must be ready
// before main. (A std::initializer_list member would be filled at run time by
// g++ 12, which constinit refuses.)

#ifndef MESHVET_RULES_LIST_H_
#define MESHVET_RULES_LIST_H_

#include <array>
#include <cstddef>
#include <initializer_list>

namespace meshvet::rules {

template <typename T, size_t N>
class List {
 public:
  constexpr List() noexcept = default;
  // More than N values do not compile in a constant expression.
  constexpr List(std::initializer_list<T> items) noexcept {  // NOLINT
    for (const T& item : items) items_[size_++] = item;
  }

  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const T& operator[](size_t i) const { return items_[i]; }

 private:
  std::array<T, N> items_{};
  size_t size_ = 0;
};

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_LIST_H_
