// What a DestinationRule names: its host, ports of the Service, subsets.

#include "test/unit/rules/destination_rule_case.h"

namespace meshvet::rules {
namespace {

const std::string kHttp = Cart("{name: http, port: 80, targetPort: 8080}");

TEST(DestinationRuleUnknownHostTest, ReportsHostsNobodyDefines) {
  const auto expect = [](const RuleCase& c) {
    Check("destination-rule-unknown-host", c);
  };
  constexpr std::string_view kHost = "warning warn /spec/host";
  const RuleCase cases[] = {
      {"a Service", TheRule("host: cart") + kHttp},
      {"by its full name",
       TheRule("host: cart.shop.svc.cluster.local") + kHttp},
      {"an entry",
       TheRule("host: bank.example") + Bank("{number: 80, protocol: HTTP}")},
      {"an entry's literal wildcard alone does not match",
       TheRule("host: a.bank.example") +
           Istio("networking.istio.io", "ServiceEntry",
                 "namespace: shop, name: e",
                 "hosts: [\"*.bank.example\"], ports: [{number: 80}]"),
       {{kHost, {"host \"a.bank.example\" is neither a Service nor a"}}}},
      {"a misspelt one",
       TheRule("host: crat") + kHttp,
       {{kHost,
         {"host \"crat\" is neither a Service nor a ServiceEntry host",
          "applies to nothing", "did you mean", "cart"}}}},
      {"a capital letter",
       TheRule("host: Cart") + kHttp,
       {{kHost, {"host \"Cart\"", "did you mean"}}}},
      {"half-qualified",
       TheRule("host: cart.shop") + kHttp,
       {{kHost, {"did you mean \"cart.shop.svc.cluster.local\"?"}}}},
      {"a trailing dot",
       TheRule("host: cart.shop.svc.cluster.local.") + kHttp,
       {{kHost, {"did you mean \"cart.shop.svc.cluster.local\"?"}}}},
      {"a wildcard may cover what comes",
       TheRule("host: \"*.shop.svc.cluster.local\"")},
      {"the star", TheRule("host: \"*\"")},
      {"no host is the schema's matter", TheRule("trafficPolicy: {}")},
      {"what the policy says exists",
       TheRule("host: bank.example"),
       {},
       "",
       {.complete = true, .assumed_hosts = {"*.example"}}},
      {"not known is not missing",
       TheRule("host: cart"),
       {},
       "not every Service and ServiceEntry that could define "
       "\"cart.shop.svc.cluster.local\" is known",
       {}},
  };
  for (const RuleCase& c : cases) expect(c);
}

TEST(DestinationRuleUnknownPortTest, ReportsPortsTheServiceDoesNotHave) {
  const auto expect = [](const RuleCase& c) {
    Check("destination-rule-unknown-port", c);
  };
  const auto entry = [](std::string_view host, std::string_view port) {
    return TheRule("host: " + std::string(host) +
                   ", trafficPolicy: {portLevelSettings: [{port: {number: " +
                   std::string(port) + "}}]}");
  };
  constexpr std::string_view kNumber =
      "warning warn /spec/trafficPolicy/portLevelSettings/0/port/number";
  const RuleCase cases[] = {
      {"a port it has", entry("cart", "80") + kHttp},
      {"the pods' port",
       entry("cart", "8080") + kHttp,
       {{kNumber,
         {"port 8080 is none of the ports of Service shop/cart (80)",
          "settings are ignored", "8080 is the targetPort of port 80"}}}},
      {"an entry's",
       entry("bank.example", "81") + Bank("{number: 80}, {number: 443}"),
       {{kNumber, {"ServiceEntry shop/bank (80, 443)"}}}},
      {"a subset's",
       TheRule("host: cart, subsets: [{name: v1, trafficPolicy: "
               "{portLevelSettings: [{port: {number: 81}}]}}]") +
           kHttp,
       {{"warning warn "
         "/spec/subsets/0/trafficPolicy/portLevelSettings/0/port/number",
         {"port 81"}}}},
      {"an unknown Service",
       entry("cart", "80"),
       {},
       "the ports of \"cart.shop.svc.cluster.local\" are not known",
       {}},
      {"one that is not there is another rule's", entry("cart", "80")},
      {"the star",
       entry("\"*\"", "80"),
       {},
       "the ports of \"*\" are not known"},
      {"without port entries nothing is asked", TheRule("host: \"*\"")},
  };
  for (const RuleCase& c : cases) expect(c);
}

TEST(DestinationRuleDuplicateSubsetTest, ReportsTwins) {
  const auto expect = [](const RuleCase& c) {
    Check("destination-rule-duplicate-subset", c);
  };
  const auto other = [](std::string_view spec, std::string_view ns = "shop") {
    return Istio("networking.istio.io", "DestinationRule",
                 "namespace: " + std::string(ns) + ", name: other",
                 "subsets: [{name: v1}], " + std::string(spec));
  };
  const std::string rule = TheRule("host: cart, subsets: [{name: v1}]");
  const std::vector<Want> merged = {
      {"warning warn /spec/subsets/0/name",
       {"subset \"v1\" is also defined by DestinationRule shop/other",
        "merged"}}};
  const RuleCase cases[] = {
      {"in one rule: Istio refuses it",
       TheRule("host: cart, subsets: [{name: v1}, {name: v2}, {name: v1}]"),
       {{"error warn /spec/subsets/2/name",
         {"subset \"v1\" is defined twice here", "refuses"}}}},
      {"in two", rule + other("host: cart.shop.svc.cluster.local"), merged},
      {"of other hosts", rule + other("host: pay")},
      {"of other namespaces",
       rule + other("host: cart.shop.svc.cluster.local", "web")},
      {"exported differently they are not merged",
       rule + other("host: cart, exportTo: [.]")},
      {"no list and a star are different",
       rule + other("host: cart, exportTo: [\"*\"]")},
      {"the order of exportTo is nothing",
       TheRule("host: cart, exportTo: [a, b], subsets: [{name: v1}]") +
           other("host: cart, exportTo: [b, a]"),
       merged},
      {"for single pods", rule + other("host: cart, workloadSelector: "
                                       "{matchLabels: {app: x}}")},
      {"for the same pods",
       TheRule("host: cart, workloadSelector: {matchLabels: {app: x}}, "
               "subsets: [{name: v1}]") +
           other("host: cart, workloadSelector: {matchLabels: {app: x}}"),
       merged},
      {"nameless ones are the schema's matter",
       TheRule("host: cart, subsets: [{}, {}]")},
  };
  for (const RuleCase& c : cases) expect(c);
}

}  // namespace
}  // namespace meshvet::rules
