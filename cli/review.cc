#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/lint_flags.h"
#include "cli/print.h"
#include "cli/time_limit.h"
#include "cli/value.h"
#include "lint/input/source_file.h"
#include "webhook/admission_handler.h"
#include "webhook/policy_source.h"

namespace meshvet::cli {
namespace {

constexpr size_t kMaxReviewBytes = 7 << 20;
constexpr std::chrono::seconds kTimeout{10};

struct ReviewOptions {
  std::string file;
  bool mutate = false;
  MeshFlags mesh;
  double timeout_seconds = 0;
};

// The exit code of an answer: 0 allowed, 1 denied, 3 when there is no verdict.
int Answer(const std::string& path, const std::string& body,
           webhook::PolicySource& policies,
           const std::shared_ptr<const Inventory>& inventory) {
  webhook::Outcome outcome = webhook::Outcome::kError;
  const webhook::AdmissionHandler handler(
      {[&] { return policies.Current(); }, [&] { return inventory; }},
      [&](const webhook::AdmissionRecord& record) {
        outcome = record.outcome;
      });
  const webhook::HttpResponse response =
      handler.Handle({path, body, std::chrono::steady_clock::now() + kTimeout});
  const int to = response.status == 200 ? STDOUT_FILENO : STDERR_FILENO;
  if (!Print(to, response.body + "\n")) return kExitUnfinished;
  if (response.status == 400) return kExitUsage;
  if (response.status != 200) return kExitUnfinished;
  return outcome == webhook::Outcome::kDenied ? kExitNo : kExitDone;
}

int Run(const ReviewOptions& options) {
  StartTimer(options.timeout_seconds);
  auto configuration = ReadConfiguration(options.mesh.config);
  if (!configuration) return Complain(Usage(configuration.error()));
  const auto loaded = LoadMesh(options.mesh, *configuration);
  if (const auto* failure = std::get_if<Failure>(&loaded)) {
    return Complain(*failure);
  }
  const auto& mesh = std::get<lint::StaticMesh>(loaded);
  for (const Error& problem : mesh.problems) Complain({kExitDone, problem});
  const auto body = lint::ReadText(options.file, kMaxReviewBytes);
  if (!body) return Complain(NoFile(body.error()));
  webhook::PolicySource policies(std::move(configuration->policy), {});
  return Answer(options.mutate ? "/mutate" : "/validate", *body, policies,
                mesh.inventory);
}

}  // namespace

CLI::App* AddReview(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "review", "Answer one recorded AdmissionReview, as the webhook would");
  auto options = std::make_shared<ReviewOptions>();
  command->add_option("file", options->file, "the AdmissionReview, - for stdin")
      ->type_name(kFile)
      ->required();
  command->add_flag("--mutate", options->mutate, "as /mutate, not /validate");
  AddMeshFlags(*command, options->mesh);
  AddTimeout(*command, options->timeout_seconds);
  command->footer(Examples(
      {{"meshvet review review.json", "the verdict on one AdmissionReview"},
       {"meshvet review --mutate review.json", "the patch for it"},
       {"meshvet review --inventory mesh/ - < review.json",
        "knowing the rest of the mesh"}}));
  command->callback([options, &exit_code] { exit_code = Run(*options); });
  return command;
}

}  // namespace meshvet::cli
