#include "webhook/policy_source.h"

#include <utility>

namespace meshvet::webhook {
namespace {

// What the policy says, whatever its comments and layout.
std::string FingerprintOf(const rules::Policy& policy) {
  std::string text;
  for (const auto& document : policy.documents) {
    text += document->root().ToJson();
    text += '\n';
  }
  return text;
}

}  // namespace

PolicySource::PolicySource(rules::Policy first, Read read)
    : read_(std::move(read)),
      rejection_(std::make_shared<const std::string>()),
      current_(nullptr) {
  Replace(std::move(first));
}

void PolicySource::Replace(rules::Policy policy) {
  fingerprint_ = FingerprintOf(policy);
  auto shared = std::make_shared<const rules::Policy>(std::move(policy));
  current_.Store(std::make_shared<const EngineGeneration>(
      EngineGeneration{rules::Engine(std::move(shared)), ++generation_}));
}

PolicySource::Change PolicySource::Poll() {
  if (!read_) return Change::kNone;
  Result<rules::Policy> read = read_();
  if (!read) {
    const Error& error = read.error();
    auto why = std::make_shared<const std::string>(
        error.where.empty() ? error.message
                            : error.where + ": " + error.message);
    if (*why == *rejection_.Load()) return Change::kNone;
    rejection_.Store(std::move(why));
    ++rejections_;
    return Change::kRejected;
  }
  if (!rejection_.Load()->empty()) {
    rejection_.Store(std::make_shared<const std::string>());
  }
  if (FingerprintOf(*read) == fingerprint_) return Change::kNone;
  Replace(*std::move(read));
  return Change::kReplaced;
}

}  // namespace meshvet::webhook
