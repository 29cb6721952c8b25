// Killing the process at any point loses nothing that was committed and leaves nothing half done.
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <random>

#include "base/check.h"
#include "store/journal_check.h"
#include "store/sqlite_store.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

constexpr int children_per_batch = 3;
constexpr int kills = 20;

std::string child_name(int index) {
  return fmt::format("kid{}.example.", index);
}

// Batch `number`: every case, as many events, and one change, all of that second.
Batch batch_of(std::int64_t number) {
  Batch batch;
  for (int child = 0; child < children_per_batch; ++child) {
    batch.cases.push_back(sample_case(child_name(child), "example.", number));
    batch.events.push_back(sample_event(child_name(child), "example.", number));
  }
  batch.changes.push_back(sample_change(child_name(0), "example.", number));
  batch.roll.push_back({.parent = name("example."),
                        .child = name(child_name(static_cast<int>(number))),
                        .mark = RollMark::secure});
  return batch;
}

std::int64_t batches_in(Store& store) {
  const JournalCheck check = verify_journal(store, name("example.")).value();
  EXPECT_FALSE(check.first_broken);
  EXPECT_EQ(check.sound % children_per_batch, 0U);
  return static_cast<std::int64_t>(check.sound) / children_per_batch;
}

// Takes the lease and commits batches until it is killed; tells the pipe of each that is durable.
[[noreturn]] void commit_for_ever(const std::string& path, int pipe) {
  auto store = open_sqlite_store(path, Access::read_write);
  if (!store) _exit(1);
  const auto lease = (*store)->take_lease(name("example."));
  if (!lease) _exit(2);
  for (std::int64_t number = batches_in(**store) + 1;; ++number) {
    if (!(*store)->commit(batch_of(number))) _exit(3);
    if (write(pipe, "+", 1) != 1) _exit(4);
  }
}

// The kernel kills this process after so long, wherever it is then.
void die_in(std::chrono::microseconds moment) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  timer_t timer{};
  const auto nanoseconds = std::chrono::nanoseconds(moment).count();
  const itimerspec when{
      .it_interval = {},
      .it_value = {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000}};
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  CHECK(timer_settime(timer, 0, &when, nullptr) == 0);
}

// How many batches the writer reported before it died.
std::int64_t run_and_kill(const std::string& path, std::chrono::microseconds life) {
  std::array<int, 2> pipe_ends{};
  CHECK(pipe2(pipe_ends.data(), O_CLOEXEC) == 0);
  const pid_t writer = fork();
  if (writer == 0) {
    die_in(life);
    commit_for_ever(path, pipe_ends[1]);
  }
  close(pipe_ends[1]);
  std::int64_t reported = 0;
  for (char report = 0; read(pipe_ends[0], &report, 1) == 1;) ++reported;
  close(pipe_ends[0]);
  int status = 0;
  waitpid(writer, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
  return reported;
}

TEST(SqliteCrash, EveryBatchIsThereOrNotAtAll) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  std::mt19937 random(7344);  // NOLINT: the same moments in every run
  std::int64_t before = 0;
  for (int round = 0; round < kills; ++round) {
    const std::chrono::microseconds life(1 + random() % 120'000);
    const std::int64_t reported = run_and_kill(path, life);

    auto opened = open_sqlite_store(path, Access::read_write);
    ASSERT_TRUE(opened) << opened.error().text();
    Store& store = **opened;
    const std::int64_t batches = batches_in(store);
    EXPECT_GE(batches, before + reported);
    EXPECT_LE(batches, before + reported + 1);  // one may be durable and not yet reported
    before = batches;

    const auto changes = store.open_changes(name("example.")).value();
    EXPECT_EQ(static_cast<std::int64_t>(changes.size()), batches);
    std::int64_t on_roll = 0;
    EXPECT_TRUE(store.visit_roll(name("example."), [&](const auto&, bool) { ++on_roll; }));
    EXPECT_EQ(on_roll, batches);
    EXPECT_TRUE(store.visit_cases(name("example."), [&](const Case& value) {
      EXPECT_EQ(value.at, at_second(batches)) << value.child.text();
    }));
    EXPECT_TRUE(store.take_lease(name("example.")));  // died with its holder
  }
  EXPECT_GT(before, 0);
}

}  // namespace
}  // namespace dskeeper::store
