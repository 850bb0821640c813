#include "cli/reading.hpp"

#include "cli/connect.hpp"
#include "cli/show.hpp"
#include "cli/user_argument.hpp"
#include "obol/validation.hpp"

#include <algorithm>
#include <tuple>

namespace obol::cli {

exit_code get(const arguments& args) {
  style how{args};
  auto set = named_set(args);
  if (!set)
    return report(set.error());
  session_key key{args.words[1], set->user_id, set->type};
  if (auto error = validate(key))
    return report(error);
  auto store = open_store(args);
  if (!store)
    return report(store.error());
  auto found = store->get(key);
  if (!found)
    return report(found.error());
  if (*found)
    return show(**found, how);
  say(how, "no such session of " + name_of(*set)
             + ": it does not exist, has expired, or was signed with another "
               "key");
  say_json(how, "null");
  return exit_code::found_nothing;
}

exit_code list(const arguments& args) {
  style how{args};
  auto set = named_set(args);
  if (!set)
    return report(set.error());
  auto store = open_store(args);
  if (!store)
    return report(store.error());
  auto found = store->get_all(*set);
  if (!found)
    return report(found.error());
  if (found->empty()) {
    say(how, "no sessions of " + name_of(*set));
    say_json(how, "[]");
    return exit_code::found_nothing;
  }
  std::sort(found->begin(), found->end(), [](const auto& x, const auto& y) {
    return std::tie(x.created_at, x.id) < std::tie(y.created_at, y.id);
  });
  say(how, std::to_string(found->size())
             + (found->size() == 1 ? " session of " : " sessions of ")
             + name_of(*set) + "; times are UTC");
  return show(*found, how);
}

} // namespace obol::cli
