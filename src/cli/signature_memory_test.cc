// Only what is ours, whole and ours alone is believed.
#include "cli/signature_memory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace dskeeper::cli {
namespace {

namespace fs = std::filesystem;

const Time now = parse_time("2026-11-24T03:00:00Z").value();
constexpr dns::VerifiedSignatures::Tag some_tag = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

class SignatureMemoryFile : public testing::Test {
 protected:
  SignatureMemoryFile() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~SignatureMemoryFile() override { fs::remove_all(folder_); }

  void learn() const {
    SignatureMemory memory(file_);
    memory.known()->add(some_tag, now + std::chrono::hours(24), now);
    ASSERT_TRUE(memory.save());
  }

  // Also that another one is begun, and that it can be kept in the place of the first.
  void expect_put_aside(const std::string& why) const {
    SignatureMemory memory(file_);
    EXPECT_NE(memory.trouble().find(why), std::string::npos) << memory.trouble();
    EXPECT_FALSE(memory.known()->contains(some_tag));
    fs::remove_all(file_);
    learn();
    EXPECT_TRUE(SignatureMemory(file_).known()->contains(some_tag));
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("signatures-" + std::to_string(getpid()));
  const fs::path file_ = folder_ / "dskeeper.db.signatures";
};

TEST_F(SignatureMemoryFile, TheNextProcessKnowsWhatThisOneVerified) {
  EXPECT_EQ(SignatureMemory(file_).trouble(), "");  // there is none yet
  learn();
  const SignatureMemory memory(file_);
  EXPECT_EQ(memory.trouble(), "");
  EXPECT_TRUE(memory.known()->contains(some_tag));
  struct stat about {};
  ASSERT_EQ(stat(file_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(SignatureMemoryFile, WithoutNewsNothingIsWritten) {
  EXPECT_TRUE(SignatureMemory(file_).save());
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(SignatureMemoryFile, AFileThatOthersMayReadIsPutAside) {
  learn();
  fs::permissions(file_, fs::perms::group_read, fs::perm_options::add);
  expect_put_aside("others may read or write it");
}

TEST_F(SignatureMemoryFile, ADamagedFileIsPutAside) {
  learn();
  std::fstream(file_, std::ios::in | std::ios::out | std::ios::binary).seekp(5000).put('x');
  expect_put_aside("it is damaged");
}

TEST_F(SignatureMemoryFile, ALinkIsNotFollowed) {
  learn();
  const fs::path elsewhere = folder_ / "elsewhere";
  fs::rename(file_, elsewhere);
  fs::create_symlink(elsewhere, file_);
  expect_put_aside(file_.string());
}

TEST_F(SignatureMemoryFile, APipeIsNotWaitedFor) {
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  expect_put_aside("it is no plain file");
}

TEST_F(SignatureMemoryFile, WhatAKilledProcessLeftIsOverwritten) {
  std::ofstream(file_.string() + ".new") << "half";
  learn();
  EXPECT_TRUE(SignatureMemory(file_).known()->contains(some_tag));
  EXPECT_FALSE(fs::exists(file_.string() + ".new"));
}

TEST_F(SignatureMemoryFile, AFolderThatCannotBeWrittenIsSaid) {
  SignatureMemory memory(folder_ / "missing" / "signatures");
  memory.known()->add(some_tag, now + std::chrono::hours(24), now);
  EXPECT_FALSE(memory.save());
}

}  // namespace
}  // namespace dskeeper::cli
