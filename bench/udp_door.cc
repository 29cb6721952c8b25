#include "udp_door.h"

#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace dskeeper::bench {
namespace {

constexpr std::size_t batch_max = 64;
constexpr std::size_t query_octets_max = 512;
constexpr std::uint16_t dns_port = 53;
// Several thousand questions in flight, with what the kernel keeps about each.
constexpr int buffer_octets = 32 << 20;

}  // namespace

struct UdpDoor::Batch {
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> octets{};
  };
  std::array<mmsghdr, batch_max> headers{};
  std::array<iovec, batch_max> vectors{};
  std::array<net::SocketAddress, batch_max> addresses{};
  std::array<Control, batch_max> controls{};
  std::array<std::array<std::uint8_t, query_octets_max>, batch_max> queries{};
  std::array<Bytes, batch_max> responses;

  void point_at(std::size_t at, void* octets, std::size_t count) {
    vectors[at] = {octets, count};
    msghdr& header = headers[at].msg_hdr;
    header = {};
    header.msg_name = addresses[at].get();
    header.msg_namelen = addresses[at].length;
    header.msg_iov = &vectors[at];
    header.msg_iovlen = 1;
    header.msg_control = controls[at].octets.data();
    header.msg_controllen = controls[at].octets.size();
  }

  // The address that the datagram was sent to.
  [[nodiscard]] std::array<std::uint8_t, 4> local_address(std::size_t at) {
    std::array<std::uint8_t, 4> address{};
    const cmsghdr* const first = CMSG_FIRSTHDR(&headers[at].msg_hdr);
    if (first == nullptr || first->cmsg_type != IP_PKTINFO) return address;
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(first), sizeof(info));
    std::memcpy(address.data(), &info.ipi_addr, address.size());
    return address;
  }

  void set_local_address(std::size_t at, const std::array<std::uint8_t, 4>& address) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, address.data(), address.size());
    cmsghdr* const first = CMSG_FIRSTHDR(&headers[at].msg_hdr);
    first->cmsg_level = IPPROTO_IP;
    first->cmsg_type = IP_PKTINFO;
    first->cmsg_len = CMSG_LEN(sizeof(info));
    std::memcpy(CMSG_DATA(first), &info, sizeof(info));
  }
};

UdpDoor::UdpDoor(net::Socket socket, Service& service)
    : socket_(std::move(socket)), service_(&service), batch_(std::make_unique<Batch>()) {}
UdpDoor::UdpDoor(UdpDoor&&) noexcept = default;
UdpDoor::~UdpDoor() = default;

Result<UdpDoor> UdpDoor::open(Service& service) {
  net::Socket socket(AF_INET, SOCK_DGRAM);
  // The root's and the parent's servers have the port on addresses of their own.
  socket.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
  socket.set_option(SOL_SOCKET, SO_REUSEPORT, 1);
  socket.set_option(IPPROTO_IP, IP_PKTINFO, 1);
  if (!socket.set_option(SOL_SOCKET, SO_RCVBUFFORCE, buffer_octets)) {
    socket.set_option(SOL_SOCKET, SO_RCVBUF, buffer_octets);
  }
  const net::SocketAddress local({net::any_address(AF_INET), dns_port});
  if (!socket.is_open() || bind(socket.get(), local.get(), local.length) != 0) {
    return fail(std::string("UDP port 53 cannot be had: ") + std::strerror(errno));
  }
  return UdpDoor(std::move(socket), service);
}

void UdpDoor::receive(Moment now) {
  Batch& batch = *batch_;
  for (std::size_t at = 0; at < batch_max; ++at) {
    batch.addresses[at].length = sizeof(sockaddr_storage);
    batch.point_at(at, batch.queries[at].data(), query_octets_max);
  }
  const int count = recvmmsg(socket_.get(), batch.headers.data(), batch_max, MSG_DONTWAIT, nullptr);
  for (int index = 0; index < count; ++index) {
    const auto at = static_cast<std::size_t>(index);
    const mmsghdr& header = batch.headers[at];
    const std::array<std::uint8_t, 4> local = batch.local_address(at);
    auto answer =
        service_->answer(ByteView(batch.queries[at]).first(header.msg_len), local, Transport::udp);
    if (!answer) continue;
    batch.addresses[at].length = header.msg_hdr.msg_namelen;
    line_.put(now + service_->weather().round_trip,
              {batch.addresses[at], local, *std::move(answer)});
  }
}

void UdpDoor::send_due(Moment now) {
  Batch& batch = *batch_;
  std::size_t count = 0;
  while (auto datagram = line_.take(now)) {
    batch.addresses[count] = datagram->to;
    batch.responses[count] = std::move(datagram->octets);
    batch.point_at(count, batch.responses[count].data(), batch.responses[count].size());
    batch.set_local_address(count, datagram->from);
    if (++count == batch_max) send(std::exchange(count, 0));
  }
  send(count);
}

// A datagram that cannot be sent is lost, as on any network.
void UdpDoor::send(std::size_t count) {
  for (std::size_t done = 0; done < count;) {
    const int sent =
        sendmmsg(socket_.get(), &batch_->headers[done], static_cast<unsigned>(count - done), 0);
    done += sent > 0 ? static_cast<std::size_t>(sent) : 1;
  }
}

}  // namespace dskeeper::bench
