#pragma once

#include "obol/error.hpp"
#include "obol/internal/inbox.hpp"
#include "obol/messages.hpp"

#include <caf/expected.hpp>
#include <caf/type_erased_tuple.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

namespace obol::internal {

// The calls of a facade that wait for an answer.

// What it is that they tell. No copies: a session is long to move.

inline std::optional<session>& told_by(get_answer& x) {
  return x.session;
}

inline std::vector<session>& told_by(get_all_answer& x) {
  return x.sessions;
}

inline std::int64_t& told_by(removed& x) {
  return x.count;
}

template <class T>
T& told_by(T& x) {
  return x;
}

/// The result in an answer that is passed on.
template <class Result, class Answer>
caf::expected<Result> result_in(caf::type_erased_tuple& x) {
  if (x.match_elements<Answer>()) {
    // What others hold too is not taken apart.
    if (x.shared()) {
      auto copy = x.get_as<Answer>(0);
      return std::move(told_by(copy));
    }
    return std::move(told_by(*static_cast<Answer*>(x.get_mutable(0))));
  }
  if (x.match_elements<caf::error>())
    return x.get_as<caf::error>(0);
  return caf::make_error(ec::unavailable,
                         std::string{"the store's answer is of another type"});
}

/// A thread makes one blocking call at a time.
inline std::binary_semaphore& bell_of_this_thread() {
  static thread_local std::binary_semaphore bell{0};
  return bell;
}

template <class Result, class Answer>
class blocking_call final : public inbox::listener {
public:
  caf::expected<Result> wait() {
    bell_.acquire();
    return std::move(result_);
  }

  void on_answer(caf::type_erased_tuple& x) override {
    // Outlives this, unlike a member.
    auto& bell = bell_;
    result_ = result_in<Result, Answer>(x);
    bell.release();
  }

private:
  std::binary_semaphore& bell_ = bell_of_this_thread();
  caf::expected<Result> result_{caf::error{}};
};

/// Lives until it was called.
template <class Result, class Answer>
class callback_call final : public inbox::listener {
public:
  explicit callback_call(std::function<void(caf::expected<Result>)> done)
    : done_(std::move(done)) {
  }

  void on_answer(caf::type_erased_tuple& x) override {
    std::unique_ptr<callback_call> self{this};
    done_(result_in<Result, Answer>(x));
  }

private:
  std::function<void(caf::expected<Result>)> done_;
};

} // namespace obol::internal
