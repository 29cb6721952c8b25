#include "keeper/outbox.h"

#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time start = timeline_start;

Change queued_change() {
  Change change;
  change.id = "00";
  change.child = dns::Name::parse("kid.example.").value();
  change.parent = dns::Name::parse("example.").value();
  change.before = named_set("A");
  change.after = named_set("B");
  change.queued_at = start;
  change.judged_at = start;
  return change;
}

Change sent_change() {
  return before_send(queued_change(), start).change;
}

TEST(Outbox, IsMarkedAsSentBeforeItLeaves) {
  const Progress first = before_send(queued_change(), start + seconds(1));
  EXPECT_EQ(first.change.state, ChangeState::sent);
  EXPECT_EQ(first.change.sent_at, start + seconds(1));
  EXPECT_EQ(first.change.attempts, 1U);
  EXPECT_TRUE(first.events.empty()) << "the journal hears of it once it has left";
  const Progress second = before_send(first.change, start + seconds(2));
  EXPECT_EQ(second.change.attempts, 2U);
  EXPECT_TRUE(second.events.empty()) << "repeating it is no news";
}

// Every status of a sending: the state that follows, whether to judge again, and whether it is
// news.
TEST(Outbox, EachStatusOfASendingHasItsState) {
  struct Row {
    SendStatus status;
    ChangeState state;
    bool judge_again;
    bool is_taken;
    bool is_uncertain;
  };
  for (const Row& row : {Row{SendStatus::taken, ChangeState::sent, false, true, false},
                         Row{SendStatus::not_as_judged, ChangeState::failed, true, false, false},
                         Row{SendStatus::later, ChangeState::queued, false, false, false},
                         Row{SendStatus::unknown, ChangeState::sent, false, false, true},
                         Row{SendStatus::failed, ChangeState::failed, true, false, false}}) {
    SCOPED_TRACE(to_text(row.status));
    const Progress out = after_send(sent_change(), row.status, "Because.", start + seconds(1));
    EXPECT_EQ(out.change.state, row.state);
    EXPECT_EQ(out.judge_again, row.judge_again);
    EXPECT_EQ(out.change.taken_at.has_value(), row.is_taken);
    EXPECT_EQ(out.change.is_uncertain, row.is_uncertain);
    EXPECT_EQ(out.change.reason, row.is_taken ? "" : "Because.");
    EXPECT_EQ(out.change.ended_at.has_value(), row.state == ChangeState::failed);
    ASSERT_EQ(out.events.size(), 1U);
    EXPECT_EQ(out.events.front().kind, EventKind::change);
    // The same once more is no news while the change is open.
    if (!out.change.is_open()) continue;
    const Change again = before_send(out.change, start + seconds(2)).change;
    EXPECT_TRUE(after_send(again, row.status, "Because.", start + seconds(2)).events.empty());
  }
}

TEST(Outbox, WhatMayHaveBeenAppliedStaysSent) {
  Change change = after_send(sent_change(), SendStatus::unknown, "Lost.", start).change;
  change = before_send(change, start + seconds(1)).change;
  change = after_send(change, SendStatus::later, "Busy.", start + seconds(1)).change;
  EXPECT_EQ(change.state, ChangeState::sent);
}

TEST(Outbox, EachStandingHasItsState) {
  struct Row {
    Standing standing;
    ChangeState state;
    bool judge_again;
  };
  for (const Row& row : {Row{Standing::stands, ChangeState::confirmed, false},
                         Row{Standing::not_yet, ChangeState::sent, false},
                         Row{Standing::otherwise, ChangeState::failed, true}}) {
    SCOPED_TRACE(to_text(row.standing));
    const Change taken = after_send(sent_change(), SendStatus::taken, "", start).change;
    const Progress out = after_confirmation(taken, row.standing, start + seconds(3));
    EXPECT_EQ(out.change.state, row.state);
    EXPECT_EQ(out.judge_again, row.judge_again);
    EXPECT_EQ(out.change.is_open(), row.standing == Standing::not_yet);
    EXPECT_EQ(out.events.size(), row.standing == Standing::not_yet ? 0U : 1U);
  }
}

