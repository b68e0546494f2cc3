// Reports made of manifests, for the tests of the formats.

#ifndef MESHVET_TEST_UNIT_LINT_A_REPORT_H_
#define MESHVET_TEST_UNIT_LINT_A_REPORT_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "lint/linter.h"
#include "lint/report/report_format.h"
#include "lint/report/text_edit.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {

// Files in a folder of their own, which is the repository.
class AReport {
 public:
  AReport& File(const std::string& name, const std::string& text) {
    folder_.Put(name, text);
    return *this;
  }

  AReport& Path(const std::string& path) {
    more_paths_.push_back(path);
    return *this;
  }

  AReport& Threshold(std::optional<rules::Severity> severity) {
    fail_on_ = severity;
    return *this;
  }

  Report Make() const {
    LintRequest request;
    request.paths = more_paths_;
    request.paths.push_back(folder_.path());
    request.root_directory = folder_.path();
    request.lists_objects = true;
    request.policy =
        std::make_shared<const rules::Policy>(rules::RecommendedPolicy());
    Result<Report> report = Lint(request);
    EXPECT_TRUE(report.ok());
    if (!report) return {};
    FindEdits(report->diagnostics, request.limits, request.jobs);
    report->repository = folder_.path();
    report->fail_on = fail_on_;
    report->exit_code = 1;
    return *std::move(report);
  }

  std::string As(std::string_view format, const ReportStyle& style = {}) const {
    return FindFormat(format)->write(Make(), style);
  }

 private:
  test::TempFolder folder_;
  std::vector<std::string> more_paths_;
  std::optional<rules::Severity> fail_on_ = rules::Severity::kError;
};

// YAML of an object of a kind that does not exist.
inline std::string UnknownKind(const std::string& kind,
                               const std::string& name) {
  return "apiVersion: networking.istio.io/v1\nkind: " + kind +
         "\nmetadata: {name: " + name + ", namespace: shop}\n";
}

inline std::string Service(const std::string& name) {
  return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name +
         ", namespace: shop}\n";
}

}  // namespace meshvet::lint

#endif  // MESHVET_TEST_UNIT_LINT_A_REPORT_H_
