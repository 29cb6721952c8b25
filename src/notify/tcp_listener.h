// NOTIFY over TCP (RFC 9859 §4, RFC 7766): few connections, short ones, none for ever.
//
// At most `connections_max`, and `connections_of_source_max` from one prefix; where a new one finds
// no room, the oldest of those is closed. Messages are answered in the order in
// which they came; a peer that does not take its answers is not read from any more.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>

#include "base/ip_address.h"
#include "net/loop.h"
#include "net/socket_address.h"
#include "notify/udp_listener.h"

namespace dskeeper::notify {

struct TcpLimits {
  std::size_t connections_max = 256;
  std::size_t connections_of_source_max = 16;
  std::chrono::milliseconds idle = std::chrono::seconds(10);  // for each message, from its begin
};

class TcpListener final : net::Loop::Watcher {
 public:
  // No NOTIFY needs as many; who announces more loses its connection.
  static constexpr std::size_t message_octets_max = 4096;

  // `loop` must outlive it.
  TcpListener(net::Loop& loop, std::shared_ptr<const net::Socket> socket, Answer answer,
              const TcpLimits& limits = {});
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;
  ~TcpListener();

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  class Connection;
  using Connections = std::list<std::unique_ptr<Connection>>;

  void ready(std::uint32_t events) override;
  [[nodiscard]] bool accept_one();
  void make_room(const Endpoint& from);
  void close(Connection& connection);

  net::Loop& loop_;
  std::shared_ptr<const net::Socket> socket_;
  Answer answer_;
  TcpLimits limits_;
  Connections connections_;  // in the order in which they came
  net::Loop::WatchId watch_;
};

}  // namespace dskeeper::notify
