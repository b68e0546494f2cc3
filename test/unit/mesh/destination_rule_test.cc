// Which DestinationRule a client uses.

#include "mesh/destination_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory_resource>
#include <string>
#include <vector>

#include "mesh/json_pointer.h"
#include "mesh/mesh_view.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using ::testing::ElementsAre;

// "ns/name created host exportTo selector", parted by blanks; "-" for none.
// `created` is a year.
std::string RuleOf(const std::string& line) {
  std::vector<std::string> words;
  size_t from = 0;
  while (from < line.size()) {
    const size_t to = std::min(line.find(' ', from), line.size());
    words.push_back(line.substr(from, to - from));
    from = to + 1;
  }
  const size_t slash = words.at(0).find('/');
  const auto field = [&](size_t i, const std::string& before,
                         const std::string& after) {
    return i >= words.size() || words[i] == "-" ? ""
                                                : before + words[i] + after;
  };
  return "{kind: DestinationRule, apiVersion: networking.istio.io/v1, "
         "metadata: {namespace: " +
         words[0].substr(0, slash) + ", name: " + words[0].substr(slash + 1) +
         field(1, ", creationTimestamp: \"", "-01-01T00:00:00Z\"") +
         "}, spec: {host: \"" + words.at(2) + "\"" +
         (words.size() > 3 && words[3] == "*"
              ? ", exportTo: [\"*\"]"
              : field(3, ", exportTo: [", "]")) +
         field(4, ", workloadSelector: {matchLabels: {", ": x}}") + "}}\n---\n";
}

std::string Join(const std::pmr::vector<const Object*>& rules) {
  std::string names;
  for (const Object* rule : rules) {
    names += (names.empty() ? "" : " ") + std::string(rule->name());
  }
  return names;
}

// What clients in `client` find for cart.shop: names, oldest first, and after a
// bar those for single pods.
std::string Found(const std::vector<std::string>& rules,
                  std::string_view client, MeshConfig config = {}) {
  std::string yaml;
  for (const std::string& rule : rules) yaml += RuleOf(rule);
  const test::Scene scene(yaml, {.complete = true}, std::move(config));
  const MeshView mesh(scene.inventory(), &scene.subject());
  const EffectiveRule& found =
      FindDestinationRule(mesh, "cart.shop.svc.cluster.local", "shop", client);
  EXPECT_TRUE(found.is_certain);
  const std::string selecting = Join(found.selecting);
  return Join(found.rules) + (selecting.empty() ? "" : "|" + selecting);
}

const char* const kCart = "cart.shop.svc.cluster.local";

struct Case {
  const char* what;
  std::vector<std::string> rules;
  const char* client;
  const char* found;
};

TEST(FindDestinationRuleTest, GoesThroughTheLevels) {
  const std::string cart(kCart);
  const std::vector<std::string> all = {
      "web/own - " + cart, "shop/services - cart",
      "istio-system/root - *.local", "other/third - " + cart + " *"};
  const Case cases[] = {
      {"the client's own namespace first", all, "web", "own"},
      {"then the service's", all, "billing", "services"},
      {"then the root namespace", {all[2], all[3]}, "billing", "root"},
      {"never a third namespace's", {all[3]}, "billing", ""},
      {"which still serves its own clients", {all[3]}, "other", "third"},
      {"a short name is its own namespace's", {"web/a - cart"}, "web", ""},
      {"nothing is merged across levels",
       {"web/own - *.local", all[1]},
       "web",
       "own"},
      {"own rules not exported to the own namespace do not count",
       {"web/own - " + cart + " billing", all[1]},
       "web",
       "services"},
      {"an own rule may name its namespace",
       {"web/own - " + cart + " web", all[1]},
       "web",
       "own"},
      {"the service's namespace must export to the client",
       {"shop/services - cart billing", all[2]},
       "web",
       "root"},
      {"so must the root namespace",
       {"istio-system/root - *.local billing"},
       "web",
       ""},
      {"by name", {"istio-system/root - *.local billing"}, "billing", "root"},
      {"clients nobody names see what is public", all, "", "services"},
      {"the root namespace's own clients: private rules first",
       {"istio-system/private - *.local .", all[1]},
       "istio-system",
       "private"},
      {"private by its own name",
       {"istio-system/private - *.local istio-system", all[1]},
       "istio-system",
       "private"},
      {"no public ones at that level",
       {all[2], all[1]},
       "istio-system",
       "services"},
      {"but at the last", {all[2]}, "istio-system", "root"},
      {"where '.' among others does not count",
       {"istio-system/root - *.local .,web"},
       "istio-system",
       ""},
      {"private root rules serve nobody else",
       {"istio-system/private - *.local ."},
       "web",
       ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Found(c.rules, c.client), c.found) << c.what;
  }
}

