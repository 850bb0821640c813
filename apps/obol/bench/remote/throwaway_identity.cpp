#include "bench/remote/throwaway_identity.hpp"

#include "obol/error.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace obol::bench {

namespace {

constexpr long seconds_of_a_day = 24 * 3'600;

/// Clocks of one machine do not differ, but certificates count whole seconds.
constexpr long seconds_before = 60;

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using extension_ptr
  = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;

bool extend(X509* x, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
  extension_ptr made{X509V3_EXT_conf_nid(nullptr, &context, what, value)};
  return made && X509_add_ext(x, made.get(), -1) == 1;
}

certificate_ptr make_certificate(EVP_PKEY* key) {
  certificate_ptr result{X509_new()};
  auto* x = result.get();
  if (!x)
    return nullptr;
  auto* name = X509_get_subject_name(x);
  auto text = reinterpret_cast<const unsigned char*>("obol bench");
  auto made
    = X509_set_version(x, X509_VERSION_3) == 1
      && ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1
      && X509_gmtime_adj(X509_getm_notBefore(x), -seconds_before)
      && X509_gmtime_adj(X509_getm_notAfter(x), seconds_of_a_day)
      && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0)
           == 1
      && X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1
      && extend(x, NID_basic_constraints, "critical,CA:TRUE")
      && extend(x, NID_subject_alt_name, "IP:127.0.0.1")
      && X509_sign(x, key, EVP_sha256()) > 0;
  return made ? std::move(result) : nullptr;
}

/// Writes one PEM file with `put`.
template <class F>
bool write_file(const std::string& path, F put) {
  auto* file = std::fopen(path.c_str(), "w");
  if (!file)
    return false;
  auto written = put(file) == 1;
  return std::fclose(file) == 0 && written;
}

bool write_files(const node_tls& to) {
  key_ptr key{EVP_EC_gen("P-256")};
  auto certificate = key ? make_certificate(key.get()) : nullptr;
  return certificate
         && write_file(to.certificate_file,
                       [&](std::FILE* file) {
                         return PEM_write_X509(file, certificate.get());
                       })
         && write_file(to.key_file, [&](std::FILE* file) {
              return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0,
                                          nullptr, nullptr);
            });
}

} // namespace

throwaway_identity::throwaway_identity(std::filesystem::path directory)
  : directory_(std::move(directory)), files_{directory_ / "certificate",
                                             directory_ / "key",
                                             directory_ / "certificate"} {
}

throwaway_identity::throwaway_identity(throwaway_identity&& other) noexcept
  : directory_(std::exchange(other.directory_, {})),
    files_(std::move(other.files_)) {
}

throwaway_identity::~throwaway_identity() {
  std::error_code ignored;
  if (!directory_.empty())
    std::filesystem::remove_all(directory_, ignored);
}

caf::expected<throwaway_identity> throwaway_identity::make() {
  std::error_code trouble;
  auto pattern
    = (std::filesystem::temp_directory_path(trouble) / "obol-bench-XXXXXX")
        .string();
  if (!trouble && ::mkdtemp(pattern.data())) {
    throwaway_identity result{pattern};
    if (write_files(result.files_))
      return result;
  }
  return caf::make_error(ec::unavailable,
                         std::string{"no certificate can be made in the "
                                     "temporary directory"});
}

} // namespace obol::bench
