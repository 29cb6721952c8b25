#include "net/datagrams.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace dskeeper::net {
namespace {

constexpr std::size_t count = 3;

// Messages of one octet each.
struct Batch {
  std::array<char, count> octets{'a', 'b', 'c'};
  std::array<iovec, count> vectors{};
  std::array<mmsghdr, count + 1> headers{};  // one more than there will be to receive

  Batch() {
    for (std::size_t at = 0; at < count; ++at) {
      vectors.at(at) = {&octets.at(at), 1};
      headers.at(at).msg_hdr.msg_iov = &vectors.at(at);
      headers.at(at).msg_hdr.msg_iovlen = 1;
    }
  }
};

// Sends three datagrams through a pair of sockets and receives them.
bool sends_and_receives(Datagrams& datagrams) {
  std::array<int, 2> sockets{};
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets.data()) != 0) return false;
  Batch out;
  Batch in;
  in.octets = {};
  const int sent = datagrams.send(sockets[0], std::span(out.headers).first(count));
  const int received = datagrams.receive(sockets[1], in.headers);
  const bool is_empty = datagrams.receive(sockets[1], in.headers) == -1 && errno == EAGAIN;
  for (const int socket : sockets) close(socket);
  return sent == 3 && received == 3 && is_empty && in.octets == out.octets &&
         in.headers[2].msg_len == 1;
}

// From now on the kernel refuses this process the batched calls.
bool refuse_batches(unsigned error) {
  std::array<sock_filter, 5> program = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmmsg, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvmmsg, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

[[noreturn]] void send_where_refused(unsigned error) {
  Datagrams datagrams;
  const bool is_done = refuse_batches(error) && sends_and_receives(datagrams) &&
                       !datagrams.has_batches() && sends_and_receives(datagrams);
  std::_Exit(is_done ? 0 : 1);
}

TEST(Datagrams, GoByTheBatch) {
  Datagrams datagrams;
  EXPECT_TRUE(sends_and_receives(datagrams));
  EXPECT_TRUE(datagrams.has_batches());
}

TEST(Datagrams, GoOneByOneWhereBatchesAreRefused) {
  EXPECT_EXIT(send_where_refused(ENOSYS), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(send_where_refused(EPERM), testing::ExitedWithCode(0), "");
}

TEST(Datagrams, ErrorsThatAreNotTheBatchsAreThePlainCalls) {
  Datagrams datagrams;
  Batch out;
  EXPECT_EQ(datagrams.send(-1, std::span(out.headers).first(count)), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_TRUE(datagrams.has_batches());
}

}  // namespace
}  // namespace dskeeper::net
