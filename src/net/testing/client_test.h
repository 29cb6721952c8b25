// A client, and fake servers on 127/8 for it to ask.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/dns_client.h"
#include "net/testing/fake_server.h"

namespace dskeeper::net {

inline IpAddress address(int host) {
  return IpAddress::parse("127.0.0." + std::to_string(host)).value();
}

inline dns::Question question(const std::string& name,
                              dns::RecordType type = dns::RecordType::cds) {
  return {dns::Name::parse(name).value(), type};
}

inline FakeReply echo(const FakeQuery& query) {
  return reply_with(query);
}

class DnsClientTest : public testing::Test {
 protected:
  DnsClientTest() {
    options_.port = free_port();
    options_.rate = 0;
    options_.network_rate = 0;
    options_.udp_sockets = 4;
    options_.timeout = std::chrono::milliseconds(2000);
    options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
  }

  FakeServer& serve(int host, FakeBehaviour behaviour) {
    servers_.push_back(std::make_unique<FakeServer>(io_, address(host).text(), options_.port,
                                                    std::move(behaviour)));
    return *servers_.back();
  }

  DnsClient& client() {
    if (!client_) client_.emplace(io_.get_executor(), options_);
    return *client_;
  }

  // Runs the coroutine and the client's close, then everything else to its end.
  template <typename T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(io_, finish(std::move(work), result), rethrow);
    io_.run();
    io_.restart();
    return *std::move(result);
  }

  Reply ask(int host, const dns::Question& what, Transport transport) {
    return run(client().ask(address(host), what, transport));
  }
  std::vector<Reply> ask_all(std::vector<Ask> asks) {
    return run(client().ask_all(std::move(asks)));
  }

  template <typename T>
  boost::asio::awaitable<void> finish(boost::asio::awaitable<T> work, std::optional<T>& result) {
    result = co_await std::move(work);
    co_await client_->close();
    for (const auto& server : servers_) server->stop();
  }

  static boost::asio::awaitable<void> keep(boost::asio::awaitable<std::vector<Reply>> work,
                                           std::vector<Reply>& replies) {
    replies = co_await std::move(work);
  }

  static void rethrow(const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  }

  boost::asio::io_context io_{1};
  DnsClientOptions options_;
  std::vector<std::unique_ptr<FakeServer>> servers_;
  std::optional<DnsClient> client_;
};

inline std::vector<Ask> asks_for(int host, int count, Transport transport) {
  std::vector<Ask> asks;
  for (int at = 0; at < count; ++at) {
    asks.push_back({address(host), question("kid" + std::to_string(at) + ".example."), transport});
  }
  return asks;
}

inline void expect_all_answered(const std::vector<Reply>& replies, const std::vector<Ask>& asks) {
  ASSERT_EQ(replies.size(), asks.size());
  for (std::size_t at = 0; at < asks.size(); ++at) {
    ASSERT_EQ(replies[at].status, AskStatus::answered) << at << to_text(replies[at].status);
    const auto message = dns::parse_message(replies[at].wire, Time{});
    ASSERT_TRUE(message);
    EXPECT_EQ(message->question, asks[at].question);
  }
}

}  // namespace dskeeper::net
