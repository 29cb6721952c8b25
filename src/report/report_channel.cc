#include "report/report_channel.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "net/resolver.h"

namespace dskeeper::report {

std::string_view to_text(ReportOutcome outcome) {
  switch (outcome) {
    case ReportOutcome::sent:
      return "sent";
    case ReportOutcome::name_too_long:
      return "not sent: its name would be longer than 255 octets";
    case ReportOutcome::sent_before:
      return "not sent: it was sent in the last day";
    case ReportOutcome::no_room:
      return "not sent: too many reports are under way";
  }
  return "";
}

struct ReportChannel::State {
  State(boost::asio::any_io_executor its_executor, net::Resolver& its_resolver)
      : executor(std::move(its_executor)), resolver(its_resolver) {}

  static boost::asio::awaitable<void> ask(std::shared_ptr<State> state, dns::Name name) {
    const net::Resolution ignored =
        co_await state->resolver.resolve(std::move(name), dns::RecordType::txt);
    static_cast<void>(ignored);
    --state->in_flight;
  }

  // Makes room among what is remembered; false where there is none.
  bool make_room(Time now) {
    if (sent_at.size() < sent_max) return true;
    std::erase_if(sent_at, [&](const auto& entry) { return now - entry.second >= sent_pause; });
    return sent_at.size() < sent_max;
  }

  boost::asio::any_io_executor executor;
  net::Resolver& resolver;
  std::map<dns::Name, Time> sent_at;
  std::size_t in_flight = 0;
  std::uint64_t sent = 0;
};

ReportChannel::ReportChannel(boost::asio::any_io_executor executor, net::Resolver& resolver)
    : state_(std::make_shared<State>(std::move(executor), resolver)) {}

ReportOutcome ReportChannel::send(const ErrorReport& report, Time now) {
  auto name = report.name();
  if (!name) return ReportOutcome::name_too_long;
  const auto before = state_->sent_at.find(*name);
  if (before != state_->sent_at.end() && now - before->second < sent_pause) {
    return ReportOutcome::sent_before;
  }
  if (state_->in_flight >= in_flight_max || !state_->make_room(now)) return ReportOutcome::no_room;
  state_->sent_at[*name] = now;
  ++state_->in_flight;
  ++state_->sent;
  boost::asio::co_spawn(state_->executor, State::ask(state_, *std::move(name)),
                        boost::asio::detached);
  return ReportOutcome::sent;
}

std::uint64_t ReportChannel::sent() const {
  return state_->sent;
}

}  // namespace dskeeper::report
