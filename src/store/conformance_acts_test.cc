// What every store must do with the operator's acts, the breakers and the roll of delegations.
#include <gmock/gmock.h>

#include "store/conformance_test.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Act sample_act(std::string_view child, std::int64_t second = 0) {
  return {.number = 0,
          .kind = ActKind::suspend,
          .parent = name("example."),
          .child = name(child),
          .at = at_second(second),
          .actor = "hanna",
          .reason = "the registrant asked for it",
          .request_id = "6b86b273ff34fce1",
          .reset_replay = true,
          .breaker_kind = Request::remove,
          .breaker_operator = "op.example."};
}

Breaker sample_breaker(Request kind, std::int64_t second) {
  return {.parent = name("example."),
          .kind = kind,
          .operator_name = "op.example.",
          .tripped_at = at_second(second),
          .changes = 21,
          .limit = 20,
          .resumed_at = std::nullopt};
}

Batch with_breakers(std::vector<Breaker> breakers) {
  Batch batch;
  batch.breakers = std::move(breakers);
  return batch;
}

// "kid.example.+" for a secure one.
std::vector<std::string> roll_of(Store& store, std::string_view parent = "example.") {
  std::vector<std::string> seen;
  EXPECT_TRUE(store.visit_roll(name(parent), [&](const dns::Name& child, bool is_secure) {
    seen.push_back(child.text() + (is_secure ? "+" : ""));
  }));
  return seen;
}

Batch with_roll(std::initializer_list<std::pair<std::string_view, RollMark>> marks) {
  Batch batch;
  for (const auto& [child, mark] : marks) {
    batch.roll.push_back({.parent = name("example."), .child = name(child), .mark = mark});
  }
  return batch;
}

TEST_P(StoreConformance, GivesBackAnActAsItWas) {
  Act act = sample_act("kid.example.");
  act.number = open()->add_act(act).value();
  Act plain{.number = 0,
            .kind = ActKind::resume_breaker,
            .parent = act.parent,
            .child = act.parent,
            .at = at_second(1),
            .actor = {},
            .reason = {},
            .request_id = {},
            .reset_replay = false,
            .breaker_kind = std::nullopt,
            .breaker_operator = {}};
  plain.number = open()->add_act(plain).value();
  EXPECT_THAT(open()->pending_acts(act.parent).value(), ElementsAre(act, plain));
  EXPECT_THAT(open()->pending_acts(name("test.")).value(), IsEmpty());
}

TEST_P(StoreConformance, AnActIsPendingUntilItIsObeyed) {
  const auto store = open();
  const std::uint64_t first = store->add_act(sample_act("a.example.", 9)).value();
  const std::uint64_t second = store->add_act(sample_act("b.example.", 3)).value();
  EXPECT_LT(first, second);  // the clock may have been set back between them

  Batch batch;
  batch.obeyed = {first};
  batch.cases = {sample_case("a.example.")};
  ASSERT_TRUE(store->commit(batch));
  const auto pending = store->pending_acts(name("example.")).value();
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].number, second);
  EXPECT_TRUE(store->find_case(name("example."), name("a.example.")).value());

  batch.obeyed = {second};
  ASSERT_TRUE(store->commit(batch));
  EXPECT_GT(store->add_act(sample_act("c.example.")).value(), second);  // numbers never return
}

TEST_P(StoreConformance, TakesActsWhileAnotherHoldsTheLease) {
  const auto holder = open();
  const auto lease = holder->take_lease(name("example."));
  ASSERT_TRUE(lease);
  ASSERT_TRUE(open()->add_act(sample_act("kid.example.")));
  EXPECT_EQ(holder->pending_acts(name("example."))->size(), 1U);
}

TEST_P(StoreConformance, KeepsOpenBreakersAndThoseResumedLately) {
  const auto store = open();
  Breaker deletes = sample_breaker(Request::remove, 1);
  Breaker updates = sample_breaker(Request::update, 2);
  ASSERT_TRUE(store->commit(with_breakers({updates, deletes})));
  EXPECT_THAT(open()->breakers(name("example."), at_second(0)).value(),
              ElementsAre(deletes, updates));
  EXPECT_THAT(store->breakers(name("test."), at_second(0)).value(), IsEmpty());

  deletes.resumed_at = at_second(50);
  updates.changes = 30;
  ASSERT_TRUE(store->commit(with_breakers({deletes, updates})));
  EXPECT_THAT(store->breakers(name("example."), at_second(50)).value(),
              ElementsAre(deletes, updates));
  EXPECT_THAT(store->breakers(name("example."), at_second(51)).value(), ElementsAre(updates));

  // The same breaker may trip again.
  const Breaker again = sample_breaker(Request::remove, 60);
  ASSERT_TRUE(store->commit(with_breakers({again})));
  EXPECT_THAT(store->breakers(name("example."), at_second(51)).value(),
              ElementsAre(updates, again));
}

