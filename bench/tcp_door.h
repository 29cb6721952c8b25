// The responder's TCP side: any number of connections, many questions on each, answers as they come
// due (RFC 7766). It closes none that its client keeps open.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/result.h"
#include "delay_line.h"
#include "descriptor.h"
#include "net/socket_address.h"
#include "service.h"

namespace dskeeper::bench {

// What an epoll event is about; from first_connection on, one connection.
enum class EventSource : std::uint64_t { udp, tcp_listener, signal, first_connection };

class TcpDoor {
 public:
  // Watches its sockets on that epoll, which must outlive it.
  [[nodiscard]] static Result<TcpDoor> open(Service& service, int epoll);

  void accept(Moment now);
  void ready(std::uint64_t source, std::uint32_t events, Moment now);
  void send_due(Moment now);
  [[nodiscard]] std::optional<Moment> next_due() const { return line_.next_due(); }

 private:
  struct Connection {
    Descriptor socket;
    std::array<std::uint8_t, 4> local{};  // the server's address
    Moment opened{};
    Bytes in;
    Bytes out;
    bool waits_for_room = false;
  };
  using Connections = std::unordered_map<std::uint64_t, Connection>;
  struct Response {
    std::uint64_t connection = 0;
    Bytes octets;
  };

  TcpDoor(net::Socket listener, Service& service, int epoll)
      : listener_(std::move(listener)), service_(&service), epoll_(epoll) {}
  // Both false where the connection has ended.
  [[nodiscard]] bool read(std::uint64_t number, Connection& connection, Moment now);
  [[nodiscard]] bool write(std::uint64_t number, Connection& connection) const;
  void answer_all(std::uint64_t number, Connection& connection, Moment now);

  net::Socket listener_;
  Service* service_;
  int epoll_;
  Connections connections_;
  std::uint64_t next_ = static_cast<std::uint64_t>(EventSource::first_connection);
  DelayLine<Response> line_;
};

}  // namespace dskeeper::bench
