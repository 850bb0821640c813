#include "obol/testing/internal/checks/payloads.hpp"

#include <algorithm>
#include <string_view>

namespace obol::testing::internal {

namespace {

using kind = operation::kind;

class payload_check {
public:
  payload_check(const facts& known, report& found, history_counts& counts)
    : facts_(known), report_(found), counts_(counts),
      chain_seen_(known.size(), chain_state::unseen), lied_about_(known.size()),
      listed_by_(std::size_t{known.last_session()} + 1, no_op) {
  }

  std::vector<proof> run() {
    for (op_index i = 0; i < facts_.size(); ++i) {
      const auto& x = facts_.at(i);
      if (x.what == kind::upsert)
        check_upsert(i);
      else if (x.succeeded())
        check_read(i);
    }
    return std::move(proofs_);
  }

private:
  enum class chain_state : std::uint8_t { unseen, sound, broken };

  // -- answers ----------------------------------------------------------------

  void check_read(op_index reader) {
    const auto& x = facts_.at(reader);
    if (x.what == kind::get && x.seen.size() > 1)
      report_.convict(rule::a3, "a get was answered with two sessions",
                      {reader});
    for (const auto& seen : x.seen) {
      ++counts_.sightings;
      if (!is_of_request(reader, seen) || !is_as_written(reader, seen))
        continue;
      auto writer = facts_.find(seen.chain.back());
      proofs_.push_back({seen.session, seen.version, writer, reader, false,
                         x.invoked, x.completed});
      check_expiry(reader, writer, seen);
    }
  }

  void check_upsert(op_index i) {
    const auto& x = facts_.at(i);
    if (x.succeeded())
      check_acknowledgement(i);
    contradiction(i);
    // A workload that makes up lock versions proves nothing by them.
    auto is_honest = !x.chain.empty() && x.chain.back() == x.number
                     && std::ssize(x.chain) == x.base + 1;
    if (facts_.fate_of(i) != fate::applied || !is_honest
        || !is_sound_chain(i, i))
      return;
    auto source = facts_.confirmed_by(i);
    proofs_.push_back({x.session, x.base + 1, i, source, true, x.invoked,
                       facts_.at(source).completed});
  }

  /// An upsert answers the session as it is stored now.
  void check_acknowledgement(op_index i) {
    const auto& x = facts_.at(i);
    auto is_own = x.seen.size() == 1 && x.seen[0].session == x.session
                  && x.seen[0].set == x.set && x.seen[0].version == x.base + 1
                  && x.seen[0].expires_at == x.expires_at
                  && x.seen[0].chain == x.chain;
    if (!is_own)
      report_.convict(rule::a3,
                      "an upsert was answered with another session or version",
                      {i});
  }

  void contradiction(op_index i) {
    auto denied_by = facts_.denied_by(i);
    if (facts_.fate_of(i) == fate::applied && denied_by != no_op)
      report_.convict(rule::r4, "an upsert was called applied and not applied",
                      {i, facts_.confirmed_by(i), denied_by});
  }

  void check_expiry(op_index reader, op_index writer, const sighting& seen) {
    if (seen.expires_at < facts_.at(reader).invoked - facts_.all().skew)
      report_.convict(rule::r11, "a read shows a session that has expired",
                      {reader, writer});
  }

  // -- sightings --------------------------------------------------------------

  /// Whether it is what was asked for.
  bool is_of_request(op_index reader, const sighting& seen) {
    const auto& x = facts_.at(reader);
    auto asked = x.what == kind::get
                   ? seen.session == x.session
                   : seen.session != 0 && seen.session <= facts_.last_session();
    if (!asked || seen.set != x.set) {
      report_.convict(rule::a3, "a read shows what was not asked for",
                      {reader});
      return false;
    }
    if (listed_by_[seen.session] == reader) {
      report_.convict(rule::a3, "a read shows a session twice", {reader});
      return false;
    }
    listed_by_[seen.session] = reader;
    return true;
  }

  /// Whether it is one whole payload, stored as the version it was meant for.
  bool is_as_written(op_index reader, const sighting& seen) {
    auto writer = seen.chain.empty() ? no_op : facts_.find(seen.chain.back());
    if (writer == no_op || facts_.at(writer).what != kind::upsert
        || facts_.at(writer).session != seen.session
        || facts_.at(writer).expires_at != seen.expires_at
        || facts_.at(writer).chain != seen.chain) {
      report_.convict(rule::a3, "a read shows what nobody wrote", {reader});
      return false;
    }
    if (seen.version != facts_.at(writer).base + 1) {
      report_.convict(rule::r5, "an upsert was applied as another version",
                      {reader, writer});
      return false;
    }
    return is_sound_chain(writer, reader);
  }

  // -- chains -----------------------------------------------------------------

  /// Whether the payload of an upsert names each write once, at its version.
  /// Every payload is looked at once.
  bool is_sound_chain(op_index writer, op_index reader) {
    auto& seen = chain_seen_[writer];
    if (seen == chain_state::unseen) {
      seen = chain_state::sound;
      walk(writer, reader);
    }
    return seen == chain_state::sound;
  }

  void walk(op_index writer, op_index reader) {
    const auto& chain = facts_.at(writer).chain;
    counts_.longest_chain = std::max(counts_.longest_chain, chain.size());
    for (std::size_t i = 0; i < chain.size(); ++i) {
      auto link = facts_.find(chain[i]);
      if (link == no_op || facts_.at(link).what != kind::upsert
          || facts_.at(link).session != facts_.at(writer).session)
        break_chain(rule::a3, "a payload names what is no write of its session",
                    writer, reader);
      else if (facts_.at(link).base != static_cast<std::int64_t>(i))
        break_chain(rule::r5, "a payload names a write that belongs elsewhere",
                    writer, reader);
      else
        check_not_denied(link, reader);
      if (chain_seen_[writer] == chain_state::broken)
        return;
    }
  }

  void break_chain(rule which, std::string_view why, op_index writer,
                   op_index reader) {
    chain_seen_[writer] = chain_state::broken;
    report_.convict(which, why, {writer, reader});
  }

  void check_not_denied(op_index link, op_index reader) {
    if (facts_.fate_of(link) != fate::denied || lied_about_[link])
      return;
    lied_about_[link] = true;
    report_.convict(rule::r4,
                    "an upsert that was reported as not applied is "
                    "there",
                    {link, facts_.denied_by(link), reader});
  }

  const facts& facts_;
  report& report_;
  history_counts& counts_;
  std::vector<proof> proofs_;
  /// By the upsert that wrote the payload.
  std::vector<chain_state> chain_seen_;
  /// Upserts that are reported already.
  std::vector<bool> lied_about_;
  /// By session: the last read that showed it.
  std::vector<op_index> listed_by_;
};

} // namespace

std::vector<proof> check_payloads(const facts& known, report& found,
                                  history_counts& counts) {
  return payload_check{known, found, counts}.run();
}

} // namespace obol::testing::internal
