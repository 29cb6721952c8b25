// Questions over TCP: one connection for each server address, shared by all who ask it.
//
// The number of connections is bounded; servers beyond it wait in line, and idle connections make
// room. Internal to src/net.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "net/loop.h"
#include "net/pending.h"
#include "net/tcp_peer.h"

namespace dskeeper::net {

class RandomSource;

// Above this, servers of which there is nothing to remember are forgotten.
inline constexpr std::size_t tcp_peers_max = 50'000;
inline constexpr std::size_t tcp_read_octets = 65536;

class TcpPool final : Loop::Task {
 public:
  TcpPool(Loop& loop, const DnsClientOptions& options, RandomSource& random,
          DnsClientCounts& counts, PendingOwner& owner);
  TcpPool(const TcpPool&) = delete;
  TcpPool& operator=(const TcpPool&) = delete;
  ~TcpPool();

  // Calls owner.finished, later.
  void ask(Pending& pending);
  // Takes back a question; nobody is told.
  void forget(Pending& pending);

 private:
  friend class TcpPeer;

  void run() override;  // lets the peers write what came in this batch
  void mark_dirty(TcpPeer& peer);
  // For peers: a connection if the bound allows, else a place in the line.
  void want_connection(TcpPeer& peer);
  void connection_closed();
  // The process has no more descriptors: fewer connections from now on. False where there is none.
  [[nodiscard]] bool make_do_with_less(TcpPeer& peer);
  // After that, each connection that works makes room for one more.
  void connection_works();
  void rests(TcpPeer& peer);
  void prune();

  Loop& loop_;
  const DnsClientOptions& options_;
  RandomSource& random_;
  DnsClientCounts& counts_;
  PendingOwner& owner_;
  std::unordered_map<IpAddress, std::unique_ptr<TcpPeer>> peers_;
  std::vector<TcpPeer*> dirty_;
  std::deque<TcpPeer*> line_;  // wait for their turn to connect
  boost::intrusive::list<TcpPeer, boost::intrusive::base_hook<IdleHook>,
                         boost::intrusive::constant_time_size<false>>
      idle_;  // connections without questions, the oldest first
  std::size_t connections_ = 0;
  std::size_t connections_max_;
  std::size_t prune_at_ = tcp_peers_max;
  std::vector<std::uint8_t> buffer_;  // for reading, one peer at a time
};

}  // namespace dskeeper::net
