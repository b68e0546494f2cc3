// File: test/unit/rules/policy_text.h
//
// Configurations told in YAML, with the files they extend, and what their
// reader says of them.

#ifndef MESHVET_TEST_UNIT_RULES_POLICY_TEXT_H_
#define MESHVET_TEST_UNIT_RULES_POLICY_TEXT_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mesh/document.h"
#include "rules/policy.h"
#include "yaml/parse.h"

namespace meshvet::rules {

using Files = std::map<std::string, std::string, std::less<>>;

inline std::shared_ptr<const Document> ParseYaml(const std::string& text) {
  yaml::Stream stream = yaml::Parse(text, {});
  EXPECT_TRUE(stream.problems.empty()) << text;
  return stream.documents.at(0).document();
}

inline std::string WithHead(const std::string& body) {
  return "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n" + body;
}

inline std::variant<Policy, PolicyErrors> Read(const std::string& text,
                                               const Files& files = {}) {
  return ReadPolicy(
      ParseYaml(text),
      [&](std::string_view path) -> Result<std::shared_ptr<const Document>> {
        const auto file = files.find(path);
        if (file == files.end()) return Error{"no such file"};
        return ParseYaml(file->second);
      });
}

// "pointer: message", one for each error.
inline std::vector<std::string> Errors(const std::string& text,
                                       const Files& files = {}) {
  const auto read = Read(text, files);
  std::vector<std::string> lines;
  if (const auto* errors = std::get_if<PolicyErrors>(&read)) {
    for (const Error& error : errors->errors) {
      lines.push_back(error.where + ": " + error.message);
    }
  }
  return lines;
}

}  // namespace meshvet::rules

#endif  // MESHVET_TEST_UNIT_RULES_POLICY_TEXT_H_
