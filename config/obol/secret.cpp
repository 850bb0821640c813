#include "obol/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace obol {

secret::secret(const char* bytes, std::size_t size) : size_(size) {
  if (size_ > 0) {
    bytes_ = std::make_unique<char[]>(size_);
    std::copy(bytes, bytes + size, bytes_.get());
  }
}

secret::secret(std::string&& source) : secret(source.data(), source.size()) {
  obol::wipe(source);
}

secret::secret(secret&& other) noexcept
  : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {
}

secret& secret::operator=(secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

secret::~secret() {
  wipe();
}

secret secret::clone() const {
  return {bytes_.get(), size_};
}

void secret::wipe() noexcept {
  if (bytes_)
    OPENSSL_cleanse(bytes_.get(), size_);
}

bool operator==(const secret& x, const secret& y) noexcept {
  return x.size_ == y.size_
         && (x.size_ == 0
             || CRYPTO_memcmp(x.bytes_.get(), y.bytes_.get(), x.size_) == 0);
}

std::string to_string(const secret&) {
  return "***";
}

std::ostream& operator<<(std::ostream& out, const secret&) {
  return out << "***";
}

void wipe(std::string& bytes) noexcept {
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

} // namespace obol
