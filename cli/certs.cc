#include "cli/certs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "certs/authority.h"
#include "certs/pair_report.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/print.h"
#include "cli/value.h"

namespace meshvet::cli {
namespace {

using certs::PairReport;

struct CheckOptions {
  std::string cert_file;
  std::string key_file;
  std::string ca_file;
  std::vector<std::string> names;
  std::string format = "text";
};

std::string Join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text.empty() ? "none" : text;
}

std::string ToText(const PairReport& report) {
  std::string text;
  if (!report.fingerprint.empty()) {
    text = "subject      " + report.subject + "\nissuer       " +
           report.issuer + "\nDNS names    " + Join(report.dns_names) +
           "\naddresses    " + Join(report.ip_addresses) + "\nvalid from   " +
           certs::UtcText(report.not_before) + "\nvalid until  " +
           certs::UtcText(report.not_after) + "\nserial       " +
           report.serial + "\nSHA-256      " + report.fingerprint + "\n";
  }
  for (const std::string& problem : report.problems) {
    text += "problem: " + problem + "\n";
  }
  return report.problems.empty() ? text + "ok\n" : text;
}

std::string ToJson(const PairReport& report) {
  nlohmann::ordered_json json = {{"version", 1},
                                 {"ok", report.problems.empty()},
                                 {"problems", report.problems}};
  if (!report.fingerprint.empty()) {
    json["certificate"] = {{"subject", report.subject},
                           {"issuer", report.issuer},
                           {"dnsNames", report.dns_names},
                           {"ipAddresses", report.ip_addresses},
                           {"notBefore", certs::UtcText(report.not_before)},
                           {"notAfter", certs::UtcText(report.not_after)},
                           {"serial", report.serial},
                           {"sha256", report.fingerprint}};
  }
  // What stands in a certificate need not be UTF-8.
  return json.dump(2, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

int Check(const CheckOptions& options) {
  certs::PairToExamine pair;
  pair.names = options.names;
  const std::vector<std::pair<const std::string*, std::string*>> files = {
      {&options.cert_file, &pair.certificate},
      {&options.key_file, &pair.key},
      {&options.ca_file, &pair.ca}};
  for (const auto& [file, text] : files) {
    if (file->empty()) continue;
    auto read = certs::ReadSmallFile(*file);
    if (!read) return Complain(NoFile(read.error()));
    // An empty file must not pass for no file.
    if (read->empty()) return Complain(Usage({"is empty", *file}));
    *text = *std::move(read);
  }
  const PairReport report =
      certs::ExaminePair(pair, std::chrono::system_clock::now());
  const bool is_json = options.format == "json";
  if (!Print(STDOUT_FILENO, is_json ? ToJson(report) : ToText(report))) {
    return kExitUnfinished;
  }
  return report.problems.empty() ? kExitDone : kExitNo;
}

struct GenerateOptions {
  std::vector<std::string> names;
  std::string folder;
};

// Never over a file that is there: it may be the only copy of a key.
std::optional<Error> WriteNew(const std::string& file, const std::string& text,
                              mode_t mode) {
  const int fd =
      open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) {
    return Error{"cannot be made: " + std::generic_category().message(errno),
                 file};
  }
  const bool written = Print(fd, text);
  if (close(fd) != 0 || !written) return Error{"cannot be written", file};
  return std::nullopt;
}

int Generate(const GenerateOptions& options) {
  const auto names = certs::SortNames(options.names);
  if (!names) return Complain(Usage(names.error()));
  const auto now = std::chrono::system_clock::now();
  const auto authority = certs::MakeAuthority(now);
  if (!authority) return Complain(Unfinished(authority.error()));
  const auto leaf = certs::IssueLeaf(*authority, *names, now);
  if (!leaf) return Complain(Unfinished(leaf.error()));
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return Complain(Unfinished({error.message(), options.folder}));
  constexpr mode_t kForAll = 0644;
  constexpr mode_t kForUs = 0600;
  const std::filesystem::path folder = options.folder;
  for (const auto& [name, text, mode] :
       {std::tuple("ca.crt", &authority->certificate, kForAll),
        std::tuple("ca.key", &authority->key, kForUs),
        std::tuple("tls.crt", &leaf->certificate, kForAll),
        std::tuple("tls.key", &leaf->key, kForUs)}) {
    if (auto failed = WriteNew(folder / name, *text, mode)) {
      return Complain(Unfinished(*std::move(failed)));
    }
    if (!Print(STDOUT_FILENO, (folder / name).string() + "\n")) {
      return kExitUnfinished;
    }
  }
  return kExitDone;
}

void AddCheck(CLI::App& certs, int& exit_code) {
  CLI::App* command = certs.add_subcommand(
      "check", "Say what a pair is, and whether it can be served");
  auto options = std::make_shared<CheckOptions>();
  command
      ->add_option("--cert-file", options->cert_file, "certificate chain, PEM")
      ->type_name(kFile)
      ->required();
  command->add_option("--key-file", options->key_file, "its private key, PEM")
      ->type_name(kFile)
      ->required();
  command
      ->add_option("--ca-file", options->ca_file,
                   "the CA it must be trusted by, PEM")
      ->type_name(kFile);
  command
      ->add_option("--dns-name", options->names,
                   "a name or address it must be good for, several times")
      ->allow_extra_args(false)
      ->delimiter(',');
  TakeOneOf(command->add_option("-o,--output", options->format, "default text"),
            {"text", "json"});
  command->footer(Examples(
      {{"meshvet certs check --cert-file tls.crt --key-file tls.key",
        "expiry, names, and whether the key is its own"},
       {"meshvet certs check --cert-file tls.crt --key-file tls.key \\\n"
        "    --ca-file ca.crt --dns-name meshvet.mesh.svc",
        "as an API server would look at it"},
       {"meshvet certs check --cert-file tls.crt --key-file tls.key -o json",
        "for programs"}}));
  command->callback([options, &exit_code] { exit_code = Check(*options); });
}

void AddGenerate(CLI::App& certs, int& exit_code) {
  CLI::App* command = certs.add_subcommand(
      "generate", "Make a CA, and a certificate signed by it");
  auto options = std::make_shared<GenerateOptions>();
  command
      ->add_option("--dns-name", options->names,
                   "a name or address of the certificate, several times")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->required();
  command
      ->add_option("--out", options->folder,
                   "folder for ca.crt, ca.key, tls.crt and tls.key; none of "
                   "them may be there")
      ->type_name(kFolder)
      ->required();
  command->footer(Examples(
      {{"meshvet certs generate --dns-name meshvet.mesh.svc --out tls/",
        "for a Service"},
       {"meshvet certs generate --dns-name localhost,127.0.0.1 --out tls/",
        "for this host"},
       {"meshvet serve --tls-cert-file tls/tls.crt \\\n"
        "    --tls-private-key-file tls/tls.key",
        "then serve it"}}));
  command->callback([options, &exit_code] { exit_code = Generate(*options); });
}

}  // namespace

CLI::App* AddCerts(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "certs", "Check, make and rotate serving certificates");
  command->require_subcommand(1);
  AddCheck(*command, exit_code);
  AddGenerate(*command, exit_code);
  AddRotate(*command, exit_code);
  command->footer(Examples(
      {{"meshvet certs check --cert-file tls.crt --key-file tls.key",
        "can this pair be served?"},
       {"meshvet certs generate --dns-name meshvet.mesh.svc --out tls/",
        "a CA and a certificate as files"},
       {"meshvet certs rotate --tls-secret mesh/meshvet-tls",
        "a new certificate for a running webhook"}}));
  return command;
}

}  // namespace meshvet::cli
