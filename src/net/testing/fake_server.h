// Name servers made of a few lines, for tests: they answer what the test says, on loopback.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "dns/rrset.h"

namespace dskeeper::net {

struct FakeQuery {
  std::uint16_t id = 0;
  dns::Question question;
  bool is_tcp = false;
  std::size_t connection = 0;  // TCP: which one to this server, from 1
  std::size_t number = 0;      // of this query on its connection, or over UDP, from 1
  std::size_t in_hand = 0;     // TCP: earlier ones on the connection whose delay is not over yet
};

// What a fake server does about one query.
struct FakeReply {
  std::vector<Bytes> messages;        // sent in this order; none: silence
  bool closes = false;                // TCP: the connection, after the messages
  bool resets = false;                // TCP: the same with RST
  bool dribbles = false;              // TCP: octet by octet
  std::chrono::milliseconds delay{};  // TCP: until the messages are sent
  std::string from = {};              // UDP: another loopback address sends the messages
  std::size_t held_until = 0;  // TCP: kept back until so many queries came on the connection,
                               // then sent with all that was kept back, the newest first
};
using FakeBehaviour = std::function<FakeReply(const FakeQuery&)>;

struct FakeMessage {
  dns::Rcode rcode = dns::Rcode::noerror;
  bool is_authoritative = true;
  bool is_truncated = false;
  std::vector<dns::Record> answer = {};
  std::vector<dns::Record> authority = {};
};
[[nodiscard]] Bytes encode(const FakeQuery& query, const FakeMessage& message);
[[nodiscard]] FakeReply reply_with(const FakeQuery& query, const FakeMessage& message = {});

// Listens over UDP and TCP on an address of 127/8; all servers of a test share a port.
class FakeServer {
 public:
  FakeServer(boost::asio::io_context& io, const std::string& address, std::uint16_t port,
             FakeBehaviour behaviour);
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer();

  // Listens no more, so that the io_context may run out of work; the counts stay.
  void stop();

  [[nodiscard]] std::size_t udp_queries() const;
  [[nodiscard]] std::size_t tcp_queries() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// A port below the ephemeral ones that is free over UDP and TCP on 127.0.0.1 to 127.0.0.9.
[[nodiscard]] std::uint16_t free_port();

}  // namespace dskeeper::net
