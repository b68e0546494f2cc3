#include "lint/command/build_info.h"

#include <nlohmann/json.hpp>
#include <set>

#include "lint/commit.h"
#include "lint/input/loader_rules.h"
#include "lint/report/rule_text.h"
#include "mesh/istio_release.h"
#include "mesh/kinds.h"

namespace meshvet::lint {
namespace {

#ifdef __clang__
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "gcc " __VERSION__;
#endif

}  // namespace

std::string_view BuildDate() { return MESHVET_DATE; }

std::string WriteBuildInfo(bool as_json, std::string_view tls_library) {
  std::set<std::string_view> groups;
  std::set<std::string> versions;  // of Istio's
  for (const GroupKind& kind : MeshApiKinds()) {
    groups.insert(kind.group);
    for (const ApiVersion& api : ApiVersionsOf(kind)) {
      versions.insert(std::string(kind.group) + "/" + std::string(api.version));
    }
  }
  const nlohmann::ordered_json info = {
      {"version", MESHVET_VERSION},  {"commit", MESHVET_COMMIT},
      {"date", BuildDate()},         {"compiler", kCompiler},
      {"tls_library", tls_library},  {"api_groups", groups},
      {"istio", kIstioRelease},      {"istio_api_versions", versions},
      {"rules", EveryRule().size()}, {"rules_hash", RulesHash()}};
  if (as_json) return info.dump(2) + "\n";
  std::string text = "meshvet " MESHVET_VERSION "\n";
  for (const auto& [name, value] : info.items()) {
    if (name == "version") continue;
    const std::string shown =
        value.is_string() ? value.get<std::string>() : value.dump();
    text += "  " + name + ": " + shown + "\n";
  }
  return text;
}

}  // namespace meshvet::lint
