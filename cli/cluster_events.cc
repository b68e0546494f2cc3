#include "cli/cluster_events.h"

#include <unistd.h>

#include <array>
#include <optional>
#include <utility>

#include "cluster/resource.h"
#include "lint/report/terminal.h"

namespace meshvet::cli {
namespace {

using cluster::EventNote;
using cluster::EventRecorder;
using cluster::EventSubject;
using webhook::JsonLog;
using webhook::Metrics;

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "meshvet";
  return name.data();
}

// "where: message".
std::string Text(const Error& error) {
  return error.where.empty() ? error.message
                             : error.where + ": " + error.message;
}

EventNote Warning(const char* reason, const char* action, std::string note) {
  return {.type = EventNote::Type::kWarning,
          .reason = reason,
          .action = action,
          .note = std::move(note)};
}

}  // namespace

EventSubject EventsAbout(const std::string& webhook_configuration) {
  const std::string ns = lint::ProcessEnvironment("POD_NAMESPACE");
  const std::string pod = lint::ProcessEnvironment("POD_NAME");
  if (cluster::IsObjectName(ns) && cluster::IsObjectName(pod)) {
    return {.api_version = "v1",
            .kind = "Pod",
            .ns = ns,
            .name = pod,
            .uid = lint::ProcessEnvironment("POD_UID")};
  }
  return {.api_version = "admissionregistration.k8s.io/v1",
          .kind = "ValidatingWebhookConfiguration",
          .ns = "",
          .name = webhook_configuration};
}

std::variant<std::unique_ptr<EventRecorder>, Failure> StartEvents(
    const ClusterFlags& flags, const MeshFlags& mesh,
    const std::string& webhook_configuration, const JsonLog& log) {
  auto access = FindAccess(flags, mesh);
  if (!access) return Usage(access.error());
  if (!access->has_value()) return std::unique_ptr<EventRecorder>();
  auto client = cluster::ApiClient::Make(**access);
  if (!client) return Usage(client.error());
  EventRecorder::Options options;
  options.about = EventsAbout(webhook_configuration);
  // The configuration is of all replicas.
  if (options.about.ns.empty()) options.instance = HostName();
  options.on_lost = [&log](const std::string& problem) {
    log.Event(JsonLog::Level::kWarning, "event lost", {{"message", problem}});
  };
  return std::make_unique<EventRecorder>(*std::move(client),
                                         std::move(options));
}

void AddEventMetrics(const EventRecorder& recorder, Metrics& metrics) {
  metrics.AddSeries("events_total",
                    "What was to be told by Events of Kubernetes.",
                    Metrics::SeriesType::kCounter, "result", [&recorder] {
                      const EventRecorder::Counts counts = recorder.counts();
                      return Metrics::Series{
                          {"recorded", static_cast<double>(counts.recorded)},
                          {"lost", static_cast<double>(counts.lost)}};
                    });
}

EventNote PolicyRejected(const std::string& message) {
  return Warning("PolicyRejected", "ReloadPolicy", message);
}

EventNote CertificateRejected(const Error& error) {
  return Warning("CertificateRejected", "ReloadCertificate", Text(error));
}

EventNote CertificateExpiring(const std::string& message) {
  return Warning("CertificateExpiring", "ServeCertificate", message);
}

EventNote FailurePolicyPromoted(const std::string& configuration) {
  return {.type = EventNote::Type::kNormal,
          .reason = "FailurePolicyPromoted",
          .action = "PromoteFailurePolicy",
          .note = configuration + ": failurePolicy is Fail from now on"};
}

EventNote FailurePolicyNotPromoted(const Error& error) {
  return Warning("FailurePolicyNotPromoted", "PromoteFailurePolicy",
                 Text(error));
}

}  // namespace meshvet::cli
