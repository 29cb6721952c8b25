// Who is told what, and how often (RFC 10026 §5). Timelines.
#include "keeper/reports.h"

#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;

// Looks once a day and sends what is due; the days on which each audience was told of `code`.
struct Days {
  std::vector<unsigned> technical;
  std::vector<unsigned> registrant;
};
Days look_daily(Timeline& t, unsigned from, unsigned to, const std::string& what,
                FindingCode code) {
  Days days;
  for (unsigned day = from; day < to; ++day) {
    t.look_for_test(what, hours(24 * day));
    if (!t.before) continue;
    const Time now = timeline_start + hours(24 * day);
    for (const DueReport& report : due_reports(*t.before, now)) {
      t.before = with_report(*t.before, report, now);
      if (report.code != code) continue;
      (report.audience == Audience::technical ? days.technical : days.registrant).push_back(day);
    }
  }
  return days;
}

using List = std::vector<unsigned>;

// [10026-11] [10026-13]
TEST(EdgeCase, N129_TheSameFailureOnThirtyScansIsReportedTwiceThenMoreRarely) {
  Timeline t = secure_timeline();
  const Days days = look_daily(t, 0, 31, "forbid update", FindingCode::signer_not_in_ds);
  EXPECT_EQ(days.technical, (List{0, 1, 5, 13, 29}));
  EXPECT_EQ(days.registrant, (List{3, 4, 8, 16})) << "after three days, and as rarely";
}

// [10026-13]
TEST(Rfc10026, S5_1_3_WhatComesAndGoesIsNotReportedAnewEachTime) {
  Timeline t = secure_timeline();
  List told;
  for (unsigned day = 0; day < 30; ++day) {
    const char* what = day % 2 == 0 ? "forbid update" : "in-sync";
    const Days days = look_daily(t, day, day + 1, what, FindingCode::signer_not_in_ds);
    told.insert(told.end(), days.technical.begin(), days.technical.end());
    EXPECT_TRUE(days.registrant.empty()) << "it never lasts";
  }
  EXPECT_EQ(told, (List{0, 2, 6, 14}));
  Timeline twice = secure_timeline();
  look_daily(twice, 0, 2, "forbid update", FindingCode::signer_not_in_ds);
  look_daily(twice, 2, 3, "in-sync", FindingCode::signer_not_in_ds);
  const Days after = look_daily(twice, 3, 8, "forbid update", FindingCode::signer_not_in_ds);
  EXPECT_EQ(after.technical, (List{5})) << "as if it had gone on";
  EXPECT_EQ(after.registrant, (List{6, 7})) << "three days after it came back";
}

// [10026-13]
TEST(Rfc10026, S5_1_3_WhatIsOverForLongIsNewsAgain) {
  Timeline t = secure_timeline();
  look_daily(t, 0, 2, "forbid update", FindingCode::signer_not_in_ds);
  look_daily(t, 2, 20, "in-sync", FindingCode::signer_not_in_ds);
  EXPECT_TRUE(t.before->conditions.empty());
  const Days days = look_daily(t, 20, 22, "forbid update", FindingCode::signer_not_in_ds);
  EXPECT_EQ(days.technical, (List{20, 21}));
}

// [10026-11]
TEST(Rfc10026, S5_1_2_ATroubleThatARetryMayMendIsNotReported) {
  Timeline t = secure_timeline();
  t.run(R"(
    0m   differ update => retry
    5m   differ update => retry
    15m  differ update => retry
    35m  differ update => retry
  )");
  EXPECT_TRUE(due_reports(*t.before, timeline_start + hours(1)).empty());
  t.run("75m differ update => refuse");
  const std::vector<DueReport> due = due_reports(*t.before, timeline_start + hours(2));
  const DueReport differ = {FindingCode::servers_differ, Audience::technical};
  EXPECT_NE(std::find(due.begin(), due.end(), differ), due.end());
}

TEST(Reports, AreBounded) {
  Case value;
  value.outcome = Outcome::refuse;
  for (std::size_t i = 0; i < finding_code_count; ++i) {
    value.findings.push_back({static_cast<FindingCode>(i), {}, {}});
  }
  EXPECT_EQ(next_conditions(value, timeline_start).size(), conditions_max);
}

TEST(Reports, AChildThatGoesOnFailingIsNotWrittenAtEachPass) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   forbid update => refuse
    24h  forbid update => refuse quiet unstored
    48h  forbid update => refuse quiet unstored
  )");
  EXPECT_EQ(t.before->conditions.size(), 1U);
}

}  // namespace
}  // namespace dskeeper::keeper
