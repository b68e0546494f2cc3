#include "rules/engine.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "mesh/json_pointer.h"
#include "mesh/kinds.h"
#include "mesh/workload.h"
#include "rules/fix.h"
#include "rules/foreign_annotations.h"
#include "rules/rule_context.h"

namespace meshvet::rules {
namespace {

constexpr std::string_view kOwnAnnotations = "/metadata/annotations";
constexpr std::string_view kAnnotationsOfPods =
    "/spec/template/metadata/annotations";
constexpr std::string_view kAnnotationsOfJobs =
    "/spec/jobTemplate/spec/template/metadata/annotations";

bool Applies(const Rule& rule, const GroupKind& kind) {
  return std::ranges::find(rule.kinds, kind) != rule.kinds.end();
}

bool IsOn(const Rule& rule, const RuleSettings& settings) {
  return settings.enabled.value_or(!rule.off_by_default);
}

std::string WhyOf(SilencedBy by, std::string_view reason) {
  return std::string(reason.empty() ? ToString(by) : reason);
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

std::string Annotations::PointerTo(std::string_view key) const {
  return std::string(pointer) + "/" + EscapePointerToken(key);
}

std::vector<Annotations> AnnotationsOf(const Object& object) {
  std::vector<Annotations> all;
  if (!object.annotations().empty()) {
    all.push_back({object.annotations(), kOwnAnnotations});
  }
  const GroupKind& kind = object.kind();
  if (kind == kPod) return all;  // it is its own template
  const Node of_pods = PodTemplate(object)["metadata"]["annotations"];
  if (!of_pods.empty()) {
    all.push_back({of_pods,
                   kind == kCronJob ? kAnnotationsOfJobs : kAnnotationsOfPods,
                   true});
  }
  return all;
}

struct Engine::Verdicts {
  std::vector<Finding> findings;
  std::vector<NotRun> not_run;
  bool timed_out = false;
};

std::optional<IgnoreAnnotation> FindIgnoreAnnotation(const Rule& rule,
                                                     const Object& object) {
  for (const Annotations& annotations : AnnotationsOf(object)) {
    for (const auto& [key, reason] : annotations.members.Members()) {
      if (!key.starts_with(kIgnorePrefix) || !reason.IsString()) continue;
      if (IsNamed(rule, key.substr(kIgnorePrefix.size()))) {
        return IgnoreAnnotation{reason.Str(), annotations.PointerTo(key)};
      }
    }
  }
  return std::nullopt;
}

bool GivesReason(const Finding& finding) {
  return finding.suppressed != ToString(finding.silence.by);
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

std::pair<std::string, Silence> Engine::Silenced(const Rule& rule,
                                                 const Object& object,
                                                 std::string_view file) const {
  if (policy_->ignores_suppressions) return {};
  for (const Suppression& agreed : policy_->suppressions) {
    if (agreed.HasExpired(today_())) continue;
    if (!agreed.Matches(rule, object, file)) continue;
    return {WhyOf(SilencedBy::kPolicy, agreed.reason),
            {SilencedBy::kPolicy, agreed.pointer, agreed.config}};
  }
  if (policy_->IsLocked(rule)) return {};
  if (auto own = FindIgnoreAnnotation(rule, object)) {
    return {WhyOf(SilencedBy::kAnnotation, own->reason),
            {SilencedBy::kAnnotation, std::move(own->pointer), {}}};
  }
  const Annotations own{object.annotations(), kOwnAnnotations};
  for (const auto& [key, by] :
       {std::pair(kIstioSuppress, SilencedBy::kIstioAnnotation),
        std::pair(kKialiIgnore, SilencedBy::kAnnotation)}) {
    if (key == kIstioSuppress && !policy_->ist_compat) continue;
    const Node codes = own.members[key];
    if (!codes.IsString() || !NamesRule(key, codes.Str(), rule)) continue;
    return {WhyOf(by, {}), {by, own.PointerTo(key), {}}};
  }
  return {};
}

// Gives each finding its severity and action.
void Engine::Settle(const Rule& rule, const RuleSettings& settings,
                    const Object& object, std::string_view file,
                    std::vector<Finding>& findings) const {
  const auto& [why, silence] = Silenced(rule, object, file);
  for (Finding& finding : findings) {
    if (settings.severity) finding.severity = *settings.severity;
    finding.action = settings.action.value_or(
        std::min(DefaultAction(finding.severity), rule.strictest));
    if (why.empty()) continue;
    finding.suppressed = why;
    finding.silence = silence;
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
