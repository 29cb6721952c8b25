// docs/findings.md is what the catalogue says, and every finding has a test that provokes it.
#include "cli/findings_manual.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "model/finding.h"

namespace dskeeper::cli {
namespace {

const std::filesystem::path source_folder = DSKEEPER_SOURCE_DIR;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(FindingsManual, IsWhatTheCatalogueSays) {
  EXPECT_TRUE(read_file(source_folder / "docs/findings.md") == findings_manual())
      << "Put this into docs/findings.md:\n"
      << findings_manual();
}

// Of the rules, the keeper and whole behaviours; tests of the catalogue itself provoke nothing.
std::string provoking_tests() {
  std::string all;
  for (const char* folder : {"src/rules", "src/keeper", "src/cli", "tests"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(source_folder / folder)) {
      const std::string name = entry.path().filename().string();
      const bool is_test = name.ends_with("_test.cc") || name.ends_with(".timeline") ||
                           name.ends_with(".scenario") || name.ends_with(".txt");
      if (!entry.is_regular_file() || !is_test || name == "findings_manual_test.cc") continue;
      all += read_file(entry.path());
    }
  }
  return all;
}

// `name` as a whole word: "server-fails" is not in "server-fails-again".
bool names(const std::string& text, const std::string& name) {
  const auto is_part = [&](std::size_t at) {
    const char c = text[at];
    return (c >= 'a' && c <= 'z') || c == '-';
  };
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool is_start = at == 0 || text[at - 1] == '-' || text[at - 1] == '+' || !is_part(at - 1);
    const std::size_t end = at + name.size();
    if (is_start && (end == text.size() || !is_part(end))) return true;
  }
  return false;
}

TEST(FindingsManual, EveryFindingHasATestThatProvokesIt) {
  const std::string tests = provoking_tests();
  ASSERT_FALSE(tests.empty());
  for (const FindingKind& kind : finding_catalogue()) {
    const std::string name(kind.name);
    std::string enumerator = "FindingCode::" + name;
    std::replace(enumerator.begin(), enumerator.end(), '-', '_');
    EXPECT_TRUE(names(tests, name) || tests.find(enumerator) != std::string::npos)
        << "No test provokes " << name;
  }
}

}  // namespace
}  // namespace dskeeper::cli
