// Politeness: how fast and how many questions may go to one address and one network, and which
// servers are left alone because they are silent.
//
// Each address and each network (/24, /48) has a token rate (generic cell rate algorithm: one
// moment of state), each address a window of questions in flight for each transport. What must wait
// does so in the order it came, on its server's queue, so that a slow operator delays nobody else.
// An address from which `silent_children_max` children in a row got no answer is set aside: its
// questions end at once, but for one probe each `probe_after` and a few of those that are needed,
// so that nobody is taken for silent who was not asked. One that fails many children at once is
// asked more slowly for a while (backoff.h); its rate, also an agreed one, is the most it gets, and
// without a rate there is nothing to slow down. Questions of notified looks, which strangers cause,
// get a quarter of an address' rate and no more. Internal to src/net.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "net/loop.h"
#include "net/pending.h"

namespace dskeeper::net {

inline constexpr unsigned silent_children_max = 3;
// Of an address' rate, what looks that a NOTIFY caused may use: one part in so many.
inline constexpr unsigned notified_share_of_rate = 4;
// A server that was set aside is probed after so many timeouts: each minute at the default of 5 s.
inline constexpr int probe_after_timeouts = 12;
// What one tick of the wheel may let go at once is a tenth of a second's worth, at least this many:
// the questions of one full look.
inline constexpr unsigned burst_min = 4;
// Needed questions on their way to one address that is set aside, for each transport.
inline constexpr unsigned needed_while_aside_max = 4;
// A silence that nobody met again for so many probes is forgotten.
inline constexpr int silence_kept_probes = 10;

// The moment until which a rate is used up; a question may go while that is at most `burst` ahead.
struct TokenRate {
  Moment used_until{};
  Moment::duration interval{};  // 0: no limit
  Moment::duration burst{};

  [[nodiscard]] static TokenRate per_second(unsigned rate);
  // When the next question may go; not after `now` where it may go at once.
  [[nodiscard]] Moment next(Moment now) const;
  void take(Moment now);
};

struct PacedServer;

class Pacing final {
 public:
  Pacing(Loop& loop, const DnsClientOptions& options, DnsClientCounts& counts, PendingOwner& owner);
  Pacing(const Pacing&) = delete;
  Pacing& operator=(const Pacing&) = delete;
  ~Pacing();

  // Calls owner.admitted or owner.set_aside, now or later. Over TCP after UDP counts again.
  void enter(Pending& pending);
  // The question that was admitted has ended, as pending.reply says.
  void leave(Pending& pending);
  // Lets go of whatever waits; the owner has taken the questions out of the queues.
  void forget(Pending& pending);
  // Addresses that something is remembered of.
  [[nodiscard]] std::size_t size() const { return servers_.size(); }

 private:
  friend struct PacedServer;

  struct Network {
    TokenRate rate;
    std::size_t servers = 0;  // that are held by servers_
  };

  [[nodiscard]] PacedServer& server_of(const IpAddress& address);
  void pump(PacedServer& server);
  [[nodiscard]] bool may_go(const PacedServer& server, const Pending& pending) const;
  void admit(PacedServer& server, Pending& pending, Moment now);
  void note_trouble(PacedServer& server, const Pending& pending);
  void note_silence(PacedServer& server, const Pending& pending);
  [[nodiscard]] static bool give_leave(PacedServer& server, Pending& pending);
  static void end_leave(Pending& pending);
  void prune();

  Loop& loop_;
  const DnsClientOptions& options_;
  DnsClientCounts& counts_;
  PendingOwner& owner_;
  Moment::duration probe_after_;
  std::unordered_map<IpAddress, std::unique_ptr<PacedServer>> servers_;
  std::unordered_map<IpAddress, Network> networks_;  // by their first address
  std::size_t prune_at_;
};

}  // namespace dskeeper::net
