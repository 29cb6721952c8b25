#include "keeper/breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keeper/timeline.h"
#include "model/operator_name.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time start = timeline_start;

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

std::vector<dns::Name> names(const std::vector<std::string>& texts) {
  std::vector<dns::Name> out;
  for (const std::string& text : texts) out.push_back(name(text));
  return out;
}

Change queued(unsigned child, Request kind, Time at, const std::string& operator_name = "op.net.") {
  Change change;
  change.child = name("kid" + std::to_string(child) + ".example.");
  change.parent = name("example.");
  change.request = kind;
  change.before = kind == Request::bootstrap ? dns::DsSet() : named_set("A");
  change.after = kind == Request::remove ? dns::DsSet() : named_set("B");
  change.hosts = names({"ns1." + operator_name, "ns2." + operator_name});
  change.queued_at = at;
  return change;
}

// A zone in which changes are queued one after another.
struct Zone {
  Policy policy;
  DayOfChanges day;
  std::vector<Breaker> breakers;
  SecureCounts secure{10'000, 10'000};

  // Whether it may be sent.
  bool queue(const Change& change) {
    day.forget_old(change.queued_at);
    day.add(change);
    const auto tripped = find_trip(day, breakers, change, secure, policy);
    if (tripped) breakers.push_back(*tripped);
    return find_stop(breakers, change) == nullptr;
  }
  // How many of `count` may be sent, a second apart; each child once.
  unsigned queue_many(unsigned count, Request kind, Time from, const std::string& operator_name) {
    unsigned passed = 0;
    for (unsigned i = 0; i < count; ++i) {
      passed += queue(queued(next_++, kind, from + seconds(i), operator_name)) ? 1 : 0;
    }
    return passed;
  }
  unsigned queue_of_many_operators(unsigned count, Request kind, Time from) {
    unsigned passed = 0;
    for (unsigned i = 0; i < count; ++i) {
      passed += queue_many(1, kind, from + seconds(i), "op" + std::to_string(i % 50) + ".net.");
    }
    return passed;
  }

 private:
  unsigned next_ = 0;
};

TEST(Breaker, AnOperatorIsTheDomainThatMostOfTheNameServersShare) {
  struct Row {
    std::vector<std::string> hosts;
    const char* name;
  };
  for (const Row& row :
       {Row{{"ns1.op.example.", "ns2.op.example."}, "op.example."},
        Row{{"ns1.a.op.example.", "ns2.b.op.example."}, "op.example."},
        Row{{"ns1.op.co.uk.", "ns2.op.co.uk."}, "op.co.uk."},
        Row{{"a.one.net.", "b.one.net.", "c.two.net."}, "one.net."},
        Row{{"ns1.op.com.", "ns2.op.net."}, "op.com."}, Row{{"ns1.kid.example."}, "kid.example."},
        Row{{"op.example."}, "op.example."}, Row{{"ns1.", "ns2."}, ""}, Row{{}, ""}}) {
    EXPECT_EQ(operator_of(names(row.hosts)), row.name);
  }
}

TEST(Breaker, TheOneThatCrossesWaitsAndEarlierOnesStand) {
  Zone zone;
  EXPECT_EQ(zone.queue_of_many_operators(150, Request::remove, start), 100U)
      << "one in a hundred of 10,000";
  ASSERT_EQ(zone.breakers.size(), 1U);
  EXPECT_EQ(zone.breakers[0].changes, 101U);
  EXPECT_EQ(zone.breakers[0].limit, 100U);
  EXPECT_EQ(zone.breakers[0].operator_name, "");
  EXPECT_EQ(find_stop(zone.breakers, queued(0, Request::remove, start)), nullptr);
  EXPECT_TRUE(zone.queue(queued(999, Request::update, start + hours(1), "op1.net.")))
      << "only that kind stops";
}

TEST(Breaker, SmallZonesHaveTheirMinima) {
  Zone zone;
  zone.secure = {30, 30};
  EXPECT_EQ(zone.queue_of_many_operators(30, Request::remove, start), 20U);
  EXPECT_EQ(zone.queue_of_many_operators(300, Request::update, start), 200U);
}

TEST(Breaker, ADaySlides) {
  Zone zone;
  EXPECT_EQ(zone.queue_of_many_operators(100, Request::remove, start), 100U);
  EXPECT_EQ(zone.queue_of_many_operators(100, Request::remove, start + hours(25)), 100U);
  EXPECT_EQ(zone.day.count(Request::remove), 100U);
  EXPECT_TRUE(zone.breakers.empty());
}

TEST(Breaker, OneOperatorsChildrenAloneAreStopped) {
  Zone zone;
  zone.secure.of_operator = 60;
  EXPECT_EQ(zone.queue_many(50, Request::update, start, "big.net."), 30U) << "half of 60";
  ASSERT_EQ(zone.breakers.size(), 1U);
  EXPECT_EQ(zone.breakers[0].operator_name, "big.net.");
  EXPECT_EQ(zone.queue_of_many_operators(300, Request::update, start + hours(1)), 300U);
}

