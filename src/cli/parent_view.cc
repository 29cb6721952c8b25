#include "cli/parent_view.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Sending and due looks ask this often at most whether the source has changed.
constexpr Duration refresh_pause = std::chrono::seconds(1);

}  // namespace

ParentView::ParentView(ParentWork& work, const asio::any_io_executor& executor, const Clock& clock)
    : work_(work), clock_(clock), reading_ended_(executor, asio::steady_timer::time_point::max()) {}

const Delegation* ParentView::find(const dns::Name& child) const {
  return snapshot_ == nullptr ? nullptr : snapshot_->find(child);
}

const Delegation* ParentView::find_again(const parent::Snapshot& older, std::size_t index) const {
  const Delegation& delegation = older.at(index);
  return &older == snapshot_.get() ? &delegation : find(delegation.child);
}

asio::awaitable<Result<void>> ParentView::read() {
  if (is_reading_) {
    boost::system::error_code cancelled;  // which is how the reading says that it has ended
    co_await reading_ended_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return last_reading_;
  }
  is_reading_ = true;
  auto read = co_await work_.source->read();
  if (read) snapshot_ = *std::move(read);
  last_reading_ = read ? Result<void>() : tl::unexpected(read.error());
  is_reading_ = false;
  reading_ended_.cancel();
  co_return last_reading_;
}

asio::awaitable<Result<void>> ParentView::refresh() {
  const Time now = clock_.now();
  const std::shared_ptr<const parent::Snapshot> known = snapshot_;
  if (!is_reading_ && known != nullptr) {
    if (now - asked_at_ < refresh_pause) co_return last_reading_;
    asked_at_ = now;
    const Result<bool> changed = co_await work_.source->has_changed(*known);
    if (!changed) {
      asked_at_ = {};
      co_return tl::unexpected(changed.error());
    }
    if (!*changed) co_return Result<void>();
  }
  Result<void> read = co_await this->read();
  co_return read;
}

}  // namespace dskeeper::cli
