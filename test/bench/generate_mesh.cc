// Writes a mesh of COUNT objects to DIR as YAML, 100 documents to a file, and
// the review of one VirtualService to DIR-review.json.
//
//   generate_mesh build/bench/mesh-10000 10000

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "test/bench/mesh_generator.h"

namespace meshvet::bench {
namespace {

constexpr size_t kDocumentsPerFile = 100;

void WriteFile(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out.exceptions(std::ios::failbit | std::ios::badbit);
  out << text;
  out.close();
}

// The number of bytes written.
size_t WriteMesh(const std::filesystem::path& folder, size_t count) {
  size_t bytes = 0;
  std::string text;
  const std::vector<std::string> mesh = GenerateMesh(count);
  for (size_t i = 0; i < mesh.size(); ++i) {
    text += "---\n" + ToYaml(mesh[i]);
    if ((i + 1) % kDocumentsPerFile != 0 && i + 1 != mesh.size()) continue;
    const size_t number = i / kDocumentsPerFile;
    WriteFile(folder / ("mesh-" + std::to_string(number) + ".yaml"), text);
    bytes += text.size();
    text.clear();
  }
  return bytes;
}

}  // namespace
}  // namespace meshvet::bench

int main(int argc, char** argv) {
  using namespace meshvet::bench;  // NOLINT(google-build-using-namespace)
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s DIR COUNT\n", argv[0]);
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const size_t bytes = WriteMesh(folder, std::stoul(argv[2]));
    WriteFile(folder.string() + "-review.json",
              ReviewOf(VirtualServiceUnderReview()));
    std::printf("%s objects, %zu bytes\n", argv[2], bytes);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}
