#include "mesh/mesh_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "mesh/document.h"
#include "mesh/mesh_config_fields.h"

namespace meshvet {
namespace {

using ::testing::ElementsAre;

MeshConfig Read(std::string_view json, MeshConfig defaults = {}) {
  const Result<Document> parsed = ParseJson(json, {});
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return ReadMeshConfig(parsed->root(), std::move(defaults));
}

TEST(MeshConfigTest, DefaultsAreIstios) {
  const MeshConfig config;
  EXPECT_EQ(config.domain, "cluster.local");
  EXPECT_EQ(config.trust_domain, "cluster.local");
  EXPECT_EQ(config.root_namespace, "istio-system");
  EXPECT_TRUE(config.enable_auto_mtls);
  EXPECT_TRUE(config.allow_any_outbound);
  EXPECT_THAT(config.default_service_export_to, ElementsAre("*"));
  EXPECT_THAT(config.default_virtual_service_export_to, ElementsAre("*"));
  EXPECT_THAT(config.default_destination_rule_export_to, ElementsAre("*"));
}

TEST(MeshConfigTest, ReadsEveryField) {
  const MeshConfig config = Read(R"({
    "rootNamespace": "mesh-root",
    "trustDomain": "corp.example",
    "enableAutoMtls": false,
    "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"},
    "defaultServiceExportTo": ["."],
    "defaultVirtualServiceExportTo": [".", "web"],
    "defaultDestinationRuleExportTo": ["~"]})");
  EXPECT_EQ(config.root_namespace, "mesh-root");
  EXPECT_EQ(config.trust_domain, "corp.example");
  EXPECT_FALSE(config.enable_auto_mtls);
  EXPECT_FALSE(config.allow_any_outbound);
  EXPECT_THAT(config.default_service_export_to, ElementsAre("."));
  EXPECT_THAT(config.default_virtual_service_export_to,
              ElementsAre(".", "web"));
  EXPECT_THAT(config.default_destination_rule_export_to, ElementsAre("~"));
  // Not a field of mesh config, whatever it says.
  EXPECT_EQ(Read(R"({"domain": "x", "domainSuffix": "x"})").domain,
            "cluster.local");
}

// Whoever keeps these fields alone keeps all that is read, and no more.
TEST(MeshConfigTest, NamesTheFieldsItReads) {
  std::ifstream file(MESHVET_SOURCE_DIR "/mesh/mesh_config.cc");
  const std::string source((std::istreambuf_iterator<char>(file)), {});
  const std::regex field(R"re(config\["(\w+)"\])re");
  std::set<std::string> read;
  for (std::sregex_iterator at(source.begin(), source.end(), field), end;
       at != end; ++at) {
    read.insert((*at)[1]);
  }
  EXPECT_EQ(read, std::set<std::string>(kMeshConfigFields.begin(),
                                        kMeshConfigFields.end()));
}

TEST(MeshConfigTest, FieldsOfTheWrongTypeKeepTheDefault) {
  for (const char* json :
       {"null", "7", "[]", "{}",
        R"({"rootNamespace": 7, "trustDomain": [], "enableAutoMtls": "false",
            "outboundTrafficPolicy": "REGISTRY_ONLY",
            "defaultServiceExportTo": ".",
            "defaultVirtualServiceExportTo": {},
            "defaultDestinationRuleExportTo": false,
            "serviceEntryVisibility": true})",
        R"({"rootNamespace": null, "trustDomain": "", "enableAutoMtls": null,
            "outboundTrafficPolicy": {"mode": 0},
            "defaultServiceExportTo": null})"}) {
    EXPECT_EQ(Read(json), MeshConfig()) << json;
  }
}

TEST(MeshConfigTest, IsLaidOverWhatIsKnownAlready) {
  MeshConfig known;
  known.domain = "corp.example";
  known.root_namespace = "root";
  known.enable_auto_mtls = false;
  known.default_service_export_to = {"."};
  MeshConfig wanted = known;
  wanted.root_namespace = "other";
  EXPECT_EQ(Read(R"({"rootNamespace": "other"})", known), wanted);
}

TEST(MeshConfigTest, AnEmptyExportToIsPublic) {
  MeshConfig known;
  known.default_service_export_to = {"."};
  EXPECT_THAT(Read(R"({"defaultServiceExportTo": []})", known)
                  .default_service_export_to,
              ElementsAre("*"));
}

TEST(MeshConfigTest, OnlyRegistryOnlyForbidsStrangers) {
  const auto allows = [](std::string_view mode) {
    return Read(R"({"outboundTrafficPolicy": {"mode": ")" + std::string(mode) +
                R"("}})")
        .allow_any_outbound;
  };
  EXPECT_TRUE(allows("ALLOW_ANY"));
  EXPECT_TRUE(allows("ALLOW_ANY_DYNAMIC_DNS"));
  EXPECT_FALSE(allows("REGISTRY_ONLY"));
}

}  // namespace
}  // namespace meshvet
