// File: webhook/policy_source.h
//
// PolicySource: the engine in force, made anew when the policy file changes.
//
//   PolicySource policies(*first, [] { return ReadMyPolicy(); });
//   policies.Current()->engine.Evaluate(…);
//   policies.Poll();   // every second or so, by whoever has a thread for it
//
// A new policy is read aside and swapped in whole; one that cannot be read
// leaves the old in force, so there is always a policy. Current() may be called
// from many threads; Poll() by one at a time.

#ifndef MESHVET_WEBHOOK_POLICY_SOURCE_H_
#define MESHVET_WEBHOOK_POLICY_SOURCE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mesh/published.h"
#include "mesh/result.h"
#include "rules/policy.h"
#include "webhook/admission_handler.h"

namespace meshvet::webhook {

class PolicySource {
 public:
  using Read = std::function<Result<rules::Policy>()>;
  enum class Change { kNone, kReplaced, kRejected };

  // `read` may be empty: the policy then never changes.
  PolicySource(rules::Policy first, Read read);

  std::shared_ptr<const EngineGeneration> Current() const {
    return current_.Load();
  }

  // Reads the policy again. kRejected is told once for each new mistake; why is
  // in rejection(), which is empty while the file and the policy in force
  // agree.
  Change Poll();
  std::string rejection() const { return *rejection_.Load(); }
  // How many changes were rejected.
  uint64_t rejections() const { return rejections_; }

 private:
  void Replace(rules::Policy policy);

  Read read_;
  std::string fingerprint_;  // of the policy in force
  uint64_t generation_ = 0;
  std::atomic<uint64_t> rejections_ = 0;
  Published<std::string> rejection_;
  Published<EngineGeneration> current_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_POLICY_SOURCE_H_
