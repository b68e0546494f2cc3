#include "cluster/promotion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace meshvet::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kValidating = "ValidatingWebhookConfiguration meshvet";
const std::string kMutating = "MutatingWebhookConfiguration meshvet";

WebhookConfiguration Configuration(bool is_mutating,
                                   const std::string& policy) {
  return {.is_mutating = is_mutating,
          .name = "meshvet",
          .version = "1",
          .webhooks = {{"one.meshvet.dev", "", policy}}};
}

// A cluster that writes down what it is asked, and fails where it is told to.
class FakeSteps : public PromotionSteps {
 public:
  Result<std::vector<WebhookConfiguration>> Read() override {
    calls.emplace_back("read");
    if (!read_error.empty()) return Error{read_error};
    return configurations;
  }
  std::optional<Error> Prove(const WebhookConfiguration& one) override {
    calls.push_back("prove " + one.Title());
    if (unproven.empty() || one.is_mutating) return std::nullopt;
    return Error{unproven};
  }
  Result<bool> Fail(const WebhookConfiguration& one) override {
    calls.push_back("fail " + one.Title());
    if (!patch_error.empty()) return Error{patch_error};
    if (changes_meanwhile) return false;
    for (WebhookConfiguration& stored : configurations) {
      if (stored.Title() != one.Title()) continue;
      for (auto& webhook : stored.webhooks) webhook.failure_policy = "Fail";
    }
    return true;
  }

  std::vector<std::string> Take() { return std::exchange(calls, {}); }

  std::vector<WebhookConfiguration> configurations = {
      Configuration(false, "Ignore"), Configuration(true, "Ignore")};
  std::vector<std::string> calls;
  std::string read_error;
  std::string unproven;
  std::string patch_error;
  bool changes_meanwhile = false;
};

std::vector<std::string> Texts(const PromotionTurn& turn) {
  std::vector<std::string> texts;
  for (const std::string& title : turn.promoted) texts.push_back("+" + title);
  for (const Error& problem : turn.problems) {
    texts.push_back(problem.where + ": " + problem.message);
  }
  return texts;
}

TEST(Promotion, ProvesBeforeItPromotes) {
  FakeSteps steps;
  Promotion promotion(steps);
  EXPECT_THAT(Texts(promotion.Turn()),
              ElementsAre("+" + kValidating, "+" + kMutating));
  EXPECT_THAT(steps.Take(),
              ElementsAre("read", "prove " + kValidating, "fail " + kValidating,
                          "prove " + kMutating, "fail " + kMutating));
  EXPECT_THAT(Texts(promotion.Turn()), IsEmpty());
  EXPECT_THAT(steps.Take(), ElementsAre("read"));
}

struct Case {
  std::string name;
  void (*arrange)(FakeSteps&);
  std::vector<std::string> calls;
  std::vector<std::string> texts;
};

TEST(Promotion, TakesNoStepTooFar) {
  const std::string prove_v = "prove " + kValidating;
  const std::string prove_m = "prove " + kMutating;
  const std::string fail_v = "fail " + kValidating;
  const std::string fail_m = "fail " + kMutating;
  for (const Case& one : std::vector<Case>{
           {"not installed",
            [](FakeSteps& steps) { steps.configurations.clear(); },
            {"read"},
            {}},
           {"unreadable",
            [](FakeSteps& steps) { steps.read_error = "forbidden"; },
            {"read"},
            {": forbidden"}},
           {"half proven",
            [](FakeSteps& steps) { steps.unproven = "let through"; },
            {"read", prove_v, prove_m, fail_m},
            {"+" + kMutating, kValidating + ": let through"}},
           {"half promoted, as after a crash",
            [](FakeSteps& steps) {
              steps.configurations[0] = Configuration(false, "Fail");
            },
            {"read", prove_m, fail_m},
            {"+" + kMutating}},
           {"kept off",
            [](FakeSteps& steps) {
              for (auto& one : steps.configurations) one.may_promote = false;
            },
            {"read"},
            {}},
           {"several webhooks, of which one would be proven",
            [](FakeSteps& steps) {
              steps.configurations.pop_back();
              auto& webhooks = steps.configurations[0].webhooks;
              webhooks.push_back(webhooks.front());
            },
            {"read"},
            {kValidating + ": it has several webhooks"}},
           {"changed since it was proven",
            [](FakeSteps& steps) { steps.changes_meanwhile = true; },
            {"read", prove_v, fail_v, prove_m, fail_m},
            {}},
           {"may not patch",
            [](FakeSteps& steps) { steps.patch_error = "forbidden"; },
            {"read", prove_v, fail_v, prove_m, fail_m},
            {kValidating + ": forbidden", kMutating + ": forbidden"}}}) {
    FakeSteps steps;
    one.arrange(steps);
    Promotion promotion(steps);
    EXPECT_EQ(Texts(promotion.Turn()), one.texts) << one.name;
    EXPECT_EQ(steps.Take(), one.calls) << one.name;
  }
}

TEST(Promotion, ProvesAnewWhatChangedMeanwhile) {
  FakeSteps steps;
  steps.configurations.pop_back();
  steps.changes_meanwhile = true;
  Promotion promotion(steps);
  promotion.Turn();
  steps.Take();
  steps.changes_meanwhile = false;
  EXPECT_THAT(Texts(promotion.Turn()), ElementsAre("+" + kValidating));
  EXPECT_THAT(steps.Take(), ElementsAre("read", "prove " + kValidating,
                                        "fail " + kValidating));
}

TEST(Promotion, LeavesAloneWhoGoesBack) {
  FakeSteps steps;
  Promotion promotion(steps);
  promotion.Turn();
  steps.Take();
  steps.configurations[0] = Configuration(false, "Ignore");
  promotion.Turn();
  EXPECT_THAT(steps.Take(), ElementsAre("read"));
  // Also what others promoted.
  FakeSteps others;
  others.configurations = {Configuration(false, "Fail")};
  Promotion late(others);
  late.Turn();
  others.configurations = {Configuration(false, "Ignore")};
  others.Take();
  late.Turn();
  EXPECT_THAT(others.Take(), ElementsAre("read"));
}

// A process that dies after any step: the next one ends where it would have.
TEST(Promotion, MayDieAfterAnyStep) {
  for (const bool first_done : {false, true}) {
    for (const bool second_done : {false, true}) {
      FakeSteps steps;
      steps.configurations = {
          Configuration(false, first_done ? "Fail" : "Ignore"),
          Configuration(true, second_done ? "Fail" : "Ignore")};
      Promotion promotion(steps);
      promotion.Turn();
      for (const WebhookConfiguration& one : steps.configurations) {
        EXPECT_EQ(one.webhooks.front().failure_policy, "Fail");
      }
    }
  }
}

}  // namespace
}  // namespace meshvet::cluster
