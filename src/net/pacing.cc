#include "net/pacing.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "base/check.h"
#include "net/backoff.h"

namespace dskeeper::net {
namespace {

constexpr unsigned network_bits_v4 = 24;
constexpr unsigned network_bits_v6 = 48;

IpAddress network_of(const IpAddress& address) {
  return IpPrefix::around(address, address.is_v4() ? network_bits_v4 : network_bits_v6).address();
}

std::size_t index_of(Transport transport) {
  return transport == Transport::udp ? 0 : 1;
}

// No limit stays none.
TokenRate notified_share(const TokenRate& whole) {
  TokenRate share;
  share.interval = whole.interval * notified_share_of_rate;
  share.burst = std::max(share.interval * (burst_min - 1), whole.burst);
  return share;
}

// What a question that has ended says of its server's load; nothing, where it says nothing.
std::optional<Heard> heard_from(const Pending& pending) {
  constexpr std::size_t rcode_octet = 3;
  switch (pending.reply.status) {
    case AskStatus::timeout:
      return Heard::silence;
    case AskStatus::answered:
    case AskStatus::truncated:
      break;
    default:
      return std::nullopt;
  }
  if (pending.transport == Transport::udp && pending.attempts > 1) return Heard::silence;
  const Bytes& wire = pending.reply.wire;
  const auto rcode =
      static_cast<dns::Rcode>(wire.size() > rcode_octet ? wire[rcode_octet] & 0x0FU : 0U);
  if (rcode == dns::Rcode::servfail) return Heard::failure;
  return rcode == dns::Rcode::refused ? Heard::refusal : Heard::answer;
}

}  // namespace

TokenRate TokenRate::per_second(unsigned rate) {
  TokenRate tokens;
  if (rate == 0) return tokens;
  tokens.interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / rate;
  tokens.burst = tokens.interval * (std::max(burst_min, rate / 10) - 1);
  return tokens;
}

Moment TokenRate::next(Moment now) const {
  if (interval == Moment::duration::zero()) return now;
  return std::max(now, used_until - burst);
}

void TokenRate::take(Moment now) {
  if (interval != Moment::duration::zero()) used_until = std::max(now, used_until) + interval;
}

// What is known of one address. The wheel wakes it when its rate allows the next question.
struct PacedServer final : TimerWheel::Entry {
  struct Silence {
    unsigned children = 0;     // in a row without an answer
    std::size_t last_child{};  // hash of the last one counted
    Moment last_at{};          // the last one counted
    Moment aside_until{};      // the epoch: not set aside
    [[nodiscard]] bool is_aside() const { return aside_until != Moment{}; }
  };

  PacedServer(Pacing& its_pacing, unsigned its_rate, Pacing::Network* its_network)
      : pacing(its_pacing),
        rate_max(its_rate),
        rate(TokenRate::per_second(its_rate)),
        notified_rate(notified_share(rate)),
        network(its_network) {}

  // When the next question may go, at the pace that the server is worth now.
  [[nodiscard]] Moment next(Moment now) {
    if (const unsigned worth = backoff.eighths(now); worth != pace) set_pace(worth);
    const Moment own = rate.next(now);
    return network == nullptr ? own : std::max(own, network->rate.next(now));
  }
  [[nodiscard]] Moment next_notified(Moment now) {
    const Moment any = next(now);
    return std::max(any, notified_rate.next(now));
  }
  void set_pace(unsigned eighths) {
    pace = eighths;
    if (rate_max == 0) return;
    const std::uint64_t slower = std::uint64_t{rate_max} * eighths / Backoff::full_pace;
    const Moment used_until = rate.used_until;
    const Moment notified_until = notified_rate.used_until;
    rate = TokenRate::per_second(std::max(1U, static_cast<unsigned>(slower)));
    rate.used_until = used_until;
    notified_rate = notified_share(rate);
    notified_rate.used_until = notified_until;
  }
  [[nodiscard]] bool has_waiting() const { return !waiting.empty() || !waiting_notified.empty(); }
  [[nodiscard]] bool is_idle(Moment now, Moment::duration silence_kept) const {
    const auto is_quiet = [&](const Silence& one) {
      return one.children == 0 || now - one.last_at > silence_kept;
    };
    return !has_waiting() && in_flight[0] + in_flight[1] == 0 && rate.used_until <= now &&
           notified_rate.used_until <= now && backoff.eighths(now) == Backoff::full_pace &&
           std::all_of(silence.begin(), silence.end(), is_quiet);
  }

