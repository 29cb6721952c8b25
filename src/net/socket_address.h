// Addresses as the kernel wants them, and sockets that close themselves. For src/net,
// src/notify and src/http.
#pragma once

#include <sys/socket.h>

#include <utility>

#include "base/ip_address.h"

namespace dskeeper::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  SocketAddress() = default;
  explicit SocketAddress(const Endpoint& endpoint);
  [[nodiscard]] Endpoint endpoint() const;
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

[[nodiscard]] inline int family_of(const IpAddress& address) {
  return address.is_v4() ? AF_INET : AF_INET6;
}
[[nodiscard]] IpAddress any_address(int family);

// May this host ask from the address? An address that is not its own would look like the silence of
// everybody who is asked.
[[nodiscard]] bool is_own_address(const IpAddress& address);

class Socket {
 public:
  Socket() = default;
  // Non-blocking, close-on-exec; IPv6 sockets carry no IPv4. Not open where the kernel refuses;
  // errno says why.
  Socket(int family, int type);
  // Takes it over, as accept4() gave it.
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() { close(); }

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int get() const { return descriptor_; }
  // Whoever takes it closes it.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }
  void close();
  bool set_option(int level, int option, int value) const;

 private:
  int descriptor_ = -1;
};

}  // namespace dskeeper::net
