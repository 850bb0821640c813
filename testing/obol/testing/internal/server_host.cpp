#include "obol/testing/internal/server_host.hpp"

#include "obol/testing/internal/epoch.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

/// How long a command that is applied late may be held up. No write may be
/// under way for longer than the longest deadline of a call.
constexpr duration held_back_min = 50ms;
constexpr duration held_back_max = 6s;

/// How often one of the next commands suffers a fault that waits for one.
constexpr std::uint32_t take_permille = 500;

bool is_call(const std::vector<std::string>& request) {
  return request.front() == "FCALL";
}

std::string name_of(const std::vector<std::string>& request) {
  if (!is_call(request) || request.size() < 2)
    return request.front();
  return request[0] + " " + request[1].substr(request[1].find('_') + 1);
}

} // namespace

server_host::server_host(server_kind kind, timeline& time,
                         simulated_network& network, random_stream random,
                         trace& log, fault_counts& counts)
  : time_(time), network_(network), random_(random), trace_(log),
    counts_(counts), server_(kind, [this] { return unix_us(); }) {
  network_.attach(*this);
}

std::int64_t server_host::unix_us() const {
  using namespace std::chrono;
  auto passed = time_.now().time_since_epoch() + clock_offset_;
  return epoch_ms * 1000 + duration_cast<microseconds>(passed).count();
}

// -- what the network tells ---------------------------------------------------

void server_host::on_open(const link_ptr& x) {
  if (full_) {
    ++counts_[fault::maxclients];
    if (random_.chance(500))
      network_.send_to_client(x, simulated_server::too_many_clients);
    network_.hang_up(x);
    return;
  }
  auto newcomer = std::make_shared<client>();
  newcomer->link = x;
  newcomer->session = server_.open_session();
  clients_.emplace(x->number, std::move(newcomer));
}

void server_host::on_bytes(const link_ptr& x, std::string_view bytes) {
  auto i = clients_.find(x->number);
  if (i == clients_.end())
    return;
  if (bytes.find("FCALL") != std::string_view::npos
      && take(fault::apply_late)) {
    hold_back(x, bytes);
    return;
  }
  auto who = i->second;
  who->reader.feed(bytes);
  for (;;) {
    auto status = who->reader.next();
    if (status == request_reader::status::complete) {
      who->inbox.push_back(who->reader.take_request());
      continue;
    }
    if (status == request_reader::status::failed) {
      reply(who, "-" + who->reader.error() + "\r\n");
      close(x);
    }
    break;
  }
  most_unanswered_ = std::max(most_unanswered_, who->inbox.size());
  serve(who);
}

void server_host::on_end(const link_ptr& x) {
  auto i = clients_.find(x->number);
  if (i == clients_.end())
    return;
  // A stalled server reads what has arrived before it sees the end.
  if (stalled_ && !i->second->inbox.empty() && x->survives_reset)
    return;
  clients_.erase(i);
}

void server_host::hold_back(const link_ptr& x, std::string_view bytes) {
  network_.silence(x);
  x->survives_reset = true;
  x->held_to_server += bytes;
  auto wait = random_.between(held_back_min, held_back_max);
  time_.after(wait, [this, x] {
    if (x->client_gone() && x->server_open)
      ++counts_[fault::apply_late];
    network_.restore(x);
  });
}

// -- serving ------------------------------------------------------------------

void server_host::serve(const client_ptr& x) {
  while (!stalled_ && !x->inbox.empty()) {
    auto request = std::move(x->inbox.front());
    x->inbox.pop_front();
    execute(x, request);
  }
  if (stalled_ && !x->inbox.empty())
    ++counts_[fault::stall];
}

void server_host::execute(const client_ptr& x,
                          const std::vector<std::string>& request) {
  if (kept_writes_ > 0 && is_call(request))
    remember_data();
  if (request.size() > 1 && request[0] == "FUNCTION" && request[1] == "LOAD")
    ++load_requests_;
  auto answer = server_.execute(x->session, request);
  trace_.note(time_.now(), "server", [&] {
    return "link " + std::to_string(x->link->number) + " " + name_of(request)
           + " -> " + std::to_string(answer.size()) + " bytes, first "
           + answer.substr(0, answer.find_first_of(" \r"));
  });
  count_refusal(answer);
  if (is_call(request) && take(fault::drop_reply_after_apply)) {
    ++counts_[fault::drop_reply_after_apply];
    cut(x);
    return;
  }
  if (take(fault::garbage)) {
    ++counts_[fault::garbage];
    answer = garbage();
  }
  reply(x, answer);
  if (x->session.close) {
    close(x->link);
    x->inbox.clear();
  }
}

