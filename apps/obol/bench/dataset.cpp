#include "bench/dataset.hpp"

#include "obol/error.hpp"
#include "obol/function_library.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <vector>

namespace obol::bench {

namespace {

constexpr unix_seconds lifetime = 24 * 3'600;

/// The server's clock does not reach it; as long as the deadlines of a store.
constexpr std::int64_t far_future_ms = 9'999'999'999'999;

// Where the numbers of different kinds of sessions begin.
constexpr std::uint64_t first_in_lists = 1'000'000'000'000;
constexpr std::uint64_t list_step = 10'000;
constexpr std::uint64_t first_own = 10'000'000'000'000;
constexpr std::uint64_t own_step = 10'000'000;
constexpr std::uint64_t clients_max = 10'000;

/// How many commands are sent before their replies are read.
constexpr std::uint64_t load_batch = 256;

/// What a payload holds besides its filler.
constexpr std::uint64_t payload_frame = 40;

/// Writes the number right-aligned over the end of `frame`.
std::string with_number(std::string frame, std::uint64_t number, int base) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof(digits), number, base).ptr;
  std::copy_backward(digits, end, frame.end());
  return frame;
}

/// 22 characters, as long as 16 random bytes in base64.
std::string id_of(std::uint64_t number) {
  return with_number("bench00000000000000000", number, 10);
}

std::string operation_id(std::uint64_t number) {
  return with_number("0000000000000000", number, 16);
}

session make_model(std::uint64_t payload_bytes) {
  session x;
  x.created_at = x.refreshed_at = x.tokens_fresh_from = std::time(nullptr);
  x.refresh_expires_at = x.created_at + lifetime;
  x.refresh_token_id = "cmVmcmVzaC10b2tlbi0xMg";
  auto filler
    = payload_bytes > payload_frame ? payload_bytes - payload_frame : 0;
  auto payload
    = extra_payload::from_json(R"({"device":")" + std::string(filler, 'x')
                               + R"(","roles":["user","admin"]})");
  if (!payload)
    throw bench_failure{describe(payload.error())};
  x.extra_payload = std::move(*payload);
  return x;
}

sealing_options make_sealing(const options& settings, layout kind) {
  auto key = derive_signing_key(settings.base_secret.reveal());
  if (!key)
    throw bench_failure{describe(key.error())};
  sealing_options result;
  auto ring = key_ring::make({settings.signing_key_id, std::move(*key)});
  if (!ring)
    throw bench_failure{describe(ring.error())};
  result.keys = std::move(*ring);
  result.payload_format = settings.payload_format;
  result.signature_format = settings.signature_format;
  result.key_prefix = settings.key_prefix;
  result.layout = kind;
  result.max_session_bytes = settings.max_session_bytes;
  return result;
}

const function_library& library_for(layout kind) {
  return kind == layout::three_set ? library_for_three_set()
                                   : library_for_hash_field_expiry();
}

/// Collects commands and sends them in batches.
class loader {
public:
  explicit loader(raw_link& link) : link_(link) {
  }

  void add(const command& x) {
    link_.append(x.bytes());
    if (++due_ == load_batch)
      finish();
  }

  void finish() {
    for (; due_ > 0; --due_)
      if (link_.next()->type == REDIS_REPLY_ERROR)
        throw bench_failure{"the server refuses to store sessions"};
  }

private:
  raw_link& link_;
  std::uint64_t due_ = 0;
};

} // namespace

dataset::dataset(const options& settings, layout kind, dataset_size size)
  : sealing_(make_sealing(settings, kind)), size_(size),
    commands_(keyspace{settings.key_prefix, kind}, library_for(kind).name,
              settings.write_guard),
    model_(make_model(size.payload)) {
}

dataset dataset::resized(dataset_size size) const {
  auto result = *this;
  result.size_ = size;
  return result;
}

dataset dataset::guarded_by(write_guard guard) const {
  auto result = *this;
  auto kind = sealing_.layout;
  result.commands_
    = {keyspace{sealing_.key_prefix, kind}, library_for(kind).name, guard};
  return result;
}

// -- sessions -----------------------------------------------------------------

session dataset::fresh(std::uint64_t number) const {
  auto result = model_;
  result.id = id_of(number);
  result.user_id = static_cast<std::int64_t>(number);
  return result;
}

session_key dataset::key(std::uint64_t number) const {
  return {id_of(number), static_cast<std::int64_t>(number)};
}

std::vector<session> dataset::initial() const {
  std::vector<session> result;
  for_each_initial([&](session x) { result.push_back(std::move(x)); });
  return result;
}

void dataset::for_each_initial(
  const std::function<void(session)>& action) const {
  for (std::uint64_t i = 0; i < size_.sessions; ++i)
    action(fresh(i));
  for (std::uint64_t i = 0; i < size_.lists; ++i) {
    for (std::uint64_t j = 0; j < size_.sessions_in_list; ++j) {
      auto x = fresh(first_in_lists + i * list_step + j);
      x.user_id = list(i).user_id;
      action(std::move(x));
    }
  }
}

session_set dataset::list(std::uint64_t number) const {
  return {static_cast<std::int64_t>(first_in_lists + number * list_step)};
}

std::uint64_t dataset::own_numbers(std::uint64_t load, std::uint64_t client) {
  return first_own + (load * clients_max + client) * own_step;
}

// -- raw bytes ----------------------------------------------------------------

session_sealer dataset::make_sealer() const {
  auto result = session_sealer::make(sealing_);
  if (!result)
    throw bench_failure{describe(result.error())};
  return std::move(*result);
}

command dataset::upsert(const session& x, std::string_view stored,
                        std::uint64_t operation) const {
  auto id = operation_id(operation);
  return commands_.upsert({x.id, x.user_id, x.type, x.lock_version, stored,
                           x.refresh_expires_at, id, far_future_ms},
                          x.created_at);
}

void dataset::load(raw_link& link) const {
  auto sealer = make_sealer();
  loader target{link};
  std::uint64_t operation = 0;
  for_each_initial([&](session x) {
    x.lock_version = 1;
    auto stored = sealer.seal(x);
    if (!stored)
      throw bench_failure{describe(stored.error())};
    target.add(upsert(x, *stored, ++operation));
  });
  target.finish();
}

void dataset::clear(raw_link& link) const {
  auto prefix = sealing_.key_prefix + '*';
  std::string cursor = "0";
  do {
    auto page = link.ask({"SCAN", cursor, "MATCH", prefix, "COUNT", "5000"});
    cursor = bytes_of(*page->element[0]);
    auto& found = *page->element[1];
    std::vector<command_argument> words{"UNLINK"};
    for (std::size_t i = 0; i < found.elements; ++i)
      words.emplace_back(bytes_of(*found.element[i]));
    if (words.size() == 1)
      continue;
    link.append(command{std::span{std::as_const(words)}}.bytes());
    link.next();
  } while (cursor != "0");
}

} // namespace obol::bench
