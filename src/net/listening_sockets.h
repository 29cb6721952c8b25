// The sockets that a service listens at, kept over a new reading of the configuration.
//
// The next configuration's are opened before the running one ends, so that an address that is taken
// changes nothing; those that both name are the same sockets, and what arrives in between waits in
// the kernel. One thread.
#pragma once

#include <sys/socket.h>

#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/ip_address.h"
#include "base/result.h"
#include "net/socket_address.h"

namespace dskeeper::net {

struct ListeningPurpose {
  std::string_view deed;  // "serve HTTP", as in "cannot serve HTTP at …"
  std::string_view key;   // of the configuration that has the address
  int backlog = 0;        // how many may wait to be accepted
};

class ListeningSockets {
 public:
  explicit ListeningSockets(const ListeningPurpose& purpose) : purpose_(purpose) {}

  // SOCK_STREAM is listening; SOCK_DGRAM has a large buffer and tells which address was asked. Port
  // 0 takes any. The same socket for as long as somebody holds it.
  [[nodiscard]] Result<std::shared_ptr<const Socket>> open(const Endpoint& at, int type);

 private:
  ListeningPurpose purpose_;
  std::map<std::pair<Endpoint, int>, std::weak_ptr<const Socket>> sockets_;
};

// Where it is bound.
[[nodiscard]] Endpoint endpoint_of(const Socket& socket);

}  // namespace dskeeper::net
