#include "tcp_door.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <set>

namespace dskeeper::bench {
namespace {

constexpr std::uint16_t dns_port = 53;
constexpr std::size_t length_octets = 2;
constexpr std::size_t read_octets = 16384;
// A client that reads nothing is left.
constexpr std::size_t out_octets_max = 4 << 20;

void watch(int epoll, int operation, int socket, std::uint32_t events, std::uint64_t source) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = source;
  epoll_ctl(epoll, operation, socket, &event);
}

std::array<std::uint8_t, 4> local_address(int socket) {
  sockaddr_in address{};
  socklen_t length = sizeof(address);
  std::array<std::uint8_t, 4> octets{};
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
    std::memcpy(octets.data(), &address.sin_addr, octets.size());
  }
  return octets;
}

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

Result<TcpDoor> TcpDoor::open(Service& service, int epoll) {
  net::Socket listener(AF_INET, SOCK_STREAM);
  listener.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
  listener.set_option(SOL_SOCKET, SO_REUSEPORT, 1);
  const net::SocketAddress local({net::any_address(AF_INET), dns_port});
  if (!listener.is_open() || bind(listener.get(), local.get(), local.length) != 0 ||
      listen(listener.get(), SOMAXCONN) != 0) {
    return fail(std::string("TCP port 53 cannot be had: ") + std::strerror(errno));
  }
  watch(epoll, EPOLL_CTL_ADD, listener.get(), EPOLLIN,
        static_cast<std::uint64_t>(EventSource::tcp_listener));
  return TcpDoor(std::move(listener), service, epoll);
}

void TcpDoor::accept(Moment now) {
  for (;;) {
    Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) return;
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const std::uint64_t number = next_++;
    watch(epoll_, EPOLL_CTL_ADD, socket.get(), EPOLLIN, number);
    Connection connection;
    connection.local = local_address(socket.get());
    connection.socket = std::move(socket);
    connection.opened = now;
    connections_.emplace(number, std::move(connection));
  }
}

void TcpDoor::ready(std::uint64_t source, std::uint32_t events, Moment now) {
  const auto found = connections_.find(source);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  bool is_alive = (events & EPOLLERR) == 0;
  if (is_alive && (events & (EPOLLIN | EPOLLHUP)) != 0) is_alive = read(source, connection, now);
  if (is_alive && (events & EPOLLOUT) != 0) is_alive = write(source, connection);
  if (!is_alive) connections_.erase(found);
}

bool TcpDoor::read(std::uint64_t number, Connection& connection, Moment now) {
  std::array<std::uint8_t, read_octets> octets;  // filled by recv
  const auto count = recv(connection.socket.get(), octets.data(), octets.size(), 0);
  if (count < 0) return would_block();
  if (count == 0) return false;
  connection.in.insert(connection.in.end(), octets.begin(), octets.begin() + count);
  answer_all(number, connection, now);
  return true;
}

// The client's first question could not have arrived before its handshake was through, which takes
// a round trip that the kernel on loopback spares it.
void TcpDoor::answer_all(std::uint64_t number, Connection& connection, Moment now) {
  const auto round_trip = service_->weather().round_trip;
  const Moment due = std::max(now, connection.opened + round_trip) + round_trip;
  ByteView rest(connection.in);
  while (rest.size() >= length_octets) {
    const std::size_t length = static_cast<std::size_t>(rest[0]) << 8U | rest[1];
    if (rest.size() - length_octets < length) break;
    const ByteView message = rest.subspan(length_octets, length);
    rest = rest.subspan(length_octets + length);
    auto answer = service_->answer(message, connection.local, Transport::tcp);
    if (answer) line_.put(due, {number, *std::move(answer)});
  }
  connection.in.erase(connection.in.begin(),
                      connection.in.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

void TcpDoor::send_due(Moment now) {
  std::set<std::uint64_t> written;
  while (const auto response = line_.take(now)) {
    const auto found = connections_.find(response->connection);
    if (found == connections_.end()) continue;
    Bytes& out = found->second.out;
    out.push_back(static_cast<std::uint8_t>(response->octets.size() >> 8U));
    out.push_back(static_cast<std::uint8_t>(response->octets.size()));
    out.insert(out.end(), response->octets.begin(), response->octets.end());
    written.insert(response->connection);
  }
  for (const std::uint64_t number : written) {
    const auto found = connections_.find(number);
    if (!write(number, found->second)) connections_.erase(found);
  }
}

bool TcpDoor::write(std::uint64_t number, Connection& connection) const {
  while (!connection.out.empty()) {
    const auto count =
        send(connection.socket.get(), connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (count < 0) break;
    connection.out.erase(connection.out.begin(), connection.out.begin() + count);
  }
  if (!connection.out.empty() && !would_block()) return false;
  if (connection.out.size() > out_octets_max) return false;
  const bool waits = !connection.out.empty();
  if (waits != connection.waits_for_room) {
    connection.waits_for_room = waits;
    watch(epoll_, EPOLL_CTL_MOD, connection.socket.get(), waits ? EPOLLIN | EPOLLOUT : EPOLLIN,
          number);
  }
  return true;
}

}  // namespace dskeeper::bench
