#pragma once

#include <chrono>
#include <string>

namespace obol::test {

/// PEM files of one who takes part.
struct identity_files {
  std::string certificate;
  std::string key;
};

/// What a certificate is good for.
enum class certificate_use { anything, clients_only, servers_only };

/// An authority of its own that issues certificates into a folder, which must
/// outlive it. Nothing of it lasts longer than a day.
class test_authority {
public:
  /// Writes its certificate to `folder`/`name`.ca.
  test_authority(std::string folder, std::string name);
  ~test_authority();
  test_authority(const test_authority&) = delete;
  test_authority& operator=(const test_authority&) = delete;

  /// Where its certificate is.
  const std::string& certificate() const {
    return certificate_;
  }

  /// A key and its certificate, valid for a day from `begin` on, counted from
  /// now.
  identity_files issue(const std::string& name,
                       std::chrono::hours begin = std::chrono::hours{-1},
                       certificate_use use = certificate_use::anything);

  /// The hosts that certificates are for, from here on.
  void issue_for(std::string hosts) {
    hosts_ = std::move(hosts);
  }

private:
  struct parts;
  parts* parts_;
  std::string folder_;
  std::string certificate_;
  std::string hosts_ = "DNS:localhost,IP:127.0.0.1";
};

} // namespace obol::test
