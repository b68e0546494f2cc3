// File: test/corpus/recorded_corpus.h
//
// The recorded corpus: real AdmissionReviews and Istio's own samples. It is no
// part of the project; MESHVET_CORPUS names its folder. Without it the tests
// that need it are skipped, with it nothing of it may be missing.

#ifndef MESHVET_TEST_CORPUS_RECORDED_CORPUS_H_
#define MESHVET_TEST_CORPUS_RECORDED_CORPUS_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::test {

inline constexpr char kNoCorpus[] =
    "MESHVET_CORPUS is not set: no recorded corpus to test with";

// The part `name` of the corpus; nothing if MESHVET_CORPUS is not set. Throws
// where it is set and there is no such folder.
std::optional<std::filesystem::path> CorpusFolder(const std::string& name);

// The names of all files of `folder` that end in `ending`, relative to it and
// sorted. Throws if there are none.
std::vector<std::string> FilesOf(const std::filesystem::path& folder,
                                 std::string_view ending);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_CORPUS_RECORDED_CORPUS_H_