void server_host::reply(const client_ptr& x, const std::string& bytes) {
  network_.send_to_client(x->link, bytes);
}

void server_host::cut(const client_ptr& x) {
  x->inbox.clear();
  switch (random_.below(3)) {
    case 0:
      network_.reset(x->link);
      return;
    case 1:
      close(x->link);
      return;
    default:
      network_.silence_for_good(x->link);
  }
}

// -- faults -------------------------------------------------------------------

void server_host::arm(fault x) {
  armed_.push_back(x);
}

void server_host::disarm() {
  armed_.clear();
}

bool server_host::take(fault x) {
  if (armed_.empty())
    return false;
  auto i = std::find(armed_.begin(), armed_.end(), x);
  if (i == armed_.end() || !random_.chance(take_permille))
    return false;
  armed_.erase(i);
  return true;
}

void server_host::close(const link_ptr& x) {
  network_.hang_up(x);
  clients_.erase(x->number);
}

void server_host::set_stalled(bool on) {
  stalled_ = on;
  if (on)
    return;
  // In no particular order: the kernel decides.
  std::vector<client_ptr> waiting;
  for (auto& [number, x] : clients_)
    waiting.push_back(x);
  for (std::size_t i = waiting.size(); i > 0; --i) {
    std::swap(waiting[i - 1], waiting[random_.below(i)]);
    serve(waiting[i - 1]);
  }
  std::erase_if(clients_, [](auto& x) { return !x.second->link->server_open; });
}

void server_host::set_full(bool on) {
  full_ = on;
}

void server_host::jump_clock(duration by) {
  clock_offset_ += by;
  largest_offset_ = std::max(largest_offset_, std::chrono::abs(clock_offset_));
  ++counts_[fault::clock_jump];
}

void server_host::end_all() {
  for (auto& [number, x] : std::exchange(clients_, {})) {
    x->inbox.clear();
    if (x->link->silent)
      x->link->server_open = false;
    else if (random_.chance(500))
      network_.hang_up(x->link);
    else
      network_.reset(x->link);
  }
}

void server_host::restart(bool empty) {
  end_all();
  ++counts_[empty ? fault::restart_empty : fault::restart];
  if (!empty)
    return;
  server_.data.clear();
  server_.functions.clear();
  before_.clear();
  losses_.push_back(time_.now());
  ++generations_;
}

void server_host::fail_over(std::size_t writes) {
  end_all();
  ++counts_[fault::failover_losing_last];
  auto lost = std::min(writes, before_.size());
  if (lost == 0)
    return;
  server_.data = before_[before_.size() - lost];
  before_.resize(before_.size() - lost);
  losses_.push_back(time_.now());
}

void server_host::keep_writes(std::size_t count) {
  kept_writes_ = count;
}

void server_host::remember_data() {
  before_.push_back(server_.data);
  if (before_.size() > kept_writes_)
    before_.pop_front();
}

void server_host::flush_functions() {
  server_.functions.clear();
  ++counts_[fault::function_flush];
  ++generations_;
}

void server_host::count_refusal(std::string_view reply) {
  struct refusal {
    std::string_view word;
    fault cause;
  };
  static constexpr std::array<refusal, 5> refusals = {{
    {"-LOADING", fault::loading},
    {"-BUSY", fault::busy},
    {"-READONLY", fault::readonly},
    {"-OOM", fault::oom},
    {"-MISCONF", fault::misconf},
  }};
  if (reply.empty() || reply.front() != '-')
    return;
  for (auto& x : refusals)
    if (reply.starts_with(x.word))
      ++counts_[x.cause];
}

std::string server_host::garbage() {
  // What no reader can take for a reply: nothing else comes from real servers
  // and proxies, and against a server that lies there is no protocol.
  static constexpr std::array<std::string_view, 6> samples = {
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    std::string_view{"\x15\x03\x03\x00\x02\x02\x46", 7},
    "$-7\r\n",
    "*-9\r\n",
    "$99999999999999\r\n",
    ":12x\r\n",
  };
  return std::string{samples[random_.below(samples.size())]};
}

} // namespace obol::testing::internal
