#include "net/datagrams.h"

#include <cerrno>

namespace dskeeper::net {
namespace {

bool is_refused(int error) {
  return error == ENOSYS || error == EPERM;
}

// `call` deals with one message and says how many octets it had, or -1.
template <typename Call>
int one_by_one(std::span<mmsghdr> messages, const Call& call) {
  int done = 0;
  for (mmsghdr& message : messages) {
    const ssize_t octets = call(&message.msg_hdr);
    if (octets < 0) return done > 0 ? done : -1;
    message.msg_len = static_cast<unsigned>(octets);
    ++done;
  }
  return done;
}

}  // namespace

int Datagrams::send(int socket, std::span<mmsghdr> messages) {
  if (has_batches_) {
    const int sent =
        sendmmsg(socket, messages.data(), static_cast<unsigned>(messages.size()), MSG_DONTWAIT);
    if (sent >= 0 || !is_refused(errno)) return sent;
  }
  const int sent = one_by_one(
      messages, [&](const msghdr* message) { return sendmsg(socket, message, MSG_DONTWAIT); });
  if (sent > 0) has_batches_ = false;
  return sent;
}

int Datagrams::receive(int socket, std::span<mmsghdr> messages) {
  if (has_batches_) {
    const int received = recvmmsg(socket, messages.data(), static_cast<unsigned>(messages.size()),
                                  MSG_DONTWAIT, nullptr);
    if (received >= 0 || !is_refused(errno)) return received;
  }
  const int received =
      one_by_one(messages, [&](msghdr* message) { return recvmsg(socket, message, MSG_DONTWAIT); });
  if (received > 0) has_batches_ = false;
  return received;
}

}  // namespace dskeeper::net
