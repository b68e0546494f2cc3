// `meshvet serve` as a child process on free ports, with clients for it.

#ifndef MESHVET_TEST_UNIT_CLI_RUNNING_SERVER_H_
#define MESHVET_TEST_UNIT_CLI_RUNNING_SERVER_H_

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "test/support/serve_process.h"
#include "test/support/temp_folder.h"
#include "test/support/tls_client.h"
#include "test/support/wait_until.h"

namespace meshvet::cli {

using Json = nlohmann::json;
using test::Answer;
using test::Post;
using test::TestClient;

// Each look at a process is a call or a file read anew.
template <typename Predicate>
[[nodiscard]] bool WaitUntil(const Predicate& done) {
  return test::WaitUntil(done, std::chrono::milliseconds(20));
}

class RunningServer : public test::ServeProcess {
 public:
  RunningServer(const test::TempFolder& folder,
                const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment = {})
      : ServeProcess(MESHVET_BINARY, folder.path(), arguments, environment) {}

  TestClient::Tls tls() const { return {.ca_pem = ca()}; }

  // On a connection of its own; status 0 if no answer came.
  Answer Send(const std::string& request) const {
    TestClient client(port(), tls());
    return client.Exchange(request).value_or(Answer{});
  }
  Answer Ask(const std::string& path, const Json& review) const {
    return Send(Post(path, review.dump()));
  }
  Answer Get(const std::string& path) const {
    TestClient client(ops_port());
    return client
        .Exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .value_or(Answer{});
  }

  // The value of a series; nothing if there is none.
  std::optional<double> Metric(const std::string& series) const {
    std::istringstream lines(Get("/metrics").body);
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind(series + " ", 0) == 0) {
        return std::stod(line.substr(series.size()));
      }
    }
    return std::nullopt;
  }

  // What it logged of this event. Every line of the log must be JSON.
  std::vector<Json> Events(const std::string& event) const {
    std::vector<Json> events;
    std::istringstream lines(log());
    for (std::string line; std::getline(lines, line);) {
      if (lines.eof()) break;  // being written
      Json json = Json::parse(line, nullptr, false);
      EXPECT_TRUE(json.is_object()) << line;
      if (json.is_object() && json["event"] == event) {
        events.push_back(std::move(json));
      }
    }
    return events;
  }
  bool WaitForEvent(const std::string& event, size_t count = 1) const {
    return WaitUntil([&] { return Events(event).size() >= count; });
  }
};

// A WorkloadEntry under review; without labels it is denied.
inline Json EntryReview(const Json& labels, bool dry_run = false) {
  const Json entry = {
      {"apiVersion", "networking.istio.io/v1"},
      {"kind", "WorkloadEntry"},
      {"metadata", {{"name", "ledger"}, {"namespace", "legacy"}}},
      {"spec", {{"address", "192.0.2.1"}, {"labels", labels}}}};
  return {{"apiVersion", "admission.k8s.io/v1"},
          {"kind", "AdmissionReview"},
          {"request",
           {{"uid", "u1"},
            {"kind",
             {{"group", "networking.istio.io"},
              {"version", "v1"},
              {"kind", "WorkloadEntry"}}},
            {"name", "ledger"},
            {"namespace", "legacy"},
            {"operation", "CREATE"},
            {"userInfo", {{"username", "jane"}}},
            {"object", entry},
            {"oldObject", nullptr},
            {"dryRun", dry_run}}}};
}

inline Json GoodReview() {
  return EntryReview({{"app", "ledger"}, {"version", "v1"}});
}
inline Json BadReview(bool dry_run = false) {
  return EntryReview(Json::object(), dry_run);
}
// Bad, but the labels are there under names from which they can be taken.
inline Json MendableReview() {
  return EntryReview({{"app.kubernetes.io/name", "ledger"},
                      {"app.kubernetes.io/version", "v3"}});
}

}  // namespace meshvet::cli

#endif  // MESHVET_TEST_UNIT_CLI_RUNNING_SERVER_H_
