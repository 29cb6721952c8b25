#include "net/backoff.h"

#include <gtest/gtest.h>

namespace dskeeper::net {
namespace {

using std::chrono::seconds;

constexpr Moment begin = Moment{} + std::chrono::hours(1);

// What a server says of so many children, one after the other, each asked at `at`.
class BackoffTest : public testing::Test {
 protected:
  void hear(Heard heard, std::size_t children, Moment at = begin) {
    for (std::size_t i = 0; i < children; ++i) backoff_.note(++child_, heard, at, at);
  }

  Backoff backoff_;
  std::size_t child_ = 0;
};

TEST_F(BackoffTest, AServerThatAnswersKeepsItsRate) {
  hear(Heard::answer, 1000);
  EXPECT_EQ(backoff_.eighths(begin), 8U);
}

TEST_F(BackoffTest, ABurstHalvesThePace) {
  const struct {
    Heard heard;
    std::size_t children;
  } bursts[] = {{Heard::failure, 8}, {Heard::silence, 8}, {Heard::refusal, 12}};
  for (const auto& [heard, children] : bursts) {
    backoff_ = {};
    hear(heard, children - 1);
    EXPECT_EQ(backoff_.eighths(begin), 8U);
    hear(heard, 1);
    EXPECT_EQ(backoff_.eighths(begin), 4U);
  }
}

TEST_F(BackoffTest, TheFloorIsAnEighth) {
  for (int burst = 1; burst < 10; ++burst) hear(Heard::failure, 8, begin + seconds(burst));
  EXPECT_EQ(backoff_.eighths(begin + seconds(10)), 1U);
}

TEST_F(BackoffTest, ComesBackInEqualSteps) {
  hear(Heard::failure, 8);
  EXPECT_EQ(backoff_.eighths(begin + seconds(3)), 4U);
  EXPECT_EQ(backoff_.eighths(begin + seconds(4)), 5U);
  EXPECT_EQ(backoff_.eighths(begin + seconds(12)), 7U);
  EXPECT_EQ(backoff_.eighths(begin + seconds(1000)), 8U);
}

TEST_F(BackoffTest, OneChildIsNoBurstHoweverOftenItIsAsked) {
  for (int i = 0; i < 100; ++i) backoff_.note(1, Heard::failure, begin, begin);
  for (int i = 0; i < 100; ++i) backoff_.note(2, Heard::refusal, begin, begin);
  EXPECT_EQ(backoff_.eighths(begin), 8U);
}

TEST_F(BackoffTest, SomeLameZonesAmongOthersAreNoBurst) {
  for (int i = 0; i < 1000; ++i) {
    hear(Heard::refusal, 1);
    hear(Heard::answer, 1);
  }
  EXPECT_EQ(backoff_.eighths(begin), 8U);
}

TEST_F(BackoffTest, ALossOfOneInFiveIsNoBurst) {
  for (int i = 0; i < 1000; ++i) {
    hear(Heard::silence, 1);
    hear(Heard::answer, 4);
  }
  EXPECT_EQ(backoff_.eighths(begin), 8U);
}

TEST_F(BackoffTest, WhatWasSentAtTheEarlierPaceSaysNothingOfThisOne) {
  hear(Heard::failure, 8);
  const Moment later = begin + seconds(1);
  for (std::size_t i = 0; i < 100; ++i) {
    backoff_.note(1000 + i, Heard::failure, begin - seconds(1), later);
  }
  EXPECT_EQ(backoff_.eighths(later), 4U);
}

// A server that serves none of the zones that are delegated to it refuses at any pace.
TEST_F(BackoffTest, RefusalsThatGoOnAtTheFloorAreNotAboutThePace) {
  for (int burst = 1; burst <= 4; ++burst) hear(Heard::refusal, 12, begin + seconds(burst));
  EXPECT_EQ(backoff_.eighths(begin + seconds(5)), 8U);
  hear(Heard::refusal, 100, begin + seconds(6));
  EXPECT_EQ(backoff_.eighths(begin + seconds(6)), 8U);
  hear(Heard::answer, 16, begin + seconds(7));
  hear(Heard::refusal, 12, begin + seconds(8));
  EXPECT_EQ(backoff_.eighths(begin + seconds(8)), 4U) << "it can do otherwise";
}

TEST_F(BackoffTest, FailuresThatGoOnAtTheFloorStayThere) {
  for (int burst = 1; burst <= 9; ++burst) hear(Heard::failure, 8, begin + seconds(burst));
  EXPECT_EQ(backoff_.eighths(begin + seconds(10)), 1U);
}

}  // namespace
}  // namespace dskeeper::net
