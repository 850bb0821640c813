#include "cutting_proxy.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <poll.h>
#include <system_error>
#include <utility>

namespace obol::test {

namespace {

constexpr std::size_t read_size = 64 * 1024;
constexpr int backlog = 128;

unique_fd unix_stream() {
  auto fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw std::system_error{errno, std::generic_category()};
  return unique_fd{fd};
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un result{};
  result.sun_family = AF_UNIX;
  std::strncpy(result.sun_path, path.c_str(), sizeof(result.sun_path) - 1);
  return result;
}

unique_fd listen_at(const std::string& path) {
  auto result = unix_stream();
  auto address = address_of(path);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(result.get(), generic, sizeof(address)) < 0
      || ::listen(result.get(), backlog) < 0)
    throw std::system_error{errno, std::generic_category()};
  return result;
}

/// Appends what is there; false at the end of the stream.
bool read_more(const unique_fd& fd, std::string& to) {
  char buffer[read_size];
  auto got = ::recv(fd.get(), buffer, sizeof(buffer), 0);
  if (got <= 0)
    return false;
  to.append(buffer, static_cast<std::size_t>(got));
  return true;
}

/// False if the peer is gone.
bool write_or_fail(const unique_fd& fd, std::string_view bytes) {
  try {
    write_all(fd, bytes);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// The number in a line like `$12` and where the next one begins; no position
/// if the line is not whole.
struct line {
  std::int64_t number = 0;
  std::size_t next = std::string_view::npos;
};

line line_at(std::string_view bytes, std::size_t begin) {
  auto end = bytes.find("\r\n", begin);
  if (end == std::string_view::npos)
    return {};
  line result;
  result.next = end + 2;
  std::from_chars(bytes.data() + begin + 1, bytes.data() + end, result.number);
  return result;
}

/// Where the reply (or request, which looks like one) that begins here ends;
/// `npos` if it is not whole.
std::size_t end_of_reply(std::string_view bytes, std::size_t begin) {
  auto [number, next] = line_at(bytes, begin);
  if (next == std::string_view::npos)
    return next;
  switch (bytes[begin]) {
    case '$': {
      if (number < 0)
        return next;
      auto end = next + static_cast<std::size_t>(number) + 2;
      return end <= bytes.size() ? end : std::string_view::npos;
    }
    case '*':
      for (; number > 0 && next != std::string_view::npos; --number)
        next = next < bytes.size() ? end_of_reply(bytes, next)
                                   : std::string_view::npos;
      return next;
    default:
      return next;
  }
}

request_words words_in(std::string_view request) {
  request_words result;
  auto [count, at] = line_at(request, 0);
  for (; count > 0; --count) {
    auto [size, begin] = line_at(request, at);
    result.emplace_back(request.substr(begin, static_cast<std::size_t>(size)));
    at = begin + static_cast<std::size_t>(size) + 2;
  }
  return result;
}

bool is_called(const request_words& words, std::string_view name) {
  auto count = std::min<std::size_t>(words.size(), 2);
  return std::any_of(words.begin(), words.begin() + static_cast<long>(count),
                     [&](const std::string& x) { return x.ends_with(name); });
}

} // namespace

// -- what tests call ----------------------------------------------------------

cutting_proxy::cutting_proxy(std::string server_socket)
  : server_socket_(std::move(server_socket)),
    listener_(listen_at(socket_path())), wake_up_(::eventfd(0, EFD_CLOEXEC)) {
  thread_ = std::thread{[this] { run(); }};
}

cutting_proxy::~cutting_proxy() {
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(wake_up_.get(), &one, sizeof(one));
  thread_.join();
}

std::string cutting_proxy::socket_path() const {
  return directory_.path() / "p";
}

void cutting_proxy::cut_at(std::string name, cut where, int times) {
  std::lock_guard guard{mutex_};
  rules_.push_back({std::move(name), where, times});
}

void cutting_proxy::heal() {
  std::lock_guard guard{mutex_};
  rules_.clear();
}

std::vector<request_words>
cutting_proxy::requests(std::string_view name) const {
  std::lock_guard guard{mutex_};
  std::vector<request_words> result;
  for (auto& x : requests_)
    if (is_called(x, name))
      result.push_back(x);
  return result;
}

int cutting_proxy::cuts() const {
  std::lock_guard guard{mutex_};
  return cuts_;
}

// -- the proxy's thread -------------------------------------------------------

void cutting_proxy::run() {
  for (;;) {
    std::vector<pollfd> waiting{{wake_up_.get(), POLLIN, 0},
                                {listener_.get(), POLLIN, 0}};
    for (auto& x : links_) {
      waiting.push_back({x->client.get(), POLLIN, 0});
      waiting.push_back({x->server.get(), POLLIN, 0});
    }
    if (::poll(waiting.data(), waiting.size(), -1) < 0)
      continue;
    if (waiting[0].revents)
      return;
    for (std::size_t i = links_.size(); i-- > 0;) {
      auto alive = true;
      if (waiting[2 * i + 2].revents)
        alive = on_client(*links_[i]);
      if (alive && waiting[2 * i + 3].revents)
        alive = on_server(*links_[i]);
      if (!alive)
        links_.erase(links_.begin() + static_cast<long>(i));
    }
    if (waiting[1].revents)
      accept_one();
  }
}

void cutting_proxy::accept_one() {
  auto fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0)
    return;
  auto result = std::make_unique<link>();
  result->client = unique_fd{fd};
  result->server = unix_stream();
  auto address = address_of(server_socket_);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::connect(result->server.get(), generic, sizeof(address)) == 0)
    links_.push_back(std::move(result));
}

