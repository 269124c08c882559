#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace stele::crypto {

struct CertificateRequest {
  std::string common_name = "stele";
  std::vector<std::string> dns_names;     // subject alternative names
  std::vector<std::string> ip_addresses;  // the same, as text
  int valid_days = 365;
};

struct CertificateFiles {
  std::string certificate_pem;
  std::string key_pem;
};

// A key (P-256) and a certificate that it signs itself, which a client may take for its CA. For a private
// server on this machine and for tests. Cost: under a millisecond. kInvalidArgument for a name that is none.
Result<CertificateFiles> self_signed_certificate(const CertificateRequest& request);

}  // namespace stele::crypto
