// The service's looks beside the timed passes: what is due, and what somebody asked for.
#include <algorithm>

#include "cli/selection.h"
#include "cli/service.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

constexpr Duration notified_work_length = std::chrono::hours(1);

// Each is named once.
void add_new(std::vector<dns::Name>& names, const std::vector<dns::Name>& more) {
  for (const dns::Name& name : more) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

}  // namespace

std::shared_ptr<const parent::Snapshot> Service::snapshot() const {
  return state_ == nullptr ? nullptr : state_->view().snapshot();
}

bool Service::want_look(const dns::Name& child, Channel channel) {
  if (!wanted_.want(child, channel)) return false;
  timers_[wanted].cancel();
  return true;
}

// Holds and retries that are due, and children whose change waits for a new look.
asio::awaitable<void> Service::due_looks() {
  if (clock_.now() < no_looks_before_) co_return;
  add_new(look_at_, dispatcher_->take_to_be_judged());
  add_new(look_at_, state_->take_to_look_at());
  std::vector<dns::Name> due = state_->ledger().due(clock_.now());
  add_new(due, look_at_);
  if (due.empty()) co_return;
  const bool is_ready = co_await is_ready_to_look();
  if (!is_ready) co_return;
  look_at_.clear();
  const bool counts = co_await look_in_full(due, Channel::due);
  static_cast<void>(counts);  // a failure is logged already, and the children stay due
}

// On the parent zone as it is now: a child may be new in it.
asio::awaitable<void> Service::wanted_looks() {
  if (wanted_.empty() || clock_.now() < no_looks_before_) co_return;
  const bool is_ready = co_await is_ready_to_look();
  if (!is_ready) co_return;
  const WantedLooks::Batch batch = wanted_.take(
      [this](const dns::Name& child) { return !state_->ledger().is_looked_at(child); });
  const bool counts = co_await look_in_full(batch.children, batch.channel);
  if (counts) co_return;
  for (const dns::Name& child : batch.children) wanted_.want(child, batch.channel);
}

// Each look for itself, since the next one shall not wait for a child that is silent.
asio::awaitable<bool> Service::look_at_notified(const Notice& notice) {
  if (snapshot() == nullptr || is_stopped_ || clock_.now() < no_looks_before_) co_return false;
  const bool is_ready = co_await is_ready_to_look();
  if (!is_ready || state_->ledger().is_looked_at(notice.child)) co_return false;
  const std::optional<Delegation> delegation = state_->view().find(notice.child);
  if (agent_reports_ && delegation) agent_reports_->hear(notice, *delegation, clock_.now());
  PassOptions options;
  options.is_full = true;
  options.channel = Channel::notify;
  options.notice = &notice;
  options.notice_journal = &notice_journal_;
  options.extra_work = notified_work();
  const std::vector<dns::Name> children = {notice.child};
  const std::vector<std::size_t> present = present_children(*state_->view().snapshot(), children);
  if (present.empty()) co_return true;
  const auto summary = co_await pass(present, std::move(options));
  co_return summary && summary->void_looks == 0 && !is_stopped_;
}

// Strangers choose when these looks are made: what they may cost together is bounded by the hour.
std::shared_ptr<ExtraWork> Service::notified_work() {
  const Time now = clock_.now();
  const bool is_over = now - notified_work_began_ >= notified_work_length;
  if (!notified_work_ || is_over || now < notified_work_began_) {
    notified_work_ = std::make_shared<ExtraWork>(state_->view().snapshot()->size());
    notified_work_began_ = now;
  }
  return notified_work_;
}

asio::awaitable<bool> Service::is_ready_to_look() {
  if (!is_store_writable()) co_return false;
  const bool is_fresh = co_await refresh_source();
  if (!is_fresh || is_stopped_) co_return false;
  if (is_clock_right()) co_return true;
  no_looks_before_ = clock_.now() + void_looks_pause;
  co_return false;
}

// False where the looks count for nothing.
asio::awaitable<bool> Service::look_in_full(const std::vector<dns::Name>& children,
                                            Channel channel) {
  const std::vector<std::size_t> present = present_children(*state_->view().snapshot(), children);
  if (present.empty()) co_return true;
  PassOptions options;
  options.is_full = true;
  options.channel = channel;
  const auto summary = co_await pass(present, std::move(options));
  co_return summary && summary->void_looks == 0;
}

}  // namespace dskeeper::cli