TEST(Outbox, WhatWasTakenAndIsNotShownForADayHasFailed) {
  const Change taken = after_send(sent_change(), SendStatus::taken, "", start).change;
  EXPECT_TRUE(after_confirmation(taken, Standing::not_yet, start + hours(23)).change.is_open());
  const Progress out = after_confirmation(taken, Standing::not_yet, start + hours(24));
  EXPECT_EQ(out.change.state, ChangeState::failed);
  EXPECT_TRUE(out.judge_again);
}

// "The primary down for longer than a child's next rollover: what is sent then is judged anew."
TEST(Outbox, WhatGotNoAnswerForTooLongCanBeJudgedAnewAndSuperseded) {
  const Change lost = after_send(sent_change(), SendStatus::unknown, "Lost.", start).change;
  EXPECT_EQ(after_confirmation(lost, Standing::not_yet, start + minutes(9)).change.state,
            ChangeState::sent);
  const Change released = after_confirmation(lost, Standing::not_yet, start + minutes(11)).change;
  EXPECT_EQ(released.state, ChangeState::queued);
  EXPECT_TRUE(needs_judging_again(released, start + minutes(11)));
  const Progress applied = after_confirmation(lost, Standing::stands, start + minutes(11));
  EXPECT_EQ(applied.change.state, ChangeState::confirmed);
}

TEST(Outbox, AJudgementIsFreshForTenMinutes) {
  Change change = queued_change();
  EXPECT_FALSE(needs_judging_again(change, start + minutes(10)));
  EXPECT_TRUE(needs_judging_again(change, start + minutes(10) + Duration(1)));
  EXPECT_TRUE(needs_judging_again(change, start - Duration(1)))
      << "after a clock was set back, nobody knows how old it is";
  change = after_send(sent_change(), SendStatus::taken, "", start).change;
  EXPECT_FALSE(needs_judging_again(change, start + hours(1))) << "it is with the parent";
  change = superseded(queued_change(), start);
  EXPECT_FALSE(needs_judging_again(change, start + hours(1)));
}

TEST(Outbox, SendingBacksOffFromASecondToFiveMinutes) {
  Change change = queued_change();
  EXPECT_EQ(next_sending_at(change), start);
  const std::vector<Duration> pauses = {seconds(1),   seconds(2),  seconds(4),  seconds(8),
                                        seconds(16),  seconds(32), seconds(64), seconds(128),
                                        seconds(256), minutes(5),  minutes(5)};
  for (const Duration pause : pauses) {
    change = before_send(change, start).change;
    EXPECT_EQ(next_sending_at(change), start + pause);
  }
  change.attempts = 4'000'000'000U;
  EXPECT_EQ(next_sending_at(change), start + minutes(5));
}

TEST(Outbox, AskingGrowsRarerTheLongerItTakes) {
  const Change change = after_send(sent_change(), SendStatus::taken, "", start).change;
  EXPECT_EQ(next_asking_at(change, start), start + seconds(1));
  EXPECT_EQ(next_asking_at(change, start + seconds(20)), start + seconds(30));
  EXPECT_EQ(next_asking_at(change, start + hours(2)), start + hours(2) + minutes(5));
}

TEST(Outbox, TheCaseShowsTheChange) {
  Case value;
  value.policy = "ch";
  const Case shown = with_change(value, sent_change());
  EXPECT_EQ(shown.change, sent_change());
  EXPECT_EQ(shown.policy, "ch");
}

// design.md, "Fresh before sent".
TEST(Outbox, WhatAPersonReleasedIsJudgedAgainFirst) {
  Change change = queued_change();
  EXPECT_FALSE(needs_judging_again(change, change.judged_at + seconds(1)));
  change.is_released = true;
  EXPECT_TRUE(needs_judging_again(change, change.judged_at + seconds(1)));
}

}  // namespace
}  // namespace dskeeper::keeper
