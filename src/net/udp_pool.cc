#include "net/udp_pool.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "net/random_source.h"

namespace dskeeper::net {
namespace {

// More than EDNS asks for: a server that ignores the limit is read all the same.
constexpr std::size_t datagram_octets_max = 4096;
constexpr std::size_t header_octets = 12;
constexpr std::uint8_t tc_bit = 0x02;
constexpr int bind_attempts_max = 20;

std::uint16_t id_of(ByteView datagram) {
  return static_cast<std::uint16_t>(datagram[0] << 8U | datagram[1]);
}

bool is_no_room(int error) {
  return error == EAGAIN || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

struct UdpBatch {
  std::array<mmsghdr, udp_batch_max> headers{};
  std::array<iovec, udp_batch_max> vectors{};
  std::array<SocketAddress, udp_batch_max> addresses{};
  std::array<Bytes, udp_batch_max> queries;
  std::array<Pending*, udp_batch_max> pendings{};
  std::array<std::array<std::uint8_t, datagram_octets_max>, udp_batch_max> datagrams{};

  void point_at(std::size_t at, void* octets, std::size_t count) {
    vectors[at] = {octets, count};
    msghdr& header = headers[at].msg_hdr;
    header = {};
    header.msg_name = addresses[at].get();
    header.msg_namelen = addresses[at].length;
    header.msg_iov = &vectors[at];
    header.msg_iovlen = 1;
    headers[at].msg_len = 0;
  }
};

UdpPort::UdpPort(UdpPool& pool, Socket socket)
    : pool_(pool),
      socket_(std::move(socket)),
      watch_(pool.loop_.watch(socket_.get(), EPOLLIN, *this)) {}

UdpPort::~UdpPort() {
  pool_.loop_.unwatch(watch_, socket_.get());
}

void UdpPort::ready(std::uint32_t events) {
  if ((events & EPOLLERR) != 0) pool_.read_errors(*this);
  if ((events & EPOLLIN) != 0) pool_.receive(*this);
}

UdpPool::UdpPool(Loop& loop, const DnsClientOptions& options, RandomSource& random,
                 DnsClientCounts& counts, PendingOwner& owner)
    : loop_(loop),
      options_(options),
      random_(random),
      counts_(counts),
      owner_(owner),
      batch_(std::make_unique<UdpBatch>()) {}

UdpPool::~UdpPool() = default;

void UdpPool::ask(Pending& pending) {
  pending.holder = this;
  pending.attempts = 0;
  (pending.address.is_v4() ? queue_v4_ : queue_v6_).push_back(pending);
  loop_.defer(*this);
}

void UdpPool::forget(Pending& pending) {
  loop_.disarm(pending);
  if (pending.port == nullptr) return;
  pending.port->asked_.erase(pending.id);
  pending.port = nullptr;
  --in_flight_;
}

void UdpPool::run() {
  std::erase_if(retired_, [](const auto& port) { return port->asked_.empty(); });
  send_queue(queue_v4_, ports_v4_, AF_INET);
  send_queue(queue_v6_, ports_v6_, AF_INET6);
}

void UdpPool::send_queue(PendingList& queue, Ports& ports, int family) {
  while (!queue.empty() && in_flight_ < options_.udp_in_flight_max) {
    UdpPort* const port = random_port(ports, family);
    if (port == nullptr) {
      Pending& pending = queue.front();
      queue.pop_front();
      finish(pending, AskStatus::unreachable);
      continue;
    }
    if (send_batch(*port, queue)) continue;
    loop_.arm(room_timer_, TimerWheel::tick);
    return;
  }
}

std::unique_ptr<UdpPort> UdpPool::open_port(int family, std::size_t index) {
  IpAddress source = any_address(family);
  if (!options_.source_addresses.empty()) {
    std::vector<IpAddress> sources;
    for (const IpAddress& address : options_.source_addresses) {
      if (family_of(address) == family) sources.push_back(address);
    }
    if (sources.empty()) return nullptr;
    source = sources[index % sources.size()];
  }
  Socket socket(family, SOCK_DGRAM);
  if (!socket.is_open()) return nullptr;
  const bool is_v4 = family == AF_INET;
  socket.set_option(is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_RECVERR : IPV6_RECVERR, 1);
  for (int attempt = 0; attempt < bind_attempts_max; ++attempt) {
    const std::uint32_t offset = random_.below(65536U - udp_port_min);
    const SocketAddress local({source, static_cast<std::uint16_t>(udp_port_min + offset)});
    if (bind(socket.get(), local.get(), local.length) == 0) {
      return std::make_unique<UdpPort>(*this, std::move(socket));
    }
    if (errno != EADDRINUSE && errno != EACCES) return nullptr;
  }
  return nullptr;
}

void UdpPool::open_all(Ports& ports, int family) {
  for (std::size_t index = 0; index < options_.udp_sockets; ++index) {
    std::unique_ptr<UdpPort> port = open_port(family, index);
    if (port == nullptr) return;
    ports.push_back(std::move(port));
  }
}

UdpPort* UdpPool::random_port(Ports& ports, int family) {
  if (ports.empty()) open_all(ports, family);
  if (ports.empty()) return nullptr;
  const std::size_t index = random_.below(static_cast<std::uint32_t>(ports.size()));
  if (ports[index]->questions_ < udp_questions_per_socket_max) return ports[index].get();
  std::unique_ptr<UdpPort> fresh = open_port(family, index);
  if (fresh == nullptr) return ports[index].get();  // rather an old port than none
  ports[index].swap(fresh);
  if (!fresh->asked_.empty()) retired_.push_back(std::move(fresh));
  return ports[index].get();
}

void UdpPool::launch(UdpPort& port, Pending& pending) {
  do {
    pending.id = random_.u16();
  } while (port.asked_.contains(pending.id));
  port.asked_.emplace(pending.id, &pending);
  pending.port = &port;
  ++port.questions_;
  ++in_flight_;
}

// Sends a batch from the head of the queue; false where the kernel has no room.
bool UdpPool::send_batch(UdpPort& port, PendingList& queue) {
  UdpBatch& batch = *batch_;
  std::size_t count = 0;
  while (count < udp_batch_max && !queue.empty()) {
    Pending& pending = queue.front();
    queue.pop_front();
    launch(port, pending);
    batch.pendings[count] = &pending;
    batch.queries[count] =
        dns::make_query(pending.id, pending.question, {.udp_octets = edns_udp_octets});
    batch.addresses[count] = SocketAddress({pending.address, options_.port});
    batch.point_at(count, batch.queries[count].data(), batch.queries[count].size());
    ++count;
  }
  const Moment now = loop_.now();
  std::size_t done = 0;
  bool is_retry = false;
  while (done < count) {
    const int sent =
        datagrams_.send(port.socket_.get(), std::span(batch.headers).subspan(done, count - done));
    if (sent > 0) {
      for (const std::size_t end = done + static_cast<std::size_t>(sent); done < end; ++done) {
        Pending& pending = *batch.pendings[done];
        pending.sent = now;
        pending.attempts = 1;
        ++counts_.udp_questions;
        counts_.octets_sent += batch.queries[done].size();
        loop_.arm(pending, options_.timeout / 2);
      }
      is_retry = false;
      continue;
    }
    if (is_no_room(errno)) {
      while (count > done) {
        Pending& pending = *batch.pendings[--count];
        forget(pending);
        queue.push_front(pending);
      }
      return false;
    }
    // The error may belong to an earlier question (IP_RECVERR), which then has it already.
    read_errors(port);
    if (is_retry) finish(*batch.pendings[done++], AskStatus::unreachable);
    is_retry = !is_retry;
  }
  return true;
}

// The same datagram again, from the same port: a late response to the first counts too.
void UdpPool::resend(Pending& pending) {
  const Bytes query =
      dns::make_query(pending.id, pending.question, {.udp_octets = edns_udp_octets});
  const SocketAddress to({pending.address, options_.port});
  const auto send = [&] {
    return sendto(pending.port->socket_.get(), query.data(), query.size(), MSG_DONTWAIT, to.get(),
                  to.length);
  };
  auto sent = send();
  if (sent < 0 && !is_no_room(errno)) {
    // The error may belong to another question (IP_RECVERR), or to this one, which then has ended.
    read_errors(*pending.port);
    if (pending.port == nullptr) return;
    sent = send();
  }
  if (sent > 0) {
    ++counts_.udp_resent;
    counts_.octets_sent += query.size();
  }
  ++pending.attempts;
  loop_.arm(pending, options_.timeout - options_.timeout / 2);
}

void UdpPool::expired(Pending& pending) {
  if (pending.attempts == 1) {
    resend(pending);
  } else {
    finish(pending, AskStatus::timeout);
  }
}

void UdpPool::receive(UdpPort& port) {
  UdpBatch& batch = *batch_;
  for (std::size_t at = 0; at < udp_batch_max; ++at) {
    batch.addresses[at].length = sizeof(sockaddr_storage);
    batch.point_at(at, batch.datagrams[at].data(), datagram_octets_max);
  }
  const int count = datagrams_.receive(port.socket_.get(), batch.headers);
  for (int index = 0; index < count; ++index) {
    const auto at = static_cast<std::size_t>(index);
    const bool is_cut = (batch.headers[at].msg_hdr.msg_flags & MSG_TRUNC) != 0;
    received(port, batch.addresses[at].endpoint(),
             ByteView(batch.datagrams[at]).first(batch.headers[at].msg_len), is_cut);
  }
}

Pending* UdpPool::match(UdpPort& port, const Endpoint& from, ByteView datagram) const {
  if (datagram.size() < 2) return nullptr;
  const auto found = port.asked_.find(id_of(datagram));
  if (found == port.asked_.end()) return nullptr;
  Pending& pending = *found->second;
  return from == Endpoint{pending.address, options_.port} ? &pending : nullptr;
}

void UdpPool::received(UdpPort& port, const Endpoint& from, ByteView datagram, bool is_cut) {
  Pending* const pending = datagram.size() < header_octets ? nullptr : match(port, from, datagram);
  if (pending == nullptr || !dns::is_response_to(datagram, pending->id, pending->question)) {
    ++counts_.udp_strays;
    return;
  }
  counts_.octets_received += datagram.size();
  pending->reply.wire.assign(datagram.begin(), datagram.end());
  const bool is_truncated = is_cut || (datagram[2] & tc_bit) != 0;
  finish(*pending, is_truncated ? AskStatus::truncated : AskStatus::answered);
}

// ICMP errors: the kernel gives our datagram back, with the address that it was sent to.
void UdpPool::read_errors(UdpPort& port) {
  for (;;) {
    std::array<std::uint8_t, 64> datagram{};
    alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
    SocketAddress to;
    iovec vector{datagram.data(), datagram.size()};
    msghdr header{};
    header.msg_name = to.get();
    header.msg_namelen = sizeof(to.storage);
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const auto octets = recvmsg(port.socket_.get(), &header, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (octets < 0) return;
    const cmsghdr* const first = CMSG_FIRSTHDR(&header);
    if (first == nullptr || first->cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(first), sizeof(error));
    const bool is_final = error.ee_errno == ECONNREFUSED || error.ee_errno == EHOSTUNREACH ||
                          error.ee_errno == ENETUNREACH || error.ee_errno == EACCES;
    Pending* const pending =
        match(port, to.endpoint(), ByteView(datagram).first(static_cast<std::size_t>(octets)));
    // A question that is only being launched has not been sent: its own send will tell.
    if (is_final && pending != nullptr && pending->attempts > 0) {
      finish(*pending, AskStatus::unreachable);
    }
  }
}

void UdpPool::finish(Pending& pending, AskStatus status) {
  forget(pending);
  if (!queue_v4_.empty() || !queue_v6_.empty() || !retired_.empty()) loop_.defer(*this);
  pending.reply.status = status;
  pending.reply.transport = Transport::udp;
  if (pending.attempts > 0) {
    pending.reply.round_trip = std::chrono::duration_cast<Duration>(loop_.now() - pending.sent);
  }
  owner_.finished(pending);
}

}  // namespace dskeeper::net
