// NOTIFY over UDP: datagrams in, answers out, by the batch.
//
// What cannot be sent at once is not sent: the sender repeats its message. One batch a turn of the
// loop, so that a flood leaves room for the rest of the program.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "net/datagrams.h"
#include "net/listening_sockets.h"
#include "net/loop.h"
#include "net/socket_address.h"

namespace dskeeper::notify {

inline constexpr net::ListeningPurpose listening_purpose{"listen for NOTIFY", "notify.listen", 256};

// The answer to a message; nothing where there is none.
using Answer = std::function<std::optional<Bytes>(ByteView message, const Endpoint& from)>;

class UdpListener final : net::Loop::Watcher {
 public:
  static constexpr std::size_t batch_max = 64;
  // No NOTIFY needs as many; what is longer is passed over.
  static constexpr std::size_t datagram_octets_max = 2048;

  // `loop` must outlive it.
  UdpListener(net::Loop& loop, std::shared_ptr<const net::Socket> socket, Answer answer);
  UdpListener(const UdpListener&) = delete;
  UdpListener& operator=(const UdpListener&) = delete;
  ~UdpListener();

 private:
  struct Batch;
  void ready(std::uint32_t events) override;
  [[nodiscard]] std::size_t answer_all(std::size_t count);

  net::Loop& loop_;
  std::shared_ptr<const net::Socket> socket_;
  Answer answer_;
  net::Datagrams datagrams_;
  std::unique_ptr<Batch> batch_;
  net::Loop::WatchId watch_;
};

}  // namespace dskeeper::notify
