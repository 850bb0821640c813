#include "bench/caller.hpp"

#include <utility>

namespace obol::bench {

// Callbacks hold two pointers, for which they need no memory of their own.

void caller::call(player& who) {
  auto what = who.next();
  if (auto get = std::get_if<get_request>(&what))
    store_.get(std::move(get->key),
               [this, &who](caf::expected<std::optional<session>>&& x) {
                 if (!x)
                   return fail(who, x.error());
                 get_answer answer{std::move(*x)};
                 take(who, answer);
               });
  else if (auto upsert = std::get_if<upsert_request>(&what))
    store_.upsert(std::move(upsert->session),
                  [this, &who](caf::expected<session>&& x) {
                    return x ? take(who, *x) : fail(who, x.error());
                  });
  else
    store_.get_all(std::move(std::get<get_all_request>(what).set),
                   [this, &who](caf::expected<std::vector<session>>&& x) {
                     if (!x)
                       return fail(who, x.error());
                     get_all_answer answer{std::move(*x)};
                     take(who, answer);
                   });
}

template <class T>
void caller::take(player& who, T& answer) {
  auto outcome = who.take(answer);
  if (outcome == progress::goes_on)
    call(who);
  else
    on_end(who, outcome, {});
}

void caller::fail(player& who, const caf::error& why) {
  on_end(who, who.take(why), why);
}

} // namespace obol::bench
