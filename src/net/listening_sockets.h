// The sockets that HTTP is served at, kept over a new reading of the configuration.
//
// The next configuration's are opened before the running one ends, so that an address that is taken
// changes nothing; those that both name are the same sockets, and who connects in between waits in
// the kernel. One thread.
#pragma once

#include <map>
#include <memory>

#include "base/ip_address.h"
#include "base/result.h"
#include "net/socket_address.h"

namespace dskeeper::http {

class ListeningSockets {
 public:
  // Listening; port 0 takes any. The same socket for as long as somebody holds it.
  [[nodiscard]] Result<std::shared_ptr<const net::Socket>> open(const Endpoint& at);

 private:
  std::map<Endpoint, std::weak_ptr<const net::Socket>> sockets_;
};

// Where it is bound.
[[nodiscard]] Endpoint endpoint_of(const net::Socket& socket);

}  // namespace dskeeper::http
