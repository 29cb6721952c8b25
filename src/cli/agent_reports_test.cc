#include "cli/agent_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "net/resolver.h"

namespace dskeeper::cli {
namespace {

using testing::HasSubstr;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

Time at(int hours) {
  return parse_time("2026-11-24T03:00:00Z").value() + std::chrono::hours(hours);
}

class AgentReportsTest : public testing::Test {
 protected:
  AgentReportsTest() {
    delegation_.child = name("kid.example.");
    delegation_.parent = name("example.");
    delegation_.name_servers = {{name("ns1.op.test."), {}}};
  }
  // Nothing is resolved: no address may be asked.
  ~AgentReportsTest() override {
    boost::asio::co_spawn(io_, resolver_->close(), boost::asio::detached);
    io_.run();
  }

  void hear(std::string_view agent, int hours = 0, bool cds = true) {
    Notice notice;
    notice.child = delegation_.child;
    notice.cds = cds;
    notice.csync = !cds;
    notice.agent = name(agent);
    reports_.hear(notice, delegation_, at(hours));
  }

  // A look that ends so.
  keeper::Step look(Outcome outcome, int hours = 0, std::optional<Time> ready_at = {}) {
    keeper::Step step;
    step.next.child = delegation_.child;
    step.next.outcome = outcome;
    step.next.ready_at = ready_at;
    step.next.findings = {{FindingCode::would_break, {}, {}}};
    step.next.conditions = conditions_;
    if (outcome == Outcome::refuse && conditions_.empty()) {
      step.next.conditions.push_back({.code = FindingCode::would_break,
                                      .since = at(hours),
                                      .ended_at = {},
                                      .technical = {},
                                      .registrant = {}});
    }
    reports_.tell(step, delegation_, at(hours));
    conditions_ = step.next.conditions;
    return step;
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<net::Resolver> resolver_ = net::Resolver::create(io_.get_executor(), {}).value();
  report::ReportChannel channel_{io_.get_executor(), *resolver_};
  AgentReports reports_{channel_};
  Delegation delegation_;
  std::vector<Condition> conditions_;
};

TEST_F(AgentReportsTest, AFailedCheckIsReportedAndTheJournalSaysSo) {
  hear("errors.ns1.op.test.");
  const keeper::Step step = look(Outcome::refuse);
  EXPECT_EQ(channel_.sent(), 1U);
  EXPECT_TRUE(step.is_worth_storing);
  EXPECT_EQ(step.next.conditions.front().technical.count, 1U);
  ASSERT_EQ(step.events.size(), 1U);
  EXPECT_EQ(step.events.front().kind, EventKind::report);
  EXPECT_THAT(step.events.front().summary, HasSubstr("errors.ns1.op.test."));
  EXPECT_THAT(step.events.front().details, HasSubstr("\"extended_error\":6"));
}

TEST_F(AgentReportsTest, NeverTwice) {
  hear("errors.ns1.op.test.");
  look(Outcome::refuse);
  look(Outcome::refuse, 30);  // without another NOTIFY
  EXPECT_EQ(channel_.sent(), 1U);
  hear("errors.ns1.op.test.", 31);
  hear("errors.ns1.op.test.", 31);
  look(Outcome::refuse, 31);
  EXPECT_EQ(channel_.sent(), 2U) << "due again after a day";
  hear("errors.ns1.op.test.", 40);
  look(Outcome::refuse, 40);
  EXPECT_EQ(channel_.sent(), 2U) << "RFC 10026 §5.2: at growing intervals";
}

// Edge case 111: what a repetition may mend is not reported yet.
TEST_F(AgentReportsTest, WaitsForTheEndOfTheRetries) {
  hear("errors.ns1.op.test.");
  look(Outcome::retry, 0, at(1));
  EXPECT_EQ(channel_.sent(), 0U);
  look(Outcome::refuse, 1);
  EXPECT_EQ(channel_.sent(), 1U);
}

TEST_F(AgentReportsTest, ASuccessEndsIt) {
  hear("errors.ns1.op.test.");
  look(Outcome::retry, 0, at(1));
  look(Outcome::accept, 1);
  look(Outcome::refuse, 2);
  EXPECT_EQ(channel_.sent(), 0U);
}

TEST_F(AgentReportsTest, GoesToNobodyElse) {
  hear("victim.test.");
  look(Outcome::refuse);
  hear("errors.ns1.op.test.", 0, false);  // for CSYNC, and it is CDS that fails
  look(Outcome::refuse);
  EXPECT_EQ(channel_.sent(), 0U);
}

// RFC 9859 §4.2.1: a NOTIFY is for one type, and so is what is reported of it.
TEST_F(AgentReportsTest, WhatFailsOfCsyncIsReportedAsThat) {
  hear("errors.ns1.op.test.", 0, false);
  keeper::Step step;
  step.next.child = delegation_.child;
  step.next.csync.outcome = Outcome::retry;
  step.next.csync.ready_at = at(1);
  step.next.csync.findings = {{FindingCode::csync_server_lame, {}, {}}};
  reports_.tell(step, delegation_, at(0));
  EXPECT_EQ(channel_.sent(), 0U) << "it may succeed yet";
  step.next.csync.outcome = Outcome::refuse;
  step.next.csync.ready_at.reset();
  reports_.tell(step, delegation_, at(1));
  EXPECT_EQ(channel_.sent(), 1U);
  ASSERT_EQ(step.events.size(), 1U);
  EXPECT_THAT(step.events.front().summary, HasSubstr("csync-server-lame"));
  reports_.tell(step, delegation_, at(2));
  EXPECT_EQ(channel_.sent(), 1U) << "one NOTIFY, one report";
}

TEST_F(AgentReportsTest, IsForgottenInTime) {
  hear("errors.ns1.op.test.");
  look(Outcome::refuse, 24);
  EXPECT_EQ(channel_.sent(), 0U);
}

}  // namespace
}  // namespace dskeeper::cli
