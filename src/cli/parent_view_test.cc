// Who asks whether the parent zone has changed, and how often.
#include "cli/parent_view.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "parent/test_support.h"

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;
using parent::name;

const dns::Name zone = name("example.");

// Answers when it is told to.
class SlowSource final : public parent::Source {
 public:
  explicit SlowSource(asio::io_context& context)
      : asked_(context, asio::steady_timer::time_point::max()) {}
  std::string revision = "7";
  bool is_reachable = true;
  int questions = 0;
  int readings = 0;

  void answer() { asked_.cancel(); }
  asio::awaitable<Result<std::shared_ptr<const parent::Snapshot>>> read() override {
    ++readings;
    co_return std::make_shared<const parent::Snapshot>(
        zone, revision, std::vector{parent::test_delegation("a.example.", {1})});
  }
  asio::awaitable<Result<bool>> has_changed(const parent::Snapshot& snapshot) override {
    ++questions;
    boost::system::error_code cancelled;
    co_await asked_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!is_reachable) co_return fail("nobody answers", zone.text());
    co_return snapshot.revision() != revision;
  }

 private:
  asio::steady_timer asked_;
};

class ParentViewTest : public testing::Test {
 protected:
  ParentViewTest() {
    settings_.zone = zone;
    work_.settings = &settings_;
    auto source = std::make_unique<SlowSource>(context_);
    source_ = source.get();
    work_.source = std::move(source);
    begin(view_.read());
    run();
  }

  void begin(asio::awaitable<Result<void>> work) {
    asio::co_spawn(context_, std::move(work),
                   [this](const std::exception_ptr& thrown, const Result<void>& done) {
                     EXPECT_FALSE(thrown);
                     (done ? succeeded_ : failed_) += 1;
                   });
  }
  void run() {
    context_.restart();
    context_.poll();
  }
  // Five who want to know at the same time, a second after the last question was answered.
  void refresh_five_times() {
    clock_.advance(std::chrono::seconds(1));
    succeeded_ = failed_ = 0;
    for (int i = 0; i < 5; ++i) begin(view_.refresh());
    run();
    EXPECT_EQ(succeeded_ + failed_, 0) << "the source has not answered";
    source_->answer();
    run();
  }

  asio::io_context context_;
  FixedClock clock_{parent::test_time()};
  ParentSettings settings_;
  ParentWork work_;
  SlowSource* source_ = nullptr;
  ParentView view_{work_, context_.get_executor(), clock_, [](const auto& /*reading*/) {
                     return Result<ParentView::Verdict>(ParentView::Verdict::takes_effect);
                   }};
  int succeeded_ = 0;
  int failed_ = 0;
};

TEST_F(ParentViewTest, ManyWhoRefreshTogetherAskOnce) {
  refresh_five_times();
  EXPECT_EQ(source_->questions, 1);
  EXPECT_EQ(source_->readings, 1) << "nothing has changed";
  EXPECT_EQ(succeeded_, 5);
}

TEST_F(ParentViewTest, AllOfThemSeeWhatTheOneReadingFound) {
  source_->revision = "8";
  refresh_five_times();
  EXPECT_EQ(source_->questions, 1);
  EXPECT_EQ(source_->readings, 2);
  EXPECT_EQ(succeeded_, 5);
  EXPECT_EQ(view_.snapshot()->revision(), "8");
}

// The pause after a failure doubles with each try, not with each who waited for it.
TEST_F(ParentViewTest, OneFailureCountsOnce) {
  source_->is_reachable = false;
  refresh_five_times();
  EXPECT_EQ(failed_, 5);
  clock_.advance(std::chrono::seconds(1));
  source_->is_reachable = true;
  refresh_five_times();
  EXPECT_EQ(source_->questions, 2);
  EXPECT_EQ(succeeded_, 5);
}

}  // namespace
}  // namespace dskeeper::cli
