#include "rules/engine.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "mesh/comma_list.h"
#include "mesh/json_pointer.h"
#include "rules/fix.h"
#include "rules/rule_context.h"

namespace meshvet::rules {
namespace {

constexpr std::string_view kIgnorePrefix = "ignore.meshvet.dev/";
// What silences a finding, where nobody says why.
constexpr std::string_view kPolicy = "policy";
constexpr std::string_view kAnnotation = "annotation";
constexpr std::string_view kIstioSuppress = "galley.istio.io/analyze-suppress";

bool Applies(const Rule& rule, const GroupKind& kind) {
  return std::ranges::find(rule.kinds, kind) != rule.kinds.end();
}

bool IsOn(const Rule& rule, const RuleSettings& settings) {
  return settings.enabled.value_or(!rule.off_by_default);
}

// Whether the comma list `codes` names one of the rule's aliases, or all.
bool NamesAlias(std::string_view codes, const Rule& rule) {
  return AnyInCommaList(codes, [&](std::string_view code) {
    return code == "*" ||
           std::ranges::find(rule.aliases, code) != rule.aliases.end();
  });
}

// The annotation ignore.meshvet.dev/… for the rule's id or one of its codes.
Node IgnoreAnnotation(const Rule& rule, const Object& object) {
  for (const auto& [key, reason] : object.annotations().Members()) {
    if (!key.starts_with(kIgnorePrefix) || !reason.IsString()) continue;
    const std::string_view name = key.substr(kIgnorePrefix.size());
    if (name == rule.id ||
        std::ranges::find(rule.aliases, name) != rule.aliases.end()) {
      return reason;
    }
  }
  return {};
}

// Pointers and fixes of what a rule reported, worked out in one go.
std::vector<Finding> Finish(RuleContext& ctx, const PointerIndex& index) {
  std::vector<Finding> findings;
  for (Draft& draft : ctx.drafts()) {
    draft.finding.pointer = index.OfNearest(draft.place);
    draft.finding.fix = ToPatch(draft.edits, index);
    if (draft.finding.fix.empty()) draft.finding.fix_title.clear();
    findings.push_back(std::move(draft.finding));
  }
  return findings;
}

// The identity of a finding within one object.
using Identity = std::pair<std::string_view, std::string_view>;
Identity IdentityOf(const Finding& finding) {
  return {finding.rule, finding.about};
}

std::chrono::sys_days SystemToday() {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::system_clock::now());
}

// Turns what the old object had too into warnings: removing a finalizer or
// fixing one of two problems must go through.
void ForgiveKnown(std::vector<Finding>& findings,
                  const std::vector<Finding>& before) {
  std::set<Identity> known;
  for (const Finding& finding : before) known.insert(IdentityOf(finding));
  for (Finding& finding : findings) {
    if (!known.contains(IdentityOf(finding))) continue;
    finding.known_before = true;
    finding.action = std::min(finding.action, Action::kWarn);
  }
}

void Sort(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return std::tuple(b.action, b.severity, std::string_view(a.pointer),
                      a.rule) < std::tuple(a.action, a.severity,
                                           std::string_view(b.pointer), b.rule);
  });
}

}  // namespace

struct Engine::Verdicts {
  std::vector<Finding> findings;
  std::vector<NotRun> not_run;
  bool timed_out = false;
};

bool GivesReason(std::string_view suppressed) {
  return suppressed != kPolicy && suppressed != kAnnotation &&
         suppressed != kIstioSuppress;
}

Action Evaluation::strictest() const {
  Action strictest = Action::kOff;
  for (const Finding& finding : findings) {
    strictest = std::max(strictest, finding.action);
  }
  return strictest;
}

Engine::Engine(std::shared_ptr<const Policy> policy, Today today,
               std::span<const Rule* const> rules)
    : policy_(std::move(policy)),
      today_(today ? std::move(today) : SystemToday),
      rules_(rules.empty() ? AllRules() : rules) {}

bool Engine::Judges(const GroupKind& kind) const {
  return std::ranges::any_of(
      rules_, [&](const Rule* rule) { return Applies(*rule, kind); });
}

