#include "net/timer_wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace dskeeper::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Alarm final : public TimerWheel::Entry {
 public:
  explicit Alarm(std::function<void()> action) : action_(std::move(action)) {}

 private:
  void expired() override { action_(); }
  std::function<void()> action_;
};

class TimerWheelTest : public testing::Test {
 protected:
  Moment start_{seconds(1000)};
  TimerWheel wheel_{start_};
  std::vector<int> fired_;
};

TEST_F(TimerWheelTest, FiresInOrderAndNeverEarly) {
  Alarm late([this] { fired_.push_back(2); });
  Alarm soon([this] { fired_.push_back(1); });
  wheel_.arm(late, start_ + milliseconds(95));
  wheel_.arm(soon, start_ + milliseconds(30));
  wheel_.advance(start_ + milliseconds(29));
  EXPECT_THAT(fired_, testing::IsEmpty());
  wheel_.advance(start_ + milliseconds(90));
  EXPECT_THAT(fired_, testing::ElementsAre(1));
  wheel_.advance(start_ + milliseconds(100));
  EXPECT_THAT(fired_, testing::ElementsAre(1, 2));
  EXPECT_TRUE(wheel_.is_empty());
}

TEST_F(TimerWheelTest, DeadlinesBeyondOneTurnGoRoundAgain) {
  Alarm alarm([this] { fired_.push_back(1); });
  wheel_.arm(alarm, start_ + seconds(25));
  for (int second = 1; second < 25; ++second) wheel_.advance(start_ + seconds(second));
  EXPECT_THAT(fired_, testing::IsEmpty());
  wheel_.advance(start_ + seconds(25));
  EXPECT_THAT(fired_, testing::ElementsAre(1));
}

TEST_F(TimerWheelTest, ALongPauseLosesNothing) {
  Alarm first([this] { fired_.push_back(1); });
  Alarm second([this] { fired_.push_back(2); });
  wheel_.arm(first, start_ + milliseconds(10));
  wheel_.arm(second, start_ + seconds(3000));
  wheel_.advance(start_ + seconds(2999));
  EXPECT_THAT(fired_, testing::ElementsAre(1));
  wheel_.advance(start_ + seconds(3600));
  EXPECT_THAT(fired_, testing::ElementsAre(1, 2));
}

TEST_F(TimerWheelTest, EntriesMayDisarmRearmAndDestroyEachOtherWhileFiring) {
  auto victim = std::make_unique<Alarm>([this] { fired_.push_back(99); });
  Alarm killer([&] {
    fired_.push_back(1);
    victim.reset();
  });
  wheel_.arm(killer, start_ + milliseconds(10));
  wheel_.arm(*victim, start_ + milliseconds(10));
  int rounds = 0;
  Alarm again([&] {
    if (++rounds < 3) wheel_.arm(again, start_);  // overdue: at the next tick, not at once
  });
  wheel_.arm(again, start_ + milliseconds(10));
  wheel_.advance(start_ + milliseconds(10));
  EXPECT_THAT(fired_, testing::ElementsAre(1));
  EXPECT_EQ(rounds, 1);
  wheel_.advance(start_ + milliseconds(20));
  wheel_.advance(start_ + milliseconds(30));
  EXPECT_EQ(rounds, 3);
  EXPECT_TRUE(wheel_.is_empty());
}

TEST_F(TimerWheelTest, ArmingAgainMovesTheDeadline) {
  Alarm alarm([this] { fired_.push_back(1); });
  wheel_.arm(alarm, start_ + milliseconds(10));
  wheel_.arm(alarm, start_ + milliseconds(50));
  wheel_.advance(start_ + milliseconds(40));
  EXPECT_THAT(fired_, testing::IsEmpty());
  wheel_.disarm(alarm);
  wheel_.advance(start_ + seconds(60));
  EXPECT_THAT(fired_, testing::IsEmpty());
}

}  // namespace
}  // namespace dskeeper::net
