#include "cli/notify_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace dskeeper::cli {
namespace {

class NotifyMemoryTest : public testing::Test {
 protected:
  NotifyMemoryTest() { std::filesystem::create_directories(folder_); }
  ~NotifyMemoryTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("notify-memory-" + std::to_string(getpid()));
  const child::Records records_ = {{dns::RecordType::cds, {{0, 1, 8, 2}}}};
};

TEST_F(NotifyMemoryTest, KnowsWhatItWasTold_OfTheNameAndTypeAlone) {
  const dns::Name child = dns::Name::parse("kid.example.").value();
  const NotifyMemory memory(folder_, child, dns::RecordType::cds);
  EXPECT_FALSE(memory.knows(records_));
  ASSERT_TRUE(memory.remember(records_));
  EXPECT_TRUE(memory.knows(records_));
  EXPECT_FALSE(memory.knows({{dns::RecordType::cds, {}}}));
  EXPECT_FALSE(NotifyMemory(folder_, child, dns::RecordType::csync).knows(records_));
}

// RFC 1035 §3.1: a label may hold any octet, and a name 255 of them.
TEST_F(NotifyMemoryTest, NamesOfAnyOctetsAndLengthHaveAFileEachInTheFolder) {
  const std::string longest =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".example.";
  const char* const texts[] = {"a/b.example.", "a_b.example.", R"(\000.example.)",
                               R"(\.\./x.example.)", longest.c_str()};
  for (const char* const text : texts) {
    const dns::Name name = dns::Name::parse(text).value();
    const NotifyMemory memory(folder_, name, dns::RecordType::cds);
    EXPECT_FALSE(memory.knows(records_)) << name.text();
    const auto kept = memory.remember(records_);
    ASSERT_TRUE(kept) << kept.error().text();
    EXPECT_TRUE(memory.knows(records_)) << name.text();
  }
  const std::filesystem::directory_iterator files(folder_);
  EXPECT_EQ(std::distance(begin(files), end(files)), std::ssize(texts));
}

TEST_F(NotifyMemoryTest, AFolderThatIsNotThereIsSaidSo) {
  const NotifyMemory memory(folder_ / "gone", dns::Name(), dns::RecordType::cds);
  const auto kept = memory.remember(records_);
  ASSERT_FALSE(kept);
  EXPECT_NE(kept.error().text().find("gone"), std::string::npos) << kept.error().text();
}

}  // namespace
}  // namespace dskeeper::cli
