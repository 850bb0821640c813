#include "obol/internal/node_identity.hpp"

#include "obol/error.hpp"
#include "obol/internal/tls_socket.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

namespace obol::internal {

namespace {

/// Room for what one read of a socket can bring.
constexpr std::size_t read_buffer_bytes = 64 * 1024;

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

void restrict(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION
                                 | SSL_OP_IGNORE_UNEXPECTED_EOF
                                 | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE
                              | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Many records are taken from the socket at once.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, read_buffer_bytes);
  // Sessions that are taken up again would pass by the certificates.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  // Both sides show a certificate of the authority, or nothing is said.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
}

caf::error read_files(SSL_CTX* context, const node_tls& files) {
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context,
                                         files.certificate_file.c_str())
      != 1)
    return broken("tls_certificate_file", files.certificate_file,
                  "cannot be read or holds no certificate in PEM form");
  if (SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(),
                                  SSL_FILETYPE_PEM)
      != 1)
    return broken("tls_key_file", files.key_file,
                  "cannot be read or holds no private key in PEM form without "
                  "a passphrase that belongs to the certificate");
  if (SSL_CTX_load_verify_locations(context, files.ca_file.c_str(), nullptr)
      != 1)
    return broken("tls_ca_file", files.ca_file,
                  "cannot be read or holds no certificate in PEM form");
  auto* certificate = SSL_CTX_get0_certificate(context);
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
    return broken("tls_certificate_file", files.certificate_file,
                  "has expired");
  return {};
}

} // namespace

caf::expected<node_identity> node_identity::load(const node_tls& files) {
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  if (!context)
    return caf::make_error(ec::misconfigured,
                           std::string{"the TLS library cannot be used"});
  restrict(context.get());
  if (auto error = read_files(context.get(), files))
    return error;
  return node_identity{std::move(context)};
}

SSL* node_identity::make(int socket) const {
  auto* result = SSL_new(context_.get());
  if (result == nullptr)
    return nullptr;
  auto* io = make_tls_socket(socket);
  if (io == nullptr) {
    SSL_free(result);
    return nullptr;
  }
  SSL_set_bio(result, io, io);
  return result;
}

SSL* node_identity::accept(int socket) const {
  auto* result = make(socket);
  if (result != nullptr)
    SSL_set_accept_state(result);
  return result;
}

SSL* node_identity::connect(int socket, const std::string& host) const {
  auto* result = make(socket);
  if (result == nullptr)
    return nullptr;
  SSL_set_connect_state(result);
  auto* rules = SSL_get0_param(result);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set_hostflags(rules,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(result, host.c_str());
    SSL_set_tlsext_host_name(result, host.c_str());
  }
  return result;
}

} // namespace obol::internal
