// Runs each tests/scenarios/*.timeline as a test of its own: `Timeline.<file>`.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/script.h"
#include "scenarios/world.h"

namespace dskeeper::scenarios {
namespace {

class Timeline : public testing::Test {
 public:
  explicit Timeline(std::filesystem::path file) : file_(std::move(file)) {}

  void TestBody() override {
    std::ifstream stream(file_, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const auto lines = parse_script(text, file_.string());
    ASSERT_TRUE(lines) << lines.error().text();
    World world;
    bool any_expectation = false;
    for (const Line& line : *lines) {
      any_expectation = any_expectation || line.has_expectations;
      if (!run_line(world, line)) return;
    }
    EXPECT_TRUE(any_expectation) << file_.string() << ": nothing is expected of this timeline";
  }

 private:
  // False where the rest would only follow from this line's failure.
  bool run_line(World& world, const Line& line) {
    const std::string place = file_.string() + ":" + std::to_string(line.number) + ": ";
    if (const auto happened = world.happen(line); !happened) {
      ADD_FAILURE() << place << happened.error().text();
      return false;
    }
    const auto objections = world.compare(line);
    if (!objections) {
      ADD_FAILURE() << place << objections.error().text();
      return false;
    }
    for (const std::string& objection : *objections) ADD_FAILURE() << place << objection;
    return objections->empty();
  }

  std::filesystem::path file_;
};

void register_timelines() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(DSKEEPER_TIMELINES)) {
    if (entry.path().extension() == ".timeline") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    testing::RegisterTest(
        "Timeline", file.stem().c_str(), nullptr, nullptr, file.c_str(), 1,
        [file]() -> Timeline* { return std::make_unique<Timeline>(file).release(); });
  }
}

}  // namespace
}  // namespace dskeeper::scenarios

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  dskeeper::scenarios::register_timelines();
  return RUN_ALL_TESTS();
}
