// File: cli/rule_coverage.h
//
// Which rules of `serve` lack a part of the mesh, in probes and metrics.

#ifndef MESHVET_CLI_RULE_COVERAGE_H_
#define MESHVET_CLI_RULE_COVERAGE_H_

#include <functional>
#include <vector>

#include "rules/unmet_needs.h"
#include "webhook/metrics.h"
#include "webhook/ops_server.h"

namespace meshvet::cli {

// Those of the policy and of the mesh that are in force when it is called.
using NeedsSource = std::function<std::vector<rules::UnmetNeed>()>;

// Never fails: what is unknown is held against nobody. Says which rules do not
// run where they need it.
webhook::CheckResult CheckRules(const NeedsSource& needs);

// meshvet_rule_kinds_unknown.
void AddRuleMetrics(const NeedsSource& needs, webhook::Metrics& metrics);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_RULE_COVERAGE_H_
