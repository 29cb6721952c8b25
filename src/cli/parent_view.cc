#include "cli/parent_view.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Sending and due looks ask this often at most whether the source has changed.
constexpr Duration refresh_pause = std::chrono::seconds(1);
// Twice as rarely after each failure, down to once in about four minutes.
constexpr unsigned doublings_max = 8;

}  // namespace

ParentView::ParentView(ParentWork& work, const asio::any_io_executor& executor, const Clock& clock,
                       Gate gate)
    : work_(work),
      clock_(clock),
      gate_(std::move(gate)),
      reading_ended_(executor, asio::steady_timer::time_point::max()) {}

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
    boost::system::error_code cancelled;  // which is how the reading says that it has ended
    co_await reading_ended_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return last_result_;
  }
  is_reading_ = true;
  auto read = co_await work_.source->read();
  Result<void> taken = read ? gate_(*read) : tl::unexpected(read.error());
  if (taken) snapshot_ = *std::move(read);
  note(std::move(taken));
  is_reading_ = false;
  reading_ended_.cancel();
  co_return last_result_;
}

asio::awaitable<Result<void>> ParentView::refresh() {
  const std::shared_ptr<const parent::Snapshot> known = snapshot_;
  if (!is_reading_ && known != nullptr) {
    if (clock_.now() < ask_again_at_) co_return last_result_;
    const Result<bool> changed = co_await work_.source->has_changed(*known);
    if (!changed) {
      note(tl::unexpected(changed.error()));
      co_return last_result_;
    }
    if (!*changed) {
      note({});
      co_return last_result_;
    }
  }
  Result<void> done = co_await read();
  co_return done;
}

void ParentView::note(Result<void> result) {
  failures_ = result ? 0 : std::min(failures_ + 1, doublings_max);
  ask_again_at_ = clock_.now() + refresh_pause * (1U << failures_);
  last_result_ = std::move(result);
}

}  // namespace dskeeper::cli