// Why `rule` is silenced for `object`; empty if it is not.
std::string Engine::Silenced(const Rule& rule, const Object& object,
                             std::string_view file) const {
  for (const Suppression& agreed : policy_->suppressions) {
    if (agreed.until && *agreed.until < today_()) continue;
    if (agreed.Matches(rule, object, file)) {
      return agreed.reason.empty() ? std::string(kPolicy) : agreed.reason;
    }
  }
  if (policy_->IsLocked(rule) || object.annotations().empty()) return {};
  if (const Node reason = IgnoreAnnotation(rule, object)) {
    return std::string(reason.Str().empty() ? kAnnotation : reason.Str());
  }
  const std::string_view codes = object.annotations()[kIstioSuppress].Str();
  return NamesAlias(codes, rule) ? std::string(kIstioSuppress) : std::string();
}

// Gives each finding its severity and action.
void Engine::Settle(const Rule& rule, const RuleSettings& settings,
                    const Object& object, std::string_view file,
                    std::vector<Finding>& findings) const {
  const std::string silenced = Silenced(rule, object, file);
  for (Finding& finding : findings) {
    if (settings.severity) finding.severity = *settings.severity;
    finding.action = settings.action.value_or(
        std::min(DefaultAction(finding.severity), rule.strictest));
    if (silenced.empty()) continue;
    finding.suppressed = silenced;
    finding.action = Action::kOff;
  }
}

Engine::Verdicts Engine::Judge(const Object& object, const Change& change,
                               const Inventory& inventory,
                               LookupLog* log) const {
  Verdicts verdicts;
  const bool deleting = change.operation == Operation::kDelete;
  const MeshView mesh = deleting ? MeshView::Without(inventory, object, log)
                                 : MeshView(inventory, &object, log);
  std::optional<PointerIndex> index;
  for (const Rule* rule : rules_) {
    if (!Applies(*rule, object.kind())) continue;
    const auto check = deleting ? rule->check_delete : rule->check;
    if (check == nullptr) continue;
    if (change.deadline &&
        std::chrono::steady_clock::now() >= *change.deadline) {
      verdicts.timed_out = true;
      break;
    }
    const RuleSettings settings = policy_->For(*rule, object, change.file);
    if (!IsOn(*rule, settings)) continue;
    RuleContext ctx(*rule, mesh, RuleOptions(settings.options),
                    policy_->patterns);
    check(object, ctx);
    for (const std::string& reason : ctx.not_run()) {
      verdicts.not_run.push_back({rule->id, reason});
    }
    if (ctx.drafts().empty()) continue;
    if (!index) index.emplace(object.root());
    std::vector<Finding> found = Finish(ctx, *index);
    Settle(*rule, settings, object, change.file, found);
    std::ranges::move(found, std::back_inserter(verdicts.findings));
  }
  return verdicts;
}

Evaluation Engine::Evaluate(const Change& change, const Inventory& inventory,
                            LookupLog* log) const {
  Verdicts now = Judge(*change.object, change, inventory, log);
  Evaluation evaluation{std::move(now.findings), std::move(now.not_run),
                        now.timed_out};
  // Only a denial can be forgiven: spare the second look without one.
  if (change.operation == Operation::kUpdate && change.old_object != nullptr &&
      evaluation.strictest() >= Action::kWarn) {
    const Verdicts before = Judge(*change.old_object, change, inventory, log);
    evaluation.timed_out |= before.timed_out;
    ForgiveKnown(evaluation.findings, before.findings);
  }
  Sort(evaluation.findings);
  return evaluation;
}

Mutation Engine::Mutate(const Change& change,
                        const Inventory& inventory) const {
  Mutation mutation;
  if (change.operation == Operation::kDelete) return mutation;
  // A fix removes its own finding and a round mends at least one, so a chain of
  // fixes is no longer than there are rules; one more round proves the end.
  const size_t max_rounds = rules_.size() + 1;
  std::shared_ptr<const Document> mended;
  for (size_t round = 0; round < max_rounds; ++round) {
    const Object object(mended ? mended->root() : change.object->root(), mended,
                        change.object->ns());
    Verdicts verdicts = Judge(object, change, inventory, nullptr);
    mutation.timed_out |= verdicts.timed_out;
    std::erase_if(verdicts.findings, [&](const Finding& finding) {
      return !IsAutoFixed(finding, object, change.file, *policy_);
    });
    FixBatch batch = ApplyFixes(object.root(), std::move(verdicts.findings));
    if (batch.fixed.empty()) break;
    mended = std::move(batch.document);
    std::ranges::move(batch.patch, std::back_inserter(mutation.patch));
    std::ranges::move(batch.fixed, std::back_inserter(mutation.fixed));
  }
  return mutation;
}

}  // namespace meshvet::rules
