// File: rules/policy_scope.h
//
// Scope: one place of a configuration while it is read strictly: typed values,
// known keys, and errors that say where and what was meant.

#ifndef MESHVET_RULES_POLICY_SCOPE_H_
#define MESHVET_RULES_POLICY_SCOPE_H_

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/node.h"
#include "mesh/result.h"

namespace meshvet::rules {

// Collects errors; a hostile file gets no more than a page of them.
class ErrorLog {
 public:
  explicit ErrorLog(std::string file) : file_(std::move(file)) {}

  void Add(const std::string& pointer, std::string message);
  std::vector<Error>& errors() { return errors_; }

 private:
  static constexpr size_t kMost = 50;
  std::string file_;  // precedes each pointer; empty for the main file
  std::vector<Error> errors_;
};

class Scope {
 public:
  Scope(Node node, std::string pointer, ErrorLog& log)
      : node_(node), pointer_(std::move(pointer)), log_(log) {}

  Node node() const { return node_; }
  bool exists() const { return node_.exists(); }
  const std::string& pointer() const { return pointer_; }

  Scope operator[](std::string_view key) const;
  std::vector<Scope> Elements() const;
  // The members of an object as (key, scope).
  std::vector<std::pair<std::string_view, Scope>> Members() const;

  void Fail(std::string message) const;

  // Each says an error and gives nothing if the value has another type; an
  // absent value gives nothing without an error.
  std::optional<std::string> Text() const;
  std::optional<bool> Bool() const;
  std::vector<std::string> Texts() const;
  // One of `words`.
  std::optional<std::string> Word(
      std::span<const std::string_view> words) const;

  // False, with an error, unless this is an object; every key must be one of
  // `keys`.
  bool IsObjectOf(std::span<const std::string_view> keys) const;
  bool IsObject() const;
  bool IsArray() const;

 private:
  Node node_;
  std::string pointer_;
  ErrorLog& log_;
};

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_POLICY_SCOPE_H_
