// A name server on loopback for tests: a thread that answers framed messages with what a test says.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "dns/rrset.h"

namespace dskeeper::net {

// Runs a coroutine to its end on an executor of its own.
template <typename T>
T run_to_end(boost::asio::awaitable<T> coroutine) {
  boost::asio::io_context context;
  std::optional<T> result;
  boost::asio::co_spawn(context, std::move(coroutine),
                        [&result](const std::exception_ptr& error, T value) {
                          if (error) std::rethrow_exception(error);
                          result.emplace(std::move(value));
                        });
  context.run();
  return std::move(*result);
}

struct TestReply {
  std::vector<Bytes> messages;
  bool stays_open = false;  // else the connection is closed behind them
  std::size_t cut = 0;      // octets left out at the end of the last message
};

class TestTcpServer {
 public:
  using Handler = std::function<TestReply(const Bytes& request)>;

  explicit TestTcpServer(Handler handler) : handler_(std::move(handler)) {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, generic, sizeof address), 0);
    EXPECT_EQ(listen(socket_, 16), 0);
    socklen_t length = sizeof address;
    EXPECT_EQ(getsockname(socket_, generic, &length), 0);
    endpoint_ = Endpoint{IpAddress::parse("127.0.0.1").value(), ntohs(address.sin_port)};
    thread_ = std::thread([this] { serve(); });
  }
  TestTcpServer(const TestTcpServer&) = delete;
  TestTcpServer& operator=(const TestTcpServer&) = delete;
  ~TestTcpServer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }

  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] int requests() const { return requests_; }

 private:
  void serve() {
    while (true) {
      const int connection = accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      answer(connection);
      close(connection);
    }
  }

  void answer(int connection) {
    Bytes length(2);
    while (read_all(connection, length)) {
      Bytes request(length[0] * std::size_t{256} + length[1]);
      if (!read_all(connection, request)) return;
      ++requests_;
      const TestReply reply = handler_(request);
      for (std::size_t i = 0; i < reply.messages.size(); ++i) {
        const std::size_t cut = i + 1 == reply.messages.size() ? reply.cut : 0;
        send_framed(connection, reply.messages[i], cut);
      }
      if (!reply.stays_open) return;
    }
  }

  static bool read_all(int connection, Bytes& octets) {
    return octets.empty() || recv(connection, octets.data(), octets.size(), MSG_WAITALL) ==
                                 static_cast<ssize_t>(octets.size());
  }

  static void send_framed(int connection, const Bytes& message, std::size_t cut) {
    Bytes framed = {static_cast<std::uint8_t>(message.size() >> 8U),
                    static_cast<std::uint8_t>(message.size() & 0xFFU)};
    framed.insert(framed.end(), message.begin(), message.end());
    send(connection, framed.data(), framed.size() - cut, MSG_NOSIGNAL);
  }

  Handler handler_;
  int socket_ = -1;
  Endpoint endpoint_;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

// A response to `request` with these records in the answer section, and its question.
inline Bytes make_response(const Bytes& request, dns::Rcode rcode,
                           const std::vector<dns::Record>& answer = {}) {
  const auto put16 = [](Bytes& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8U & 0xFFU));
    out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
  };
  Bytes out(request.begin(), request.begin() + 2);
  out.push_back(static_cast<std::uint8_t>(0x84U | (request[2] & 0x79U)));  // QR, AA, the opcode
  out.push_back(static_cast<std::uint8_t>(rcode));
  put16(out, 1);
  put16(out, answer.size());
  put16(out, 0);
  put16(out, 0);
  std::size_t end = 12;
  while (request[end] != 0) end += request[end] + std::size_t{1};
  out.insert(out.end(), request.begin() + 12, request.begin() + static_cast<int>(end) + 5);
  for (const dns::Record& record : answer) {
    const ByteView owner = record.owner.wire();
    out.insert(out.end(), owner.begin(), owner.end());
    put16(out, static_cast<std::size_t>(record.type));
    put16(out, 1);
    put16(out, record.ttl.seconds >> 16U);
    put16(out, record.ttl.seconds);
    put16(out, record.rdata.size());
    out.insert(out.end(), record.rdata.begin(), record.rdata.end());
  }
  return out;
}

}  // namespace dskeeper::net
