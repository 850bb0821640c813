#include "obol/reply_reader.hpp"

#include "obol/internal/whole_bulk.hpp"

#include <hiredis/read.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace obol {

namespace {

// The reader moves what is unread to the front of its buffer after every 1024
// bytes it has consumed, so it is given no more than this at a time.
constexpr std::size_t max_slice = 4096;

// What is reserved for an array before its elements arrive.
constexpr std::size_t max_reserved_elements = 16;

// A longer text is not kept for a later reply: there may be some to keep.
constexpr std::size_t max_kept_text = 4096;

} // namespace

/// Owns the C reader, whose private data points back here.
struct reply_reader::implementation {
  struct builder;

  explicit implementation(reply_limits limits);
  implementation(const implementation&) = delete;
  implementation& operator=(const implementation&) = delete;
  ~implementation();

  void feed(std::string_view bytes);
  result next();
  result take_root();
  bool take_bulk();
  bool parse(void** object);
  bool feed_slice();
  void check_unfinished();
  void check_line(std::string_view unread);
  void check_bulk(std::string_view unread);
  void fail(std::string_view reason);
  void fail_too_large(std::string_view reason);
  result failure() const;

  std::size_t in_reader() const noexcept {
    return reader->len - reader->pos;
  }

  reply_limits limits;

  redisReader* reader;

  /// What the C reader builds now.
  obol::reply root;

  /// What it may build the next ones in.
  std::vector<obol::reply> spares;

  /// Elements that the arrays of this reply announced so far.
  std::size_t elements = 0;

  /// What was fed and is neither taken nor given to the C reader yet: the
  /// caller's bytes, or those of `kept`.
  std::string_view pending;

  /// Of a caller who fed more before all was read.
  std::string kept;

  /// Bytes given to the C reader, and how many of them belonged to replies
  /// that were taken.
  std::uint64_t given = 0;
  std::uint64_t taken = 0;

  /// Not empty: failed for good.
  std::string_view error;
  bool is_too_large = false;
};

// -- object functions: build the reply in place -------------------------------

/// Called by the C reader. They return null to stop it, after noting why.
struct reply_reader::implementation::builder {
  static implementation& self(const redisReadTask* task) {
    return *static_cast<implementation*>(task->privdata);
  }

  // A parent does not grow while one of its elements is being read, so the
  // address of the element stays valid for as long as the C reader uses it.
  static reply& place(const redisReadTask* task) {
    if (!task->parent)
      return self(task).root;
    return static_cast<reply*>(task->parent->obj)->elements.emplace_back();
  }

  // No exception may pass through the C reader.
  template <class Fill>
  static void* build(const redisReadTask* task, Fill fill) noexcept {
    try {
      auto& slot = place(task);
      fill(slot);
      return &slot;
    } catch (const std::bad_alloc&) {
      self(task).fail("out of memory");
      return nullptr;
    }
  }

  static void* refuse(const redisReadTask* task, std::string_view reason) {
    self(task).fail(reason);
    return nullptr;
  }

  static void* refuse_too_large(const redisReadTask* task,
                                std::string_view reason) {
    self(task).fail_too_large(reason);
    return nullptr;
  }

  static enum reply::kind kind_of(const redisReadTask* task) {
    switch (task->type) {
      case REDIS_REPLY_STATUS:
        return reply::kind::status;
      case REDIS_REPLY_ERROR:
        return reply::kind::error;
      default:
        return reply::kind::bulk;
    }
  }

  static void* on_string(const redisReadTask* task, char* bytes,
                         std::size_t size) {
    auto kind = kind_of(task);
    const auto& limits = self(task).limits;
    if (kind == reply::kind::bulk) {
      if (size > limits.max_bulk_bytes)
        return refuse_too_large(task, "a bulk string is longer than allowed");
      // The C reader skips these two without looking.
      if (bytes[size] != '\r' || bytes[size + 1] != '\n')
        return refuse(task, "a bulk string does not end where announced");
    } else if (size > limits.max_line_bytes) {
      return refuse_too_large(task, "a line is longer than allowed");
    }
    return build(task, [kind, bytes, size](reply& slot) {
      slot.kind = kind;
      slot.text.assign(bytes, size);
    });
  }

  static void* on_array(const redisReadTask* task, int size) {
    auto& impl = self(task);
    auto count = static_cast<std::size_t>(size);
    std::size_t depth = 1;
    for (auto parent = task->parent; parent; parent = parent->parent)
      ++depth;
    if (depth > impl.limits.max_depth)
      return refuse_too_large(task, "arrays are nested deeper than allowed");
    if (count > impl.limits.max_elements - impl.elements)
      return refuse_too_large(task, "a reply has more elements than allowed");
    impl.elements += count;
    return build(task, [count](reply& slot) {
      slot.kind = reply::kind::array;
      slot.elements.reserve(std::min(count, max_reserved_elements));
    });
  }

  static void* on_integer(const redisReadTask* task, long long value) {
    return build(task, [value](reply& slot) {
      slot.kind = reply::kind::integer;
      slot.integer = value;
    });
  }

  static void* on_nil(const redisReadTask* task) {
    return build(task, [](reply&) {});
  }

  // Every object lives in the root, which the implementation owns.
  static void on_free(void*) {
  }

  static redisReplyObjectFunctions* functions() {
    static redisReplyObjectFunctions table{on_string, on_array, on_integer,
                                           on_nil, on_free};
    return &table;
  }
};

// -- implementation -----------------------------------------------------------

reply_reader::implementation::implementation(reply_limits x)
  : limits(x), reader(redisReaderCreateWithFunctions(builder::functions())) {
  if (!reader)
    throw std::bad_alloc{};
  reader->privdata = this;
}

