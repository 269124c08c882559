#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

#include "base/check.h"
#include "crypto/openssl_error.h"

namespace stele::crypto {

namespace {

constexpr long kSecondsPerDay = 24L * 60 * 60;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string alternative_names(const CertificateRequest& request) {
  std::string names;
  const auto add = [&names](const char* kind, const std::string& value) {
    names += (names.empty() ? "" : ",") + std::string(kind) + value;
  };
  for (const std::string& name : request.dns_names) add("DNS:", name);
  for (const std::string& address : request.ip_addresses) add("IP:", address);
  return names;
}

// Whatever has a meaning in OpenSSL's extension syntax does not belong in a name.
bool is_plain(const std::string& name) {
  return !name.empty() && name.find_first_of(",:;@\"\\ \t\r\n", 0) == std::string::npos;
}

Result<void> check(const CertificateRequest& request) {
  for (const std::string& name : request.dns_names) {
    if (!is_plain(name)) return make_error(ErrorCode::kInvalidArgument, "not a DNS name: " + name);
  }
  return {};
}

}  // namespace

Result<CertificateFiles> self_signed_certificate(const CertificateRequest& request) {
  STELE_RETURN_IF_ERROR(check(request));
  ERR_clear_error();
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Free> certificate(X509_new());
  STELE_CHECK(key != nullptr && certificate != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  STELE_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial | 1U);
  // A little into the past, for clocks that differ.
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kSecondsPerDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kSecondsPerDay * request.valid_days);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const auto* common_name = reinterpret_cast<const unsigned char*>(request.common_name.c_str());
  if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) != 1)
    return make_error(ErrorCode::kInvalidArgument, "not a common name: " + take_openssl_error());
  X509_set_issuer_name(certificate.get(), name);
  const std::string names = alternative_names(request);
  if (!add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      (!names.empty() && !add_extension(certificate.get(), NID_subject_alt_name, names)))
    return make_error(ErrorCode::kInvalidArgument, "not a name for a certificate: " + take_openssl_error());
  STELE_CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  const std::unique_ptr<BIO, Free> certificate_text(BIO_new(BIO_s_mem()));
  const std::unique_ptr<BIO, Free> key_text(BIO_new(BIO_s_mem()));
  STELE_CHECK(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
  STELE_CHECK(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
              1);
  return CertificateFiles{text_of(certificate_text.get()), text_of(key_text.get())};
}

}  // namespace stele::crypto
