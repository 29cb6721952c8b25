// Issue 6, item 5: NOTIFY received → checked → changed → confirmed, with durations.
#include "cli/history_timing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dskeeper::cli {
namespace {

const Time start = parse_time("2026-11-24T03:00:00Z").value();
using Times = std::vector<std::optional<Duration>>;

JournalEntry entry(int at_ms, EventKind kind, std::string details = "{}") {
  JournalEntry out;
  out.event.at = start + Duration(at_ms);
  out.event.kind = kind;
  out.event.details = std::move(details);
  return out;
}

std::optional<Duration> after(int ms) {
  return Duration(ms);
}

TEST(HistoryTiming, FromTheNotifyToTheConfirmation) {
  const Times times = times_since_notice({
      entry(0, EventKind::notify),
      entry(400, EventKind::transition, R"({"channel":"notify"})"),
      entry(400, EventKind::change, R"({"state":"queued"})"),
      entry(700, EventKind::change, R"({"state":"sent"})"),
      entry(1300, EventKind::change, R"({"state":"confirmed"})"),
      entry(5000, EventKind::transition, R"({"channel":"due"})"),
  });
  EXPECT_EQ(times,
            (Times{std::nullopt, after(400), after(400), after(700), after(1300), std::nullopt}));
}

// Edge case 111: the retry that finds the secondaries in step follows from the NOTIFY.
TEST(HistoryTiming, RetriesFollowFromTheNotify_PassesDoNot) {
  const Times times = times_since_notice({
      entry(0, EventKind::notify),
      entry(400, EventKind::transition, R"({"channel":"notify"})"),
      entry(300'400, EventKind::transition, R"({"channel":"due"})"),
      entry(301'000, EventKind::change, R"({"state":"confirmed"})"),
      entry(400'000, EventKind::notify),
      entry(400'400, EventKind::transition, R"({"channel":"notify"})"),
      entry(500'000, EventKind::transition, R"({"channel":"scan"})"),
      entry(500'900, EventKind::change, R"({"state":"confirmed"})"),
  });
  EXPECT_EQ(times, (Times{std::nullopt, after(400), after(300'400), after(301'000), std::nullopt,
                          after(400), std::nullopt, std::nullopt}));
}

TEST(HistoryTiming, WhatCannotBeReadFollowsFromNothingElse) {
  const Times times =
      times_since_notice({entry(0, EventKind::transition), entry(0, EventKind::notify),
                          entry(50, EventKind::look, "no JSON")});
  EXPECT_EQ(times, (Times{std::nullopt, std::nullopt, after(50)}));
  EXPECT_EQ(since_notice_text(after(1349)), " (1.3 s after the NOTIFY)");
  EXPECT_EQ(since_notice_text(std::nullopt), "");
}

}  // namespace
}  // namespace dskeeper::cli
