#pragma once

#include "obol/error.hpp"
#include "obol/facade.hpp"

#include <caf/expected.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/server.hpp"

// What the tests of a whole store on real servers share.

namespace obol::test {

using namespace std::chrono_literals;

/// How long a test waits for what must happen. Only a defect makes it last.
inline constexpr std::chrono::milliseconds patience{20'000};

/// The longest time a call may be given.
inline constexpr std::chrono::milliseconds longest{10'000};

/// The user whose sessions the tests keep.
inline constexpr int some_user = 426;

// -- logs ---------------------------------------------------------------------

/// Collects what a store logs, from any thread.
class log_book {
public:
  /// To be given to a store; may outlive the book.
  log_sink sink();

  /// All lines so far.
  std::string text() const;

  bool contains(std::string_view part) const {
    return text().find(part) != std::string::npos;
  }

  /// How often it is there.
  int count(std::string_view part) const;

private:
  struct pages {
    mutable std::mutex mutex;
    std::string text;
  };
  std::shared_ptr<pages> pages_ = std::make_shared<pages>();
};

// -- stores -------------------------------------------------------------------

/// What connects to the server's socket, with short pauses before it connects
/// again, deadlines that a slow machine keeps, and a key of its own.
options options_for(const server& where);
options options_for(const std::string& socket_path);

/// A store. Throws `std::runtime_error` if it cannot be started.
facade open_store(options settings, log_sink log = {});

/// A store that is ready.
facade ready_store(options settings, log_sink log = {});
facade ready_store(const server& where);

/// A session that was never stored and lives for an hour from now.
session new_session(std::string id, user_id user = some_user);

/// The session `id` names in the set of `some_user`.
session_key key_of(std::string id, user_id user = some_user);

unix_seconds unix_now();

// -- outcomes -----------------------------------------------------------------

/// `ok`, or the name of the error's code.
std::string outcome(const caf::error& error);

template <class T>
std::string outcome(const caf::expected<T>& x) {
  return x ? std::string{"ok"} : outcome(x.error());
}

/// The value. Throws `std::runtime_error` with what the error says.
template <class T>
T value(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error{describe(x.error())};
  return std::move(*x);
}

/// What an error says; `ok` if there is none.
template <class T>
std::string words(const caf::expected<T>& x) {
  return x ? std::string{"ok"} : describe(x.error());
}

/// Why the store is not ready, in words, once the reason has this code; else,
/// after `patience`, whatever it says then.
std::string trouble(facade& store, std::string_view code);

/// Looks again and again, for as long as `patience`, whether it holds.
bool eventually(const std::function<bool()>& holds);

// -- cases --------------------------------------------------------------------

/// A layout on a server.
struct store_case {
  std::string server;
  obol::layout layout;

  friend std::ostream& operator<<(std::ostream& out, const store_case& x);
};

/// Every layout on every server of a complete run that can have it.
std::vector<store_case> all_store_cases();

std::string store_case_name(const testing::TestParamInfo<store_case>& x);

/// Base of tests that run once per server, with whatever layout it gets.
class StoreTest : public server_test {};

/// Base of tests that run once per layout and server; skipped where the server
/// is missing.
class LayoutStoreTest : public testing::TestWithParam<store_case> {
protected:
  void SetUp() override;

  /// For the server, with the layout under test.
  options settings() const;
  options settings(const std::string& socket_path) const;

  bool is_hash() const {
    return GetParam().layout == layout::hash_field_expiry;
  }

  /// How often the session of `some_user` was written, by its write ring.
  std::size_t writes_in_ring(const std::string& id);

  /// The lock version the server holds for it; empty if none.
  std::string stored_lock(const std::string& id);

  std::unique_ptr<server> target;
};

} // namespace obol::test

#define OBOL_ON_EVERY_SERVER(suite)                                            \
  INSTANTIATE_TEST_SUITE_P(On, suite, testing::ValuesIn(all_server_names()),   \
                           server_test_name)

#define OBOL_ON_EVERY_LAYOUT(suite)                                            \
  INSTANTIATE_TEST_SUITE_P(On, suite, testing::ValuesIn(all_store_cases()),    \
                           store_case_name)
