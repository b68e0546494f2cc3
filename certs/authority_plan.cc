#include "certs/authority_plan.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "certs/certificate_facts.h"

namespace meshvet::certs {
namespace {

// Of names carried over from one leaf to the next.
constexpr size_t kMaxNames = 32;

const std::string& Value(const SecretData& data, const char* key) {
  static const std::string kNone;
  const auto found = data.find(key);
  return found == data.end() ? kNone : found->second;
}

X509Ptr FirstCertificate(const std::string& pem) {
  std::vector<X509Ptr> all = ParseCertificates(pem);
  return all.empty() ? nullptr : std::move(all.front());
}

struct Validity {
  WallTime from;
  WallTime until;

  bool Covers(WallTime time) const { return from <= time && time < until; }
  bool IsWorn(WallTime time) const {
    return time >= from + (until - from) / 3 * 2;
  }
};

Validity ValidityOf(X509* certificate) {
  return {
      ToWallTime(X509_get0_notBefore(certificate)).value_or(WallTime::max()),
      ToWallTime(X509_get0_notAfter(certificate)).value_or(WallTime::min())};
}

// Why the pair cannot sign now; empty if it can.
std::string WhyNoSigner(const std::string& certificate_pem,
                        const std::string& key_pem, WallTime now) {
  const X509Ptr certificate = FirstCertificate(certificate_pem);
  if (certificate == nullptr) return "its certificate cannot be read";
  const KeyPtr key = ParsePrivateKey(key_pem);
  if (key == nullptr) return "its key cannot be read";
  const bool fits = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) return "its key is not its certificate's";
  if (X509_check_ca(certificate.get()) == 0) return "it is no CA";
  const WallTime end = ValidityOf(certificate.get()).until;
  return now < end ? std::string() : "it expired at " + UtcText(end);
}

bool IsSignedBy(X509* leaf, X509* ca) {
  const bool is = X509_check_issued(ca, leaf) == X509_V_OK &&
                  X509_verify(leaf, X509_get0_pubkey(ca)) == 1;
  ERR_clear_error();
  return is;
}

// Why the pair cannot be served; empty if it can.
std::string WhyNoLeaf(const SecretData& data, WallTime now) {
  const auto pair =
      ParseKeyPair(Value(data, kLeafCertificate), Value(data, kLeafKey), now,
                   kLeafCertificate, kLeafKey);
  if (!pair) return pair.error().where + ": " + pair.error().message;
  const X509Ptr ca = FirstCertificate(Value(data, kCaCertificate));
  if (ca == nullptr || !IsSignedBy((*pair)->chain.front().get(), ca.get())) {
    return "the certificate is not signed by the CA";
  }
  return {};
}

// The first of `wanted` that is not among `present`.
std::string Missing(const std::vector<std::string>& wanted,
                    const std::vector<std::string>& present) {
  for (const std::string& name : wanted) {
    if (std::ranges::find(present, name) == present.end()) return name;
  }
  return {};
}

// Why the leaf, which can be served, ought to be renewed; empty if it need not.
std::string WhyRenew(const SecretData& data,
                     const Circumstances& circumstances) {
  const X509Ptr leaf = FirstCertificate(Value(data, kLeafCertificate));
  const SubjectNames present = LeafNames(data);
  std::string missing = Missing(circumstances.names.dns, present.dns);
  if (missing.empty()) missing = Missing(circumstances.names.ip, present.ip);
  if (!missing.empty()) return "the certificate lacks the name " + missing;
  const Validity validity = ValidityOf(leaf.get());
  if (!validity.IsWorn(circumstances.now)) return {};
  return "the certificate has lived two thirds of its life; it ends at " +
         UtcText(validity.until);
}

bool IsForeign(const SecretData& data) {
  return !data.contains(kCaKey) && (!Value(data, kLeafCertificate).empty() ||
                                    !Value(data, kLeafKey).empty());
}

// A CA of tomorrow is more likely a clock of yesterday, and no reason to take
// from all others the CA that they trust. Empty if it is none.
std::string WhyTooEarly(const SecretData& data, WallTime now) {
  const X509Ptr ca = FirstCertificate(Value(data, kCaCertificate));
  if (ca == nullptr || now >= ValidityOf(ca.get()).from) return {};
  return "the CA is not valid before " + UtcText(ValidityOf(ca.get()).from) +
         ": is the clock right?";
}

bool IsOver(const Circumstances& circumstances) {
  return circumstances.published_for.has_value() &&
         *circumstances.published_for >= circumstances.grace;
}

std::string WhyNoNextSigner(const SecretData& data, WallTime now) {
  return WhyNoSigner(Value(data, kNextCaCertificate), Value(data, kNextCaKey),
                     now);
}

// Of a Secret with a next CA.
Decision DecideNext(const SecretData& data,
                    const Circumstances& circumstances) {
  const std::string why = WhyNoNextSigner(data, circumstances.now);
  if (!why.empty()) {
    return {Move::kIntroduceCa, "the next CA cannot sign: " + why};
  }
  if (IsOver(circumstances)) {
    return {Move::kSwitchCa, "the next CA is trusted everywhere"};
  }
  return {Move::kRest, "the next CA is being published"};
}

bool HasNext(const SecretData& data) {
  return !Value(data, kNextCaCertificate).empty();
}

// The CA cannot sign any more, but what it signed may still be served.
Decision DecideWithoutSigner(const SecretData& data, const std::string& why,
                             const Circumstances& circumstances) {
  if (!WhyNoLeaf(data, circumstances.now).empty()) {
    if (WhyNoNextSigner(data, circumstances.now).empty()) {
      return {Move::kSwitchCa, "the CA cannot sign: " + why};
    }
    const bool is_new = Value(data, kCaCertificate).empty();
    return {Move::kFound,
            is_new ? "there is no CA yet" : "the CA cannot sign: " + why};
  }
  if (HasNext(data)) return DecideNext(data, circumstances);
  return {Move::kIntroduceCa, "the CA cannot sign: " + why};
}

void AddAll(std::vector<std::string>& names,
            const std::vector<std::string>& more) {
  for (const std::string& name : more) {
    if (names.size() >= kMaxNames) return;
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
}

SubjectNames NamesFor(const SecretData& data,
                      const Circumstances& circumstances) {
  SubjectNames names = circumstances.names;
  const X509Ptr leaf = FirstCertificate(Value(data, kLeafCertificate));
  if (leaf == nullptr || !ValidityOf(leaf.get()).Covers(circumstances.now) ||
      ValidityOf(leaf.get()).IsWorn(circumstances.now)) {
    return names;
  }
  SubjectNames all = names;
  const SubjectNames present = LeafNames(data);
  AddAll(all.dns, present.dns);
  AddAll(all.ip, present.ip);
  // Whatever stands there must not keep us from having a certificate.
  return CheckNames(all) ? names : all;
}

std::optional<Error> Sign(SecretData& data, const SubjectNames& names,
                          WallTime now) {
  auto leaf =
      IssueLeaf({Value(data, kCaCertificate), Value(data, kCaKey)}, names, now);
  if (!leaf) return leaf.error();
  data[kLeafCertificate] = std::move(leaf->certificate);
  data[kLeafKey] = std::move(leaf->key);
  return std::nullopt;
}

// The current CA becomes the old one.
void Depose(SecretData& data) {
  if (FirstCertificate(Value(data, kCaCertificate)) != nullptr) {
    data[kOldCaCertificate] = Value(data, kCaCertificate);
  }
}

std::optional<Error> PutAuthority(SecretData& data, const char* certificate_key,
                                  const char* key_key, WallTime now) {
  auto authority = MakeAuthority(now);
  if (!authority) return authority.error();
  data[certificate_key] = std::move(authority->certificate);
  data[key_key] = std::move(authority->key);
  return std::nullopt;
}

std::optional<Error> Found(SecretData& data, const SubjectNames& names,
                           WallTime now) {
  Depose(data);
  data.erase(kNextCaCertificate);
  data.erase(kNextCaKey);
  if (auto error = PutAuthority(data, kCaCertificate, kCaKey, now)) {
    return error;
  }
  return Sign(data, names, now);
}

std::optional<Error> Switch(SecretData& data, const SubjectNames& names,
                            WallTime now) {
  Depose(data);
  data[kCaCertificate] = Value(data, kNextCaCertificate);
  data[kCaKey] = Value(data, kNextCaKey);
  data.erase(kNextCaCertificate);
  data.erase(kNextCaKey);
  return Sign(data, names, now);
}

}  // namespace

std::string_view ToString(Move move) {
  constexpr std::array<std::string_view, 7> kNames = {
      "rest",         "refuse",    "found CA", "renew certificate",
      "introduce CA", "switch CA", "retire CA"};
  return kNames.at(static_cast<size_t>(move));
}

Decision Decide(const SecretData& data, const Circumstances& circumstances) {
  if (IsForeign(data)) {
    return {Move::kRefuse, "the Secret holds a certificate but no " +
                               std::string(kCaKey) + ": it is not ours"};
  }
  const WallTime now = circumstances.now;
  const std::string too_early = WhyTooEarly(data, now);
  if (!too_early.empty()) return {Move::kRefuse, too_early};
  const std::string no_signer =
      WhyNoSigner(Value(data, kCaCertificate), Value(data, kCaKey), now);
  if (!no_signer.empty()) {
    return DecideWithoutSigner(data, no_signer, circumstances);
  }
  std::string why = WhyNoLeaf(data, now);
  if (why.empty()) why = WhyRenew(data, circumstances);
  if (!why.empty()) return {Move::kRenewLeaf, why};
  if (HasNext(data)) return DecideNext(data, circumstances);
  const Validity ca =
      ValidityOf(FirstCertificate(Value(data, kCaCertificate)).get());
  if (ca.IsWorn(now)) {
    return {Move::kIntroduceCa,
            "the CA has lived two thirds of its life; it ends at " +
                UtcText(ca.until)};
  }
  if (Value(data, kOldCaCertificate).empty()) return {};
  if (IsOver(circumstances)) {
    return {Move::kRetireCa, "nobody serves a certificate of the old CA"};
  }
  return {Move::kRest, "the old CA is still trusted"};
}

Result<SecretData> Carry(const Decision& decision, const SecretData& data,
                         const Circumstances& circumstances) {
  SecretData next = data;
  const WallTime now = circumstances.now;
  const SubjectNames names = NamesFor(data, circumstances);
  std::optional<Error> error;
  switch (decision.move) {
    case Move::kRest:
      break;
    case Move::kRefuse:
      return Error{decision.reason};
    case Move::kFound:
      error = Found(next, names, now);
      break;
    case Move::kRenewLeaf:
      error = Sign(next, names, now);
      break;
    case Move::kIntroduceCa:
      error = PutAuthority(next, kNextCaCertificate, kNextCaKey, now);
      break;
    case Move::kSwitchCa:
      error = Switch(next, names, now);
      break;
    case Move::kRetireCa:
      next.erase(kOldCaCertificate);
      break;
  }
  if (error) return *std::move(error);
  return next;
}

std::string TrustBundle(const SecretData& data) {
  std::vector<std::string> parts;
  for (const char* key :
       {kCaCertificate, kNextCaCertificate, kOldCaCertificate}) {
    const X509Ptr certificate = FirstCertificate(Value(data, key));
    if (certificate == nullptr) continue;
    std::string pem = CertificatePem(certificate.get());
    if (std::ranges::find(parts, pem) == parts.end()) {
      parts.push_back(std::move(pem));
    }
  }
  std::string bundle;
  for (const std::string& part : parts) bundle += part;
  return bundle;
}

SubjectNames LeafNames(const SecretData& data) {
  const X509Ptr leaf = FirstCertificate(Value(data, kLeafCertificate));
  if (leaf == nullptr) return {};
  AlternativeNames names = SubjectAlternativeNames(leaf.get());
  return {std::move(names.dns), std::move(names.ip)};
}

}  // namespace meshvet::certs
