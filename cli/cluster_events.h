// File: cli/cluster_events.h
//
// The Events `serve` leaves in a cluster: failures of policy and certificates,
// for people who look at the pod before they look at its log.

#ifndef MESHVET_CLI_CLUSTER_EVENTS_H_
#define MESHVET_CLI_CLUSTER_EVENTS_H_

#include <memory>
#include <string>
#include <variant>

#include "cli/cluster_mesh.h"
#include "cli/configuration.h"
#include "cluster/event_recorder.h"
#include "mesh/result.h"
#include "webhook/json_log.h"
#include "webhook/metrics.h"

namespace meshvet::cli {

// The pod that POD_NAMESPACE and POD_NAME name (and POD_UID, by which `kubectl
// describe` finds its Events), else the validating webhook configuration.
cluster::EventSubject EventsAbout(const std::string& webhook_configuration);

// Null without a cluster. Events that are lost are told to `log`, which must
// outlive it.
std::variant<std::unique_ptr<cluster::EventRecorder>, Failure> StartEvents(
    const ClusterFlags& flags, const MeshFlags& mesh,
    const std::string& webhook_configuration, const webhook::JsonLog& log);

// meshvet_events_total; `recorder` must outlive the last scrape.
void AddEventMetrics(const cluster::EventRecorder& recorder,
                     webhook::Metrics& metrics);

cluster::EventNote PolicyRejected(const std::string& message);
cluster::EventNote CertificateRejected(const Error& error);
cluster::EventNote CertificateExpiring(const std::string& message);
cluster::EventNote FailurePolicyPromoted(const std::string& configuration);
cluster::EventNote FailurePolicyNotPromoted(const Error& error);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_CLUSTER_EVENTS_H_
