#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>

#include "model/json.h"
#include "parent/sinks.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

SendResult run(const std::vector<std::string>& command,
               Duration timeout = std::chrono::seconds(20)) {
  const auto sink = make_command_sink({command, timeout});
  const std::vector<Change> changes = {test_change("kid.example.", {}, {1})};
  return run_to_end(sink->send(changes, Snapshot(name("example."), "1", {}))).at(0);
}

SendResult run_shell(const std::string& script, Duration timeout = std::chrono::seconds(20)) {
  return run({"/bin/sh", "-c", script}, timeout);
}

TEST(CommandSink, GivesTheChangeAsOneLineOfJson) {
  const TestFolder folder;
  const std::string seen = (folder.path() / "seen").string();
  EXPECT_EQ(run({"/bin/sh", "-c", "cat > \"$1\"", "sh", seen}).status, SendStatus::taken);
  const std::string text = contents(seen);
  EXPECT_EQ(text, change_to_contract_json(test_change("kid.example.", {}, {1})) + "\n");
}

TEST(CommandSink, TheExitStatusSaysWhatCameOfIt) {
  const struct {
    const char* script;
    SendStatus status;
    const char* reason;
  } cases[] = {
      {"exit 0", SendStatus::taken, ""},
      {"echo busy >&2; echo more >&2; exit 75", SendStatus::later, "/bin/sh exits with 75: busy"},
      {"echo busy >/dev/stderr; exit 75", SendStatus::later, "/bin/sh exits with 75: busy"},
      {"echo ignored; exit 3", SendStatus::failed, "/bin/sh exits with 3: it says nothing"},
      {"kill -9 $$", SendStatus::unknown, "/bin/sh was ended by signal 9: it says nothing"},
      {"printf 'a\\033[31mb\\n' >&2; exit 1", SendStatus::failed, "/bin/sh exits with 1: a [31mb"},
  };
  for (const auto& [script, status, reason] : cases) {
    const SendResult result = run_shell(script);
    EXPECT_EQ(result.status, status) << script;
    EXPECT_EQ(result.reason, reason);
  }
}

TEST(CommandSink, KillsWhatTakesTooLong) {
  const SendResult result =
      run_shell("echo waiting >&2; exec sleep 60", std::chrono::milliseconds(300));
  EXPECT_EQ(result.status, SendStatus::unknown);
  EXPECT_EQ(result.reason, "/bin/sh took longer than 300ms: waiting");
}

TEST(CommandSink, DoesNotWaitForWhatTheProgramLeftRunning) {
  EXPECT_EQ(run_shell("sleep 5 & exit 0", std::chrono::seconds(3)).status, SendStatus::taken);
}

TEST(CommandSink, LeavesNothingRunningWhenItIsLeft) {
  const TestFolder folder;
  const std::string file = (folder.path() / "pid").string();
  const auto sink = make_command_sink(
      {{"/bin/sh", "-c", "echo $$ >\"$1\"; exec sleep 60", "sh", file}, std::chrono::seconds(60)});
  const std::vector<Change> changes = {test_change("kid.example.", {}, {1})};
  const Snapshot snapshot(name("example."), "1", {});
  {
    boost::asio::io_context context;
    boost::asio::co_spawn(context, sink->send(changes, snapshot),
                          [](const std::exception_ptr&, const std::vector<SendResult>&) {});
    for (int i = 0; i < 100 && contents(file).empty(); ++i) {
      context.run_for(std::chrono::milliseconds(50));
    }
  }
  const int pid = std::atoi(contents(file).c_str());
  ASSERT_GT(pid, 0);
  EXPECT_EQ(kill(pid, 0), -1) << "it still runs";
}

TEST(CommandSink, BoundsWhatItKeepsOfStandardError) {
  const SendResult result = run_shell("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1");
  EXPECT_EQ(result.status, SendStatus::failed);
  EXPECT_LT(result.reason.size(), 1100U);
}

TEST(CommandSink, WhatCannotBeStartedWaits) {
  const SendResult result = run({"/nonexistent/program"});
  EXPECT_EQ(result.status, SendStatus::later);
  EXPECT_EQ(result.reason, "/nonexistent/program cannot be started: No such file or directory");
}

// Every descriptor is in use, at whatever step that is noticed: the process goes on.
TEST(CommandSink, WithoutDescriptorsNothingIsLost) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = open("/dev/null", O_RDONLY);
  ASSERT_GE(next, 0);
  close(next);
  for (rlim_t spare = 3; spare < 12; ++spare) {  // three for the io_context
    const rlimit tight{static_cast<rlim_t>(next) + spare, before.rlim_max};
    boost::asio::io_context context;
    const boost::asio::steady_timer opens_what_the_context_needs(context);
    std::vector<SendResult> results;
    const auto sink = make_command_sink({{"/bin/true"}, std::chrono::seconds(20)});
    const std::vector<Change> changes = {test_change("kid.example.", {}, {1})};
    const Snapshot snapshot(name("example."), "1", {});
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
    boost::asio::co_spawn(context, sink->send(changes, snapshot),
                          [&](const std::exception_ptr& error, std::vector<SendResult> sent) {
                            if (error) std::rethrow_exception(error);
                            results = std::move(sent);
                          });
    context.run();
    setrlimit(RLIMIT_NOFILE, &before);
    ASSERT_EQ(results.size(), 1U) << spare;
    EXPECT_NE(results[0].status, SendStatus::failed) << results[0].reason;
  }
}

TEST(CommandSink, TellsTheProgramNoSecrets) {
  setenv("DSKEEPER_TEST_SECRET", "hush", 1);
  EXPECT_EQ(run_shell("test -z \"$DSKEEPER_TEST_SECRET\" && test -n \"$PATH\"").status,
            SendStatus::taken);
  EXPECT_EQ(run_shell("test \"$(ls /proc/self/fd | wc -l)\" -le 4").status, SendStatus::taken)
      << "nor open files";
  unsetenv("DSKEEPER_TEST_SECRET");
}

TEST(NoneSink, ChangesAreShownOnly) {
  const std::vector<Change> changes(2, test_change("kid.example.", {}, {1}));
  const auto results =
      run_to_end(make_none_sink()->send(changes, Snapshot(name("example."), "1", {})));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].status, SendStatus::later);
  EXPECT_FALSE(results[1].reason.empty());
}

}  // namespace
}  // namespace dskeeper::parent
