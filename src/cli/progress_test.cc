#include "cli/progress.h"

#include <gtest/gtest.h>

namespace dskeeper::cli {
namespace {

PassProgress some_progress() {
  PassProgress progress;
  progress.parent = dns::Name::parse("example.").value();
  progress.started_at = parse_time("2026-11-24T03:00:00Z").value();
  progress.at = progress.started_at + std::chrono::seconds(3);
  progress.done = 12'345;
  progress.total = 20'000;
  progress.questions = 27'900;
  progress.outcomes = {{"hold", 3}, {"idle", 12'300}};
  return progress;
}

TEST(Progress, InWords) {
  PassProgress progress = some_progress();
  EXPECT_EQ(progress_text(progress),
            "12,345 of 20,000 children, 4,115 a second, 9,300 questions a second, 2 s left; "
            "3 hold, 12,300 idle");
  progress.outcomes.clear();
  progress.done = progress.total;
  EXPECT_EQ(progress_text(progress),
            "20,000 of 20,000 children, 6,667 a second, 9,300 questions a second");
  progress.done = 0;
  EXPECT_EQ(progress_text(progress), "0 of 20,000 children");
}

TEST(Progress, SaysHowLongInTheUnitsThatFit) {
  const struct {
    std::uint64_t total;
    const char* left;
  } cases[] = {{60, "59 s left"}, {101, "1 min 40 s left"}, {7501, "2 h 5 min left"}};
  for (const auto& [total, left] : cases) {
    PassProgress progress = some_progress();
    progress.at = progress.started_at + std::chrono::seconds(1);
    progress.done = 1;
    progress.total = total;
    EXPECT_NE(progress_text(progress).find(left), std::string::npos) << progress_text(progress);
  }
}

TEST(Progress, AsJson) {
  EXPECT_EQ(progress_json(some_progress()),
            R"({"started_at":"2026-11-24T03:00:00Z","at":"2026-11-24T03:00:03Z","done":12345,)"
            R"("total":20000,"children_a_second":4115.0,"questions":27900,)"
            R"("questions_a_second":9300.0,"seconds_left":2,"outcomes":{"hold":3,"idle":12300}})");
}

TEST(Progress, FitsTheTerminal) {
  EXPECT_EQ(fitting("0123456789", 10), "0123456789");
  EXPECT_EQ(fitting("0123456789", 8), "01234...");
  EXPECT_EQ(fitting("0123456789", 2), "..");
}

}  // namespace
}  // namespace dskeeper::cli
