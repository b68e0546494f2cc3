#include "certs/certificate_watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <thread>
#include <utility>

#include "certs/current_context.h"

namespace meshvet::certs {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Writers replace the certificate and then the key: time to let them finish.
constexpr milliseconds kSettle{50};

struct Files {
  std::string cert;
  std::string key;
  std::string client_ca;

  bool operator==(const Files&) const = default;
};

Result<Files> Read(const CertificateWatcher::Options& options) {
  Result<std::string> cert = ReadSmallFile(options.cert_file);
  if (!cert) return cert.error();
  Result<std::string> key = ReadSmallFile(options.key_file);
  if (!key) return key.error();
  Files files{std::move(*cert), std::move(*key), {}};
  if (options.client_ca_file.empty()) return files;
  Result<std::string> ca = ReadSmallFile(options.client_ca_file);
  if (!ca) return ca.error();
  // An empty CA file must not turn the check of clients off.
  if (ca->empty()) return Error{"holds no certificate", options.client_ca_file};
  files.client_ca = std::move(*ca);
  return files;
}

Result<TlsContextPtr> Build(const CertificateWatcher::Options& options,
                            const Files& files) {
  const Result<TlsIdentityPtr> identity =
      ParseKeyPair(files.cert, files.key, std::chrono::system_clock::now(),
                   options.cert_file, options.key_file);
  if (!identity) return identity.error();
  ServerTlsOptions tls = options.tls;
  tls.client_ca_pem = files.client_ca;
  return MakeServerContext(*identity, tls);
}

}  // namespace

class CertificateWatcher::Impl {
 public:
  Impl(Options options, Files files, TlsContextPtr context)
      : options_(std::move(options)),
        used_(std::move(files)),
        current_(std::make_shared<CurrentContext>(std::move(context))),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        notify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    for (const std::string& file :
         {options_.cert_file, options_.key_file, options_.client_ca_file}) {
      if (!file.empty()) WatchFolderOf(file);
    }
    thread_ = std::thread([this] { Run(); });
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    const std::uint64_t one = 1;
    (void)!write(wake_, &one, sizeof one);
    thread_.join();
    close(wake_);
    close(notify_);
  }

  const std::shared_ptr<CurrentContext>& current() const { return current_; }

 private:
  void WatchFolderOf(const std::string& file) const {
    const std::string folder = std::filesystem::path(file).parent_path();
    // Failure only means to notice at the next interval.
    inotify_add_watch(notify_, folder.empty() ? "." : folder.c_str(),
                      IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE);
  }

  enum class Wake { kStop, kChange, kInterval };

  // Until it is time to look, a change or the end.
  Wake Wait(Clock::time_point look) const {
    std::array<pollfd, 2> fds{{{wake_, POLLIN, 0}, {notify_, POLLIN, 0}}};
    const auto left =
        std::chrono::ceil<milliseconds>(look - Clock::now()).count();
    if (left > 0) poll(fds.data(), fds.size(), static_cast<int>(left));
    if (fds[0].revents != 0) return Wake::kStop;
    if (fds[1].revents == 0) return Wake::kInterval;
    std::array<char, 4096> events{};
    while (read(notify_, events.data(), events.size()) > 0) {
    }
    return Wake::kChange;
  }

  void Run() {
    pthread_setname_np(pthread_self(), "certs");
    const milliseconds soon = std::min(kSettle, options_.interval);
    Clock::time_point look = Clock::now() + options_.interval;
    while (true) {
      const Wake wake = Wait(look);
      if (wake == Wake::kStop) return;
      const Clock::time_point now = Clock::now();
      if (wake == Wake::kInterval) {
        look = now + (Look() ? options_.interval : soon);
      } else {
        // A later change does not put off the look at an earlier one: in a busy
        // folder there is always another.
        look = std::min(look, now + soon);
      }
    }
  }

  // One look at the files. False asks for a second look soon.
  bool Look() {
    const Result<Files> files = Read(options_);
    if (!files) return Suspect(Files{}, files.error());
    if (*files == used_) {
      suspect_.reset();
      return true;
    }
    Result<TlsContextPtr> context = Build(options_, *files);
    if (!context) return Suspect(*files, context.error());
    used_ = *files;
    suspect_.reset();
    current_->Set(*context);
    if (options_.on_change) options_.on_change((*context)->identity());
    return true;
  }

  // Reports what is bad at a second look, once.
  bool Suspect(const Files& files, const Error& error) {
    const bool seen_before = suspect_ != nullptr && *suspect_ == files;
    if (!seen_before) {
      suspect_ = std::make_unique<Files>(files);
      reported_ = false;
      return false;
    }
    if (!reported_ && options_.on_error) options_.on_error(error);
    reported_ = true;
    return true;
  }

  const Options options_;
  Files used_;
  std::unique_ptr<Files> suspect_;
  bool reported_ = false;
  const std::shared_ptr<CurrentContext> current_;
  const int wake_;
  const int notify_;
  std::thread thread_;
};

Result<std::unique_ptr<CertificateWatcher>> CertificateWatcher::Start(
    Options options) {
  Result<Files> files = Read(options);
  if (!files) return files.error();
  Result<TlsContextPtr> context = Build(options, *files);
  if (!context) return context.error();
  return std::unique_ptr<CertificateWatcher>(
      new CertificateWatcher(std::make_unique<Impl>(
          std::move(options), std::move(*files), std::move(*context))));
}

CertificateWatcher::CertificateWatcher(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

CertificateWatcher::~CertificateWatcher() = default;

TlsContextPtr CertificateWatcher::context() const {
  return impl_->current()->Get();
}

TlsContextSource CertificateWatcher::source() const {
  return [current = impl_->current()] { return current->Get(); };
}

}  // namespace meshvet::certs
