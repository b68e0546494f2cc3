// File: certs/certificate_watcher.h
//
// CertificateWatcher: keeps the TlsContext of a mounted key pair current.
//
//   CertificateWatcher::Options options;
//   options.cert_file = "/tls/tls.crt";
//   options.key_file = "/tls/tls.key";
//   options.on_error = [](const Error& e) { Log(e.where, e.message); };
//   auto watcher = CertificateWatcher::Start(std::move(options));
//   if (!watcher) return watcher.error();
//   server_options.tls = (*watcher)->source();
//
// The files are compared by content every `interval`, so any way of mounting
// works: kubelet swaps the link `..data`
// (https://kubernetes.io/docs/concepts/configuration/secret/#mounted-secrets-are-updated-automatically),
// others overwrite. inotify on the folders only makes it notice sooner. A new
// pair that cannot be used (half written, mismatched, expired) leaves the old
// one in place and is reported once, when it is still there at a second look.
//
// Thread-safe. The callbacks run on the watcher's thread.

#ifndef MESHVET_CERTS_CERTIFICATE_WATCHER_H_
#define MESHVET_CERTS_CERTIFICATE_WATCHER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "certs/tls_context.h"
#include "mesh/result.h"

namespace meshvet::certs {

class CertificateWatcher {
 public:
  struct Options {
    std::string cert_file;
    std::string key_file;
    std::string client_ca_file;  // empty: clients stay anonymous
    ServerTlsOptions tls;        // client_ca_pem comes from client_ca_file
    std::chrono::milliseconds interval{10'000};
    std::function<void(const TlsIdentity&)> on_change;
    std::function<void(const Error&)> on_error;
  };

  // Fails if the first pair cannot be used.
  static Result<std::unique_ptr<CertificateWatcher>> Start(Options options);

  ~CertificateWatcher();
  CertificateWatcher(const CertificateWatcher&) = delete;
  CertificateWatcher& operator=(const CertificateWatcher&) = delete;

  TlsContextPtr context() const;

  // May be called after the watcher is gone; the last context stays.
  TlsContextSource source() const;

 private:
  class Impl;
  explicit CertificateWatcher(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_CERTIFICATE_WATCHER_H_
