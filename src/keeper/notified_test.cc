// RFC 9859 §4.3: a NOTIFY that reveals a change makes timed looks rare; a pass that finds what
// nobody notified brings them back.
#include "keeper/notified.h"

#include <gtest/gtest.h>

namespace dskeeper::keeper {
namespace {

const Time now = parse_time("2026-11-24T03:00:00Z").value();

Case asking(std::string id, std::optional<Time> since = std::nullopt) {
  Case value;
  value.at = now;
  value.request = Request::update;
  value.request_id = std::move(id);
  value.outcome = Outcome::accept;
  value.notified_since = since;
  return value;
}

Case at_rest(std::optional<Time> since) {
  Case value;
  value.at = now;
  value.outcome = Outcome::in_sync;
  value.notified_since = since;
  return value;
}

TEST(Rfc9859Schedule, S4_3_WhatANotifyReveals) {
  const auto since = [](const std::optional<Case>& before, const Case& next, Channel channel) {
    return notified_since(before, next, channel, now);
  };
  const Time earlier = now - std::chrono::hours(24);
  struct Row {
    const char* name;
    std::optional<Case> before;
    Case next;
    Channel channel;
    std::optional<Time> expected;
  };
  const Row rows[] = {
      {"the first", std::nullopt, asking("a"), Channel::notify, now},
      {"another", at_rest(earlier), asking("a", earlier), Channel::notify, earlier},
      {"nothing new", at_rest(std::nullopt), at_rest(std::nullopt), Channel::notify, std::nullopt},
      {"known already", asking("a"), asking("a"), Channel::notify, std::nullopt},
      {"a pass finds the same", asking("a", earlier), asking("a", earlier), Channel::scan, earlier},
      {"a pass finds nothing", at_rest(earlier), at_rest(earlier), Channel::scan, earlier},
      {"a pass finds what nobody notified", at_rest(earlier), asking("a", earlier), Channel::scan,
       std::nullopt},
      {"a retry finds more", asking("a", earlier), asking("b", earlier), Channel::due, earlier},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(since(row.before, row.next, row.channel), row.expected) << row.name;
  }
}

TEST(Rfc9859Schedule, S4_3_TimedLooksBecomeRare) {
  Policy policy;
  policy.notified_interval = std::chrono::hours(24 * 7);
  const Time six_days = now + std::chrono::hours(24 * 6);
  EXPECT_TRUE(may_leave_out(at_rest(now), policy, six_days));
  EXPECT_FALSE(may_leave_out(at_rest(now), policy, now + policy.notified_interval));
  EXPECT_FALSE(may_leave_out(at_rest(std::nullopt), policy, six_days));
  EXPECT_FALSE(may_leave_out(std::nullopt, policy, six_days));
  EXPECT_FALSE(may_leave_out(asking("a", now), policy, six_days));
  EXPECT_FALSE(may_leave_out(at_rest(now), policy, now - std::chrono::seconds(1)));
  Case lowered = at_rest(now);
  lowered.lowered_ttl = LoweredTtl{now, dns::Ttl{600}, dns::Ttl{3600}};
  EXPECT_FALSE(may_leave_out(lowered, policy, six_days));
  EXPECT_FALSE(may_leave_out(at_rest(now), Policy{}, six_days));
}

}  // namespace
}  // namespace dskeeper::keeper