  Pacing& pacing;
  unsigned rate_max;        // questions a second; 0: no limit
  TokenRate rate;           // at the pace of now
  TokenRate notified_rate;  // likewise; of those questions, beside the other
  unsigned pace = Backoff::full_pace;
  Backoff backoff;
  Pacing::Network* network;             // null: no cap
  std::array<unsigned, 2> in_flight{};  // by transport, as all of these
  std::array<unsigned, 2> on_leave{};   // needed questions, on their way although it is set aside
  std::array<Silence, 2> silence{};
  PendingList waiting;
  PendingList waiting_notified;

 private:
  void expired() override { pacing.pump(*this); }
};

Pacing::Pacing(Loop& loop, const DnsClientOptions& options, DnsClientCounts& counts,
               PendingOwner& owner)
    : loop_(loop),
      options_(options),
      counts_(counts),
      owner_(owner),
      probe_after_(options.timeout * probe_after_timeouts),
      prune_at_(options.paced_servers_max) {}

Pacing::~Pacing() = default;

PacedServer& Pacing::server_of(const IpAddress& address) {
  std::unique_ptr<PacedServer>& server = servers_[address];
  if (server != nullptr) return *server;
  const auto names_it = [&](const AgreedRate& agreed) {
    return std::any_of(agreed.addresses.begin(), agreed.addresses.end(),
                       [&](const IpPrefix& prefix) { return prefix.contains(address); });
  };
  const auto agreed = std::find_if(options_.agreed.begin(), options_.agreed.end(), names_it);
  if (agreed != options_.agreed.end()) {
    server = std::make_unique<PacedServer>(*this, agreed->rate, nullptr);
    return *server;
  }
  Network* network = nullptr;
  if (options_.network_rate != 0) {
    const auto [at, is_new] = networks_.try_emplace(network_of(address));
    if (is_new) at->second.rate = TokenRate::per_second(options_.network_rate);
    network = &at->second;  // nodes of an unordered_map do not move
    ++network->servers;
  }
  server = std::make_unique<PacedServer>(*this, options_.rate, network);
  return *server;
}

void Pacing::enter(Pending& pending) {
  if (servers_.size() >= prune_at_) prune();
  PacedServer& server = server_of(pending.address);
  pending.server = &server;
  const Moment now = loop_.now();
  PacedServer::Silence& silence = server.silence[index_of(pending.transport)];
  if (silence.is_aside()) {
    if (now >= silence.aside_until && !pending.is_notified) {
      // This question is the probe; the others go on as before until it has been answered.
      silence.aside_until = now + probe_after_;
    } else if (!give_leave(server, pending)) {
      owner_.set_aside(pending);
      return;
    }
  }
  PendingList& queue = pending.is_notified ? server.waiting_notified : server.waiting;
  const Moment next = pending.is_notified ? server.next_notified(now) : server.next(now);
  if (queue.empty() && may_go(server, pending) && next <= now) {
    admit(server, pending, now);
    return;
  }
  // What it waits for may come before what the server is armed for.
  const bool must_pump = !server.is_armed() || queue.empty();
  queue.push_back(pending);
  if (must_pump) pump(server);
}

bool Pacing::give_leave(PacedServer& server, Pending& pending) {
  if (pending.has_leave) return true;
  unsigned& on_leave = server.on_leave[index_of(pending.transport)];
  if (!pending.is_needed || on_leave >= needed_while_aside_max) return false;
  ++on_leave;
  pending.has_leave = true;
  return true;
}

void Pacing::end_leave(Pending& pending) {
  if (!pending.has_leave) return;
  pending.has_leave = false;
  --pending.server->on_leave[index_of(pending.transport)];
}

bool Pacing::may_go(const PacedServer& server, const Pending& pending) const {
  return server.in_flight[index_of(pending.transport)] < options_.server_in_flight_max;
}

void Pacing::admit(PacedServer& server, Pending& pending, Moment now) {
  server.rate.take(now);
  if (pending.is_notified) server.notified_rate.take(now);
  if (server.network != nullptr) server.network->rate.take(now);
  ++server.in_flight[index_of(pending.transport)];
  pending.is_in_flight = true;
  owner_.admitted(pending);
}

// Those of notified looks first: a quarter of the rate is all that they get.
void Pacing::pump(PacedServer& server) {
  const Moment now = loop_.now();
  std::optional<Moment> next;
  for (PendingList* const queue : {&server.waiting_notified, &server.waiting}) {
    const bool is_notified = queue == &server.waiting_notified;
    while (!queue->empty()) {
      Pending& pending = queue->front();
      if (!may_go(server, pending)) break;  // leave() comes back here
      const Moment at = is_notified ? server.next_notified(now) : server.next(now);
      if (at > now) {
        next = std::min(next.value_or(at), at);
        break;
      }
      queue->pop_front();
      admit(server, pending, now);
    }
  }
  if (next) loop_.arm(server, *next - now);
}

void Pacing::leave(Pending& pending) {
  CHECK(pending.is_in_flight);
  pending.is_in_flight = false;
  PacedServer& server = *pending.server;
  const std::size_t index = index_of(pending.transport);
  const bool was_full = server.in_flight[index] >= options_.server_in_flight_max;
  --server.in_flight[index];
  end_leave(pending);
  // Strangers choose at which children notified looks are made: trouble with those counts against
  // no server.
  if (!pending.is_notified) note_trouble(server, pending);
  const AskStatus status = pending.reply.status;
  if (status == AskStatus::timeout && !pending.is_notified) {
    note_silence(server, pending);
  } else if (status == AskStatus::answered || status == AskStatus::truncated) {
    server.silence[index] = {};
  }
  if (server.has_waiting() && (was_full || !server.is_armed())) pump(server);
}

void Pacing::note_trouble(PacedServer& server, const Pending& pending) {
  const std::optional<Heard> heard = heard_from(pending);
  if (!heard) return;
  const std::size_t child = std::hash<dns::Name>()(pending.question.name);
  if (server.backoff.note(child, *heard, pending.sent, loop_.now())) ++counts_.slowed;
}

void Pacing::note_silence(PacedServer& server, const Pending& pending) {
  PacedServer::Silence& silence = server.silence[index_of(pending.transport)];
  // Several questions of one child may share one reason, its zone: they count once.
  const std::size_t child = std::hash<dns::Name>()(pending.question.name);
  if (silence.children > 0 && silence.last_child == child) return;
  silence.last_child = child;
  silence.last_at = loop_.now();
  if (++silence.children < silent_children_max || silence.is_aside()) return;
  silence.aside_until = loop_.now() + probe_after_;
  PendingList stranded;
  for (PendingList* const queue : {&server.waiting_notified, &server.waiting}) {
    for (auto at = queue->begin(); at != queue->end();) {
      Pending& waiting = *at++;
      if (waiting.transport != pending.transport || give_leave(server, waiting)) continue;
      waiting.unlink_from_queue();
      stranded.push_back(waiting);
    }
  }
  while (!stranded.empty()) {
    Pending& waiting = stranded.front();
    stranded.pop_front();
    owner_.set_aside(waiting);
  }
}

void Pacing::forget(Pending& pending) {
  end_leave(pending);
  if (!pending.is_in_flight) return;
  pending.is_in_flight = false;
  --pending.server->in_flight[index_of(pending.transport)];
}

void Pacing::prune() {
  const Moment now = loop_.now();
  const Moment::duration silence_kept = probe_after_ * silence_kept_probes;
  std::erase_if(servers_, [&](const auto& entry) {
    const PacedServer& server = *entry.second;
    if (!server.is_idle(now, silence_kept)) return false;
    if (server.network != nullptr) --server.network->servers;
    return true;
  });
  // Servers point at their networks.
  std::erase_if(networks_, [&](const auto& entry) {
    return entry.second.servers == 0 && entry.second.rate.used_until <= now;
  });
  prune_at_ = std::max(options_.paced_servers_max, servers_.size() * 2);
}

}  // namespace dskeeper::net
