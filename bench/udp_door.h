// The responder's UDP side: one socket on all addresses, in batches.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "delay_line.h"
#include "net/socket_address.h"
#include "service.h"

namespace dskeeper::bench {

class UdpDoor {
 public:
  [[nodiscard]] static Result<UdpDoor> open(Service& service);
  UdpDoor(UdpDoor&&) noexcept;
  ~UdpDoor();

  [[nodiscard]] int socket() const { return socket_.get(); }
  // Reads what is there, at most one batch.
  void receive(Moment now);
  void send_due(Moment now);
  [[nodiscard]] std::optional<Moment> next_due() const { return line_.next_due(); }

 private:
  struct Batch;
  struct Datagram {
    net::SocketAddress to;
    std::array<std::uint8_t, 4> from{};  // the server's address
    Bytes octets;
  };
  UdpDoor(net::Socket socket, Service& service);
  void send(std::size_t count);

  net::Socket socket_;
  Service* service_;
  DelayLine<Datagram> line_;
  std::unique_ptr<Batch> batch_;
};

}  // namespace dskeeper::bench
