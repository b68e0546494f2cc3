// File: cluster/rotating_text.h
//
// RotatingText: a credential that may lie in a file which is replaced while we
// run. kubelet writes a service account's token anew before it expires and
// swaps the folder it is in
// (https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken),
// so the file is compared by content.
//
//   RotatingText token("/var/run/secrets/…/token");
//   Send("Bearer " + token.Current());
//   if (status == 401 && token.Refresh()) SendAgain();
//
// Thread-safe. A file that can no longer be read leaves the text as it was.

#ifndef MESHVET_CLUSTER_ROTATING_TEXT_H_
#define MESHVET_CLUSTER_ROTATING_TEXT_H_

#include <chrono>
#include <mutex>
#include <string>

#include "mesh/result.h"

namespace meshvet::cluster {

class RotatingText {
 public:
  static constexpr std::chrono::seconds kInterval{60};
  static constexpr size_t kMaxBytes = 1 << 20;

  // A text that stays as it is.
  static RotatingText Fixed(std::string text);
  // Error.where is the file.
  static Result<RotatingText> FromFile(std::string file);

  RotatingText() = default;
  RotatingText(RotatingText&& other) noexcept;

  // The text; the file is read again when the last look is kInterval old.
  std::string Current();
  // Reads the file now. True if the text is another one than before.
  bool Refresh();

 private:
  bool RefreshLocked();

  std::mutex mutex_;
  std::string file_;
  std::string text_;
  std::chrono::steady_clock::time_point read_at_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_ROTATING_TEXT_H_
