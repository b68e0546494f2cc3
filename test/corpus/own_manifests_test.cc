// Manifests of our own through `meshvet lint`: a mesh that is as it should be,
// whatever it is made of, and one with flaws, whose places are written down.

#include <gtest/gtest.h>

#include "test/corpus/findings_table.h"

namespace meshvet::test {
namespace {

namespace fs = std::filesystem;

const fs::path kManifests = MESHVET_SOURCE_DIR "/test/manifests";

TEST(OwnManifests, MeshIsClean) {
  const Findings none;
  ExpectFindings(kManifests, "mesh --config policy.yaml", none);
  ExpectFindings(kManifests, "mesh --config policy.yaml --complete", none);
  ExpectFindings(kManifests, "mesh --no-config", none);
}

TEST(OwnManifests, FlawsAreFoundWhereTheyAre) {
  const Findings expected = ReadFindings(kManifests / "expected.txt", "flawed");
  ExpectFindings(kManifests, "flawed --config policy.yaml --context mesh",
                 expected);
}

TEST(OwnManifests, WhatCannotBeReadMakesTheRestUncertain) {
  const Findings expected = ReadFindings(kManifests / "expected.txt", "broken");
  ExpectFindings(kManifests, "broken --config policy.yaml --context mesh",
                 expected);
}

}  // namespace
}  // namespace meshvet::test