reply_reader::implementation::~implementation() {
  redisReaderFree(reader);
}

void reply_reader::implementation::fail(std::string_view reason) {
  if (error.empty())
    error = reason;
}

void reply_reader::implementation::fail_too_large(std::string_view reason) {
  is_too_large = is_too_large || error.empty();
  fail(reason);
}

reply_reader::result reply_reader::implementation::failure() const {
  return {status::failed, {}, error, is_too_large};
}

void reply_reader::implementation::feed(std::string_view bytes) {
  if (!error.empty())
    return;
  if (pending.empty()) {
    pending = bytes;
    kept = {};
    return;
  }
  std::string all{pending};
  all += bytes;
  kept = std::move(all);
  pending = kept;
}

reply_reader::result reply_reader::implementation::next() {
  for (;;) {
    if (!error.empty())
      return failure();
    if (given == taken && take_bulk())
      return take_root();
    void* object = nullptr;
    if (!parse(&object))
      return failure();
    if (object) {
      auto size = given - in_reader() - taken;
      if (size > limits.max_reply_bytes) {
        fail_too_large("a reply is longer than allowed");
        return failure();
      }
      taken += size;
      elements = 0;
      return take_root();
    }
    check_unfinished();
    if (error.empty() && !feed_slice())
      return {};
  }
}

reply_reader::result reply_reader::implementation::take_root() {
  result found{status::have_reply, std::move(root), {}, false};
  if (spares.empty()) {
    root = {};
  } else {
    root = std::move(spares.back());
    spares.pop_back();
  }
  return found;
}

/// Takes the next reply if it is a bulk string that is here as a whole, as most
/// are: the C reader would copy it twice. Whatever is unusual is left to it.
/// @pre the C reader has nothing
bool reply_reader::implementation::take_bulk() {
  auto found = internal::whole_bulk_in(pending, limits.max_bulk_bytes);
  if (!found || found->wire_bytes > limits.max_reply_bytes)
    return false;
  root.kind = reply::kind::bulk;
  try {
    root.text.assign(found->text);
  } catch (const std::bad_alloc&) {
    fail("out of memory");
    return false;
  }
  given += found->wire_bytes;
  taken += found->wire_bytes;
  pending.remove_prefix(found->wire_bytes);
  return true;
}

/// Lets the C reader go as far as it can.
bool reply_reader::implementation::parse(void** object) {
  if (redisReaderGetReply(reader, object) == REDIS_OK)
    return true;
  // Its own texts are constant but for one, which quotes a byte; and it calls
  // everything the object functions refuse "out of memory".
  switch (reader->err) {
    case REDIS_ERR_OOM:
      fail("out of memory");
      break;
    default:
      fail("the bytes are not a reply of this protocol");
  }
  root = {};
  return false;
}

/// Gives the C reader more bytes; false if there are none.
bool reply_reader::implementation::feed_slice() {
  auto size = std::min(max_slice, pending.size());
  if (size == 0)
    return false;
  if (redisReaderFeed(reader, pending.data(), size) != REDIS_OK)
    fail("out of memory");
  given += size;
  pending.remove_prefix(size);
  return true;
}

/// Applies the limits to a reply that is not complete, so that they do not
/// wait for bytes that the server only announced.
void reply_reader::implementation::check_unfinished() {
  if (given - taken > limits.max_reply_bytes)
    return fail_too_large("a reply is longer than allowed");
  if (reader->ridx < 0 || in_reader() == 0)
    return;
  std::string_view unread{reader->buf + reader->pos, in_reader()};
  switch (reader->rstack[reader->ridx].type) {
    case REDIS_REPLY_STRING:
      return check_bulk(unread);
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
    case REDIS_REPLY_INTEGER:
    case REDIS_REPLY_ARRAY:
      return check_line(unread);
    default:
      return;
  }
}

void reply_reader::implementation::check_line(std::string_view unread) {
  if (unread.size() > limits.max_line_bytes + 2)
    fail_too_large("a line is longer than allowed");
}

void reply_reader::implementation::check_bulk(std::string_view unread) {
  auto end = unread.substr(0, internal::max_length_line).find("\r\n");
  if (end == std::string_view::npos) {
    if (unread.size() >= internal::max_length_line)
      fail("the length of a bulk string is not a number");
    return;
  }
  std::size_t size = 0;
  auto parsed = std::from_chars(unread.data(), unread.data() + end, size);
  if (parsed.ec != std::errc{} || size > limits.max_bulk_bytes)
    fail_too_large("a bulk string is longer than allowed");
}

// -- reply_reader -------------------------------------------------------------

reply_reader::reply_reader(reply_limits limits)
  : impl_(std::make_unique<implementation>(limits)) {
}

reply_reader::reply_reader(reply_reader&&) noexcept = default;

reply_reader& reply_reader::operator=(reply_reader&&) noexcept = default;

reply_reader::~reply_reader() = default;

void reply_reader::feed(std::string_view bytes) {
  impl_->feed(bytes);
}

reply_reader::result reply_reader::next() {
  return impl_->next();
}

void reply_reader::recycle(obol::reply&& x) {
  if (x.text.capacity() > max_kept_text || x.elements.capacity() > 0
      || impl_->spares.size() == max_spares)
    return;
  x.kind = reply::kind::nil;
  x.integer = 0;
  x.text.clear();
  impl_->spares.push_back(std::move(x));
}

bool reply_reader::has_unread() const noexcept {
  return impl_->given != impl_->taken || !impl_->pending.empty();
}

} // namespace obol
