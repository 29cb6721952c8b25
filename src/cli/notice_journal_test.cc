// A flood does not fill the journal, and what leads to something is always in it.
#include "cli/notice_journal.h"

#include <gtest/gtest.h>

#include <string>

namespace dskeeper::cli {
namespace {

const Time start = parse_time("2026-11-24T03:00:00Z").value();

dns::Name child(int number) {
  return dns::Name::parse("kid" + std::to_string(number) + ".example.").value();
}

TEST(NoticeJournal, OneChild_OnceAnHour_WhereNothingCameOfIt) {
  NoticeJournal journal;
  int told = 0;
  for (Time now = start; now < start + std::chrono::hours(24); now += std::chrono::seconds(2)) {
    told += journal.is_told(child(1), false, now) ? 1 : 0;
  }
  EXPECT_EQ(told, 24);
  EXPECT_TRUE(journal.is_told(child(1), true, start));
}

TEST(NoticeJournal, ManyChildren_FewInADay) {
  NoticeJournal journal;
  int told = 0;
  int number = 0;
  for (Time now = start; now < start + std::chrono::hours(24); now += std::chrono::seconds(1)) {
    told += journal.is_told(child(++number), false, now) ? 1 : 0;
  }
  EXPECT_NEAR(told, 256 + 24 * 60, 2);
  EXPECT_TRUE(journal.is_told(child(7), true, start));
}

TEST(NoticeJournal, AClockThatIsSetBack_SilencesNothingForLong) {
  NoticeJournal journal;
  for (int i = 0; i < 1000; ++i) static_cast<void>(journal.is_told(child(i), false, start));
  const Time earlier = start - std::chrono::hours(10);
  static_cast<void>(journal.is_told(child(1), false, earlier));
  EXPECT_TRUE(journal.is_told(child(0), false, earlier + std::chrono::minutes(1)));
}

}  // namespace
}  // namespace dskeeper::cli
