#include "support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

namespace obol::test {

namespace {

struct free_key {
  void operator()(EVP_PKEY* x) const {
    EVP_PKEY_free(x);
  }
};

struct free_certificate {
  void operator()(X509* x) const {
    X509_free(x);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, free_key>;
using certificate_ptr = std::unique_ptr<X509, free_certificate>;

void demand(bool holds) {
  if (!holds)
    throw std::runtime_error{"a certificate cannot be made"};
}

key_ptr make_key() {
  key_ptr result{EVP_EC_gen("P-256")};
  demand(result != nullptr);
  return result;
}

/// Writes one PEM file with `put`.
template <class F>
void write_file(const std::string& path, F put) {
  auto* file = std::fopen(path.c_str(), "w");
  demand(file != nullptr);
  auto written = put(file);
  demand(std::fclose(file) == 0 && written == 1);
}

void extend(X509* certificate, X509* issuer, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* made = X509V3_EXT_conf_nid(nullptr, &context, what, value);
  demand(made != nullptr && X509_add_ext(certificate, made, -1) == 1);
  X509_EXTENSION_free(made);
}

certificate_ptr make_certificate(const std::string& name, EVP_PKEY* key,
                                 std::chrono::hours begin) {
  certificate_ptr result{X509_new()};
  demand(result != nullptr);
  std::uint32_t serial = 0;
  demand(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), 4) == 1);
  X509_set_version(result.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(result.get()),
                   static_cast<long>(serial >> 1) + 1);
  auto from = std::chrono::seconds{begin}.count();
  X509_gmtime_adj(X509_getm_notBefore(result.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(result.get()), from + 24 * 3600);
  auto* subject = X509_get_subject_name(result.get());
  X509_NAME_add_entry_by_txt(
    subject, "CN", MBSTRING_UTF8,
    reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(result.get(), key);
  return result;
}

const char* word_for(certificate_use x) {
  switch (x) {
    case certificate_use::clients_only:
      return "clientAuth";
    case certificate_use::servers_only:
      return "serverAuth";
    case certificate_use::anything:
      break;
  }
  return "clientAuth,serverAuth";
}

} // namespace

struct test_authority::parts {
  key_ptr key;
  certificate_ptr certificate;
};

test_authority::test_authority(std::string folder, std::string name)
  : parts_(new parts{make_key(), nullptr}), folder_(std::move(folder)),
    certificate_(folder_ + '/' + name + ".ca") {
  auto& own = parts_->certificate;
  own = make_certificate(name, parts_->key.get(), std::chrono::hours{-1});
  X509_set_issuer_name(own.get(), X509_get_subject_name(own.get()));
  extend(own.get(), own.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(own.get(), own.get(), NID_key_usage, "critical,keyCertSign");
  demand(X509_sign(own.get(), parts_->key.get(), EVP_sha256()) > 0);
  write_file(certificate_, [&](std::FILE* f) { return PEM_write_X509(f, own.get()); });
}

test_authority::~test_authority() {
  delete parts_;
}

identity_files test_authority::issue(const std::string& name,
                                     std::chrono::hours begin,
                                     certificate_use use) {
  auto key = make_key();
  auto made = make_certificate(name, key.get(), begin);
  auto* issuer = parts_->certificate.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
  extend(made.get(), issuer, NID_ext_key_usage, word_for(use));
  extend(made.get(), issuer, NID_subject_alt_name, hosts_.c_str());
  demand(X509_sign(made.get(), parts_->key.get(), EVP_sha256()) > 0);
  identity_files result{folder_ + '/' + name + ".crt",
                        folder_ + '/' + name + ".key"};
  write_file(result.certificate,
             [&](std::FILE* f) { return PEM_write_X509(f, made.get()); });
  write_file(result.key, [&](std::FILE* f) {
    return PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr,
                                nullptr);
  });
  return result;
}

} // namespace obol::test
