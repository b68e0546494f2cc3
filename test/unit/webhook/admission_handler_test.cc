#include "webhook/admission_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <new>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "test/unit/webhook/courtroom.h"
#include "webhook/self_test.h"

namespace meshvet::webhook {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* kMissing = "workload-entry-missing-label";
constexpr const char* kClash = "workload-entry-conflicting-label";

// What a safe fix can mend: the labels are there under other names.
Json MendableEntry() {
  return Entry({{"app.kubernetes.io/name", "ledger"},
                {"app.kubernetes.io/version", "v3"}});
}

TEST(AdmissionHandler, AllowsWarnsAndDenies) {
  Courtroom court;
  Judged judged = court.Validate(ReviewOf("CREATE", GoodEntry()));
  EXPECT_TRUE(judged.allowed());
  EXPECT_EQ(court.outcome(), Outcome::kAllowed);
  EXPECT_THAT(court.rules(), IsEmpty());
  const std::string audited = "workload-entry-selected-by-nothing audited";
  EXPECT_THAT(court.rule_verdicts(), ElementsAre(audited));

  judged = court.Validate(ReviewOf("CREATE", ClashingEntry()));
  EXPECT_TRUE(judged.allowed());
  EXPECT_THAT(judged.warnings(), ElementsAre(HasSubstr(kClash)));
  EXPECT_EQ(court.outcome(), Outcome::kWarned);
  EXPECT_THAT(court.rules(), ElementsAre(kClash));
  EXPECT_THAT(court.rule_verdicts(),
              ElementsAre(std::string(kClash) + " warned", audited));

  judged = court.Validate(ReviewOf("CREATE", Entry()));
  EXPECT_FALSE(judged.allowed());
  EXPECT_THAT(judged.message(),
              StartsWith("meshvet found 2 problems in WorkloadEntry "
                         "legacy/ledger:\n- "));
  EXPECT_EQ(judged.response["status"]["code"], 403);
  EXPECT_EQ(judged.response["status"]["details"]["causes"].size(), 2U);
  EXPECT_EQ(judged.annotation("verdict"), "deny");
  EXPECT_EQ(judged.annotation("policy-generation"), "7");
  EXPECT_EQ(court.outcome(), Outcome::kDenied);
  EXPECT_THAT(court.rules(), ElementsAre(kMissing)) << "once, found twice";
  EXPECT_THAT(court.rule_verdicts(),
              Contains(std::string(kMissing) + " denied").Times(1));
}

TEST(AdmissionHandler, LetsThroughWhatWasThereBefore) {
  Courtroom court;
  Json after = Entry();
  after["metadata"]["finalizers"] = Json::array();
  Judged judged = court.Validate(ReviewOf("UPDATE", after, Entry()));
  EXPECT_TRUE(judged.allowed());
  EXPECT_THAT(judged.warnings(), Each(StartsWith("not new, so let through: ")));
  EXPECT_THAT(judged.warnings(), SizeIs(2));
  EXPECT_EQ(judged.annotation("known-before"),
            "workload-entry-missing-label,workload-entry-selected-by-nothing");

  judged = court.Validate(ReviewOf("UPDATE", Entry(), GoodEntry()));
  EXPECT_FALSE(judged.allowed()) << "a new problem";
}

TEST(AdmissionHandler, JudgesNothingItWasNotAsked) {
  Courtroom court;
  Json status = ReviewOf("UPDATE", Entry(), GoodEntry());
  status["request"]["subResource"] = "status";
  Json connect = ReviewOf("CREATE", Entry());
  connect["request"]["operation"] = "CONNECT";
  Json collection = ReviewOf("DELETE", nullptr, Entry());
  collection["request"]["oldObject"] = nullptr;
  Json stranger = Entry();
  stranger["apiVersion"] = "example.com/v1";
  for (const Json& review :
       {status, connect, collection, ReviewOf("CREATE", stranger),
        ReviewOf("DELETE", nullptr, Entry())}) {
    const Judged validated = court.Validate(review);
    EXPECT_TRUE(validated.allowed()) << review;
    EXPECT_THAT(validated.warnings(), IsEmpty());
    const Judged mutated = court.Mutate(review);
    EXPECT_TRUE(mutated.allowed());
    EXPECT_FALSE(mutated.response.contains("patch"));
  }
}

TEST(AdmissionHandler, JudgesTheSameInEveryVersionAndInDryRun) {
  Courtroom court;
  Json review = ReviewOf("CREATE", Entry());
  const Judged plain = court.Validate(review);
  for (const char* version : {"v1alpha3", "v1beta1", "v1"}) {
    review["request"]["kind"]["version"] = version;
    review["request"]["object"]["apiVersion"] =
        std::string("networking.istio.io/") + version;
    review["request"]["dryRun"] = true;
    EXPECT_EQ(court.Validate(review).response, plain.response);
  }
}

TEST(AdmissionHandler, MendsAndNeverDenies) {
  Courtroom court;
  const Json review = ReviewOf("CREATE", MendableEntry());
  EXPECT_FALSE(court.Validate(review).allowed());
  const Judged judged = court.Mutate(review);
  EXPECT_TRUE(judged.allowed());
  EXPECT_EQ(court.outcome(), Outcome::kPatched);
  EXPECT_THAT(court.rules(), ElementsAre(kMissing));
  EXPECT_THAT(court.rule_verdicts(),
              ElementsAre(std::string(kMissing) + " patched"));
  EXPECT_EQ(judged.annotation("patched"), kMissing);
  EXPECT_EQ(judged.annotation("verdict"), "patch");
  EXPECT_THAT(judged.warnings(), SizeIs(2));
  EXPECT_THAT(judged.warnings(), Each(StartsWith("mended ")));
  const Json mended =
      Json::parse(test::PatchedObject(review.dump(), judged.http.body));
  EXPECT_EQ(mended["spec"]["labels"]["app"], "ledger");
  EXPECT_EQ(mended["spec"]["labels"]["version"], "v3");
  EXPECT_TRUE(court.Validate(ReviewOf("CREATE", mended)).allowed());
  EXPECT_FALSE(
      court.Mutate(ReviewOf("CREATE", mended)).response.contains("patch"));
  // What nothing safe can mend is left to /validate.
  EXPECT_TRUE(court.Mutate(ReviewOf("CREATE", Entry())).allowed());
  EXPECT_EQ(court.outcome(), Outcome::kAllowed);
}

TEST(AdmissionHandler, GivesNoVerdictAfterTheDeadline) {
  Courtroom court;
  court.SetDeadline(std::chrono::steady_clock::now() - std::chrono::seconds(1));
  for (const char* path : {"/validate", "/mutate"}) {
    for (const Json& object : {GoodEntry(), Entry(), MendableEntry()}) {
      const Judged judged = court.Ask(path, ReviewOf("CREATE", object).dump());
      EXPECT_EQ(judged.http.status, 503);
      EXPECT_EQ(judged.http.retry_after, 1);
      EXPECT_TRUE(court.timed_out());
      EXPECT_EQ(court.outcome(), Outcome::kError);
      EXPECT_THAT(court.rule_verdicts(), IsEmpty()) << "there was no verdict";
    }
  }
}

TEST(AdmissionHandler, RefusesWithTheFieldThatIsWrong) {
  Courtroom court;
  Json review = ReviewOf("CREATE", Entry());
  review["request"]["uid"] = 7;
  const Judged judged = court.Validate(review);
  EXPECT_EQ(judged.http.status, 400);
  EXPECT_EQ(judged.http.body,
            R"({"error":"expected a string","field":"/request/uid"})");
  EXPECT_EQ(court.outcome(), Outcome::kError);
  EXPECT_EQ(court.calls(), 1);
  EXPECT_EQ(court.Ask("/validate", "").http.status, 400);
  EXPECT_EQ(court.Ask("/else", review.dump()).http.status, 404);
  EXPECT_EQ(court.Ask("/validate/", review.dump()).http.status, 404);
}

TEST(AdmissionHandler, BoundsWhatManyFindingsSay) {
  Courtroom court;
  Json labels = Json::object();
  Json others = Json::object();
  for (int i = 0; i < 100; ++i) {
    labels["k" + std::to_string(i)] = "a";
    others["k" + std::to_string(i)] = std::string(1'000, 'b');
  }
  Json entry = Entry(labels);
  entry["metadata"]["labels"] = others;
  Judged judged = court.Validate(ReviewOf("CREATE", entry));
  EXPECT_THAT(judged.warnings(), SizeIs(15));
  EXPECT_THAT(judged.warnings().back(), MatchesRegex("[0-9]+ more warnings.*"));
  EXPECT_EQ(court.rules(), (std::vector<std::string>{kMissing, kClash}));

  Courtroom strict("{" + std::string(kClash) + ": {action: deny}}");
  judged = strict.Validate(ReviewOf("CREATE", entry));
  EXPECT_LE(judged.message().size(), 4'096U);
  EXPECT_EQ(judged.response["status"]["details"]["causes"].size(), 32U);
}

// Faults in every stage, and what they become. No fault may allow.
struct Fault {
  const char* name;
  std::function<void()> engine, inventory;
  int status;
};

TEST(AdmissionHandler, TurnsFaultsIntoErrors) {
  const auto fine = [] {};
  const auto no_memory = [] { throw std::bad_alloc(); };
  const auto broken = [] { throw std::runtime_error("secret of the pod"); };
  const auto strange = [] { throw 42; };  // NOLINT(hicpp-exception-baseclass)
  const Fault table[] = {
      {"engine, memory", no_memory, fine, 503},
      {"engine, exception", broken, fine, 500},
      {"engine, no exception", strange, fine, 500},
      {"inventory, memory", fine, no_memory, 503},
      {"inventory, exception", fine, broken, 500},
      {"inventory, no exception", fine, strange, 500},
  };
  const auto engine = RecommendedEngine();
  const auto inventory = InventoryBuilder().Snapshot();
  const std::string body = ReviewOf("CREATE", GoodEntry()).dump();
  for (const Fault& fault : table) {
    Outcome seen = Outcome::kAllowed;
    int calls = 0;
    std::string uid;
    std::string message;
    const AdmissionHandler handler({[&] {
                                      fault.engine();
                                      return engine;
                                    },
                                    [&] {
                                      fault.inventory();
                                      return inventory;
                                    }},
                                   [&](const AdmissionRecord& record) {
                                     ++calls;
                                     seen = record.outcome;
                                     if (record.review != nullptr)
                                       uid = record.review->uid;
                                     message = record.message;
                                     EXPECT_EQ(record.evaluation, nullptr);
                                     EXPECT_EQ(record.mutation, nullptr);
                                   });
    for (const char* path : {"/validate", "/mutate"}) {
      const HttpResponse answer = handler.Handle(
          {path, body,
           std::chrono::steady_clock::now() + std::chrono::hours(1)});
      EXPECT_EQ(answer.status, fault.status) << fault.name;
      EXPECT_EQ(answer.retry_after.has_value(), fault.status == 503);
      EXPECT_THAT(test::FindRefusalViolations(answer.status, answer.body),
                  IsEmpty());
      EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("secret")));
      EXPECT_EQ(seen, Outcome::kError);
      EXPECT_NE(message, "");
      EXPECT_EQ(uid, "705ab4f5-6393-11e8-b7cc-42010a800002")
          << "the log names the call that failed";
    }
    EXPECT_EQ(calls, 2) << "each call is observed once";
  }
}

TEST(AdmissionHandler, TellsItsObserverWhatTheEngineSaid) {
  const auto engine = RecommendedEngine();
  const auto inventory = InventoryBuilder().Snapshot();
  size_t findings = 0;
  size_t mended = 0;
  const AdmissionHandler handler(
      {[&] { return engine; }, [&] { return inventory; }},
      [&](const AdmissionRecord& record) {
        if (record.evaluation) findings = record.evaluation->findings.size();
        if (record.mutation) mended = record.mutation->fixed.size();
      });
  Json entry = Entry();
  entry["metadata"]["labels"] = {{"app.kubernetes.io/name", "ledger"}};
  entry["spec"].erase("labels");
  const std::string body = ReviewOf("CREATE", entry).dump();
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::hours(1);
  EXPECT_EQ(handler.Handle({"/validate", body, deadline}).status, 200);
  EXPECT_GE(findings, 2U) << "app and version";
  EXPECT_EQ(mended, 0U);
  EXPECT_EQ(handler.Handle({"/mutate", body, deadline}).status, 200);
  EXPECT_EQ(mended, 1U) << "app alone is known";
}

TEST(AdmissionHandler, AnswersThoughItsObserverFails) {
  const auto engine = RecommendedEngine();
  const auto inventory = InventoryBuilder().Snapshot();
  const AdmissionHandler handler(
      {[&] { return engine; }, [&] { return inventory; }},
      [](const AdmissionRecord&) { throw std::runtime_error("disk full"); });
  const std::string body = ReviewOf("CREATE", Entry()).dump();
  const HttpResponse answer = handler.Handle(
      {"/validate", body,
       std::chrono::steady_clock::now() + std::chrono::hours(1)});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("allowed":false)"));
}

// Any JSON at all, with a liking for what breaks programs.
class Anything {
 public:
  explicit Anything(unsigned seed) : random_(seed) {}

