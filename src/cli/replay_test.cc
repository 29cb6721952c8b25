// A kept past judged again: where it would have come out otherwise under another policy.
#include "cli/replay.h"

#include <gmock/gmock.h>

#include "cli/test_past.h"

namespace dskeeper::cli {
namespace {

using rules::test::Zone;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

// "24h hold -> accept" for each difference, as hours since the first look.
std::vector<std::string> differences(Past& past, const Policy* policy, Duration since = {}) {
  std::vector<std::string> out;
  const auto counts = replay_parent(
      past.store(), past.zone(), rules::test::now + since, policy, [&](const Difference& one) {
        const auto after = std::chrono::floor<hours>(one.at - rules::test::now).count();
        out.push_back(std::to_string(after) + "h " + std::string(to_text(one.then.outcome)) +
                      " -> " + std::string(to_text(one.now.outcome)));
      });
  EXPECT_TRUE(counts);
  EXPECT_EQ(counts->unreadable, 0U);
  EXPECT_EQ(counts->differences, out.size());
  return out;
}

TEST(Replay, UnderThePolicyOfItsTimeEverythingComesOutAsItDid) {
  Past past(false);
  bootstrap_by_delay(past);
  EXPECT_THAT(differences(past, nullptr), IsEmpty());
  EXPECT_THAT(differences(past, &past.policy), IsEmpty());
}

TEST(Replay, AShorterHoldWouldHaveEndedEarlier) {
  Past past(false);
  bootstrap_by_delay(past);
  Policy shorter = past.policy;
  shorter.hold = hours(48);
  EXPECT_THAT(differences(past, &shorter),
              ElementsAre("0h hold -> hold", "24h hold -> hold", "48h hold -> accept"));
  EXPECT_THAT(differences(past, &shorter, hours(30)), ElementsAre("48h hold -> accept"));
}

TEST(Replay, ALongerHoldWouldStillWait) {
  Past past(false);
  bootstrap_by_delay(past);
  Policy longer = past.policy;
  longer.hold = hours(120);
  EXPECT_THAT(differences(past, &longer), ElementsAre("0h hold -> hold", "24h hold -> hold",
                                                      "48h hold -> hold", "72h accept -> hold"));
}

TEST(Replay, ATypeThatIsNotAskedSaysNothing) {
  Past past(true);
  past.child.everywhere([&](Zone& zone) { zone.set_cds({past.child.b.ds()}); });
  ASSERT_EQ(past.look(hours(0)), Outcome::accept);
  Policy policy = past.policy;
  policy.signals = SignalTypes::cds;
  EXPECT_THAT(differences(past, &policy), IsEmpty());
  policy.signals = SignalTypes::cdnskey;
  EXPECT_THAT(differences(past, &policy), ElementsAre("0h accept -> idle"));
}

TEST(Replay, OtherDigestsAreAnotherSet) {
  Past past(true);
  past.child.everywhere([&](Zone& zone) { zone.ask({&past.child.b}); });
  ASSERT_EQ(past.look(hours(0)), Outcome::accept);
  Policy policy = past.policy;
  policy.digests = {dns::DigestType::sha384};
  std::string text;
  const auto counts = replay_parent(past.store(), past.zone(), Time{}, &policy,
                                    [&](const Difference& one) { text = difference_text(one); });
  EXPECT_EQ(counts->decisions, 1U);
  EXPECT_EQ(counts->differences, 1U);
  EXPECT_THAT(text, testing::HasSubstr("accept update  ->  accept update ("));
}

TEST(Replay, WhatDiffersInCsyncAlone_IsSaid) {
  Decision then;
  then.outcome = Outcome::idle;
  then.csync_outcome = Outcome::accept;
  then.csync_request_id = "AA11";
  Decision now = then;
  const auto text = [&] {
    return difference_text({parent::name("kid.example."), rules::test::now, then, now});
  };
  now.csync_request_id = "BB22";
  EXPECT_THAT(text(), testing::HasSubstr("(other name servers or glue: request AA11  ->  BB22)"));
  now.csync_outcome = Outcome::idle;
  now.csync_request_id.clear();
  EXPECT_THAT(text(), testing::HasSubstr("idle, CSYNC accept  ->  idle, CSYNC idle"));
}

}  // namespace
}  // namespace dskeeper::cli
