#include "obol/testing/internal/server/command.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

namespace obol::testing::internal {

namespace {

// -- ZADD ---------------------------------------------------------------------

struct zadd_options {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;
  bool changed = false;
  bool increment = false;

  /// Where the option of that name is kept, or null.
  bool* named(std::string_view word) {
    if (same_ignoring_case(word, "NX"))
      return &nx;
    if (same_ignoring_case(word, "XX"))
      return &xx;
    if (same_ignoring_case(word, "GT"))
      return &gt;
    if (same_ignoring_case(word, "LT"))
      return &lt;
    if (same_ignoring_case(word, "CH"))
      return &changed;
    return same_ignoring_case(word, "INCR") ? &increment : nullptr;
  }
};

/// Reads the options; `pairs` are the scores and members after them.
bool read_options(command_call& x, zadd_options& out, command_words& pairs) {
  std::size_t i = 2;
  for (; i < x.words.size(); ++i) {
    auto* option = out.named(x.words[i]);
    if (!option)
      break;
    *option = true;
  }
  pairs = x.words.subspan(i);
  if (pairs.empty() || pairs.size() % 2 != 0)
    x.reply_syntax_error();
  else if (out.nx && out.xx)
    x.reply.error("ERR XX and NX options at the same time are not compatible");
  else if ((out.gt && out.nx) || (out.lt && out.nx) || (out.gt && out.lt))
    x.reply.error("ERR GT, LT, and/or NX options at the same time are not "
                  "compatible");
  else if (out.increment && pairs.size() > 2)
    x.reply.error("ERR INCR option supports a single increment-element pair");
  else
    return true;
  return false;
}

/// What a score becomes; nothing if the options forbid it.
bool next_score(const zadd_options& options, const double* before,
                double& score) {
  if (before ? options.nx : options.xx)
    return false;
  if (!before)
    return true;
  if (options.increment)
    score += *before;
  return !(options.gt && score <= *before) && !(options.lt && score >= *before);
}

// -- ZRANGE -------------------------------------------------------------------

struct zrange_options {
  bool by_score = false;
  bool reverse = false;
  bool with_scores = false;
  bool has_limit = false;
  std::int64_t offset = 0;
  std::int64_t limit = -1;
};

bool read_options(command_call& x, zrange_options& out) {
  for (std::size_t i = 4; i < x.words.size(); ++i) {
    auto word = x.words[i];
    if (same_ignoring_case(word, "WITHSCORES")) {
      out.with_scores = true;
    } else if (same_ignoring_case(word, "REV")) {
      out.reverse = true;
    } else if (same_ignoring_case(word, "BYSCORE")) {
      out.by_score = true;
    } else if (same_ignoring_case(word, "LIMIT") && i + 2 < x.words.size()) {
      out.has_limit = true;
      if (!x.read(x.words[i + 1], out.offset)
          || !x.read(x.words[i + 2], out.limit))
        return false;
      i += 2;
    } else {
      // BYLEX is not simulated.
      x.reply_syntax_error();
      return false;
    }
  }
  if (out.has_limit && !out.by_score) {
    x.reply.error("ERR syntax error, LIMIT is only supported in combination "
                  "with either BYSCORE or BYLEX");
    return false;
  }
  return true;
}

using ranking = std::set<sorted_set::ranked>;
using rank_iterator = ranking::const_iterator;

/// Members next to each other.
struct section {
  rank_iterator begin;
  rank_iterator end;
};

/// One end of a range of scores: `5`, or `(5` without 5 itself.
struct score_bound {
  double score = 0;
  bool excluded = false;

