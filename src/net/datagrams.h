// Datagrams by the batch: sendmmsg and recvmmsg, or one at a time where those are not to be had.
//
// Sandboxes (seccomp) and old kernels refuse the batched calls with ENOSYS or EPERM, which then
// shows at the first one and is remembered. EPERM may come from a packet filter too: only where the
// plain call goes through it was the batch that was not allowed. For src/net and src/notify.
#pragma once

#include <sys/socket.h>

#include <span>

namespace dskeeper::net {

class Datagrams {
 public:
  // As sendmmsg and recvmmsg with MSG_DONTWAIT: how many of the messages were dealt with, or -1 and
  // errno where the first one failed.
  [[nodiscard]] int send(int socket, std::span<mmsghdr> messages);
  [[nodiscard]] int receive(int socket, std::span<mmsghdr> messages);

  // Not refused so far.
  [[nodiscard]] bool has_batches() const { return has_batches_; }

 private:
  bool has_batches_ = true;
};

}  // namespace dskeeper::net
