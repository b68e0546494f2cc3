// File: mesh/result.h
//
// Result<T>: a value, or the error that kept us from having one. Errors are
// values inside the program; nothing of ours throws.
//
//   Result<Document> document = ParseJson(text, limits);
//   if (!document) return document.error();
//   Use(*document);

#ifndef MESHVET_MESH_RESULT_H_
#define MESHVET_MESH_RESULT_H_

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace meshvet {

// What went wrong, in words for the person who has to mend it, and where:
// `where` is a JSON Pointer, a file or a flag, whichever the callee documents.
struct Error {
  std::string message;
  std::string where = {};
};

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{…};` both read well.
  Result(T value) : content_(std::move(value)) {}      // NOLINT
  Result(Error error) : content_(std::move(error)) {}  // NOLINT

  bool ok() const { return std::holds_alternative<T>(content_); }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!ok());
    return *std::get_if<Error>(&content_);
  }

 private:
  T& value() {
    assert(ok());
    return *std::get_if<T>(&content_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<T>(&content_);
  }

  std::variant<T, Error> content_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_RESULT_H_