  bool read(std::string_view word) {
    excluded = word.starts_with('(');
    return parse_double(word.substr(excluded ? 1 : 0), score);
  }
};

section members_between(const ranking& all, const score_bound& low,
                        const score_bound& high) {
  auto before
    = [](const sorted_set::ranked& x, double score) { return x.first < score; };
  auto after
    = [](double score, const sorted_set::ranked& x) { return score < x.first; };
  if (low.score > high.score)
    return {all.end(), all.end()};
  auto begin = low.excluded
                 ? std::upper_bound(all.begin(), all.end(), low.score, after)
                 : std::lower_bound(all.begin(), all.end(), low.score, before);
  auto end = high.excluded
               ? std::lower_bound(all.begin(), all.end(), high.score, before)
               : std::upper_bound(all.begin(), all.end(), high.score, after);
  // Both ends at the same score, and one of them excluded.
  return low.score == high.score && (low.excluded || high.excluded)
           ? section{end, end}
           : section{begin, end};
}

/// The members from one place to another, both included; negative places count
/// from the end.
section members_at(const ranking& all, std::int64_t first, std::int64_t last) {
  auto size = static_cast<std::int64_t>(all.size());
  first = std::max<std::int64_t>(first < 0 ? first + size : first, 0);
  last = std::min(last < 0 ? last + size : last, size - 1);
  if (first > last)
    return {all.end(), all.end()};
  auto begin = std::next(all.begin(), first);
  return {begin, std::next(begin, last - first + 1)};
}

template <class Iterator>
void reply_members(command_call& x, const zrange_options& options,
                   Iterator begin, Iterator end) {
  auto size = static_cast<std::int64_t>(std::distance(begin, end));
  if (options.offset < 0 || options.offset >= size)
    return x.reply.array(0);
  size -= options.offset;
  if (options.limit >= 0)
    size = std::min(size, options.limit);
  std::advance(begin, options.offset);
  x.reply.array(static_cast<std::size_t>(size) * (options.with_scores ? 2 : 1));
  for (; size > 0; --size, ++begin) {
    x.reply.bulk(begin->second);
    if (options.with_scores)
      x.reply.bulk(number_text{begin->first, x.kind()}.view());
  }
}

void reply_section(command_call& x, const zrange_options& options,
                   section found) {
  if (options.reverse)
    reply_members(x, options, std::make_reverse_iterator(found.end),
                  std::make_reverse_iterator(found.begin));
  else
    reply_members(x, options, found.begin, found.end);
}

void range_by_score(command_call& x, const zrange_options& options) {
  score_bound low;
  score_bound high;
  auto first = options.reverse ? 3 : 2;
  if (!low.read(x.words[first]) || !high.read(x.words[5 - first]))
    return x.reply.error("ERR min or max is not a float");
  sorted_set* set = nullptr;
  if (!x.find(x.words[1], set))
    return;
  if (!set)
    return x.reply.array(0);
  reply_section(x, options, members_between(set->ranking(), low, high));
}

void range_by_place(command_call& x, const zrange_options& options) {
  std::int64_t first = 0;
  std::int64_t last = 0;
  if (!x.read(x.words[2], first) || !x.read(x.words[3], last))
    return;
  sorted_set* set = nullptr;
  if (!x.find(x.words[1], set))
    return;
  if (!set)
    return x.reply.array(0);
  // Places are counted from the end that comes first.
  auto size = static_cast<std::int64_t>(set->size());
  if (options.reverse) {
    auto begin = first < 0 ? std::max<std::int64_t>(first + size, 0) : first;
    auto end = last < 0 ? last + size : std::min(last, size - 1);
    if (begin > end)
      return x.reply.array(0);
    first = size - 1 - end;
    last = size - 1 - begin;
  }
  reply_section(x, options, members_at(set->ranking(), first, last));
}

} // namespace

void run_zadd(command_call& x) {
  zadd_options options;
  command_words pairs;
  if (!read_options(x, options, pairs))
    return;
  // Every score is read before the first is used.
  std::vector<double> scores(pairs.size() / 2);
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (!parse_double(pairs[2 * i], scores[i]))
      return x.reply.error("ERR value is not a valid float");
  sorted_set* set = nullptr;
  if (!x.find(x.words[1], set))
    return;
  if (!set && !options.xx)
    set
      = &std::get<sorted_set>(x.data().put(x.words[1], {sorted_set{}}).content);
  std::int64_t added = 0;
  std::int64_t updated = 0;
  auto done = false;
  for (std::size_t i = 0; set && i < scores.size(); ++i) {
    auto member = pairs[2 * i + 1];
    auto* before = set->score(member);
    if (!next_score(options, before, scores[i]))
      continue;
    if (std::isnan(scores[i]))
      return x.reply.error("ERR resulting score is not a number (NaN)");
    updated += before && *before != scores[i];
    added += set->insert(member, scores[i]);
    done = true;
  }
  if (added + updated > 0)
    x.changed();
  if (!options.increment)
    return x.reply.integer(options.changed ? added + updated : added);
  if (done)
    x.reply.bulk(number_text{scores[0], x.kind()}.view());
  else
    x.reply.nil();
}

void run_zrem(command_call& x) {
  sorted_set* set = nullptr;
  if (!x.find(x.words[1], set))
    return;
  std::int64_t removed = 0;
  if (set)
    for (auto member : x.words.subspan(2))
      removed += set->erase(member);
  if (removed > 0) {
    x.changed();
    if (set->size() == 0)
      x.data().erase(x.words[1], x.now());
  }
  x.reply.integer(removed);
}

void run_zrange(command_call& x) {
  zrange_options options;
  if (!read_options(x, options))
    return;
  if (options.by_score)
    range_by_score(x, options);
  else
    range_by_place(x, options);
}

void run_zscore(command_call& x) {
  sorted_set* set = nullptr;
  if (!x.find(x.words[1], set))
    return;
  auto* score = set ? set->score(x.words[2]) : nullptr;
  if (score)
    x.reply.bulk(number_text{*score, x.kind()}.view());
  else
    x.reply.nil();
}

void run_zcard(command_call& x) {
  sorted_set* set = nullptr;
  if (x.find(x.words[1], set))
    x.reply.integer(set ? static_cast<std::int64_t>(set->size()) : 0);
}

} // namespace obol::testing::internal
