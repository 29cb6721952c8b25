#include "model/pass_progress.h"

#include <gtest/gtest.h>

namespace dskeeper {
namespace {

TEST(PassProgress, ReckonsWithThePaceSoFar) {
  PassProgress progress;
  progress.started_at = parse_time("2026-11-24T03:00:00Z").value();
  progress.at = progress.started_at + std::chrono::seconds(10);
  progress.done = 250;
  progress.total = 1000;
  progress.questions = 500;
  EXPECT_DOUBLE_EQ(progress.children_a_second(), 25);
  EXPECT_DOUBLE_EQ(progress.questions_a_second(), 50);
  EXPECT_EQ(progress.time_left(), Duration(std::chrono::seconds(30)));
  progress.done = 1000;
  EXPECT_EQ(progress.time_left(), Duration{});
}

TEST(PassProgress, KnowsNothingAtItsBeginning) {
  const PassProgress progress;
  EXPECT_EQ(progress.children_a_second(), 0);
  EXPECT_FALSE(progress.time_left());
}

}  // namespace
}  // namespace dskeeper
