#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/durations.h"
#include "cli/serving.h"
#include "cli/value.h"

namespace meshvet::cli {
namespace {

void AddListening(CLI::App& command, ServeOptions& options) {
  command.add_option("--listen", options.listen,
                     "HOST:PORT of the webhook, HTTPS (default 0.0.0.0:8443)");
  command.add_option("--ops-listen", options.ops_listen,
                     "HOST:PORT of /livez, /readyz and /metrics, plain HTTP "
                     "(default 0.0.0.0:8080)");
}

void AddCertificates(CLI::App& command, ServeOptions& options) {
  command
      .add_option("--tls-cert-file", options.cert_file,
                  "certificate chain, PEM; reloaded when it changes")
      ->type_name(kFile);
  command
      .add_option("--tls-private-key-file", options.key_file,
                  "its private key, PEM")
      ->type_name(kFile);
  command
      .add_option("--tls-ca-out", options.ca_out,
                  "write the CA of the self-signed certificate here")
      ->type_name(kFile);
  AddTlsSecretFlags(command, options.tls_secret);
  TakeOneOf(command.add_option("--tls-min-version", options.min_version,
                               "the oldest TLS to speak (default 1.2)"),
            {"1.2", "1.3"});
  command
      .add_option("--client-ca-file", options.client_ca_file,
                  "only clients with a certificate of this CA")
      ->type_name(kFile);
  command
      .add_option("--client-name", options.client_names,
                  "of them only those of this name, several times")
      ->allow_extra_args(false)
      ->delimiter(',');
}

void AddLimits(CLI::App& command, ServeOptions& options) {
  command
      .add_option("--max-body", options.max_body,
                  "largest AdmissionReview (default 7Mi)")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false).description(""));
  command.add_option("--max-in-flight", options.max_in_flight,
                     "reviews judged at once (default 4 for each core)");
  TakeDuration(command.add_option(
      "--lame-duck", options.lame_duck_seconds,
      "seconds to go on serving after SIGTERM, until no more calls "
      "come (default 10)"));
  TakeDuration(command.add_option(
      "--grace", options.grace_seconds,
      "seconds that calls under way then have (default 30)"));
}

}  // namespace

CLI::App* AddServe(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "Run the admission webhook");
  auto options = std::make_shared<ServeOptions>();
  AddListening(*command, *options);
  AddCertificates(*command, *options);
  AddMeshFlags(*command, options->mesh);
  TakeDuration(
      command->add_option("--config-interval", options->config_interval_seconds,
                          "how often the policy is read again (default 1s)"));
  AddClusterFlags(*command, options->cluster);
  AddLimits(*command, *options);
  command->footer(Examples(
      {{"meshvet serve", "try it: self-signed, nothing known of the mesh"},
       {"meshvet serve --inventory mesh/ --config meshvet.yaml",
        "with a policy and a mesh out of files"},
       {"meshvet serve --kubeconfig ~/.kube/config",
        "with the mesh of a cluster, as it is now"},
       {"meshvet serve --tls-cert-file tls.crt --tls-private-key-file tls.key",
        "with a mounted certificate"},
       {"meshvet serve --tls-secret mesh/meshvet-tls",
        "with a CA of its own, kept in that Secret"}}));
  command->callback([options, &exit_code] { exit_code = Serve(*options); });
  return command;
}

}  // namespace meshvet::cli
