#include "obol/error.hpp"
#include "obol/internal/option_table.hpp"
#include "obol/key_ring.hpp"
#include "obol/options.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

namespace {

using namespace std::chrono_literals;
using obol::ec;
using obol::options;
using obol::secret;

options valid_options() {
  options result;
  result.base_secret = secret{std::string{"supersecret"}};
  return result;
}

/// What `validate` says after a change to valid options.
caf::error after(const std::function<void(options&)>& change) {
  auto changed = valid_options();
  change(changed);
  return validate(changed);
}

std::string text_after(const std::function<void(options&)>& change) {
  return obol::describe(after(change));
}

TEST(OptionsTest, TheDefaultsAreThoseOfTheDesign) {
  options x;
  EXPECT_EQ(x.endpoint.host, "localhost");
  EXPECT_EQ(x.endpoint.port, 6379);
  EXPECT_EQ(x.pool.size, 10u);
  EXPECT_EQ(x.pool.max_overflow, 5u);
  EXPECT_EQ(x.pool.max_in_flight, 256u);
  EXPECT_EQ(x.pool.max_waiting, 1024u);
  EXPECT_EQ(x.pool.checkout_timeout, 1s);
  EXPECT_EQ(x.pool.overflow_linger, 30s);
  EXPECT_EQ(x.connect_timeout, 2s);
  EXPECT_EQ(x.command_timeout, 500ms);
  EXPECT_EQ(x.deadline, 2s);
  EXPECT_EQ(x.backoff_initial, 100ms);
  EXPECT_EQ(x.backoff_max, 10s);
  EXPECT_EQ(x.health_check_interval, 5s);
  EXPECT_EQ(x.tcp_user_timeout, 10s);
  EXPECT_EQ(x.keepalive_idle, 30s);
  EXPECT_EQ(x.keepalive_interval, 10s);
  EXPECT_EQ(x.keepalive_probes, 3u);
  EXPECT_EQ(x.idle_spin_us, 0u);
  EXPECT_EQ(x.connection_max_lifetime, 30min);
  EXPECT_EQ(x.max_session_bytes, 262'144u);
  EXPECT_EQ(x.key_prefix, "charon_");
  EXPECT_EQ(x.layout, obol::layout::automatic);
  EXPECT_EQ(x.payload_format, obol::payload_format::etf);
  EXPECT_EQ(x.signature_format, obol::signature_format::charon);
  EXPECT_EQ(x.write_guard, obol::write_guard::exactly_once);
  EXPECT_EQ(x.functions, obol::function_loading::load);
  EXPECT_EQ(x.clock_offset_warning, 1s);
  EXPECT_EQ(x.clock_offset_max, 30s);
}

TEST(OptionsTest, TheDefaultsNeedOnlyAKey) {
  EXPECT_FALSE(validate(valid_options()));
  options without;
  EXPECT_EQ(obol::describe(validate(without)),
            "invalid_argument: set either base_secret or signing_key: sessions "
            "are signed with it");
}

TEST(OptionsTest, ErrorsNameOptionValueAndRange) {
  EXPECT_EQ(text_after([](auto& x) { x.pool.size = 0; }),
            "invalid_argument: pool.size is '0'; allowed: 1 to 1000");
  EXPECT_EQ(text_after([](auto& x) { x.deadline = 11s; }),
            "invalid_argument: deadline is '11s'; allowed: 1ms to 10s");
  EXPECT_EQ(text_after([](auto& x) { x.tcp_user_timeout = 5ms; }),
            "invalid_argument: tcp_user_timeout is '5ms'; allowed: 1s to "
            "10min, or 0 for the system's default");
  EXPECT_EQ(text_after([](auto& x) { x.max_session_bytes = 3 << 20; }),
            "invalid_argument: max_session_bytes is '3MiB'; allowed: 1KiB to "
            "2MiB");
  EXPECT_EQ(text_after([](auto& x) { x.key_prefix = "a b"; }),
            "invalid_argument: key_prefix is 'a b'; allowed: 1 to 64 printable "
            "characters without spaces or {}");
  EXPECT_EQ(text_after([](auto& x) { x.backoff_initial = 20s; }),
            "invalid_argument: backoff_initial is '20s'; allowed: at most "
            "backoff_max, which is '10s'");
}

TEST(OptionsTest, EveryNumberAndDurationHasBothBounds) {
  for (const auto& option : obol::internal::option_table()) {
    auto refused = [&option](auto& get, auto value) {
      auto changed = valid_options();
      using type = std::remove_cvref_t<decltype(get(changed))>;
      const_cast<type&>(get(changed)) = value;
      auto text = obol::describe(validate(changed));
      return text.find(std::string{option.name} + " is") != std::string::npos;
    };
    if (auto x = std::get_if<obol::internal::count_value>(&option.value)) {
      EXPECT_TRUE(refused(x->get, x->max + 1)) << option.name;
      if (x->min > 0) {
        EXPECT_TRUE(refused(x->get, x->min - 1)) << option.name;
      }
    }
    if (auto x = std::get_if<obol::internal::duration_value>(&option.value)) {
      EXPECT_TRUE(refused(x->get, x->max + 1ms)) << option.name;
      EXPECT_TRUE(refused(x->get, options::duration{-1})) << option.name;
    }
  }
}

TEST(OptionsTest, ZeroTurnsOffWhatCanBeOff) {
  EXPECT_FALSE(after([](auto& x) { x.tcp_user_timeout = 0ms; }));
  EXPECT_FALSE(after([](auto& x) { x.connection_max_lifetime = 0ms; }));
  EXPECT_FALSE(after([](auto& x) { x.pool.overflow_linger = 0ms; }));
  EXPECT_TRUE(after([](auto& x) { x.deadline = 0ms; }));
}

TEST(OptionsTest, EncryptionIsRefusedForNow) {
  auto error = after([](auto& x) { x.endpoint.tls = true; });
  EXPECT_EQ(obol::code_of(error), ec::misconfigured);
  EXPECT_EQ(obol::describe(error),
            "misconfigured: redis: rediss:// asks for TLS, which comes in a "
            "later release; use redis:// or unix://");
}

TEST(OptionsTest, EndpointsAreChecked) {
  EXPECT_TRUE(after([](auto& x) { x.endpoint.host = ""; }));
  EXPECT_TRUE(after([](auto& x) { x.endpoint.host = "a b"; }));
  EXPECT_TRUE(after([](auto& x) { x.endpoint.port = 0; }));
  auto unix_path = [](std::string path) {
    return [path](options& x) {
      x.endpoint.kind = obol::endpoint::kind::unix_socket;
      x.endpoint.path = path;
    };
  };
  EXPECT_FALSE(after(unix_path("/run/redis.sock")));
  EXPECT_FALSE(after(unix_path(std::string(107, 'a'))));
  EXPECT_TRUE(after(unix_path(std::string(108, 'a'))));
  EXPECT_TRUE(after(unix_path("")));
}

TEST(OptionsTest, AccountsComeWithTheirPasswords) {
  EXPECT_TRUE(after([](auto& x) { x.username = "u"; }));
  EXPECT_TRUE(after([](auto& x) { x.registrar_username = "u"; }));
  EXPECT_TRUE(
    after([](auto& x) { x.registrar_password = secret{std::string{"p"}}; }));
  EXPECT_FALSE(after([](auto& x) { x.password = secret{std::string{"p"}}; }));
}

TEST(OptionsTest, KeysAreCheckedWithoutBeingShown) {
  auto key = [](std::string id, std::size_t size) {
    return obol::named_key{std::move(id), secret{std::string(size, 'k')}};
  };
  EXPECT_EQ(
    text_after([](auto& x) { x.base_secret = secret{std::string{"short"}}; }),
    "invalid_argument: base_secret is '***'; allowed: 8 to 4096 bytes");
  EXPECT_TRUE(
    after([](auto& x) { x.signing_key = secret{std::string(32, 'k')}; }))
    << "both a base secret and a key";
  EXPECT_FALSE(after([](auto& x) {
    x.base_secret = {};
    x.signing_key = secret{std::string(32, 'k')};
  }));
  EXPECT_TRUE(after([](auto& x) {
    x.base_secret = {};
    x.signing_key = secret{std::string(31, 'k')};
  }));
  EXPECT_FALSE(after([&](auto& x) {
    x.verify_keys.push_back(key("old", 32));
    x.verify_keys.push_back(key("older", 32));
  }));
  EXPECT_TRUE(after([&](auto& x) {
    x.verify_keys.push_back(key("old", 32));
    x.verify_keys.push_back(key("old", 32));
  }));
  EXPECT_TRUE(
    after([&](auto& x) { x.verify_keys.push_back(key("main", 32)); }));
  EXPECT_TRUE(after([&](auto& x) { x.verify_keys.push_back(key("a.b", 32)); }));
  EXPECT_TRUE(after([&](auto& x) { x.verify_keys.push_back(key("old", 31)); }));
  EXPECT_EQ(text_after([](auto& x) { x.signing_key_id = "a.b"; }),
            "invalid_argument: signing_key_id is 'a.b'; allowed: 1 to 8 "
            "letters, digits, _ or -");
}

TEST(OptionsTest, AsManyVerifyKeysAreValidAsAKeyRingHolds) {
  auto with = [](std::size_t count) {
    return [count](options& x) {
      for (std::size_t i = 0; i < count; ++i)
        x.verify_keys.push_back(
          {std::to_string(i), secret{std::string(32, 'k')}});
    };
  };
  EXPECT_FALSE(after(with(16)));
  EXPECT_TRUE(after(with(17)));
  EXPECT_EQ(obol::key_ring::max_verifying_keys, 16u);
}

TEST(OptionsTest, ACloneIsEqualInEveryOption) {
  // Given options that all differ from the defaults
  auto origin = valid_options();
  for (const auto& option : obol::internal::option_table()) {
    if (auto x = std::get_if<obol::internal::count_value>(&option.value))
      const_cast<std::size_t&>(x->get(origin)) += 7;
    if (auto x = std::get_if<obol::internal::duration_value>(&option.value))
      const_cast<options::duration&>(x->get(origin)) += 7ms;
    if (auto x = std::get_if<obol::internal::text_value>(&option.value))
      const_cast<std::string&>(x->get(origin)) += "x";
    if (auto x = std::get_if<obol::internal::address_value>(&option.value))
      const_cast<obol::node_address&>(x->get(origin)).port += 7;
    if (auto x = std::get_if<obol::internal::choice_value>(&option.value))
      x->set(origin, (x->get(origin) + 1) % x->names.size());
  }
  origin.endpoint = {obol::endpoint::kind::unix_socket, "", 0, "/s", true};
  origin.password = secret{std::string{"p"}};
  origin.registrar_password = secret{std::string{"r"}};
  origin.signing_key = secret{std::string(32, 'k')};
  origin.verify_keys.push_back({"old", secret{std::string(32, 'o')}});

  // When they are cloned
  auto copy = origin.clone();

  // Then all are equal, and none is the default.
  EXPECT_EQ(copy, origin);
  for (const auto& option : obol::internal::option_table())
    if (!std::holds_alternative<obol::internal::secret_file_value>(
          option.value)) {
      EXPECT_NE(value_of(option, copy), value_of(option, options{}))
        << option.name;
    }
}

TEST(OptionsTest, NamesOfVariablesAndFlagsAreUnique) {
  std::set<std::string> variables;
  std::set<std::string> flags;
  for (const auto& option : obol::internal::option_table()) {
    EXPECT_TRUE(variables.insert(variable_of(option)).second) << option.name;
    EXPECT_TRUE(flags.insert(flag_of(option)).second) << option.name;
  }
  EXPECT_TRUE(variables.contains("OBOL_POOL_SIZE"));
  EXPECT_TRUE(flags.contains("--pool-size"));
  EXPECT_TRUE(flags.contains("--base-secret-file"));
}

TEST(OptionsTest, EverySecretHasAFileOption) {
  for (const auto& option : obol::internal::option_table())
    if (is_secret(option)) {
      EXPECT_TRUE(
        obol::internal::find_option(std::string{option.name} + "_file"))
        << option.name;
    }
}

} // namespace
