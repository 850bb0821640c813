#include "obol/testing/internal/checks/versions.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>

namespace obol::testing::internal {

namespace {

class version_check {
public:
  version_check(const facts& known, const std::vector<proof>& proofs,
                report& found)
    : facts_(known), proofs_(proofs), report_(found) {
    for (const auto& x : proofs)
      (x.acknowledged ? acknowledged_ : seen_).push_back(&x);
    std::sort(acknowledged_.begin(), acknowledged_.end(),
              [](const proof* x, const proof* y) {
                return std::tie(x->session, x->version, x->writer)
                       < std::tie(y->session, y->version, y->writer);
              });
    std::sort(seen_.begin(), seen_.end(), [](const proof* x, const proof* y) {
      return std::tie(x->session, x->until, x->source)
             < std::tie(y->session, y->until, y->source);
    });
  }

  void run() {
    check_rivals();
    check_forks();
    check_lost_updates();
  }

private:
  /// R1, of acknowledgements.
  void check_rivals() {
    for (std::size_t i = 1; i < acknowledged_.size(); ++i) {
      const auto& x = *acknowledged_[i - 1];
      const auto& y = *acknowledged_[i];
      if (x.session == y.session && x.version == y.version)
        convict(rule::r1, "two upserts were acknowledged as one version", x, y);
    }
  }

  /// R2, and R1 of reads. After a loss everything begins afresh: the first read
  /// that came wholly after it takes the place of the longest.
  void check_forks() {
    const proof* longest = nullptr;
    for (auto* x : seen_) {
      if (!longest || longest->session != x->session) {
        longest = x;
        continue;
      }
      if (x->version == longest->version && x->writer != longest->writer)
        convict(rule::r1, "one version was read with two payloads", *longest,
                *x);
      else if (auto place = first_difference(*longest, *x))
        convict(rule::r2, "two reads show payloads that fork", *longest, *x,
                *place);
      if (facts_.losses_before(x->since) > facts_.losses_before(longest->since))
        longest = x;
      else if (x->version > longest->version
               && facts_.losses_before(x->since)
                    == facts_.losses_before(longest->since))
        longest = x;
    }
  }

  /// Where two payloads part, if neither begins the other.
  std::optional<std::size_t> first_difference(const proof& x,
                                              const proof& y) const {
    const auto& shorter = chain_of(x.version <= y.version ? x : y);
    const auto& longer = chain_of(x.version <= y.version ? y : x);
    auto part
      = std::mismatch(shorter.begin(), shorter.end(), longer.begin()).first;
    if (part == shorter.end())
      return {};
    return static_cast<std::size_t>(part - shorter.begin());
  }

  /// R3: what was acknowledged, held against every payload known to have been
  /// stored.
  void check_lost_updates() {
    excused_.resize(facts_.size());
    convicted_.resize(facts_.size());
    for (const auto& x : proofs_) {
      const auto& chain = chain_of(x);
      for (auto i = first_acknowledged(x.session);
           i != acknowledged_.end() && (*i)->session == x.session
           && (*i)->version <= x.version;
           ++i) {
        const auto& known = **i;
        auto place = static_cast<std::size_t>(known.version - 1);
        // Two that were acknowledged as one version are R1's.
        auto rivals = x.acknowledged && x.version == known.version;
        if (!rivals && chain[place] != facts_.at(known.writer).number)
          lose(known, x, place);
      }
    }
  }

  /// Reports each lost update once.
  void lose(const proof& x, const proof& without, std::size_t place) {
    auto excused = facts_.lost_between(begin_of(x, without, place),
                                       std::max(x.until, without.until));
    auto& reported = excused ? excused_ : convicted_;
    if (reported[x.writer])
      return;
    reported[x.writer] = true;
    convict(rule::r3, "an acknowledged upsert was lost", x, without, place);
  }

  std::vector<const proof*>::const_iterator
  first_acknowledged(std::uint32_t session) const {
    return std::lower_bound(
      acknowledged_.begin(), acknowledged_.end(), session,
      [](const proof* x, std::uint32_t wanted) { return x->session < wanted; });
  }

  const std::vector<op_number>& chain_of(const proof& x) const {
    return facts_.at(x.writer).chain;
  }

  /// A writer that does not know of a loss may build on what was lost, once
  /// the lock versions fit again. So what is in the place where two payloads
  /// differ is evidence, too.
  moment begin_of(const proof& x, const proof& y, std::size_t place) const {
    auto at_place = [&](const proof& one) {
      return facts_.at(facts_.find(chain_of(one)[place])).invoked;
    };
    return std::min({x.since, y.since, at_place(x), at_place(y)});
  }

  void convict(rule which, std::string_view why, const proof& x, const proof& y,
               std::size_t place) {
    report_.convict_unless_lost(
      which, why,
      {x.writer, x.source, y.writer, y.source, facts_.find(chain_of(x)[place]),
       facts_.find(chain_of(y)[place])},
      begin_of(x, y, place), std::max(x.until, y.until));
  }

  void convict(rule which, std::string_view why, const proof& x,
               const proof& y) {
    report_.convict_unless_lost(
      which, why, {x.writer, x.source, y.writer, y.source},
      std::min(x.since, y.since), std::max(x.until, y.until));
  }

  const facts& facts_;
  const std::vector<proof>& proofs_;
  report& report_;
  /// By session and version.
  std::vector<const proof*> acknowledged_;
  /// By session and the end of the read.
  std::vector<const proof*> seen_;
  /// Upserts whose loss is reported already, as one or the other.
  std::vector<bool> excused_;
  std::vector<bool> convicted_;
};

} // namespace

void check_versions(const facts& known, const std::vector<proof>& proofs,
                    report& found) {
  version_check{known, proofs, found}.run();
}

} // namespace obol::testing::internal
