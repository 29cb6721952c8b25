#include "notify/udp_listener.h"

#include <netinet/in.h>
#include <sys/epoll.h>

#include <array>
#include <cstring>
#include <span>
#include <utility>

namespace dskeeper::notify {
namespace {

// Room for one of the two.
constexpr std::size_t control_octets = CMSG_SPACE(sizeof(in6_pktinfo));

// Which of our addresses a datagram came to is the one that the answer leaves from; the interface
// is the kernel's choice, since the way back may be another.
void turn_round(msghdr& header) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(part), sizeof info);
      info.ipi_spec_dst = info.ipi_addr;
      info.ipi_ifindex = 0;
      std::memcpy(CMSG_DATA(part), &info, sizeof info);
      return;
    }
    // With IPv6 a link-local address says nothing without its interface.
    if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) return;
  }
  header.msg_control = nullptr;
  header.msg_controllen = 0;
}

}  // namespace

struct UdpListener::Batch {
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, control_octets> octets{};
  };
  std::array<mmsghdr, batch_max> headers{};
  std::array<iovec, batch_max> vectors{};
  std::array<net::SocketAddress, batch_max> addresses{};
  std::array<Control, batch_max> controls{};
  std::array<Bytes, batch_max> answers;
  std::array<std::array<std::uint8_t, datagram_octets_max>, batch_max> datagrams{};

  void prepare(std::size_t at) {
    vectors[at] = {datagrams[at].data(), datagrams[at].size()};
    msghdr& header = headers[at].msg_hdr;
    header = {};
    header.msg_name = addresses[at].get();
    header.msg_namelen = sizeof(addresses[at].storage);
    header.msg_iov = &vectors[at];
    header.msg_iovlen = 1;
    header.msg_control = controls[at].octets.data();
    header.msg_controllen = controls[at].octets.size();
    headers[at].msg_len = 0;
  }
};

UdpListener::UdpListener(net::Loop& loop, std::shared_ptr<const net::Socket> socket, Answer answer)
    : loop_(loop),
      socket_(std::move(socket)),
      answer_(std::move(answer)),
      batch_(std::make_unique<Batch>()),
      watch_(loop.watch(socket_->get(), EPOLLIN, *this)) {}

UdpListener::~UdpListener() {
  loop_.unwatch(watch_, socket_->get());
}

void UdpListener::ready(std::uint32_t /*events*/) {
  for (std::size_t at = 0; at < batch_max; ++at) batch_->prepare(at);
  const int count = datagrams_.receive(socket_->get(), batch_->headers);
  if (count <= 0) return;
  std::span<mmsghdr> left =
      std::span(batch_->headers).first(answer_all(static_cast<std::size_t>(count)));
  while (!left.empty()) {
    const int sent = datagrams_.send(socket_->get(), left);
    // An error is the first one's own, such as an address that nothing can be sent to.
    const bool is_full = sent < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM);
    if (is_full) return;
    left = left.subspan(static_cast<std::size_t>(sent < 0 ? 1 : sent));
  }
}

// The headers of the answers come to stand in front; how many there are.
std::size_t UdpListener::answer_all(std::size_t count) {
  std::size_t answers = 0;
  for (std::size_t at = 0; at < count; ++at) {
    mmsghdr& received = batch_->headers[at];
    if ((received.msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
    batch_->addresses[at].length = received.msg_hdr.msg_namelen;
    auto answer = answer_(ByteView(batch_->datagrams[at]).first(received.msg_len),
                          batch_->addresses[at].endpoint());
    if (!answer) continue;
    batch_->answers[at] = *std::move(answer);
    batch_->vectors[at] = {batch_->answers[at].data(), batch_->answers[at].size()};
    turn_round(received.msg_hdr);
    received.msg_hdr.msg_flags = 0;
    if (answers != at) batch_->headers[answers] = received;
    ++answers;
  }
  return answers;
}

}  // namespace dskeeper::notify