TEST(Breaker, WhereOneOperatorMakesMostOfItTheOthersGoOn) {
  Zone zone;
  EXPECT_EQ(zone.queue_many(80, Request::remove, start, "big.net."), 80U);
  EXPECT_EQ(zone.queue_of_many_operators(30, Request::remove, start + hours(1)), 30U);
  ASSERT_EQ(zone.breakers.size(), 1U);
  EXPECT_EQ(zone.breakers[0].operator_name, "big.net.");
  EXPECT_EQ(zone.queue_many(5, Request::remove, start + hours(2), "big.net."), 0U);
}

TEST(Breaker, OneChildThatAsksBackAndForthTripsNothing) {
  Zone zone;
  zone.secure = {30, 30};
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(zone.queue(queued(7, Request::remove, start + seconds(i))));
  }
  EXPECT_EQ(zone.day.count(Request::remove), 1U);
  zone.day.forget_old(start + hours(25));
  EXPECT_EQ(zone.day.count(Request::remove), 0U);
}

TEST(Breaker, ResumingCountsAnew) {
  Zone zone;
  zone.secure = {30, 30};
  zone.queue_of_many_operators(25, Request::remove, start);
  Act act;
  act.kind = ActKind::resume_breaker;
  act.parent = act.child = name("example.");
  act.actor = "kim";
  act.breaker_kind = Request::update;
  const BreakersResumed none = obey_breaker_act(act, zone.breakers, start + hours(1));
  EXPECT_TRUE(none.breakers.empty());
  EXPECT_THAT(none.events.at(0).summary, testing::HasSubstr("no such breaker is open"));

  act.breaker_kind = Request::remove;
  const BreakersResumed resumed = obey_breaker_act(act, zone.breakers, start + hours(1));
  ASSERT_EQ(resumed.breakers.size(), 1U);
  EXPECT_EQ(resumed.events.at(0).summary,
            "The breaker for removals of all children was resumed by kim.");
  zone.breakers = resumed.breakers;
  EXPECT_FALSE(zone.breakers[0].is_open());
  zone.day.forget(zone.breakers[0]);
  EXPECT_EQ(zone.queue_of_many_operators(25, Request::remove, start + hours(2)), 20U);
}

TEST(Breaker, ResumingOneOperatorLeavesTheOthersCounts) {
  Zone zone;
  zone.secure.of_operator = 60;
  zone.queue_many(31, Request::update, start, "big.net.");
  zone.queue_many(10, Request::update, start, "small.net.");
  ASSERT_EQ(zone.breakers.size(), 1U);
  zone.breakers[0].resumed_at = start + hours(1);
  zone.day.forget(zone.breakers[0]);
  EXPECT_EQ(zone.day.count(Request::update, "big.net."), 0U);
  EXPECT_EQ(zone.day.count(Request::update), 10U);
}

TEST(Breaker, FirstDsArePacedAndNeverTripped) {
  Zone zone;
  EXPECT_EQ(zone.queue_of_many_operators(3000, Request::bootstrap, start), 3000U);
  EXPECT_TRUE(zone.breakers.empty());

  std::vector<Change> sent;
  for (unsigned i = 0; i < 150; ++i) {
    sent.push_back(queued(i, Request::bootstrap, start));
    sent.back().sent_at = start + seconds(i);
  }
  EXPECT_EQ(first_ds_left(sent, 100, zone.policy, start + hours(1)), 50U);
  EXPECT_EQ(first_ds_left(sent, 10'000, zone.policy, start + hours(1)), 850U);
  EXPECT_EQ(first_ds_left(sent, 100, zone.policy, start + hours(25)), 200U);
  zone.policy.breaker.change_min = 10;
  EXPECT_EQ(first_ds_left(sent, 100, zone.policy, start + hours(1)), 0U);
}

TEST(Breaker, StopsNeitherWhatIsSentNorTheTtl) {
  Zone zone;
  zone.secure = {30, 30};
  zone.queue_of_many_operators(201, Request::update, start);
  ASSERT_EQ(zone.breakers.size(), 1U);
  Change change = queued(500, Request::update, start + hours(1));
  EXPECT_NE(find_stop(zone.breakers, change), nullptr);
  change.state = ChangeState::sent;
  EXPECT_EQ(find_stop(zone.breakers, change), nullptr);
  change.state = ChangeState::queued;
  change.after = change.before;
  EXPECT_EQ(find_stop(zone.breakers, change), nullptr);
}

TEST(Breaker, ACaseSaysThatItsChangeWaitsAndSaysItOnce) {
  Timeline t = secure_timeline();
  t.run("0h permit update B => accept queues");
  Breaker breaker;
  breaker.changes = 21;
  breaker.limit = 20;
  t.before = with_breaker(*t.before, &breaker);
  EXPECT_EQ(t.before->findings.at(0).text(),
            "The change waits, since the number of its kind that were queued within a day came to "
            "21, and 20 are allowed.");
  t.run(R"(
    1h permit update B => accept +breaker-open refreshes
    2h permit update C => accept -breaker-open supersedes queues
  )");
  EXPECT_EQ(t.count(EventKind::transition), 2U);
  EXPECT_TRUE(with_breaker(with_breaker(*t.before, &breaker), nullptr) == *t.before);
}

}  // namespace
}  // namespace dskeeper::keeper
