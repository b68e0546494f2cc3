// File: certs/pair_report.h
//
// PairReport: what a certificate says of itself, and everything that would keep
// an API server from talking to who serves it.
//
//   const PairReport report = ExaminePair({.certificate = pem, .key = key},
//   now); for (const std::string& problem : report.problems) Say(problem);

#ifndef MESHVET_CERTS_PAIR_REPORT_H_
#define MESHVET_CERTS_PAIR_REPORT_H_

#include <string>
#include <vector>

#include "certs/tls_identity.h"

namespace meshvet::certs {

struct PairToExamine {
  std::string certificate;  // PEM, leaf first
  std::string key;          // PEM
  std::string ca = {};      // PEM; empty: the chain is not looked at
  // Names or addresses it must be good for; wildcards of the certificate count.
  std::vector<std::string> names = {};
};

struct PairReport {
  std::string subject;
  std::string issuer;
  std::string serial;
  std::string fingerprint;
  WallTime not_before;
  WallTime not_after;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  std::vector<std::string> problems;  // for people; empty if all is well
};

PairReport ExaminePair(const PairToExamine& pair, WallTime now);

}  // namespace meshvet::certs

#endif  // MESHVET_CERTS_PAIR_REPORT_H_