bool cutting_proxy::on_client(link& x) {
  if (!read_more(x.client, x.from_client))
    return false;
  std::size_t begin = 0;
  while (begin < x.from_client.size()) {
    auto end = end_of_reply(x.from_client, begin);
    if (end == std::string::npos)
      break;
    auto request = std::string_view{x.from_client}.substr(begin, end - begin);
    if (!pass_request(x, request, words_in(request)))
      return false;
    begin = end;
  }
  x.from_client.erase(0, begin);
  return true;
}

bool cutting_proxy::on_server(link& x) {
  if (!read_more(x.server, x.from_server))
    return false;
  std::size_t begin = 0;
  while (begin < x.from_server.size()) {
    auto end = end_of_reply(x.from_server, begin);
    if (end == std::string::npos)
      break;
    if (!pass_reply(x,
                    std::string_view{x.from_server}.substr(begin, end - begin)))
      return false;
    begin = end;
  }
  x.from_server.erase(0, begin);
  return true;
}

bool cutting_proxy::pass_request(link& x, std::string_view bytes,
                                 request_words words) {
  auto what = note(std::move(words));
  if (what == cut::before_request) {
    count_cut();
    return false;
  }
  x.due.push_back(what);
  return write_or_fail(x.server, bytes);
}

bool cutting_proxy::pass_reply(link& x, std::string_view bytes) {
  std::optional<cut> what;
  if (!x.due.empty()) {
    what = x.due.front();
    x.due.pop_front();
  }
  if (what) {
    count_cut();
    if (what == cut::inside_reply)
      write_or_fail(x.client, bytes.substr(0, bytes.size() / 2));
    if (what != cut::silence)
      return false;
    x.silent = true;
  }
  return x.silent || write_or_fail(x.client, bytes);
}

std::optional<cut> cutting_proxy::note(request_words words) {
  std::lock_guard guard{mutex_};
  requests_.push_back(std::move(words));
  auto i = std::find_if(rules_.begin(), rules_.end(), [this](const rule& x) {
    return is_called(requests_.back(), x.name);
  });
  if (i == rules_.end())
    return std::nullopt;
  auto result = i->where;
  if (--i->times == 0)
    rules_.erase(i);
  return result;
}

void cutting_proxy::count_cut() {
  std::lock_guard guard{mutex_};
  ++cuts_;
}

} // namespace obol::test