TEST(FindDestinationRuleTest, TakesTheMostSpecificHost) {
  const std::string cart(kCart);
  const Case cases[] = {
      {"exact before wildcard",
       {"shop/wide - *.local", "shop/exact - cart"},
       "shop",
       "exact"},
      {"the longer wildcard",
       {"shop/wide - *.local", "shop/long - *.shop.svc.cluster.local",
        "shop/mid - *.cluster.local"},
       "shop",
       "long"},
      {"any before the star",
       {"shop/star - *", "shop/wide - *.local"},
       "shop",
       "wide"},
      {"the star", {"shop/star - *"}, "shop", "star"},
      {"age does not matter",
       {"shop/wide 2001 *.local", "shop/exact 2002 cart"},
       "shop",
       "exact"},
      {"level 1 looks at what its namespace sees",
       {"web/exact - " + cart + " billing", "web/wide - *.local"},
       "web",
       "wide"},
      {"levels 2 and 3 choose before they look: the exported wildcard is "
       "hidden",
       {"shop/exact - cart billing", "shop/wide - *.local",
        "istio-system/root - *.local"},
       "web",
       "root"},
      {"but not by a private rule",
       {"shop/exact - cart .", "shop/wide - *.local"},
       "web",
       "wide"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Found(c.rules, c.client), c.found) << c.what;
  }
}

TEST(FindDestinationRuleTest, MergesWhatIsExportedAlike) {
  const Case cases[] = {
      {"oldest first",
       {"shop/a 2003 cart", "shop/b 2001 cart", "shop/c 2002 cart"},
       "shop",
       "b c a"},
      {"of one age by name", {"shop/b - cart", "shop/a - cart"}, "shop", "a b"},
      {"what was never stored is the newest",
       {"shop/a - cart", "shop/b 2001 cart"},
       "shop",
       "b a"},
      {"short and full host are one",
       {"shop/a 2001 cart", "shop/b 2002 cart.shop.svc.cluster.local"},
       "shop",
       "a b"},
      {"the order of exportTo is nothing",
       {"shop/a 2001 cart web,billing", "shop/b 2002 cart billing,web"},
       "web",
       "a b"},
      {"no list and a star are two lists: the newest counts",
       {"shop/a 2001 cart", "shop/b 2002 cart *"},
       "shop",
       "b"},
      {"the newest of different ones",
       {"shop/a 2002 cart .", "shop/b 2001 cart *"},
       "shop",
       "a"},
      {"for others the newest they see",
       {"shop/a 2002 cart .", "shop/b 2001 cart *"},
       "web",
       "b"},
      {"a newer rule that says more is folded into the older",
       {"shop/a 2001 cart web", "shop/b 2002 cart web,billing"},
       "web",
       "a b"},
      {"and lost for the namespaces it adds",
       {"shop/a 2001 cart web", "shop/b 2002 cart web,billing",
        "istio-system/root - *.local"},
       "billing",
       "root"},
      {"an older rule that says more is not",
       {"shop/a 2002 cart web", "shop/b 2001 cart web,billing"},
       "web",
       "a"},
      {"nor one into a rule without a list",
       {"shop/a 2001 cart", "shop/b 2002 cart web"},
       "web",
       "b"},
      {"a rule stands alone too unless the last one takes it in",
       {"shop/a 2001 cart web", "shop/b 2002 cart billing,web,x",
        "shop/c 2003 cart other", "shop/d 2004 cart web"},
       "web",
       "d"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Found(c.rules, c.client), c.found) << c.what;
  }
}

TEST(FindDestinationRuleTest, KeepsRulesForSinglePodsApart) {
  const std::string cart(kCart);
  const Case cases[] = {
      {"beside the others",
       {"shop/pods - cart - app", "shop/all - cart"},
       "shop",
       "all|pods"},
      {"alone they leave all other pods without a rule",
       {"web/pods - " + cart + " - app", "shop/services - cart"},
       "web",
       "|pods"},
      {"also by a more specific host",
       {"web/pods - " + cart + " - app", "web/wide - *.local"},
       "web",
       "|pods"},
      {"they are private, whatever they say",
       {"shop/pods - cart * app", "istio-system/root - *.local"},
       "web",
       "root"},
      {"with other selectors they stay apart, each for its pods",
       {"shop/p 2001 cart - app", "shop/q 2002 cart - role"},
       "shop",
       "|p q"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Found(c.rules, c.client), c.found) << c.what;
  }
}

