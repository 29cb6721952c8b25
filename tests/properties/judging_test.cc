// Properties of prove() and judge(): whatever the servers say.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "properties/claims.h"
#include "properties/dice.h"
#include "rules/judge.h"

namespace dskeeper::properties {
namespace {

const Time now = rules::test::now;

dns::Verifier& verifier() {
  static dns::Verifier shared;
  return shared;
}

const Policy& delay_policy() {
  static const Policy policy = rules::test::delay_policy();
  return policy;
}

struct Child {
  KeyMask standing = 0;
  std::vector<Claim> claims;
};

Verdict judge_claims(const Child& child, const Layout& layout = {}) {
  const Delegation delegation = make_delegation(child.standing, child.claims.size());
  const Survey survey = make_survey(child.claims, "local", LookId{7}, now, layout);
  const std::vector<rules::Proved> proved = {rules::prove(survey, delegation, verifier(), now)};
  return rules::judge(delegation, proved, delay_policy(), now);
}

// Accepted at once, or once the silent ones have been left out.
bool may_be_accepted(const Verdict& verdict) {
  return verdict.ruling == Ruling::permit ||
         (verdict.ruling == Ruling::incomplete && verdict.only_silence_missing);
}

// The keys that a set names; all_keys + 1 where it is none of ours.
KeyMask keys_named(const dns::DsSet& set) {
  for (KeyMask mask = 0; mask <= all_keys; ++mask) {
    if (ds_set(mask) == set) return mask;
  }
  return all_keys + 1;
}

Wish wish_of(const Verdict& verdict) {
  if (verdict.request == Request::remove) return {true, 0};
  return {false, keys_named(verdict.ds)};
}

// Everyone who answered asks for it, signed by the standing DS set, and has a path under it.
void assert_well_founded(const Child& child, const Verdict& verdict) {
  const Wish wish = wish_of(verdict);
  RC_ASSERT(wish.keys <= all_keys);
  unsigned speakers = 0;
  for (const Claim& claim : child.claims) {
    if (!has_spoken(claim)) continue;
    ++speakers;
    RC_ASSERT(asks_for(claim, wish));
    if (child.standing != 0) RC_ASSERT(is_signed_by(claim, child.standing));
    if (!claim.answers(dns::RecordType::dnskey)) continue;
    if (!wish.is_removal) RC_ASSERT(leaves_path(claim, wish.keys));
    if (child.standing != 0) RC_ASSERT(leaves_path(claim, child.standing));
  }
  RC_ASSERT(speakers > 0U);
  if (verdict.ruling == Ruling::permit) RC_ASSERT(speakers == child.claims.size());
}

Child any_child() {
  Child child;
  child.standing = rarely(3) ? 0 : 1 + roll(all_keys);
  const Claim base = rarely(6) ? any_claim(now) : honest_claim(child.standing, now);
  const unsigned servers = 1 + roll(3);
  for (unsigned i = 0; i < servers; ++i) {
    child.claims.push_back(rarely(6) ? any_claim(now) : base);
  }
  return child;
}

TEST(Properties, AnAcceptedSetIsAskedForSignedAndUsableAtEveryServerThatAnswered) {
  EXPECT_TRUE(holds("accepted: asked, signed, usable everywhere", judgements, [] {
    const Child child = any_child();
    const Verdict verdict = judge_claims(child);
    RC_CLASSIFY(may_be_accepted(verdict), "may be accepted");
    if (may_be_accepted(verdict)) assert_well_founded(child, verdict);
  }));
}

TEST(Properties, OneServerReplacedByAnythingWinsNothing) {
  EXPECT_TRUE(holds("one of several servers lies", judgements, [] {
    Child child;
    child.standing = rarely(4) ? 0 : 1 + roll(all_keys);
    const Claim honest = honest_claim(child.standing, now);
    child.claims.assign(2 + roll(2), honest);
    const Verdict before = judge_claims(child);
    child.claims.at(roll(static_cast<unsigned>(child.claims.size()))) = any_claim(now);
    const Verdict after = judge_claims(child);
    RC_CLASSIFY(may_be_accepted(before), "accepted without the liar");
    if (!may_be_accepted(after)) return;
    // It may only second what the others ask for, where that was acceptable without it.
    RC_ASSERT(may_be_accepted(before));
    RC_ASSERT(after.request == before.request);
    RC_ASSERT(after.ds == before.ds);
    assert_well_founded(child, after);
  }));
}

// All of a verdict but the names of the servers in it.
struct Essence {
  Request request;
  Ruling ruling;
  dns::DsSet ds;
  Inceptions inception;
  Inceptions asked_by;
  bool only_silence_missing;
  std::size_t silent;
  std::multiset<FindingCode> findings;
  bool operator==(const Essence&) const = default;
};
Essence essence_of(const Verdict& verdict) {
  Essence out{verdict.request,
              verdict.ruling,
              verdict.ds,
              verdict.inception,
              verdict.asked_by,
              verdict.only_silence_missing,
              verdict.silent.size(),
              {}};
  for (const Finding& finding : verdict.findings) out.findings.insert(finding.code);
  return out;
}

TEST(Properties, OrderOfServersRecordsAndTtlsNeverMatters) {
  EXPECT_TRUE(holds("order and TTLs", judgements, [] {
    Child child = any_child();
    const Essence first = essence_of(judge_claims(child));
    RC_ASSERT(essence_of(judge_claims(child)) == first);  // twice the same
    RC_ASSERT(essence_of(judge_claims(child, {true, dns::Ttl{60 * roll(4)}})) == first);
    std::rotate(child.claims.begin(),
                child.claims.begin() + roll(static_cast<unsigned>(child.claims.size())),
                child.claims.end());
    RC_ASSERT(essence_of(judge_claims(child)) == first);
  }));
}

bool is_same(const Verdict& a, const Verdict& b) {
  return essence_of(a) == essence_of(b) && a.findings == b.findings && a.asked == b.asked &&
         a.silent == b.silent && a.request_id() == b.request_id();
}

TEST(Properties, OrderOfVantagePointsAndAnswersNeverMatters) {
  EXPECT_TRUE(holds("order of vantage points", judgements, [] {
    const Child here = any_child();
    Child there = here;
    if (rarely(2)) there.claims.front() = any_claim(now);
    const Delegation delegation = make_delegation(here.standing, here.claims.size());
    const Survey near = make_survey(here.claims, "near", LookId{7}, now);
    const Survey far = make_survey(there.claims, "far", LookId{7}, now);
    Survey shuffled = far;
    std::reverse(shuffled.answers.begin(), shuffled.answers.end());
    std::reverse(shuffled.servers.begin(), shuffled.servers.end());
    const auto judge_both = [&](const Survey& a, const Survey& b) {
      const std::vector<rules::Proved> proved = {rules::prove(a, delegation, verifier(), now),
                                                 rules::prove(b, delegation, verifier(), now)};
      return rules::judge(delegation, proved, delay_policy(), now);
    };
    const Verdict verdict = judge_both(near, far);
    RC_ASSERT(is_same(judge_both(near, far), verdict));
    const Verdict turned = judge_both(shuffled, near);
    RC_ASSERT(essence_of(turned) == essence_of(verdict));
    RC_ASSERT(std::set(turned.vantages.begin(), turned.vantages.end()) ==
              std::set(verdict.vantages.begin(), verdict.vantages.end()));
    // What one vantage point sees is held against what the other sees.
    if (!may_be_accepted(verdict)) return;
    Child both = here;
    both.claims.insert(both.claims.end(), there.claims.begin(), there.claims.end());
    const Wish wish = wish_of(verdict);
    for (const Claim& claim : both.claims) {
      RC_ASSERT(!contradicts(claim, wish, here.standing));
    }
  }));
}

}  // namespace
}  // namespace dskeeper::properties
