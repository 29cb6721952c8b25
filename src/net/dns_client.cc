#include "net/dns_client.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <deque>

#include "net/address_permit.h"
#include "net/loop.h"
#include "net/pacing.h"
#include "net/pending.h"
#include "net/random_source.h"
#include "net/signal.h"
#include "net/tcp_pool.h"
#include "net/udp_pool.h"

namespace dskeeper::net {
namespace {

struct GroupTag;
using GroupHook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<GroupTag>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// The questions that one coroutine waits for. It goes on when the last of them is done.
struct Group final : Loop::Task, GroupHook {
  std::size_t left = 0;
  Signal signal;
  void run() override { signal.fire(); }
};

}  // namespace

std::string_view to_text(AskStatus status) {
  switch (status) {
    case AskStatus::answered:
      return "answered";
    case AskStatus::timeout:
      return "timeout";
    case AskStatus::unreachable:
      return "unreachable";
    case AskStatus::truncated:
      return "truncated";
    case AskStatus::not_permitted:
      return "not-permitted";
    case AskStatus::set_aside:
      return "set-aside";
    case AskStatus::cancelled:
      return "cancelled";
  }
  return "unknown";
}

struct DnsClient::State final : PendingOwner {
  State(const boost::asio::any_io_executor& its_executor, const DnsClientOptions& its_options)
      : executor(its_executor),
        options(its_options),
        permit(options.permit,
               options.refuse_own_addresses ? own_addresses() : std::vector<IpAddress>()),
        random(options.random != nullptr ? *options.random : system_random),
        loop(executor),
        pacing(loop, options, counts, *this),
        udp(loop, options, random, counts, *this),
        tcp(loop, options, random, counts, *this) {}

  void start(Group& group, Pending& pending);
  void end(Pending& pending);
  void admitted(Pending& pending) override;
  void set_aside(Pending& pending) override;
  void finished(Pending& pending) override;
  void cancel_all();
  [[nodiscard]] boost::asio::awaitable<void> wait(Group& group);

