#include "webhook/second_look.h"

#include <algorithm>

#include "rules/rule.h"

namespace meshvet::webhook {
namespace {

using rules::Evaluation;
using std::chrono::steady_clock;

// What is found raises new questions: a VirtualService names a host, its
// destination rule a subset. Chains are no longer than this.
constexpr int kMaxRounds = 4;
// For a change without a deadline.
constexpr std::chrono::seconds kPatience{5};
// Left to judge with what was read: an eighth of the time, and at the least so
// much. Where the cluster does not answer, the thread wakes late on a busy
// node, and still has to say what it does know.
constexpr std::chrono::milliseconds kLeastReserve{20};
constexpr int kReserveShare = 8;

// Whether a rule that denies looks up this kind.
bool Matters(const Evaluation& evaluation, const GroupKind& kind) {
  return std::ranges::any_of(
      evaluation.findings, [&](const rules::Finding& finding) {
        if (finding.action < rules::Action::kDeny) return false;
        const rules::Rule* rule = rules::FindRule(finding.rule);
        return rule == nullptr ||
               std::ranges::find(rule->needs, kind) != rule->needs.end();
      });
}

bool RestsOnTheMesh(const Evaluation& evaluation) {
  return std::ranges::any_of(
      evaluation.findings, [](const rules::Finding& finding) {
        if (finding.action < rules::Action::kDeny) return false;
        const rules::Rule* rule = rules::FindRule(finding.rule);
        return rule == nullptr || rule->needs.begin() != rule->needs.end();
      });
}

}  // namespace

Evaluation EvaluateTwice(const rules::Engine& engine,
                         const rules::Change& change,
                         const Inventory& inventory,
                         const ConfirmAbsence& confirm) {
  Evaluation evaluation = engine.Evaluate(change, inventory);
  if (!confirm || !RestsOnTheMesh(evaluation)) return evaluation;
  const auto now = steady_clock::now();
  const auto end = change.deadline.value_or(now + kPatience);
  const auto reserve = std::max<steady_clock::duration>(
      kLeastReserve, (end - now) / kReserveShare);
  std::shared_ptr<const Inventory> mesh;
  std::set<Absence> confirmed;
  for (int round = 1;; ++round) {
    LookupLog log;
    evaluation = engine.Evaluate(change, mesh ? *mesh : inventory, &log);
    if (evaluation.timed_out) return evaluation;
    std::set<Absence> open;
    for (const Absence& absence : log.absences) {
      if (confirmed.contains(absence)) continue;
      if (Matters(evaluation, absence.kind)) open.insert(absence);
    }
    if (open.empty()) return evaluation;
    // After so many there is no more time to be had: what is still open becomes
    // unknown, kind by kind, and so this ends.
    const auto until =
        round < kMaxRounds ? end - reserve : steady_clock::time_point::min();
    mesh = confirm(mesh ? *mesh : inventory, open, until);
    confirmed.merge(open);
  }
}

}  // namespace meshvet::webhook
