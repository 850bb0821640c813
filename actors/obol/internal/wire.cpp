#include "obol/internal/wire.hpp"

#include "obol/internal/errors.hpp"
#include "obol/secret.hpp"

#include <utility>

namespace obol::internal {

namespace {

/// How much one call reads from the socket.
constexpr std::size_t read_size = 64 * 1024;

/// How many replies are passed on at a time.
constexpr std::size_t max_gathered = reply_reader::max_spares;

} // namespace

wire::wire(std::unique_ptr<transport> socket)
  : socket_(std::move(socket)), buffer_(read_size) {
}

wire::~wire() {
  if (is_secret_)
    wipe(out_);
}

void wire::put(std::string_view bytes) {
  out_ += bytes;
}

void wire::put_secret(std::string bytes) {
  out_ += bytes;
  wipe(bytes);
  is_secret_ = true;
}

std::size_t wire::flush() {
  auto before = sent_;
  while (has_unsent()) {
    auto result = socket_->send(std::string_view{out_}.substr(sent_));
    if (result.status != io_status::ok)
      return sent_ - before;
    sent_ += result.bytes;
  }
  auto result = sent_ - before;
  if (std::exchange(is_secret_, false))
    wipe(out_);
  out_.clear();
  sent_ = 0;
  return result;
}

wire::reading wire::read(const taker& take) {
  reading result;
  for (;;) {
    auto got = socket_->receive(buffer_.data(), buffer_.size());
    switch (got.status) {
      case io_status::ok:
        break;
      case io_status::would_block:
        return result;
      case io_status::closed:
        result.failure = unavailable("the server closed the connection");
        return result;
      case io_status::failed:
        result.failure = unavailable(socket_->failure());
        return result;
    }
    result.bytes += got.bytes;
    reader_.feed({buffer_.data(), got.bytes});
    // A short read has emptied the socket.
    if (!pass_on(take, result) || got.bytes < buffer_.size())
      return result;
  }
}

bool wire::pass_on(const taker& take, reading& to) {
  for (;;) {
    auto next = reader_.next();
    switch (next.status) {
      case reply_reader::status::need_more:
        return hand_over(take);
      case reply_reader::status::failed:
        if (hand_over(take)) {
          to.failure = unavailable(std::string{next.error});
          to.is_too_large = next.is_too_large;
        }
        return false;
      case reply_reader::status::have_reply:
        gathered_.push_back(std::move(next.reply));
        if (gathered_.size() == max_gathered && !hand_over(take))
          return false;
    }
  }
}

bool wire::hand_over(const taker& take) {
  auto goes_on = gathered_.empty() || take(gathered_);
  for (auto& x : gathered_)
    reader_.recycle(std::move(x));
  gathered_.clear();
  return goes_on;
}

} // namespace obol::internal
