// The two listeners on loopback: what comes back, from where, and that nobody holds them up.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>

#include <boost/asio/io_context.hpp>
#include <functional>

#include "net/listening_sockets.h"
#include "notify/tcp_listener.h"
#include "notify/udp_listener.h"

namespace dskeeper::notify {
namespace {

// Answers with the message turned round; says nothing to "quiet".
std::optional<Bytes> reversed(ByteView message, const Endpoint& /*from*/) {
  const Bytes quiet = {'q', 'u', 'i', 'e', 't'};
  if (std::ranges::equal(message, quiet)) return std::nullopt;
  return Bytes(message.rbegin(), message.rend());
}

Bytes framed(std::string_view text) {
  Bytes out = {static_cast<std::uint8_t>(text.size() >> 8U),
               static_cast<std::uint8_t>(text.size() & 0xFFU)};
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

class ListenerTest : public testing::TestWithParam<const char*> {
 protected:
  std::shared_ptr<const net::Socket> open(int type) {
    auto socket = sockets_.open({IpAddress::parse(GetParam()).value(), 0}, type);
    EXPECT_TRUE(socket) << socket.error().text();
    return *socket;
  }
  net::Socket client(const std::shared_ptr<const net::Socket>& to, int type) const {
    const Endpoint at{
        IpAddress::parse(std::string_view(GetParam()) == "::" ? "::1" : "127.0.0.7").value(),
        net::endpoint_of(*to).port};
    net::Socket socket(net::family_of(at.address), type);
    const net::SocketAddress address(at);
    const int connected = connect(socket.get(), address.get(), address.length);
    EXPECT_TRUE(connected == 0 || errno == EINPROGRESS);
    return socket;
  }
  // Runs the loop until it holds; for ten seconds at most.
  bool run_until(const std::function<bool()>& holds) {
    for (int turn = 0; turn < 1000; ++turn) {
      if (holds()) return true;
      context_.restart();
      context_.run_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  // What comes; a closed connection is "closed".
  std::string receive(const net::Socket& from) {
    std::array<char, 65'536> octets{};
    ssize_t count = -1;
    run_until([&] {
      count = recv(from.get(), octets.data(), octets.size(), 0);
      return count >= 0 || errno != EAGAIN;
    });
    return count > 0 ? std::string(octets.data(), static_cast<std::size_t>(count)) : "closed";
  }
  static void send_text(const net::Socket& to, std::string_view text) {
    EXPECT_EQ(send(to.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  void send_octets(const net::Socket& to, const Bytes& octets) {
    pollfd writable{to.get(), POLLOUT, 0};
    ASSERT_EQ(poll(&writable, 1, 5000), 1);
    EXPECT_EQ(send(to.get(), octets.data(), octets.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(octets.size()));
  }

  boost::asio::io_context context_;
  net::Loop loop_{context_.get_executor()};
  net::ListeningSockets sockets_{listening_purpose};
};

// The client is connected: it gets an answer only from the address that it asked.
TEST_P(ListenerTest, UdpAnswersFromTheAddressThatWasAsked) {
  const auto socket = open(SOCK_DGRAM);
  const UdpListener listener(loop_, socket, reversed);
  const net::Socket asker = client(socket, SOCK_DGRAM);
  const net::Socket other = client(socket, SOCK_DGRAM);
  send_text(asker, "quiet");
  send_text(asker, std::string(UdpListener::datagram_octets_max + 1, 'x'));
  send_text(asker, "abc");
  send_text(other, "xyz");
  EXPECT_EQ(receive(asker), "cba");
  EXPECT_EQ(receive(other), "zyx");
}

TEST_P(ListenerTest, UdpAnswersManyBatches) {
  const auto socket = open(SOCK_DGRAM);
  const UdpListener listener(loop_, socket, reversed);
  const net::Socket asker = client(socket, SOCK_DGRAM);
  for (int i = 0; i < 150; ++i) send_text(asker, "n" + std::to_string(i));
  for (int i = 0; i < 150; ++i) {
    const std::string expected = "n" + std::to_string(i);
    ASSERT_EQ(receive(asker), std::string(expected.rbegin(), expected.rend()));
  }
}

TEST_P(ListenerTest, TcpAnswersInOrder_AlsoInPieces) {
  const auto socket = open(SOCK_STREAM);
  const TcpListener listener(loop_, socket, reversed);
  const net::Socket asker = client(socket, SOCK_STREAM);
  Bytes all = framed("abc");
  const Bytes quiet = framed("quiet");
  all.insert(all.end(), quiet.begin(), quiet.end());
  const Bytes last = framed("def");
  all.insert(all.end(), last.begin(), last.end());
  const Bytes piece(all.begin(), all.begin() + 3);
  const Bytes rest(all.begin() + 3, all.end());
  send_octets(asker, piece);
  EXPECT_TRUE(run_until([&] { return listener.connections() == 1; }));
  send_octets(asker, rest);
  std::string got;
  while (got.size() < 10) got += receive(asker);
  EXPECT_EQ(got, std::string("\0\3cba\0\3fed", 10));
}

TEST_P(ListenerTest, TcpClosesWhoSaysNothing_AndWhoAnnouncesTooMuch) {
  const auto socket = open(SOCK_STREAM);
  const TcpListener listener(loop_, socket, reversed, {.idle = std::chrono::milliseconds(50)});
  const net::Socket silent = client(socket, SOCK_STREAM);
  EXPECT_EQ(receive(silent), "closed");
  const net::Socket loud = client(socket, SOCK_STREAM);
  const Bytes announced = {0x10, 0x01, 'x'};
  send_octets(loud, announced);
  EXPECT_EQ(receive(loud), "closed");
  EXPECT_EQ(listener.connections(), 0U);
}

TEST_P(ListenerTest, TcpKeepsFewOfOneSource_TheNewest) {
  const auto socket = open(SOCK_STREAM);
  const TcpListener listener(loop_, socket, reversed, {.connections_of_source_max = 3});
  std::vector<net::Socket> askers;
  for (int i = 0; i < 5; ++i) {
    askers.push_back(client(socket, SOCK_STREAM));
    const std::size_t expected = std::min<std::size_t>(askers.size(), 3);
    ASSERT_TRUE(run_until([&] { return listener.connections() == expected; }));
    send_octets(askers.back(), framed("abc"));
    ASSERT_EQ(receive(askers.back()), std::string("\0\3cba", 5));
  }
  EXPECT_EQ(receive(askers[0]), "closed");
  EXPECT_EQ(receive(askers[1]), "closed");
  send_octets(askers[2], framed("abc"));
  EXPECT_EQ(receive(askers[2]), std::string("\0\3cba", 5));
}

// Who never takes an answer is not read from for ever.
TEST_P(ListenerTest, TcpBoundsWhatAPeerDoesNotTake) {
  const auto socket = open(SOCK_STREAM);
  const TcpListener listener(loop_, socket, reversed, {.idle = std::chrono::milliseconds(300)});
  const net::Socket asker = client(socket, SOCK_STREAM);
  const Bytes message = framed(std::string(4000, 'x'));
  std::size_t taken = 0;
  const bool is_closed = run_until([&] {
    for (int i = 0; i < 100; ++i) {
      const ssize_t count = send(asker.get(), message.data(), message.size(), MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return true;
      if (count <= 0) break;
      taken += static_cast<std::size_t>(count);
    }
    return listener.connections() == 0 && taken > 0;
  });
  EXPECT_TRUE(is_closed);
  EXPECT_GT(taken, 100'000U);
}

TEST_P(ListenerTest, TheSameAddressIsTheSameSocket_AndFreeAfterwards) {
  const Endpoint at{IpAddress::parse(GetParam()).value(),
                    net::endpoint_of(*open(SOCK_STREAM)).port};
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    auto first = sockets_.open(at, type);
    ASSERT_TRUE(first);
    EXPECT_EQ(*sockets_.open(at, type), *first);
    net::ListeningSockets others(listening_purpose);
    const auto taken = others.open(at, type);
    ASSERT_FALSE(taken);
    EXPECT_NE(taken.error().text().find(at.text()), std::string::npos) << taken.error().text();
    first->reset();
    EXPECT_TRUE(others.open(at, type));
  }
}

INSTANTIATE_TEST_SUITE_P(Listener, ListenerTest, testing::Values("0.0.0.0", "::", "127.0.0.7"));

}  // namespace
}  // namespace dskeeper::notify
