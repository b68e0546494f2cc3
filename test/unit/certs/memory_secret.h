// File: test/unit/certs/memory_secret.h
//
// A Secret and webhook configurations in memory, with the API server's
// compare-and-swap: a write counts only against the version that was read.
// Thread-safe: each replica of a test has views of its own.

#ifndef MESHVET_TEST_UNIT_CERTS_MEMORY_SECRET_H_
#define MESHVET_TEST_UNIT_CERTS_MEMORY_SECRET_H_

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "certs/secret_store.h"

namespace meshvet::certs {

class MemoryCluster {
 public:
  StoredSecret secret() const {
    const std::scoped_lock lock(mutex_);
    return {data_, version_ == 0 ? "" : std::to_string(version_)};
  }
  void SetSecret(const SecretData& data) {
    const std::scoped_lock lock(mutex_);
    data_ = data;
    ++version_;
  }
  // Every state the Secret was in, oldest first.
  std::vector<SecretData> history() const {
    const std::scoped_lock lock(mutex_);
    return history_;
  }
  bool SwapSecret(const SecretData& data, const std::string& version) {
    const std::scoped_lock lock(mutex_);
    if (version != (version_ == 0 ? "" : std::to_string(version_))) {
      return false;
    }
    data_ = data;
    history_.push_back(data);
    ++version_;
    return true;
  }

  std::vector<TrustAnchor> anchors() const {
    const std::scoped_lock lock(mutex_);
    return anchors_;
  }
  void SetAnchor(const std::string& name, std::vector<std::string> bundles) {
    const std::scoped_lock lock(mutex_);
    for (TrustAnchor& anchor : anchors_) {
      if (anchor.name == name) {
        anchor = {name, anchor.version + "+", std::move(bundles)};
        return;
      }
    }
    anchors_.push_back({name, "1", std::move(bundles)});
  }
  bool SwapAnchor(const TrustAnchor& seen, const std::string& bundle) {
    const std::scoped_lock lock(mutex_);
    for (TrustAnchor& anchor : anchors_) {
      if (anchor.name != seen.name) continue;
      if (anchor.version != seen.version) return false;
      anchor.version += "+";
      for (std::string& one : anchor.bundles) one = bundle;
      return true;
    }
    return false;
  }

 private:
  mutable std::mutex mutex_;
  SecretData data_;
  int version_ = 0;
  std::vector<SecretData> history_;
  std::vector<TrustAnchor> anchors_;
};

// One replica's way to the Secret; `before_write` is when others are faster.
class MemoryStore : public SecretStore {
 public:
  explicit MemoryStore(MemoryCluster& cluster) : cluster_(cluster) {}

  Result<StoredSecret> Read() override {
    if (!read_error.empty()) return Error{read_error};
    return cluster_.secret();
  }
  Result<WriteOutcome> Write(const SecretData& data,
                             const std::string& version) override {
    if (!write_error.empty()) return Error{write_error};
    if (before_write) before_write();
    return cluster_.SwapSecret(data, version) ? WriteOutcome::kWritten
                                              : WriteOutcome::kConflict;
  }

  std::function<void()> before_write;
  std::string read_error;
  std::string write_error;

 private:
  MemoryCluster& cluster_;
};

class MemoryAnchors : public TrustAnchors {
 public:
  explicit MemoryAnchors(MemoryCluster& cluster) : cluster_(cluster) {}

  Result<std::vector<TrustAnchor>> Read() override {
    if (!read_error.empty()) return Error{read_error};
    return cluster_.anchors();
  }
  Result<WriteOutcome> Write(const TrustAnchor& anchor,
                             const std::string& bundle) override {
    if (before_write) before_write();
    ++writes;
    return cluster_.SwapAnchor(anchor, bundle) ? WriteOutcome::kWritten
                                               : WriteOutcome::kConflict;
  }

  std::function<void()> before_write;
  std::string read_error;
  int writes = 0;

 private:
  MemoryCluster& cluster_;
};

}  // namespace meshvet::certs

#endif  // MESHVET_TEST_UNIT_CERTS_MEMORY_SECRET_H_
