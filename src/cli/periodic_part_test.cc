// docs/errors.md: what serves from time to time is tried again, and never ends `serve`.
#include "cli/periodic_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <stdexcept>
#include <vector>

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Would go on for ever.
asio::awaitable<Result<void>> endless() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
  co_return Result<void>();
}

// Each turn does what the test says; in the one after the last it is stopped.
class Scripted final : public PeriodicPart {
 public:
  using Step = std::function<asio::awaitable<Result<void>>()>;
  Scripted(asio::io_context& context, std::vector<Step> steps)
      : PeriodicPart(context.get_executor()), context_(context), steps_(std::move(steps)) {}

  std::vector<std::string> reports;
  mutable std::vector<bool> failed;  // as pause() was told
  std::size_t turns = 0;

 protected:
  asio::awaitable<Result<void>> turn() override {
    if (turns == steps_.size()) {
      asio::post(context_, [this] { stop(); });
      Result<void> never = co_await endless();
      co_return never;
    }
    asio::awaitable<Result<void>> step = steps_[turns++]();
    Result<void> done = co_await std::move(step);
    co_return done;
  }
  Duration pause(bool has_failed) const override {
    failed.push_back(has_failed);
    return std::chrono::milliseconds(1);
  }
  void report(const std::string& trouble) override { reports.push_back(trouble); }

 private:
  asio::io_context& context_;
  std::vector<Step> steps_;
};

asio::awaitable<Result<void>> good() {
  co_return Result<void>();
}
asio::awaitable<Result<void>> bad() {
  co_return fail("the primary is silent");
}
asio::awaitable<Result<void>> worse() {
  throw std::runtime_error("out of luck");
  co_return Result<void>();
}

class PeriodicPartTest : public testing::Test {
 protected:
  void run(Scripted& part) {
    bool has_ended = false;
    asio::co_spawn(context_, part.run(),
                   [&](const std::exception_ptr& exception, const Result<void>& done) {
                     EXPECT_FALSE(exception);
                     EXPECT_TRUE(done);
                     has_ended = true;
                   });
    context_.run();
    EXPECT_TRUE(has_ended);
  }

  asio::io_context context_;
};

TEST_F(PeriodicPartTest, EachTroubleIsSaidOnceAndTriedAgain) {
  Scripted part(context_, {good, bad, bad, worse, worse, good, bad, good});
  run(part);
  EXPECT_EQ(part.turns, 8U);
  EXPECT_THAT(part.reports,
              ElementsAre(HasSubstr("silent"), HasSubstr("out of luck"), HasSubstr("silent")));
  EXPECT_THAT(part.failed, ElementsAre(false, true, true, true, true, false, true, false));
}

TEST_F(PeriodicPartTest, AWaitThatWouldNotEndIsEndedByStopping) {
  Scripted part(context_, {good, [&] {
                             asio::post(context_, [&] { part.stop(); });
                             return endless();
                           }});
  run(part);
  EXPECT_EQ(part.turns, 2U);
  EXPECT_THAT(part.reports, IsEmpty());
}

TEST_F(PeriodicPartTest, WhatIsStoppedBeforeItBeginsDoesNothing) {
  Scripted part(context_, {good});
  part.stop();
  part.stop();
  run(part);
  EXPECT_EQ(part.turns, 0U);
}

}  // namespace
}  // namespace dskeeper::cli
