// Dead servers over TCP: addresses whose connections never come about.
//
// On loopback the kernel would finish the handshake for anybody who listens, and refuse it for
// anybody who does not. So each address gets a listener whose queue is full: what comes then is
// dropped without a word, as by a host that is not there.
#pragma once

#include <vector>

#include "base/result.h"
#include "net/socket_address.h"

namespace dskeeper::bench {

class SilentDoors {
 public:
  [[nodiscard]] Result<void> add(const IpAddress& address);

 private:
  std::vector<net::Socket> sockets_;
};

}  // namespace dskeeper::bench