  boost::asio::any_io_executor executor;
  DnsClientOptions options;
  AddressPermit permit;
  SystemRandom system_random;
  RandomSource& random;
  DnsClientCounts counts;
  Loop loop;
  Pacing pacing;
  UdpPool udp;
  TcpPool tcp;
  AllPendingsList pendings;
  std::size_t in_flight = 0;
  boost::intrusive::list<Group, boost::intrusive::base_hook<GroupHook>,
                         boost::intrusive::constant_time_size<false>>
      groups;  // that wait
  bool is_closed = false;
};

void DnsClient::State::start(Group& group, Pending& pending) {
  pending.group = &group;
  pending.started = loop.now();
  pending.reply.transport = pending.transport;
  pendings.push_back(pending);
  ++in_flight;
  const bool has_family = pending.address.is_v4() ? options.ipv4 : options.ipv6;
  if (is_closed) {
    pending.reply.status = AskStatus::cancelled;
  } else if (!permit.allows(pending.address)) {
    pending.reply.status = AskStatus::not_permitted;
  } else if (!has_family) {
    pending.reply.status = AskStatus::unreachable;
  } else {
    pacing.enter(pending);
    return;
  }
  end(pending);
}

void DnsClient::State::admitted(Pending& pending) {
  if (pending.sent == Moment{}) {
    pending.reply.waited = std::chrono::duration_cast<Duration>(loop.now() - pending.started);
  }
  if (pending.transport == Transport::udp) {
    udp.ask(pending);
  } else {
    tcp.ask(pending);
  }
}

void DnsClient::State::set_aside(Pending& pending) {
  ++counts.not_sent;
  pending.reply.status = AskStatus::set_aside;
  end(pending);
}

void DnsClient::State::finished(Pending& pending) {
  pacing.leave(pending);
  const bool is_truncated = pending.reply.status == AskStatus::truncated;
  if (!is_truncated || pending.transport == Transport::tcp) {
    end(pending);
    return;
  }
  ++counts.udp_truncated;
  pending.transport = Transport::tcp;
  pending.is_second_try = true;
  pacing.enter(pending);
}

void DnsClient::State::end(Pending& pending) {
  Reply& reply = pending.reply;
  if (reply.status == AskStatus::timeout) ++counts.timeouts;
  if (reply.status == AskStatus::unreachable) ++counts.unreachable;
  if (reply.status == AskStatus::not_permitted) ++counts.not_permitted;
  if (pending.is_second_try &&
      (reply.status == AskStatus::timeout || reply.status == AskStatus::unreachable ||
       reply.status == AskStatus::set_aside)) {
    reply.status = AskStatus::truncated;  // the octets that came over UDP are still here
    reply.transport = Transport::udp;
  }
  pending.unlink_from_all();
  --in_flight;
  Group& group = *static_cast<Group*>(pending.group);
  if (--group.left == 0 && group.signal.is_awaited()) loop.defer(group);
}

void DnsClient::State::cancel_all() {
  is_closed = true;
  while (!pendings.empty()) {
    Pending& pending = pendings.front();
    pending.unlink_from_queue();
    if (pending.is_in_flight) {
      if (pending.transport == Transport::udp) {
        udp.forget(pending);
      } else {
        tcp.forget(pending);
      }
      pacing.forget(pending);
    }
    pending.reply.status = AskStatus::cancelled;
    end(pending);
  }
}

boost::asio::awaitable<void> DnsClient::State::wait(Group& group) {
  groups.push_back(group);
  return group.signal.wait();
}

DnsClient::DnsClient(const boost::asio::any_io_executor& executor, const DnsClientOptions& options)
    : state_(std::make_shared<State>(executor, options)) {}

DnsClient::~DnsClient() {
  State& state = *state_;
  state.is_closed = true;
  // The coroutines that wait are destroyed through the executor, and let go of the state.
  while (!state.groups.empty()) {
    Group& group = state.groups.front();
    state.groups.pop_front();
    group.signal.abandon();
  }
  state.loop.close();
}

boost::asio::awaitable<Reply> DnsClient::ask(IpAddress address, dns::Question question,
                                             Transport transport) {
  const std::shared_ptr<State> state = state_;
  Group group;
  group.left = 1;
  Pending pending(address, std::move(question), transport);
  state->start(group, pending);
  if (group.left > 0) co_await state->wait(group);
  co_return std::move(pending.reply);
}

boost::asio::awaitable<std::vector<Reply>> DnsClient::ask_all(std::vector<Ask> asks) {
  const std::shared_ptr<State> state = state_;
  Group group;
  group.left = asks.size();
  std::deque<Pending> pendings;  // which do not move
  for (Ask& ask : asks) {
    pendings.emplace_back(ask.address, std::move(ask.question), ask.transport);
    pendings.back().is_needed = ask.is_needed;
    pendings.back().is_notified = ask.is_notified;
  }
  for (Pending& pending : pendings) state->start(group, pending);
  if (group.left > 0) co_await state->wait(group);
  std::vector<Reply> replies;
  replies.reserve(pendings.size());
  for (Pending& pending : pendings) replies.push_back(std::move(pending.reply));
  co_return replies;
}

bool DnsClient::is_permitted(const IpAddress& address) const {
  return state_->permit.allows(address);
}

const DnsClientCounts& DnsClient::counts() const {
  return state_->counts;
}

std::size_t DnsClient::in_flight() const {
  return state_->in_flight;
}

std::size_t DnsClient::paced_servers() const {
  return state_->pacing.size();
}

boost::asio::awaitable<void> DnsClient::close() {
  const std::shared_ptr<State> state = state_;
  state->cancel_all();
  while (!state->groups.empty()) {
    co_await boost::asio::post(state->executor, boost::asio::use_awaitable);
  }
  state->loop.close();
}

}  // namespace dskeeper::net
