#include "cli/dsync_part.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "cli/dsync_settings.h"
#include "cli/dsync_update.h"
#include "cli/log.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

constexpr Duration tick = std::chrono::seconds(1);
constexpr Duration pause_after_trouble = std::chrono::minutes(5);

bool is_kept(const ParentSettings& parent) {
  return parent.dsync && parent.dsync->update;
}

}  // namespace

bool DsyncPart::is_wanted(const Configuration& configuration) {
  return std::ranges::any_of(configuration.parents, is_kept);
}

DsyncPart::DsyncPart(const asio::any_io_executor& executor, const Configuration& configuration,
                     std::vector<KeptParent*> parents, const Clock& clock)
    : configuration_(configuration),
      parents_(std::move(parents)),
      clock_(clock),
      executor_(executor),
      timer_(executor) {}

asio::awaitable<Result<void>> DsyncPart::run() {
  while (!is_stopped_) {
    for (const ParentSettings& parent : configuration_.parents) {
      const auto kept = std::ranges::find_if(
          parents_, [&](const KeptParent* one) { return one->zone() == parent.zone; });
      if (!is_kept(parent) || kept == parents_.end() || is_stopped_) continue;
      co_await keep(parent, **kept);
    }
    if (is_stopped_) break;
    timer_.expires_after(tick);
    boost::system::error_code cancelled;  // stop() ends the rest early
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return Result<void>();
}

void DsyncPart::stop() {
  is_stopped_ = true;
  timer_.cancel();
  stop_.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> DsyncPart::keep(const ParentSettings& parent, const KeptParent& kept) {
  const auto next = next_.find(parent.zone);
  if (next != next_.end() && clock_.now() < next->second) co_return;
  const std::shared_ptr<const parent::Snapshot> snapshot = kept.snapshot();
  if (snapshot == nullptr) co_return;
  auto update = update_dsync(configuration_, parent, snapshot, clock_);
  auto token = asio::bind_cancellation_slot(stop_.slot(), asio::as_tuple(asio::use_awaitable));
  const auto [thrown, done] =
      co_await asio::co_spawn(executor_, std::move(update), std::move(token));
  if (is_stopped_) co_return;
  if (thrown) std::rethrow_exception(thrown);
  const Duration pause = done ? configuration_.scan.interval : pause_after_trouble;
  next_[parent.zone] = clock_.now() + std::max(pause, tick);
  note(parent, done ? std::string() : done.error().text());
  if (done && done->put + done->removed > 0) {
    log(LogEvent::dsync_updated,
        {shown_name(parent.zone), std::to_string(done->put), std::to_string(done->removed)});
  }
}

// Said once for each trouble, not at every try.
void DsyncPart::note(const ParentSettings& parent, const std::string& trouble) {
  std::string& last = trouble_[parent.zone];
  if (!trouble.empty() && trouble != last) {
    log(LogEvent::warning, {fmt::format("The DSYNC records of {} cannot be kept: {}",
                                        shown_name(parent.zone), trouble)});
  }
  last = trouble;
}

}  // namespace dskeeper::cli
