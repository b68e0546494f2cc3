// File: certs/secret_store.h
//
// What certs/ needs to know of a cluster to keep an authority there: a Secret
// that can be compared and swapped, and the places from which clients learn
// whom to trust. cli/ puts the API server behind both, tests a map.
//
// Both are used by one thread at a time.

#ifndef MESHVET_CERTS_SECRET_STORE_H_
#define MESHVET_CERTS_SECRET_STORE_H_

#include <map>
#include <string>
#include <vector>

#include "mesh/result.h"

namespace meshvet::certs {

// The bytes of a Secret's `data`, by key.
using SecretData = std::map<std::string, std::string>;

struct StoredSecret {
  SecretData data;
  std::string version;  // opaque; empty while there is no such Secret
};

// A conflict means that another was faster: read again, decide again.
enum class WriteOutcome { kWritten, kConflict };

class SecretStore {
 public:
  SecretStore() = default;
  virtual ~SecretStore() = default;
  SecretStore(const SecretStore&) = delete;
  SecretStore& operator=(const SecretStore&) = delete;

  // As it is at some moment between call and return, never from a cache.
  virtual Result<StoredSecret> Read() = 0;
  // Replaces what was read as `version`, or creates it if that is empty.
  virtual Result<WriteOutcome> Write(const SecretData& data,
                                     const std::string& version) = 0;
};

// One object that tells clients whom to trust, perhaps in several places: a
// webhook configuration has a caBundle for each webhook.
struct TrustAnchor {
  std::string name;
  std::string version;  // opaque
  std::vector<std::string> bundles;
};

class TrustAnchors {
 public:
  TrustAnchors() = default;
  virtual ~TrustAnchors() = default;
  TrustAnchors(const TrustAnchors&) = delete;
  TrustAnchors& operator=(const TrustAnchors&) = delete;

  // All there are, as they are at some moment between call and return.
  virtual Result<std::vector<TrustAnchor>> Read() = 0;
  // Puts `bundle` in every place of `anchor`, if it is still what was read.
  virtual Result<WriteOutcome> Write(const TrustAnchor& anchor,
                                     const std::string& bundle) = 0;
};

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_SECRET_STORE_H_
