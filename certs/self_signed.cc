#include "certs/self_signed.h"

#include <utility>

#include "certs/authority.h"
#include "certs/certificate_factory.h"
#include "certs/certificate_facts.h"

namespace meshvet::certs {

Result<SelfSignedPair> SelfSigned(const std::vector<std::string>& dns_names,
                                  const std::vector<std::string>& ip_addresses,
                                  const SelfSignedOptions& options) {
  const SubjectNames names{dns_names, ip_addresses};
  if (auto error = CheckNames(names)) return *std::move(error);
  const KeyPtr ca_key = NewKey();
  KeyPtr key = NewKey();
  if (ca_key == nullptr || key == nullptr) return Error{LastSslError()};
  const Issue issue{options.now, options.now + options.lifetime,
                    options.client_auth};
  const X509Ptr ca = SignAuthority(ca_key.get(), "meshvet CA", issue);
  if (ca == nullptr) return Error{"cannot make a CA: " + LastSslError()};
  X509Ptr leaf = SignLeaf(key.get(), ca.get(), ca_key.get(), names, issue);
  if (leaf == nullptr) {
    return Error{"cannot make a certificate: " + LastSslError()};
  }
  Result<TlsIdentityPtr> identity =
      MakeIdentity({std::move(leaf)}, std::move(key), options.now);
  if (!identity) return identity.error();
  return SelfSignedPair{*identity, CertificatePem(ca.get())};
}

}  // namespace meshvet::certs
