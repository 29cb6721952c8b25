#include "silent_doors.h"

#include <cerrno>
#include <cstring>

namespace dskeeper::bench {
namespace {

constexpr std::uint16_t dns_port = 53;

}  // namespace

Result<void> SilentDoors::add(const IpAddress& address) {
  const net::SocketAddress local({address, dns_port});
  net::Socket listener(AF_INET, SOCK_STREAM);
  listener.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
  listener.set_option(SOL_SOCKET, SO_REUSEPORT, 1);
  if (!listener.is_open() || bind(listener.get(), local.get(), local.length) != 0 ||
      listen(listener.get(), 0) != 0) {
    return fail(std::string("a dead server cannot be made: ") + std::strerror(errno),
                address.text());
  }
  // A queue of none has room for one (listen(2)).
  net::Socket filler(AF_INET, SOCK_STREAM);
  if (!filler.is_open() ||
      (connect(filler.get(), local.get(), local.length) != 0 && errno != EINPROGRESS)) {
    return fail(std::string("a dead server cannot be made: ") + std::strerror(errno),
                address.text());
  }
  sockets_.push_back(std::move(listener));
  sockets_.push_back(std::move(filler));
  return {};
}

}  // namespace dskeeper::bench