TEST(FindDestinationRuleTest, HonoursTheDefaultExportOfTheMesh) {
  MeshConfig config;
  config.default_destination_rule_export_to = {"."};
  const std::vector<std::string> rules = {"shop/a - cart",
                                          "istio-system/r - *.local *"};
  EXPECT_EQ(Found(rules, "shop", config), "a");
  EXPECT_EQ(Found(rules, "web", config), "r");
}

TEST(FindDestinationRuleTest, IsCertainWhereEveryLevelIsKnown) {
  const test::Scene scene(RuleOf("web/own - " + std::string(kCart)),
                          {.closed_namespaces = {"web", "shop"}});
  const MeshView mesh(scene.inventory(), &scene.subject());
  const auto certain = [&](std::string_view client) {
    return FindDestinationRule(mesh, kCart, "shop", client).is_certain;
  };
  EXPECT_TRUE(certain("web"));
  EXPECT_FALSE(certain("shop"));     // the root namespace may have one
  EXPECT_FALSE(certain("billing"));  // unknown itself
}

TEST(FindDestinationRuleTest, FindsSubsetsInOrder) {
  const test::Scene scene(R"(
{kind: DestinationRule, apiVersion: networking.istio.io/v1,
 metadata: {namespace: shop, name: b},
 spec: {host: cart, subsets: [{name: v1, labels: {v: b}}, {name: v2}]}}
---
{kind: DestinationRule, apiVersion: networking.istio.io/v1,
 metadata: {namespace: shop, name: a},
 spec: {host: cart, subsets: [{name: v1, labels: {v: a}}]}}
)");
  const MeshView mesh(scene.inventory(), &scene.subject());
  const EffectiveRule& rule = FindDestinationRule(mesh, kCart, "shop", "shop");
  EXPECT_EQ(rule.Subset("v1")["labels"]["v"].Str(), "a");
  EXPECT_TRUE(rule.Subset("v2").exists());
  EXPECT_FALSE(rule.Subset("v3").exists());
}

TEST(ForEachPolicyScopeTest, VisitsTheFourPlacesInOrder) {
  const test::Scene scene(R"(
kind: DestinationRule
apiVersion: networking.istio.io/v1
metadata: {namespace: shop, name: a}
spec:
  host: cart
  trafficPolicy: {portLevelSettings: [{port: {number: 80}}, {port: {number: 81}}, {port: {number: 80}}]}
  subsets:
  - {name: v1, trafficPolicy: {portLevelSettings: [{port: {number: 82}}]}}
  - {name: v2}
  - {name: v3, trafficPolicy: {}}
)");
  const PointerIndex index(scene.subject().root());
  std::vector<std::string> places;
  ForEachPolicyScope(scene.subject(), [&](const PolicyScope& scope) {
    places.push_back(index.OfNearest(scope.policy) + " " +
                     std::string(scope.subset) + " " + scope.port.Text());
  });
  EXPECT_THAT(places,
              ElementsAre("/spec/trafficPolicy  ",
                          "/spec/trafficPolicy/portLevelSettings/0  80",
                          "/spec/trafficPolicy/portLevelSettings/1  81",
                          "/spec/subsets/0/trafficPolicy v1 ",
                          "/spec/subsets/0/trafficPolicy/portLevelSettings/0 "
                          "v1 82",
                          "/spec/subsets/2/trafficPolicy v3 "));
}

struct MergeCase {
  const char* a;
  const char* b;
  bool merged;
};

TEST(AreMergedTest, ComparesExportAndSelector) {
  const MergeCase cases[] = {
      {"s/a - cart", "s/b - cart", true},
      {"s/a - cart *", "s/b - cart", false},
      {"s/a - cart x,y", "s/b - cart y,x", true},
      {"s/a 2001 cart x", "s/b 2002 cart y,x", true},
      {"s/a 2002 cart x", "s/b 2001 cart y,x", false},
      {"s/a - cart - app", "s/b - cart - app", true},
      {"s/a - cart - app", "s/b - cart - role", false},
      {"s/a - cart . app", "s/b - cart .", false},
  };
  for (const MergeCase& c : cases) {
    const auto objects = test::ReadObjects(RuleOf(c.a) + RuleOf(c.b));
    EXPECT_EQ(AreMerged(*objects[0], *objects[1]), c.merged) << c.a;
    EXPECT_EQ(AreMerged(*objects[1], *objects[0]), c.merged) << c.a;
  }
}

}  // namespace
}  // namespace meshvet
