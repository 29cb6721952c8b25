// Properties of a case over time: whatever is seen, in whatever order, however often.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "properties/claims.h"
#include "properties/dice.h"
#include "properties/random_world.h"

namespace dskeeper::properties {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// One look, as the test keeps it.
struct Seen {
  Time at;
  std::vector<Claim> claims;
};

Claim unsigned_claim(const Wish& wish, Time now) {
  Claim claim;
  claim.cds = claim.cdnskey = wish;
  claim.signers = claim.dnskey_signers = all_keys;
  claim.signed_at = now;
  return claim;
}

// Every server asked for it, in answers to every question.
bool agrees(const Seen& seen, const Wish& wish) {
  return std::all_of(seen.claims.begin(), seen.claims.end(),
                     [&](const Claim& claim) { return claim.is_whole() && asks_for(claim, wish); });
}

bool denies(const Seen& seen, const Wish& wish) {
  return std::any_of(seen.claims.begin(), seen.claims.end(),
                     [&](const Claim& claim) { return contradicts(claim, wish, 0); });
}

// The looks that may at most be counted for a hold that ends with the last one, latest first: back
// to a denial, or to a gap.
std::vector<Time> countable(const std::vector<Seen>& history, const Wish& wish, Duration gap_max) {
  std::vector<Time> out;
  for (auto seen = history.rbegin(); seen != history.rend() && !denies(*seen, wish); ++seen) {
    if (!agrees(*seen, wish)) continue;
    if (!out.empty() && out.back() - seen->at > gap_max) break;
    out.push_back(seen->at);
  }
  return out;
}

// One server is honest, the other one does what it likes: between two looks it may be silent, lie,
// or second what the honest one says.
TEST(Properties, AHoldNeverEndsEarlyWhateverOneOfTwoServersDoes) {
  EXPECT_TRUE(holds("a hold never ends early", timelines, [] {
    Policy policy = rules::test::delay_policy();
    policy.looks = 1 + roll(4);
    RandomWorld world(policy, 0, 2);
    Wish wish{false, 1 + roll(all_keys)};
    std::vector<Seen> history;
    const unsigned looks = 3 + roll(10);
    for (unsigned i = 0; i < looks; ++i) {
      if (rarely(10)) wish = Wish{false, 1 + roll(all_keys)};
      const Claim honest = unsigned_claim(wish, rules::test::now);
      Claim other = honest;
      if (rarely(4)) other.failure = AnswerStatus::timeout;
      if (rarely(10)) other = any_claim(rules::test::now);
      history.push_back({world.now(), {honest, other}});
      const keeper::Step& step = world.look(history.back().claims);
      if (step.next.outcome == Outcome::accept) {
        const std::vector<Time> counted = countable(history, wish, hours(36));
        RC_ASSERT(step.next.ds.has_value());
        RC_ASSERT(*step.next.ds == ds_set(wish.keys));
        RC_ASSERT(!counted.empty());
        RC_ASSERT(counted.back() + policy.hold <= world.now());
        RC_ASSERT(counted.size() >= policy.looks);
        RC_TAG("accepted");
        return;
      }
      world.wait(rarely(2) ? hours(roll(40)) : hours(24));
    }
  }));
}

// A secure child whose keys are all there and all sign, so that it may ask for what it likes.
Claim secure_claim(const Wish& wish, Time signed_at) {
  Claim claim;
  claim.cds = claim.cdnskey = wish;
  if (rarely(4)) (rarely(2) ? claim.cds : claim.cdnskey) = Wish{};
  claim.signers = claim.dnskey_signers = all_keys;
  claim.signed_at = signed_at;
  return claim;
}

void move_change_somehow(RandomWorld& world) {
  const bool arrives = !rarely(4);
  world.send(arrives, rarely(3));
  if (rarely(2)) world.wait(minutes(roll(30)));
  world.ask();
}

// The newest signature over each type that was seen, as the test keeps it.
struct Newest {
  Time cds;
  Time cdnskey;
  void note(const Claim& claim) {
    cds = std::max(cds, claim.signed_at);
    cdnskey = std::max(cdnskey, claim.signed_at);
  }
};

TEST(Properties, ReplayedOlderSetsNeverWin) {
  EXPECT_TRUE(holds("replays never win", timelines, [] {
    RandomWorld world(rules::test::delay_policy(), 1 + roll(all_keys), 2);
    // The first look makes a case, so that what is seen from now on is remembered.
    Claim silent;
    silent.failure = AnswerStatus::timeout;
    world.look({silent, silent});
    Newest newest;
    std::vector<Claim> published;
    const unsigned steps = 3 + roll(8);
    for (unsigned i = 0; i < steps && world.parent().is_secure(); ++i) {
      world.wait(hours(1 + roll(24)));
      if (published.empty() || rarely(2)) {
        const Wish wish = rarely(4) ? Wish{} : any_wish();
        published.push_back(secure_claim(wish, day_of(world.now())));
      }
      // Served is what was published last, or what anybody has kept of earlier times.
      const unsigned kept = static_cast<unsigned>(published.size());
      const Claim& served = rarely(2) ? published.at(roll(kept)) : published.back();
      const Claim& other = rarely(6) ? published.at(roll(kept)) : served;
      const keeper::Step& step = world.look({served, other});
      if (step.next.outcome == Outcome::accept) {
        // It is as young as the youngest signature under which it is asked for.
        const Time signed_at = std::max(served.signed_at, other.signed_at);
        RC_ASSERT((!served.cds.is_published() || signed_at >= newest.cds));
        RC_ASSERT((!served.cdnskey.is_published() || signed_at >= newest.cdnskey));
        RC_TAG("accepted");
      }
      newest.note(served);
      newest.note(other);
      move_change_somehow(world);
    }
  }));
}

TEST(Properties, NothingThatIsDoneInBandSuspends) {
  EXPECT_TRUE(holds("in band nothing suspends", timelines, [] {
    RandomWorld world(rules::test::delay_policy(), 1 + roll(all_keys), 2);
    const unsigned steps = 4 + roll(10);
    bool was_removed = false;
    for (unsigned i = 0; i < steps; ++i) {
      world.wait(rarely(3) ? minutes(5) : minutes(60 * roll(48)));
      const Wish wish = rarely(2) ? Wish{true, 0} : any_wish();
      const Claim claim = secure_claim(wish, day_of(world.now()));
      Claim other = claim;
      if (rarely(5)) other = any_claim(world.now());
      if (rarely(6)) world.let_source_lag(rarely(2));
      world.look({claim, other});
      RC_ASSERT((!world.current() || !world.current()->suspension));
      if (rarely(3)) continue;
      move_change_somehow(world);
      was_removed = was_removed || !world.parent().is_secure();
    }
    RC_CLASSIFY(was_removed, "a DS set was removed");
  }));
}

TEST(Properties, TheOperatorsSuspensionStopsEverythingUntilResumed) {
  EXPECT_TRUE(holds("the operator's suspension", timelines, [] {
    RandomWorld world(rules::test::delay_policy(), roll(all_keys + 1), 2);
    bool is_suspended = false;
    const unsigned steps = 4 + roll(10);
    for (unsigned i = 0; i < steps; ++i) {
      world.wait(rarely(3) ? minutes(5) : minutes(60 * roll(48)));
      if (rarely(4)) {
        is_suspended = !is_suspended;
        is_suspended ? world.suspend() : world.resume();
      }
      if (rarely(4)) world.edit_out_of_band(roll(all_keys + 1));
      const Claim claim = secure_claim(any_wish(), day_of(world.now()));
      const keeper::Step& step = world.look({claim, rarely(5) ? any_claim(world.now()) : claim});
      if (is_suspended) {
        // A source that is behind is said first; it stops everything too.
        const bool is_behind = !step.next.findings.empty() &&
                               step.next.findings.front().code == FindingCode::source_behind;
        RC_ASSERT((is_behind || step.next.outcome == Outcome::suspended));
        RC_ASSERT(step.next.suspension.has_value());
        RC_ASSERT(!step.queue.has_value());
        RC_ASSERT((!world.has_open_change() || world.change()->state == ChangeState::sent));
        const dns::DsSet before = world.parent().ds;
        world.send(true, false);
        RC_ASSERT(world.parent().ds == before);
      } else {
        move_change_somehow(world);
      }
    }
  }));
}

// Whatever happens: what is queued is what everybody asked for at that look, well founded on the DS
// set that stood, and nothing else ever reaches the parent.
TEST(Properties, OnlyWhatWasAskedForReachesTheParent) {
  EXPECT_TRUE(holds("only what was asked for reaches the parent", timelines, [] {
    Policy policy = rules::test::delay_policy();
    policy.hold = hours(6);
    policy.looks = 2;
    KeyMask standing = roll(all_keys + 1);
    RandomWorld world(policy, standing, 2);
    const unsigned steps = 4 + roll(8);
    Claim honest = secure_claim(any_wish(), day_of(world.now()));
    for (unsigned i = 0; i < steps; ++i) {
      world.wait(hours(1 + roll(4)));
      if (rarely(3)) honest = secure_claim(any_wish(), day_of(world.now()));
      const Claim other = rarely(4) ? any_claim(world.now()) : honest;
      const keeper::Step& step = world.look({honest, other});
      if (step.queue) {
        RC_ASSERT(step.queue->before == world.parent().ds);
        const Wish asked = honest.cds.is_published() ? honest.cds : honest.cdnskey;
        RC_ASSERT(step.queue->after == ds_set(asked.keys));
        RC_ASSERT(step.queue->before.empty() == (step.queue->request == Request::bootstrap));
        RC_ASSERT(!contradicts(other, asked, standing));
      }
      const dns::DsSet before = world.parent().ds;
      const std::optional<Change> open = world.change();
      move_change_somehow(world);
      if (world.parent().ds == before) continue;
      RC_ASSERT(open.has_value());
      RC_ASSERT(world.parent().ds == open->after);
      for (standing = 0; ds_set(standing) != world.parent().ds;) ++standing;
    }
  }));
}

}  // namespace
}  // namespace dskeeper::properties
