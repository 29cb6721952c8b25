// docs/errors.md: what goes wrong in one part of `serve` ends the others as they always end.
#include "cli/part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <stdexcept>

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

// Works until it is stopped, then for two more turns of the loop, on what is its own.
class Steady final : public Part {
 public:
  explicit Steady(asio::io_context& context)
      : timer_(context, asio::steady_timer::time_point::max()) {}

  asio::awaitable<Result<void>> run() override {
    boost::system::error_code cancelled;
    if (stops == 0) {
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    for (int i = 0; i < 2; ++i) {
      timer_.expires_after(std::chrono::milliseconds(1));
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
      log_ += "still working, ";
    }
    log_ += "ended";
    co_return Result<void>();
  }
  void stop() override {
    ++stops;
    timer_.cancel();
  }

  [[nodiscard]] const std::string& log() const { return log_; }
  int stops = 0;

 private:
  asio::steady_timer timer_;
  std::string log_;
};

class Throwing final : public Part {
 public:
  asio::awaitable<Result<void>> run() override {
    throw std::runtime_error("out of luck");
    co_return Result<void>();
  }
  void stop() override {}
};

class Failing final : public Part {
 public:
  asio::awaitable<Result<void>> run() override { co_return fail("the store is gone"); }
  void stop() override {}
};

class SideBySide : public testing::Test {
 protected:
  Result<void> run(const std::vector<Part*>& parts) {
    std::optional<Result<void>> result;
    const auto stop_all = [parts] {
      for (Part* const part : parts) part->stop();
    };
    asio::co_spawn(context_, run_side_by_side(parts, stop_all),
                   [&](const std::exception_ptr& exception, Result<void> done) {
                     EXPECT_FALSE(exception);
                     result = std::move(done);
                   });
    context_.run();
    EXPECT_TRUE(result) << "it did not end";
    return result.value_or(Result<void>());
  }

  asio::io_context context_;
  Steady first_{context_};
  Steady last_{context_};
};

TEST_F(SideBySide, AnExceptionStopsTheOthersWhichEndInTheirOrder) {
  Throwing broken;
  const Result<void> done = run({&first_, &broken, &last_});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text(), HasSubstr("out of luck"));
  for (const Steady* part : {&first_, &last_}) {
    EXPECT_EQ(part->log(), "still working, still working, ended");
    EXPECT_EQ(part->stops, 1);
  }
}

TEST_F(SideBySide, TheFirstTroubleIsTheResult) {
  Failing failing;
  Throwing broken;
  const Result<void> done = run({&failing, &first_, &broken});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "the store is gone");
  EXPECT_EQ(first_.stops, 1);
}

TEST_F(SideBySide, PartsThatAreStoppedEndWithoutTrouble) {
  asio::post(context_, [this] {
    first_.stop();
    last_.stop();
  });
  EXPECT_TRUE(run({&first_, &last_}));
  EXPECT_EQ(last_.log(), "still working, still working, ended");
}

TEST_F(SideBySide, NothingIsOverAtOnce) {
  EXPECT_TRUE(run({}));
}

}  // namespace
}  // namespace dskeeper::cli
