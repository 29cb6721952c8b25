#include "net/listening_sockets.h"

#include <fmt/core.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace dskeeper::net {
namespace {

// What comes while this thread is at something else: some tens of milliseconds of a flood, where
// the kernel gives it.
constexpr int receive_buffer_octets = 8 << 20;

std::string remedy_for(int error, std::string_view key) {
  if (error == EADDRINUSE) return "Another program has it: end that one, or choose another port.";
  if (error == EADDRNOTAVAIL) return fmt::format("It is no address of this host: correct {}.", key);
  if (error == EACCES) return "Choose a port above 1023, or give the program the right to bind it.";
  return "";
}

void prepare_datagrams(const Socket& socket, const Endpoint& at) {
  // Beyond the limit for everybody only for the privileged.
  if (!socket.set_option(SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_octets)) {
    socket.set_option(SOL_SOCKET, SO_RCVBUF, receive_buffer_octets);
  }
  // An answer must come from the address that was asked.
  const bool is_v4 = at.address.is_v4();
  socket.set_option(is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_PKTINFO : IPV6_RECVPKTINFO, 1);
}

bool prepare(const Socket& socket, const Endpoint& at, int type, int backlog) {
  if (type == SOCK_STREAM) {
    socket.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
  } else {
    prepare_datagrams(socket, at);
  }
  const SocketAddress address(at);
  if (bind(socket.get(), address.get(), address.length) != 0) return false;
  return type != SOCK_STREAM || listen(socket.get(), backlog) == 0;
}

}  // namespace

Result<std::shared_ptr<const Socket>> ListeningSockets::open(const Endpoint& at, int type) {
  std::weak_ptr<const Socket>& known = sockets_[{at, type}];
  if (auto socket = known.lock()) return socket;
  auto socket = std::make_shared<Socket>(family_of(at.address), type);
  if (!socket->is_open() || !prepare(*socket, at, type, purpose_.backlog)) {
    const int error = errno;
    return fail(fmt::format("cannot {} at {} over {}: {}", purpose_.deed, at.text(),
                            type == SOCK_STREAM ? "TCP" : "UDP", std::strerror(error)),
                {}, remedy_for(error, purpose_.key));
  }
  // Port 0 is another one each time.
  if (at.port != 0) known = socket;
  return std::shared_ptr<const Socket>(std::move(socket));
}

Endpoint endpoint_of(const Socket& socket) {
  SocketAddress address;
  address.length = sizeof(address.storage);
  if (getsockname(socket.get(), address.get(), &address.length) != 0) return {};
  return address.endpoint();
}

}  // namespace dskeeper::net
