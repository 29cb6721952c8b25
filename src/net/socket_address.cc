#include "net/socket_address.h"

#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace dskeeper::net {

SocketAddress::SocketAddress(const Endpoint& endpoint) {
  const ByteView octets = endpoint.address.octets();
  if (endpoint.address.is_v4()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, octets.data(), octets.size());
    std::memcpy(&storage, &address, sizeof(address));
    length = sizeof(address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, octets.data(), octets.size());
    std::memcpy(&storage, &address, sizeof(address));
    length = sizeof(address);
  }
}

Endpoint SocketAddress::endpoint() const {
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof(address));
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &address.sin_addr, octets.size());
    return {IpAddress::v4(octets), ntohs(address.sin_port)};
  }
  sockaddr_in6 address{};
  std::memcpy(&address, &storage, sizeof(address));
  std::array<std::uint8_t, 16> octets{};
  std::memcpy(octets.data(), &address.sin6_addr, octets.size());
  return {IpAddress::v6(octets), ntohs(address.sin6_port)};
}

IpAddress any_address(int family) {
  if (family == AF_INET) return {};
  return IpAddress::v6(std::array<std::uint8_t, 16>{});
}

Socket::Socket(int family, int type)
    : descriptor_(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (is_open() && family == AF_INET6) set_option(IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

void Socket::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool Socket::set_option(int level, int option, int value) const {
  return setsockopt(descriptor_, level, option, &value, sizeof(value)) == 0;
}

bool is_own_address(const IpAddress& address) {
  const Socket socket(family_of(address), SOCK_DGRAM);
  const SocketAddress local(Endpoint{address, 0});
  return socket.is_open() && bind(socket.get(), local.get(), local.length) == 0;
}

}  // namespace dskeeper::net
