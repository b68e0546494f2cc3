// What exec(3) takes of texts.

#ifndef MESHVET_TEST_SUPPORT_EXEC_WORDS_H_
#define MESHVET_TEST_SUPPORT_EXEC_WORDS_H_

#include <string>
#include <vector>

namespace meshvet::test {

// Ends with null, and lives no longer than `texts`.
inline std::vector<char*> ExecWords(std::vector<std::string>& texts) {
  std::vector<char*> words;
  words.reserve(texts.size() + 1);
  for (std::string& text : texts) words.push_back(text.data());
  words.push_back(nullptr);
  return words;
}

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_EXEC_WORDS_H_