TEST_P(StoreConformance, TheRollKeepsTheReplayWatermarkOfAChildWithoutACase) {
  const auto store = open();
  const dns::Name parent = name("example.");
  const dns::Name child = name("a.example.");
  Batch batch = with_roll({{"a.example.", RollMark::secure}, {"b.example.", RollMark::secure}});
  batch.watermarks.push_back({parent, child, {at_second(5), std::nullopt}});
  batch.watermarks.push_back({parent, name("gone.example."), {at_second(5), at_second(5)}});
  ASSERT_TRUE(store->commit(batch));
  EXPECT_EQ(store->find_watermark(parent, child).value(), (Inceptions{at_second(5), {}}));
  EXPECT_EQ(store->find_watermark(parent, name("b.example.")).value(), Inceptions{});
  EXPECT_EQ(store->find_watermark(parent, name("gone.example.")).value(), Inceptions{});
  // A name that went and came back is another one (design.md, "A hold cannot be tricked").
  ASSERT_TRUE(store->commit(with_roll({{"a.example.", RollMark::absent}})));
  ASSERT_TRUE(store->commit(with_roll({{"a.example.", RollMark::secure}})));
  EXPECT_EQ(store->find_watermark(parent, child).value(), Inceptions{});
}

TEST_P(StoreConformance, TheRollKnowsWhichReadingItIsOf) {
  const auto store = open();
  const dns::Name parent = name("example.");
  EXPECT_EQ(store->find_roll_reading(parent).value(), std::nullopt);
  for (const RollReading& reading :
       {RollReading{parent, "7", at_second(1)}, RollReading{parent, "8", at_second(2)}}) {
    Batch batch;
    batch.readings.push_back(reading);
    ASSERT_TRUE(store->commit(batch));
    EXPECT_EQ(open(Access::read_only)->find_roll_reading(parent).value(), reading);
  }
  EXPECT_EQ(store->find_roll_reading(name("test.")).value(), std::nullopt);
}

TEST_P(StoreConformance, TheRollHasWhatTheSourceHadLast) {
  const auto store = open();
  EXPECT_THAT(roll_of(*store), IsEmpty());
  ASSERT_TRUE(store->commit(with_roll({{"b.example.", RollMark::secure},
                                       {"a\\000\\001.example.", RollMark::without_ds},
                                       {"*.a.example.", RollMark::secure},
                                       {"c.example.", RollMark::secure}})));
  EXPECT_THAT(roll_of(*store),
              ElementsAre("*.a.example.+", "a\\000\\001.example.", "b.example.+", "c.example.+"));
  ASSERT_TRUE(store->commit(with_roll({{"b.example.", RollMark::without_ds},
                                       {"a\\000\\001.example.", RollMark::secure},
                                       {"c.example.", RollMark::absent},
                                       {"never.example.", RollMark::absent}})));
  EXPECT_THAT(roll_of(*open(Access::read_only)),
              ElementsAre("*.a.example.+", "a\\000\\001.example.+", "b.example."));
  EXPECT_THAT(roll_of(*store, "test."), IsEmpty());
  EXPECT_EQ(store->find_on_roll(name("example."), name("b.example.")).value(), false);
  EXPECT_EQ(store->find_on_roll(name("test."), name("b.example.")).value(), std::nullopt);
}

TEST_P(StoreConformance, FindsAChangeWhateverCameOfIt) {
  const auto store = open();
  Change change = sample_change("kid.example.");
  change.state = ChangeState::failed;
  change.id = change_id(change);
  ASSERT_TRUE(store->commit({.cases = {}, .changes = {change}, .events = {}}));
  EXPECT_EQ(store->find_change(change.id).value(), change);
  EXPECT_EQ(store->find_change("another").value(), std::nullopt);
}

}  // namespace
}  // namespace dskeeper::store
