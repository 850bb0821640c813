#include "obol/testing/internal/server/database.hpp"

#include <algorithm>

namespace obol::testing::internal {

namespace {

/// Removes what has expired of a value; answers whether anything is left.
bool purge(stored_value& x, expiry_ms now) {
  if (has_expired(x.expires_at, now))
    return false;
  auto* fields = std::get_if<hash>(&x.content);
  if (!fields)
    return true;
  fields->purge(now);
  return !fields->fields().empty();
}

} // namespace

// -- hash ---------------------------------------------------------------------

bool hash::set(std::string_view field, std::string_view value,
               expiry_ms expires_at) {
  next_expiry_ = std::min(next_expiry_, expires_at);
  auto found = fields_.lower_bound(field);
  auto is_new = found == fields_.end() || found->first != field;
  if (is_new)
    found = fields_.emplace_hint(found, field, hash_field{});
  found->second.value.assign(value);
  found->second.expires_at = expires_at;
  return is_new;
}

bool hash::erase(std::string_view field) {
  auto found = fields_.find(field);
  if (found == fields_.end())
    return false;
  fields_.erase(found);
  return true;
}

const hash_field* hash::find(std::string_view field) const {
  auto found = fields_.find(field);
  return found == fields_.end() ? nullptr : &found->second;
}

void hash::purge(expiry_ms now) {
  if (!has_expired(next_expiry_, now))
    return;
  next_expiry_ = no_expiry;
  for (auto i = fields_.begin(); i != fields_.end();) {
    if (has_expired(i->second.expires_at, now)) {
      i = fields_.erase(i);
    } else {
      next_expiry_ = std::min(next_expiry_, i->second.expires_at);
      ++i;
    }
  }
}

// -- sorted_set ---------------------------------------------------------------

bool sorted_set::insert(std::string_view member, double score) {
  // A server keeps no sign of zero.
  if (score == 0)
    score = 0;
  auto found = scores_.find(member);
  if (found == scores_.end()) {
    scores_.emplace(member, score);
    ranking_.emplace(score, member);
    return true;
  }
  if (found->second != score) {
    auto node = ranking_.extract({found->second, found->first});
    node.value().first = score;
    ranking_.insert(std::move(node));
    found->second = score;
  }
  return false;
}

bool sorted_set::erase(std::string_view member) {
  auto found = scores_.find(member);
  if (found == scores_.end())
    return false;
  ranking_.erase({found->second, found->first});
  scores_.erase(found);
  return true;
}

const double* sorted_set::score(std::string_view member) const {
  auto found = scores_.find(member);
  return found == scores_.end() ? nullptr : &found->second;
}

// -- database -----------------------------------------------------------------

stored_value* database::find(std::string_view key, expiry_ms now) {
  auto found = keys_.find(key);
  if (found == keys_.end())
    return nullptr;
  if (purge(found->second, now))
    return &found->second;
  keys_.erase(found);
  return nullptr;
}

const stored_value* database::peek(std::string_view key, expiry_ms now) const {
  auto found = keys_.find(key);
  if (found == keys_.end() || has_expired(found->second.expires_at, now))
    return nullptr;
  auto* fields = std::get_if<hash>(&found->second.content);
  auto is_live
    = [now](auto& x) { return !has_expired(x.second.expires_at, now); };
  if (fields
      && std::none_of(fields->fields().begin(), fields->fields().end(),
                      is_live))
    return nullptr;
  return &found->second;
}

stored_value& database::put(std::string_view key, stored_value value) {
  auto found = keys_.lower_bound(key);
  if (found == keys_.end() || found->first != key)
    return keys_.emplace_hint(found, key, std::move(value))->second;
  found->second = std::move(value);
  return found->second;
}

bool database::erase(std::string_view key, expiry_ms now) {
  if (!find(key, now))
    return false;
  keys_.erase(keys_.find(key));
  return true;
}

std::size_t database::size(expiry_ms now) {
  for (auto i = keys_.begin(); i != keys_.end();)
    i = purge(i->second, now) ? std::next(i) : keys_.erase(i);
  return keys_.size();
}

void dataset::clear() {
  for (auto& x : databases_)
    x.clear();
}

} // namespace obol::testing::internal
