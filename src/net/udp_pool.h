// Questions over UDP: many sockets on random ports, datagrams by the batch.
//
// A response counts only if it comes from the address and port that was asked, to the socket that
// asked, with the ID and the question of a query that is out (RFC 5452 §9.1); everything else is
// ignored. Sockets are replaced after some thousand questions, so that ports stay unpredictable.
// ICMP errors end a question as unreachable. Internal to src/net.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "net/datagrams.h"
#include "net/loop.h"
#include "net/pending.h"
#include "net/socket_address.h"

namespace dskeeper::net {

class RandomSource;
class UdpPool;

// Questions that leave in one sendmmsg share a socket, and with it a port.
inline constexpr std::size_t udp_batch_max = 16;
inline constexpr unsigned udp_questions_per_socket_max = 4096;
inline constexpr std::uint16_t udp_port_min = 16384;  // below live the services of this machine
inline constexpr std::uint16_t edns_udp_octets = 1232;

// Datagrams in, datagrams out: one at a time on the stack of the loop.
struct UdpBatch;

// One socket on its random port, and the questions that went out through it.
class UdpPort final : public Loop::Watcher {
 public:
  UdpPort(UdpPool& pool, Socket socket);
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;
  ~UdpPort();

 private:
  friend class UdpPool;
  void ready(std::uint32_t events) override;

  UdpPool& pool_;
  Socket socket_;
  Loop::WatchId watch_;
  boost::unordered_flat_map<std::uint16_t, Pending*> asked_;
  unsigned questions_ = 0;  // sent in its life
};

class UdpPool final : PendingHolder, Loop::Task {
 public:
  UdpPool(Loop& loop, const DnsClientOptions& options, RandomSource& random,
          DnsClientCounts& counts, PendingOwner& owner);
  UdpPool(const UdpPool&) = delete;
  UdpPool& operator=(const UdpPool&) = delete;
  ~UdpPool();

  // Calls owner.finished, later.
  void ask(Pending& pending);
  // Takes back a question; nobody is told.
  void forget(Pending& pending);

 private:
  friend class UdpPort;
  using Ports = std::vector<std::unique_ptr<UdpPort>>;
  // Sends again what the kernel had no room for.
  struct RoomTimer final : TimerWheel::Entry {
    explicit RoomTimer(UdpPool& its_pool) : pool(its_pool) {}
    UdpPool& pool;

   private:
    void expired() override { pool.run(); }
  };

  void expired(Pending& pending) override;
  void run() override;
  void send_queue(PendingList& queue, Ports& ports, int family);
  [[nodiscard]] UdpPort* random_port(Ports& ports, int family);
  [[nodiscard]] std::unique_ptr<UdpPort> open_port(int family, std::size_t index);
  void open_all(Ports& ports, int family);
  [[nodiscard]] bool send_batch(UdpPort& port, PendingList& queue);
  void launch(UdpPort& port, Pending& pending);
  void resend(Pending& pending);
  void receive(UdpPort& port);
  void received(UdpPort& port, const Endpoint& from, ByteView datagram, bool is_cut);
  [[nodiscard]] Pending* match(UdpPort& port, const Endpoint& from, ByteView datagram) const;
  void read_errors(UdpPort& port);
  void finish(Pending& pending, AskStatus status);

  Loop& loop_;
  const DnsClientOptions& options_;
  RandomSource& random_;
  DnsClientCounts& counts_;
  PendingOwner& owner_;
  Datagrams datagrams_;
  std::unique_ptr<UdpBatch> batch_;
  RoomTimer room_timer_{*this};
  Ports ports_v4_;
  Ports ports_v6_;
  Ports retired_;  // replaced, with questions out still
  PendingList queue_v4_;
  PendingList queue_v6_;
  std::size_t in_flight_ = 0;
};

}  // namespace dskeeper::net
