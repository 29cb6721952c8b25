// What the dashboard asks for: how things stand, days, operators, agents.
#include "web/statistics.h"

#include <gmock/gmock.h>

#include "web/test_site.h"

namespace dskeeper::web {
namespace {

using http::Status;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StatisticsTest : public SiteTest {
 protected:
  void put_census(std::string_view when, std::vector<store::OperatorShare> largest) {
    store::Batch batch;
    batch.censuses = {{.parent = name("example."),
                       .at = at(when),
                       .whole = {.operator_name = {}, .delegations = 100, .secure = 40},
                       .operators = 9,
                       .largest = std::move(largest)}};
    ASSERT_TRUE(store_->commit(batch));
  }
};

TEST_F(StatisticsTest, TellOfEachParentZone) {
  put({}, {waiting_case()});
  EXPECT_THAT(
      ask_as_staff("/api/v1/statistics").body,
      AllOf(HasSubstr(R"({"parents":[{"zone":"example.","policy":"slow","cases":{"hold":1})"),
            HasSubstr(R"("findings":{"hold-running":1},"open_changes":0)"),
            HasSubstr(R"("zone":"sub.example.")")));
}

TEST_F(StatisticsTest, TellHowMuchWaits) {
  Change change;
  change.parent = name("example.");
  change.child = name("kid.example.");
  change.queued_at = clock_.now();
  Change sent = change;
  sent.child = name("two.example.");
  sent.state = ChangeState::sent;
  store::Batch batch;
  batch.changes = {change, sent};
  ASSERT_TRUE(store_->commit(batch));
  desk_.wanted = {"a.example.", "b.example."};
  EXPECT_THAT(
      ask_as_staff("/api/v1/statistics").body,
      AllOf(
          HasSubstr(R"("open_changes":2,"queues":{"looks":2,"changes_queued":1,"changes_sent":1})"),
          HasSubstr(R"("notify":null)")));
  desk_.notify = {.waiting = 3, .messages = {{"taken", 7}, {"unknown", 1}}};
  EXPECT_THAT(ask_as_staff("/api/v1/statistics").body,
              HasSubstr(R"("notify":{"waiting":3,"messages":{"taken":7,"unknown":1}})"));
}

TEST_F(StatisticsTest, DaysHaveWhatHappenedOnThem) {
  Change change;
  change.parent = name("example.");
  change.child = name("kid.example.");
  change.request = Request::bootstrap;
  change.after = waiting_case().ds.value();
  change.queued_at = at("2026-11-29T23:00:00Z");
  store::Batch batch;
  batch.changes = {change};
  ASSERT_TRUE(store_->commit(batch));
  put({}, {},
      {{name("example."), name("kid.example."), at("2026-11-30T01:00:00Z"), EventKind::notify, "A",
        "{}"}});
  put_census("2026-11-30T02:00:00Z", {});
  EXPECT_EQ(
      ask_as_staff("/api/v1/statistics/days?parent=example").body,
      R"({"parent":"example.","since":"2026-09-02","today":"2026-11-30","days":[)"
      R"({"day":"2026-11-29","delegations":null,"secure":null,)"
      R"("changes":{"bootstrap":{"queued":1}},"notifies":0,"reports":0},)"
      R"({"day":"2026-11-30","delegations":100,"secure":40,"changes":{},"notifies":1,"reports":0}]})");
  EXPECT_THAT(ask_as_staff("/api/v1/statistics/days?parent=example&days=1").body,
              AllOf(HasSubstr(R"("since":"2026-11-30")"), Not(HasSubstr("2026-11-29"))));
}

// The largest one by one, the others together: the sums are the whole zone's.
TEST_F(StatisticsTest, OperatorsAddUpToTheZone) {
  put({}, {waiting_case()});
  EXPECT_THAT(ask_as_staff("/api/v1/statistics/operators?parent=example").body,
              HasSubstr(R"("counted_at":null,"zone":{"operators":0,)"));
  put_census("2026-11-30T02:00:00Z", {{"op.test.", 60, 30}, {"", 10, 0}});
  EXPECT_EQ(ask_as_staff("/api/v1/statistics/operators?parent=example").body,
            R"({"parent":"example.","counted_at":"2026-11-30T02:00:00Z",)"
            R"("zone":{"operators":9,"delegations":100,"secure":40,"asking":1,"broken":0},)"
            R"("operators":[)"
            R"({"operator":"op.test.","delegations":60,"secure":30,"asking":1,"broken":0},)"
            R"({"operator":null,"delegations":10,"secure":0,"asking":0,"broken":0}],)"
            R"("others":{"operators":7,"delegations":30,"secure":10,"asking":0,"broken":0}})");
}

TEST_F(StatisticsTest, AgentsAreThoseThatWereTold) {
  put({}, {},
      {{name("example."), name("kid.example."), at("2026-11-30T01:00:00Z"), EventKind::report, "A",
        R"({"agent":"a.test."})"}});
  EXPECT_EQ(ask_as_staff("/api/v1/statistics/agents?parent=example").body,
            R"({"parent":"example.","newest_reports_max":1000,"agents":[)"
            R"({"agent":"a.test.","reports":1,"last_at":"2026-11-30T01:00:00Z"}]})");
}

TEST_F(StatisticsTest, ASlipInAQueryIsSaid) {
  for (const char* target : {"days?parent=other", "days?parent=example&days=0", "days",
                             "days?parent=example&days=401", "days?parent=example&limit=1",
                             "operators", "operators?parent=example&limit=1", "agents?parent=x"}) {
    EXPECT_EQ(ask_as_staff(std::string("/api/v1/statistics/") + target).status, Status::bad_request)
        << target;
  }
}

TEST_F(StatisticsTest, AreMetricsToo) {
  EXPECT_THAT(ask("/metrics").body,
              AllOf(Not(HasSubstr("dskeeper_delegations")), Not(HasSubstr("dskeeper_notif"))));
  put_census("2026-11-30T02:00:00Z", {});
  desk_.notify = {.waiting = 3, .messages = {{"taken", 7}}};
  EXPECT_THAT(ask("/metrics").body,
              AllOf(HasSubstr("dskeeper_delegations{zone=\"example.\",status=\"secure\"} 40"),
                    HasSubstr("dskeeper_delegations{zone=\"example.\",status=\"unsigned\"} 60"),
                    HasSubstr("dskeeper_notify_messages_total{outcome=\"taken\"} 7"),
                    HasSubstr("dskeeper_notified_looks 3")));
}

}  // namespace
}  // namespace dskeeper::web
