#include "obol/internal/node_identity.hpp"

#include "obol/error.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <utility>

namespace obol::internal {

namespace {

struct deleter {
  void operator()(SSL_CTX* x) const {
    SSL_CTX_free(x);
  }
};

using context_ptr = std::unique_ptr<SSL_CTX, deleter>;

caf::error broken(const char* option, const std::string& path,
                  const std::string& what) {
  ERR_clear_error();
  return caf::make_error(ec::misconfigured, std::string{option} + ": '" + path
                                              + "' " + what);
}

/// No terminal is asked for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

/// The first rule that the files break: those of CAF's module, which would end
/// the process, and that the certificate is of this day.
caf::error check(const node_tls& files, const node_identity& held) {
  context_ptr context{SSL_CTX_new(TLS_method())};
  if (!context)
    return caf::make_error(ec::misconfigured,
                           std::string{"the TLS library cannot be used"});
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context.get(),
                                         held.certificate.path().c_str())
      != 1)
    return broken("tls_certificate_file", files.certificate_file,
                  "holds no usable certificate in PEM form");
  if (SSL_CTX_use_PrivateKey_file(context.get(), held.key.path().c_str(),
                                  SSL_FILETYPE_PEM)
      != 1)
    return broken("tls_key_file", files.key_file,
                  "holds no private key in PEM form without a passphrase that "
                  "belongs to the certificate");
  if (SSL_CTX_load_verify_locations(context.get(),
                                    held.authority.path().c_str(), nullptr)
      != 1)
    return broken("tls_ca_file", files.ca_file,
                  "holds no certificate in PEM form");
  auto* certificate = SSL_CTX_get0_certificate(context.get());
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
    return broken("tls_certificate_file", files.certificate_file,
                  "has expired");
  return {};
}

} // namespace

caf::expected<node_identity> node_identity::load(const node_tls& files) {
  auto certificate
    = sealed_file::open("tls_certificate_file", files.certificate_file);
  if (!certificate)
    return certificate.error();
  auto key = sealed_file::open("tls_key_file", files.key_file);
  if (!key)
    return key.error();
  auto authority = sealed_file::open("tls_ca_file", files.ca_file);
  if (!authority)
    return authority.error();
  node_identity result{std::move(*certificate), std::move(*key),
                       std::move(*authority)};
  if (auto error = check(files, result))
    return error;
  return result;
}

} // namespace obol::internal
