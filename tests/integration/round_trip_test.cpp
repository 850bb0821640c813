#include "obol/internal/spawn.hpp"
#include "obol/spawn_store.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>

#include <atomic>
#include <memory>

#include "server_monitor.hpp"
#include "store_fixture.hpp"

// One operation is one command and one network write. The server's monitor
// counts the commands, a transport around the real one counts the writes.

namespace obol::test {

namespace {

using internal::io_result;
using internal::transport;
using internal::transport_factory;
using testing::ElementsAre;

using write_count = std::shared_ptr<std::atomic<int>>;

class counting_transport final : public transport {
public:
  counting_transport(std::unique_ptr<transport> real, write_count writes)
    : real_(std::move(real)), writes_(std::move(writes)) {
  }

  void connect(const endpoint& where) override {
    real_->connect(where);
  }

  internal::connect_status poll_connect() override {
    return real_->poll_connect();
  }

  void acknowledge() override {
    real_->acknowledge();
  }

  io_result send(std::string_view bytes) override {
    ++*writes_;
    return real_->send(bytes);
  }

  io_result receive(char* buffer, std::size_t size) override {
    return real_->receive(buffer, size);
  }

  void close() override {
    real_->close();
  }

  void reset() override {
    real_->reset();
  }

  std::string failure() const override {
    return real_->failure();
  }

private:
  std::unique_ptr<transport> real_;
  write_count writes_;
};

class counting_network final : public transport_factory {
public:
  explicit counting_network(write_count writes) : writes_(std::move(writes)) {
  }

  std::unique_ptr<transport> make(transport::notification notify) override {
    return std::make_unique<counting_transport>(real_->make(std::move(notify)),
                                                writes_);
  }

private:
  std::shared_ptr<transport_factory> real_
    = internal::make_socket_transport_factory({}, nullptr);
  write_count writes_;
};

struct actor_config : caf::actor_system_config {
  actor_config() {
    register_messages(*this);
  }
};

} // namespace

class RoundTripTest : public LayoutStoreTest {
protected:
  void SetUp() override {
    LayoutStoreTest::SetUp();
    if (IsSkipped())
      return;
    auto env = internal::make_system_environment({}, nullptr);
    env.network = std::make_shared<counting_network>(writes);
    auto x = settings();
    x.pool.size = 1;
    // No probe may come in between.
    x.health_check_interval = 10min;
    store = *internal::spawn_store(
      system, std::move(x), [](auto, auto, auto) {}, std::move(env));
    ask<store_status>(wait_ready_request{patience});
    monitor.emplace(*target);
  }

  void TearDown() override {
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    store = nullptr;
  }

  template <class Answer, class Request>
  Answer ask(Request what) {
    Answer result{};
    caf::scoped_actor self{system};
    self->request(store, caf::infinite, std::move(what))
      .receive([&](Answer& x) { result = std::move(x); },
               [&](caf::error& x) { ADD_FAILURE() << describe(x); });
    return result;
  }

  /// What one request costs.
  template <class Answer, class Request>
  void expect(Request what, std::vector<std::string> commands) {
    auto before = writes->load();
    ask<Answer>(std::move(what));
    EXPECT_EQ(writes->load() - before, static_cast<int>(commands.size()));
    EXPECT_EQ(monitor->take(), commands);
  }

  write_count writes = std::make_shared<std::atomic<int>>(0);
  actor_config config;
  caf::actor_system system{config};
  store_actor store;
  std::optional<server_monitor> monitor;
};

OBOL_ON_EVERY_LAYOUT(RoundTripTest);

TEST_P(RoundTripTest, EveryOperationIsOneCommandInOneWrite) {
  const session_set set{some_user};

  expect<session>(upsert_request{new_session("a")}, {"FCALL"});
  expect<session>(upsert_request{new_session("b")}, {"FCALL"});
  expect<get_answer>(get_request{key_of("a")}, {"HGET"});
  expect<get_all_answer>(get_all_request{set}, {"HGETALL"});
  expect<removed>(delete_request{key_of("a")}, {"FCALL"});
  expect<removed>(delete_others_request{key_of("b")}, {"FCALL"});
  expect<removed>(delete_all_request{set}, {"FCALL"});
}

TEST_P(RoundTripTest, RevokingBeforeAnInstantReadsAndThenDeletes) {
  const session_set set{some_user};
  expect<session>(upsert_request{new_session("a")}, {"FCALL"});

  // Nothing to delete is nothing to send.
  expect<removed>(revoke_before_request{set, unix_now() - 100}, {"HGETALL"});
  expect<removed>(revoke_before_request{set, unix_now() + 100},
                  {"HGETALL", "FCALL"});
}

TEST_P(RoundTripTest, AnUpsertThatLosesCostsTheSame) {
  expect<session>(upsert_request{new_session("a")}, {"FCALL"});
  auto before = writes->load();
  caf::scoped_actor self{system};
  self->request(store, caf::infinite, upsert_request{new_session("a")})
    .receive([](session&) { FAIL(); },
             [](caf::error& x) { EXPECT_EQ(outcome(x), "conflict"); });

  EXPECT_EQ(writes->load() - before, 1);
  EXPECT_THAT(monitor->take(), ElementsAre("FCALL"));
}

} // namespace obol::test
