// Writes a mesh of COUNT objects to DIR as YAML, PER_FILE documents (100) to a
// file, and beside it reviews of a VirtualService: its creation with 2 KB to
// DIR-review.json, an update of 100 KB to DIR-review-update.json, a creation
// with 3 MB to DIR-review-huge.json.
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
size_t WriteMesh(const std::filesystem::path& folder, size_t count,
                 size_t per_file) {
  size_t bytes = 0;
  std::string text;
  const std::vector<std::string> mesh = GenerateMesh(count);
  for (size_t i = 0; i < mesh.size(); ++i) {
    text += "---\n" + ToYaml(mesh[i]);
    if ((i + 1) % per_file != 0 && i + 1 != mesh.size()) continue;
    const size_t number = i / per_file;
    WriteFile(folder / ("mesh-" + std::to_string(number) + ".yaml"), text);
    bytes += text.size();
    text.clear();
  }
  return bytes;
}

void WriteReviews(const std::string& stem) {
  constexpr size_t kLarge = 100 << 10;
  constexpr size_t kHuge = 3 << 20;
  const std::string large = VirtualServiceUnderReview(kLarge);
  WriteFile(stem + "-review.json", ReviewOf(VirtualServiceUnderReview()));
  WriteFile(stem + "-review-update.json", ReviewOf(large, large));
  WriteFile(stem + "-review-huge.json",
            ReviewOf(VirtualServiceUnderReview(kHuge)));
}

}  // namespace
}  // namespace meshvet::bench

int main(int argc, char** argv) {
  using namespace meshvet::bench;  // NOLINT(google-build-using-namespace)
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: %s DIR COUNT [PER_FILE]\n", argv[0]);
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const size_t per_file = argc == 4 ? std::stoul(argv[3]) : kDocumentsPerFile;
    const size_t bytes = WriteMesh(folder, std::stoul(argv[2]), per_file);
    WriteReviews(folder.string());
    std::printf("%s objects, %zu bytes\n", argv[2], bytes);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}