  Json Value(int depth) {
    switch (Pick(depth > 0 ? 9 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return Pick(2) == 0;
      case 2:
        return std::numeric_limits<int64_t>::max() - Pick(2);
      case 3:
        return -0.5 * Pick(100);
      case 4:
      case 5:
        return Word();
      case 6:
        return Array(depth);
      default:
        return Object(depth);
    }
  }

  Json Labels() {
    Json labels = Json::object();
    for (int i = Pick(4); i > 0; --i) {
      labels[Label()] = Pick(5) == 0 ? Value(1) : Json(Word());
    }
    return labels;
  }

  // An Istio object, whole or with something replaced by anything.
  Json Resource() {
    static const std::vector<std::string> kinds = {
        "WorkloadEntry",   "WorkloadGroup", "VirtualService",
        "DestinationRule", "Gateway",       "ServiceEntry"};
    Json object = {
        {"apiVersion", "networking.istio.io/v1"},
        {"kind", kinds[static_cast<size_t>(Pick(6))]},
        {"metadata",
         {{"name", Word()}, {"namespace", "legacy"}, {"labels", Labels()}}},
        {"spec", Object(4)}};
    object["spec"]["labels"] = Labels();
    object["spec"]["host"] = Word();
    object["spec"]["hosts"] = Json::array({Word(), Word()});
    object["spec"]["template"] = {{"labels", Labels()}};
    object["spec"]["trafficPolicy"] = {
        {"tls",
         {{"mode", Pick(2) == 0 ? "SIMPLE" : "DISABLE"}, {"sni", Word()}}}};
    if (Pick(3) == 0) object["spec"] = Value(3);
    if (Pick(4) == 0) object["metadata"]["annotations"] = Value(2);
    return object;
  }

 private:
  int Pick(int below) {
    return std::uniform_int_distribution<int>(0, below - 1)(random_);
  }

  std::string Label() {
    static const std::vector<std::string> labels = {
        "app",
        "version",
        "app.kubernetes.io/name",
        "app.kubernetes.io/version",
        "service.istio.io/canonical-name",
        "a~/b",
        ""};
    return labels[static_cast<size_t>(Pick(7))];
  }

  std::string Word() {
    static const std::vector<std::string> words = {"",
                                                   "app",
                                                   "v1",
                                                   "a.b.svc.cluster.local",
                                                   "*",
                                                   "*.example.com",
                                                   "reviews",
                                                   "a\nb\x01\x7F",
                                                   "\xC2\x85\xE2\x80\xA8",
                                                   "\xF0\x9F\x98\x80",
                                                   "\"quoted\\",
                                                   "~0~1/",
                                                   std::string(3'000, 'x'),
                                                   "<script>&",
                                                   "192.0.2.1",
                                                   std::string("n\0l", 3)};
    return words[static_cast<size_t>(Pick(16))];
  }

  std::string Key() {
    static const std::vector<std::string> keys = {
        "http",    "route",         "destination",
        "host",    "hosts",         "subset",
        "port",    "number",        "gateways",
        "subsets", "labels",        "tls",
        "mode",    "trafficPolicy", "portLevelSettings",
        "servers", "delegate",      "name",
        "address", "weird/key~"};
    return keys[static_cast<size_t>(Pick(20))];
  }

  Json Array(int depth) {
    Json array = Json::array();
    for (int i = Pick(4); i > 0; --i) array.push_back(Value(depth - 1));
    return array;
  }

  Json Object(int depth) {
    Json object = Json::object();
    for (int i = Pick(6); i > 0; --i) object[Key()] = Value(depth - 1);
    return object;
  }

  std::mt19937 random_;
};

constexpr std::string_view kMesh = R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: legacy}
spec: {selector: {app: app}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: out, namespace: legacy}
spec:
  hosts: ["a.b.svc.cluster.local", "*.example.com"]
  ports: [{number: 443, name: https, protocol: HTTPS}]
  workloadSelector: {labels: {app: app, version: v1}}
)";

TEST(AdmissionHandler, KeepsTheRulesWhateverItIsGiven) {
  Courtroom court("{workload-entry-conflicting-label: {fix: auto}}", kMesh);
  int denied = 0;
  int patched = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Anything anything(seed);
    const Json object = anything.Resource();
    const Json review = ReviewOf(seed % 3 == 0 ? "UPDATE" : "CREATE", object,
                                 seed % 3 == 0 ? anything.Resource() : Json());
    Json same_kind = review;
    if (seed % 3 == 0) {
      same_kind["request"]["oldObject"]["kind"] = object["kind"];
    }
    const Judged validated = court.Validate(same_kind);
    ASSERT_EQ(validated.http.status, 200) << validated.http.body;
    EXPECT_EQ(court.Validate(same_kind).http.body, validated.http.body)
        << "the same question, the same answer";
    denied += validated.allowed() ? 0 : 1;
    const Judged mutated = court.Mutate(same_kind);
    ASSERT_EQ(mutated.http.status, 200);
    EXPECT_TRUE(mutated.allowed());
    if (!mutated.response.contains("patch")) continue;
    ++patched;
    same_kind["request"]["object"] =
        Json::parse(test::PatchedObject(same_kind.dump(), mutated.http.body));
    EXPECT_FALSE(court.Mutate(same_kind).response.contains("patch"));
  }
  EXPECT_GT(denied, 20) << "else nothing was tried";
  EXPECT_GT(patched, 20) << "else nothing was tried";
}

TEST(SelfTest, KnowsASoundEngine) {
  const auto test = [](const char* settings) {
    return SelfTest({rules::Engine(test::ReadPolicyText(
                         std::string("{apiVersion: meshvet.dev/v1alpha1, "
                                     "kind: Config, ") +
                         settings + "}")),
                     1});
  };
  EXPECT_EQ(test("rules: {}"), "");
  EXPECT_EQ(test("rules: {workload-entry-missing-label: \"off\"}"), "")
      << "a policy may turn a rule off";
  EXPECT_EQ(test("overrides: [{match: {}, rules: "
                 "{workload-entry-missing-label: \"off\"}}]"),
            "");
}

TEST(SelfTest, KnowsAnEngineThatLetsAllThrough) {
  const rules::Rule* other = rules::FindRule(kClash);
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(SelfTest({rules::Engine(std::make_shared<const rules::Policy>(
                                        rules::RecommendedPolicy()),
                                    {}, std::span(&other, 1)),
                      1}),
            "a bad review was let through");
}

}  // namespace
}  // namespace meshvet::webhook
