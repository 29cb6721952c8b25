#include "cli/parent_view.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Sending and due looks ask this often at most whether the source has changed.
constexpr Duration refresh_pause = std::chrono::seconds(1);
// Twice as rarely after each failure, down to once in about four minutes.
constexpr unsigned doublings_max = 8;

// Also where what it belongs to ends by an exception, nobody may use it afterwards.
class Entry {
 public:
  Entry(std::set<asio::cancellation_signal*>& all, asio::cancellation_signal& one)
      : all_(all), one_(one) {
    all_.insert(&one_);
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() { all_.erase(&one_); }

 private:
  std::set<asio::cancellation_signal*>& all_;
  asio::cancellation_signal& one_;
};

asio::awaitable<void> until_ended(asio::steady_timer& ended) {
  boost::system::error_code cancelled;  // which is how it says so
  co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

// While a reading is under way, also where it ends by an exception: whoever waits for it must not
// wait for ever.
class UnderWay {
 public:
  UnderWay(bool& is_under_way, asio::steady_timer& ended)
      : is_under_way_(is_under_way), ended_(ended) {
    is_under_way_ = true;
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() {
    is_under_way_ = false;
    boost::system::error_code ignored;
    ended_.cancel(ignored);
  }

 private:
  bool& is_under_way_;
  asio::steady_timer& ended_;
};

}  // namespace

ParentView::ParentView(ParentWork& work, const asio::any_io_executor& executor, const Clock& clock,
                       Gate gate)
    : work_(work),
      clock_(clock),
      gate_(std::move(gate)),
      reading_ended_(executor, asio::steady_timer::time_point::max()),
      refresh_ended_(executor, asio::steady_timer::time_point::max()) {}

std::optional<Delegation> ParentView::find(const dns::Name& child) const {
  return snapshot_ == nullptr ? std::nullopt : snapshot_->find(child);
}

std::optional<Delegation> ParentView::find_again(const parent::Snapshot& older,
                                                 std::size_t index) const {
  if (&older == snapshot_.get()) return older.at(index);
  return find(older.child(index));
}

asio::awaitable<Result<void>> ParentView::read() {
  if (is_reading_) {
    co_await until_ended(reading_ended_);
    co_return last_result_;
  }
  const UnderWay under_way(is_reading_, reading_ended_);
  auto reading = work_.source->read();
  auto read = co_await until_stopped(std::move(reading));
  if (read) {
    take(*std::move(read));
  } else {
    note(tl::unexpected(read.error()), true);
  }
  co_return last_result_;
}

void ParentView::take(std::shared_ptr<const parent::Snapshot> reading) {
  const Result<Verdict> verdict = gate_(reading);
  if (!verdict) {
    note(tl::unexpected(verdict.error()), true);
    return;
  }
  const bool takes_effect = *verdict == Verdict::takes_effect;
  if (takes_effect) snapshot_ = std::move(reading);
  note({}, !takes_effect);
}

asio::awaitable<Result<void>> ParentView::refresh() {
  if (is_refreshing_) {
    co_await until_ended(refresh_ended_);
    co_return last_result_;
  }
  const UnderWay under_way(is_refreshing_, refresh_ended_);
  const std::shared_ptr<const parent::Snapshot> known = snapshot_;
  if (!is_reading_ && known != nullptr) {
    const Result<bool> due = co_await is_due(*known);
    if (!due) co_return tl::unexpected(due.error());
    if (!*due) co_return last_result_;
  }
  Result<void> done = co_await read();
  co_return done;
}

asio::awaitable<Result<bool>> ParentView::is_due(const parent::Snapshot& known) {
  if (is_stopped_) {
    co_return fail("reading the parent zone was stopped", work_.settings->zone.text());
  }
  const Time now = clock_.now();
  // A clock that was set back must not put it off for as long.
  if (now < ask_again_at_ && ask_again_at_ - now <= refresh_pause * (1U << doublings_max)) {
    co_return false;
  }
  auto asking = work_.source->has_changed(known);
  const std::uint64_t noted = noted_;
  Result<bool> changed = co_await until_stopped(std::move(asking));
  // A reading has ended meanwhile, which knows better.
  if (noted != noted_) co_return false;
  if (!changed) {
    note(tl::unexpected(changed.error()), true);
  } else if (!*changed) {
    note({}, false);
  }
  co_return changed;
}

// A primary that hangs would otherwise hold up the end for as long as a transfer may be silent.
template <typename T>
asio::awaitable<Result<T>> ParentView::until_stopped(asio::awaitable<Result<T>> reading) {
  const std::string zone = work_.settings->zone.text();
  if (is_stopped_) co_return fail("reading the parent zone was stopped", zone);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::cancellation_signal stop;
  const Entry entry(stops_, stop);
  auto token = asio::bind_cancellation_slot(stop.slot(), asio::as_tuple(asio::use_awaitable));
  auto [thrown, result] = co_await asio::co_spawn(executor, std::move(reading), std::move(token));
  if (is_stopped_) co_return fail("reading the parent zone was stopped", zone);
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(result);
}

void ParentView::stop() {
  is_stopped_ = true;
  for (asio::cancellation_signal* const stop : std::set(stops_)) {
    if (stops_.contains(stop)) stop->emit(asio::cancellation_type::terminal);
  }
}

void ParentView::note(Result<void> result, bool is_in_vain) {
  vain_ = is_in_vain ? std::min(vain_ + 1, doublings_max) : 0;
  ask_again_at_ = clock_.now() + refresh_pause * (1U << vain_);
  last_result_ = std::move(result);
  ++noted_;
}

}  // namespace dskeeper::cli
