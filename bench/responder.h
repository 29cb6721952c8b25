// The responder: one thread, one epoll, both doors. Runs until it is told to end.
#pragma once

#include <sys/epoll.h>

#include <functional>
#include <span>

#include "base/result.h"
#include "descriptor.h"
#include "service.h"
#include "silent_doors.h"
#include "tcp_door.h"
#include "udp_door.h"

namespace dskeeper::bench {

class Responder {
 public:
  // Has the ports from then on; answers once run() runs. SIGUSR1 and SIGTERM are taken over.
  [[nodiscard]] static Result<Responder> open(const World& world, Service& service);

  // Until SIGTERM. `report` is called for each SIGUSR1, between two questions.
  void run(const std::function<void()>& report);

 private:
  Responder(Descriptor epoll, Descriptor signals, UdpDoor udp, TcpDoor tcp, SilentDoors silent)
      : epoll_(std::move(epoll)),
        signals_(std::move(signals)),
        udp_(std::move(udp)),
        tcp_(std::move(tcp)),
        silent_(std::move(silent)) {}
  // How many events came; waits no longer than until the next answer is due.
  [[nodiscard]] std::size_t wait(std::span<epoll_event> events) const;
  // False: the end.
  [[nodiscard]] bool take_signal(const std::function<void()>& report) const;

  Descriptor epoll_;
  Descriptor signals_;
  UdpDoor udp_;
  TcpDoor tcp_;
  SilentDoors silent_;
};

}  // namespace dskeeper::bench
