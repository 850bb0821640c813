#include "obol/internal/resolver.hpp"

#include "obol/internal/service_thread.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <netdb.h>
#include <system_error>
#include <utility>

namespace obol::internal {

namespace {

/// Addresses of one host that are tried.
constexpr std::size_t max_addresses = 16;

/// Longest name of the DNS in text form (RFC 1035, 2.3.4).
constexpr std::size_t max_host_bytes = 253;

/// How long the destructor waits for a look-up under way.
constexpr std::chrono::milliseconds stop_timeout{200};

bool plausible(const std::string& host) {
  return !host.empty() && host.size() <= max_host_bytes
         && host.find('\0') == std::string::npos;
}

std::string describe(int error) {
  switch (error) {
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
      return "host not found";
    case EAI_AGAIN:
      return "host look-up failed for now";
    default:
      return "host look-up failed";
  }
}

void set_port(sockaddr_storage& storage, std::uint16_t port) {
  if (storage.ss_family == AF_INET)
    reinterpret_cast<sockaddr_in&>(storage).sin_port = htons(port);
  else
    reinterpret_cast<sockaddr_in6&>(storage).sin6_port = htons(port);
}

std::vector<socket_address> to_addresses(const addrinfo* info,
                                         std::uint16_t port) {
  std::vector<socket_address> result;
  for (; info && result.size() < max_addresses; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6)
      continue;
    auto& address = result.emplace_back();
    std::memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
    address.size = info->ai_addrlen;
    set_port(address.storage, port);
  }
  return result;
}

lookup_result ask(const std::string& host, std::uint16_t port, int flags) {
  if (!plausible(host))
    return {{}, "host name is not valid"};
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  if (auto error = getaddrinfo(host.c_str(), nullptr, &hints, &found))
    return {{}, describe(error)};
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, freeaddrinfo};
  auto addresses = to_addresses(found, port);
  if (addresses.empty())
    return {{}, "host not found"};
  return {std::move(addresses), {}};
}

} // namespace

bool operator==(const socket_address& x, const socket_address& y) {
  return x.size == y.size && std::memcmp(&x.storage, &y.storage, x.size) == 0;
}

lookup_result look_up_host(const std::string& host, std::uint16_t port) {
  return ask(host, port, 0);
}

std::optional<socket_address> numeric_address(const std::string& host,
                                              std::uint16_t port) {
  auto result = ask(host, port, AI_NUMERICHOST);
  if (result.addresses.empty())
    return std::nullopt;
  return result.addresses.front();
}

// -- resolution ---------------------------------------------------------------

resolution::resolution(std::shared_ptr<notification_gate> gate)
  : gate_(std::move(gate)) {
  // nop
}

std::optional<lookup_result> resolution::take() {
  std::lock_guard guard{mutex_};
  return std::exchange(result_, std::nullopt);
}

void resolution::finish(lookup_result result) {
  {
    std::lock_guard guard{mutex_};
    result_ = std::move(result);
  }
  gate_->signal();
}

// -- resolver -----------------------------------------------------------------

struct resolver::core {
  struct request {
    std::string host;
    std::uint16_t port;
    std::weak_ptr<resolution> waiting;

    bool same_name(const request& other) const {
      return host == other.host && port == other.port;
    }
  };

  void run() {
    std::unique_lock guard{mutex};
    for (;;) {
      work.wait(guard, [this] { return stopping || !queue.empty(); });
      if (stopping)
        break;
      auto batch = take_batch();
      guard.unlock();
      serve(batch);
      guard.lock();
    }
    ended = true;
    end.notify_all();
  }

  // The oldest request and all others that ask for the same. Only what is in
  // the queue before the look-up starts may share its answer.
  std::vector<request> take_batch() {
    auto same = [first = queue.front()](const request& x) {
      return first.same_name(x);
    };
    std::vector<request> result;
    std::copy_if(queue.begin(), queue.end(), std::back_inserter(result), same);
    std::erase_if(queue, same);
    return result;
  }

  void serve(const std::vector<request>& batch) {
    auto gone = [](const request& x) { return x.waiting.expired(); };
    if (std::all_of(batch.begin(), batch.end(), gone))
      return;
    auto result = lookup(batch.front().host, batch.front().port);
    for (auto& entry : batch)
      if (auto waiting = entry.waiting.lock())
        waiting->finish(result);
  }

  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable end;
  std::deque<request> queue;
  bool started = false;
  bool stopping = false;
  bool ended = false;
  lookup_function lookup;
};

resolver::resolver(lookup_function lookup) : core_(std::make_shared<core>()) {
  core_->lookup = std::move(lookup);
}

resolver::~resolver() {
  if (!thread_.joinable())
    return;
  bool ended = false;
  {
    std::unique_lock guard{core_->mutex};
    core_->stopping = true;
    core_->work.notify_all();
    if (thread_.get_id() != std::this_thread::get_id())
      ended = core_->end.wait_for(guard, stop_timeout,
                                  [this] { return core_->ended; });
  }
  if (ended)
    thread_.join();
  else
    thread_.detach();
}

void resolver::look_up(std::string host, std::uint16_t port,
                       const std::shared_ptr<resolution>& waiting) {
  auto failure = enqueue(std::move(host), port, waiting);
  if (!failure.empty())
    waiting->finish({{}, std::move(failure)});
}

std::string resolver::enqueue(std::string host, std::uint16_t port,
                              const std::shared_ptr<resolution>& waiting) {
  std::lock_guard guard{core_->mutex};
  auto& queue = core_->queue;
  if (queue.size() >= max_waiting)
    std::erase_if(queue, [](auto& x) { return x.waiting.expired(); });
  if (queue.size() >= max_waiting)
    return "too many host look-ups are waiting";
  if (!core_->started) {
    try {
      thread_ = start_service_thread("obol.resolver",
                                     [core = core_] { core->run(); });
      core_->started = true;
    } catch (const std::system_error&) {
      return "no thread left for the host look-up";
    }
  }
  queue.push_back({std::move(host), port, waiting});
  core_->work.notify_one();
  return {};
}

} // namespace obol::internal
