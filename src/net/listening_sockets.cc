#include "http/listening_sockets.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace dskeeper::http {
namespace {

// More than may be connected at once: who comes in a burst is not turned away by the kernel.
constexpr int backlog = 2048;

std::string remedy_for(int error) {
  if (error == EADDRINUSE) return "Another program has it: end that one, or choose another port.";
  if (error == EADDRNOTAVAIL) return "It is no address of this host: correct http.listen.";
  if (error == EACCES) return "Choose a port above 1023, or give the program the right to bind it.";
  return "";
}

bool bind_to(const net::Socket& socket, const Endpoint& at) {
  socket.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
  const net::SocketAddress address(at);
  return bind(socket.get(), address.get(), address.length) == 0 &&
         listen(socket.get(), backlog) == 0;
}

}  // namespace

Result<std::shared_ptr<const net::Socket>> ListeningSockets::open(const Endpoint& at) {
  std::weak_ptr<const net::Socket>& known = sockets_[at];
  if (auto socket = known.lock()) return socket;
  auto socket = std::make_shared<net::Socket>(net::family_of(at.address), SOCK_STREAM);
  if (!socket->is_open() || !bind_to(*socket, at)) {
    const int error = errno;
    return fail(fmt::format("cannot serve HTTP at {}: {}", at.text(), std::strerror(error)), {},
                remedy_for(error));
  }
  // Port 0 is another one each time.
  if (at.port != 0) known = socket;
  return std::shared_ptr<const net::Socket>(std::move(socket));
}

Endpoint endpoint_of(const net::Socket& socket) {
  net::SocketAddress address;
  address.length = sizeof(address.storage);
  if (getsockname(socket.get(), address.get(), &address.length) != 0) return {};
  return address.endpoint();
}

}  // namespace dskeeper::http
