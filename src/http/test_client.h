// A client of the tests: sends octets, reads octets, on loopback. And a server in a thread.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <string>
#include <string_view>
#include <thread>

#include "http/server.h"
#include "net/listening_sockets.h"
#include "net/socket_address.h"

namespace dskeeper::http {

class TestClient {
 public:
  explicit TestClient(const Endpoint& server, const std::string& from = "")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (!from.empty()) {
      const net::SocketAddress own(Endpoint{IpAddress::parse(from).value(), 0});
      EXPECT_EQ(bind(socket_.get(), own.get(), own.length), 0);
    }
    const timeval patience{20, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const net::SocketAddress address(server);
    EXPECT_EQ(connect(socket_.get(), address.get(), address.length), 0);
  }

  void send(std::string_view text) const {
    EXPECT_EQ(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Once more, where it may be closed already.
  void try_send(std::string_view text) const {
    static_cast<void>(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL));
  }

  // Until the server closes the connection.
  [[nodiscard]] std::string read_all() {
    while (read_some()) {
    }
    return std::exchange(read_, {});
  }
  // Until this stands in it.
  [[nodiscard]] std::string read_until(std::string_view text) {
    while (read_.find(text) == std::string::npos && read_some()) {
    }
    return std::exchange(read_, {});
  }
  // One response with its body, by its Content-Length.
  [[nodiscard]] std::string read_response() {
    while (read_.find("\r\n\r\n") == std::string::npos && read_some()) {
    }
    const std::size_t head = read_.find("\r\n\r\n");
    const std::size_t at = read_.find("Content-Length: ");
    const std::size_t octets = at < head ? std::stoul(read_.substr(at + 16)) : 0;
    while (read_.size() < head + 4 + octets && read_some()) {
    }
    std::string response = read_.substr(0, head + 4 + octets);
    read_.erase(0, response.size());
    return response;
  }

 private:
  [[nodiscard]] bool read_some() {
    char buffer[4096];
    const ssize_t octets = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (octets <= 0) return false;
    read_.append(buffer, static_cast<std::size_t>(octets));
    return true;
  }

  net::Socket socket_;
  std::string read_;
};

// Serves at a free port of 127.0.0.1 until it ends.
class TestServer {
 public:
  explicit TestServer(Answer answer, const ServerLimits& limits = {},
                      OnTrouble on_trouble = nullptr)
      : socket_(net::ListeningSockets(listening_purpose)
                    .open({IpAddress::parse("127.0.0.1").value(), 0}, SOCK_STREAM)
                    .value()),
        server_(context_.get_executor(), std::move(answer), clock_, limits, nullptr,
                std::move(on_trouble)) {
    EXPECT_TRUE(server_.listen(*socket_));
    thread_ = std::thread([this] { context_.run(); });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() {
    boost::asio::post(context_, [this] { server_.stop(); });
    thread_.join();
  }

  [[nodiscard]] Endpoint at() const { return net::endpoint_of(*socket_); }
  [[nodiscard]] std::size_t connections() {
    std::promise<std::size_t> counted;
    boost::asio::post(context_, [&] { counted.set_value(server_.connections()); });
    return counted.get_future().get();
  }

 private:
  SystemClock clock_;
  boost::asio::io_context context_;
  std::shared_ptr<const net::Socket> socket_;
  Server server_;
  std::thread thread_;
};

}  // namespace dskeeper::http
