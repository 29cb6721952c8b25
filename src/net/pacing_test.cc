#include "net/pacing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/testing/client_test.h"

namespace dskeeper::net {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;
using PacingTest = DnsClientTest;

TEST_F(PacingTest, KeepsToTheRateOfAnAddress) {
  options_.rate = 100;  // a burst of ten, then one each 10 ms
  serve(1, echo);
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<Ask> asks = asks_for(1, 40, Transport::udp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(290));
}

// Issue 6: what strangers cause by NOTIFY takes a quarter of the rate, and holds up nothing else.
TEST_F(PacingTest, NotifiedQuestionsGetAQuarterOfTheRate) {
  options_.rate = 100;
  serve(1, echo);
  std::vector<Ask> asks = asks_for(1, 22, Transport::udp);
  for (std::size_t at = 0; at < 12; ++at) asks[at].is_notified = true;
  const std::vector<Reply> replies = ask_all(asks);
  expect_all_answered(replies, asks);
  // Four at once, then one each 40 ms; of the others six at once, then one each 10 ms.
  EXPECT_GE(replies[11].waited, milliseconds(310));
  const auto longest = [](const Reply& a, const Reply& b) { return a.waited < b.waited; };
  EXPECT_LT(std::max_element(replies.begin() + 12, replies.end(), longest)->waited,
            milliseconds(250));
}

TEST_F(PacingTest, ASilentServerIsSetAside) {
  options_.timeout = milliseconds(200);
  const FakeServer& silent = serve(1, [](const FakeQuery&) { return FakeReply{}; });
  serve(2, echo);
  options_.server_in_flight_max = 4;
  std::vector<Ask> asks = asks_for(1, 100, Transport::udp);
  const auto begin = std::chrono::steady_clock::now();
  for (const Reply& reply : ask_all(asks)) {
    EXPECT_THAT(reply.status, testing::AnyOf(AskStatus::timeout, AskStatus::set_aside));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(2000));
  EXPECT_LT(silent.udp_queries(), 20U);
  EXPECT_GE(client_->counts().not_sent, 90U);
}

// Who was not asked was not silent: a name server must not be dropped (RFC 9975 §3) for what other
// people's children made of its address.
TEST_F(PacingTest, WhatIsNeededIsAskedAlsoOfAServerThatIsSetAside) {
  options_.timeout = milliseconds(200);
  options_.server_in_flight_max = 4;
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    const bool is_kid = query.question.name == question("kid.example.").name;
    return is_kid ? reply_with(query) : FakeReply{};
  });
  std::vector<Ask> asks = asks_for(1, 20, Transport::udp);
  for (Ask& ask : asks)
    ask.question.name = dns::Name::parse("x." + ask.question.name.text()).value();
  const Ask plain{address(1), question("kid.example."), Transport::udp};
  Ask needed = plain;
  needed.is_needed = true;
  std::vector<Reply> later;
  const auto work = [&]() -> awaitable<std::vector<Reply>> {
    std::vector<Reply> first = co_await client().ask_all(std::move(asks));
    Reply unneeded = co_await client().ask(plain.address, plain.question, plain.transport);
    later.push_back(std::move(unneeded));
    std::vector<Ask> one = {needed};
    std::vector<Reply> answers = co_await client().ask_all(std::move(one));
    later.push_back(answers.front());
    co_return first;
  };
  EXPECT_EQ(run(work()).back().status, AskStatus::set_aside);
  EXPECT_EQ(later[0].status, AskStatus::set_aside);
  EXPECT_EQ(later[1].status, AskStatus::answered);
  EXPECT_LT(server.udp_queries(), 20U);
}

TEST_F(PacingTest, NeededQuestionsToASilentServerAreFewAtATime) {
  options_.timeout = milliseconds(200);
  options_.server_in_flight_max = 4;
  serve(1, [](const FakeQuery&) { return FakeReply{}; });
  std::vector<Ask> asks = asks_for(1, 100, Transport::udp);
  for (Ask& ask : asks) ask.is_needed = true;
  const std::vector<Reply> replies = ask_all(asks);
  const auto asked = std::count_if(replies.begin(), replies.end(), [](const Reply& reply) {
    return reply.status == AskStatus::timeout;
  });
  EXPECT_LE(asked, 12);
  EXPECT_GE(client_->counts().not_sent, 88U);
}

TEST_F(PacingTest, WhatIsKnownOfAddressesIsForgotten) {
  options_.timeout = milliseconds(1);  // a silence is forgotten after 120 ms
  options_.network_rate = 1000;
  options_.paced_servers_max = 10;
  const auto work = [&]() -> awaitable<std::vector<Reply>> {
    std::vector<Reply> replies;
    boost::asio::steady_timer timer(io_);
    for (int host = 10; host < 60; ++host) {
      dns::Question what = question("kid.example.");
      Reply reply = co_await client().ask(address(host), std::move(what), Transport::udp);
      replies.push_back(std::move(reply));
      timer.expires_after(milliseconds(10));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_return replies;
  };
  serve(1, echo);
  EXPECT_EQ(run(work()).size(), 50U);
  EXPECT_LE(client_->paced_servers(), 30U);
}

TEST_F(PacingTest, OneSilentChildDoesNotSetItsServerAside) {
  options_.timeout = milliseconds(200);
  options_.server_in_flight_max = 4;
  serve(1, [](const FakeQuery& query) {
    return query.question.name == question("dead.example.").name ? FakeReply{} : reply_with(query);
  });
  std::vector<Ask> asks;
  for (int at = 0; at < 8; ++at) {
    asks.push_back({address(1), question("dead.example."), Transport::udp});
  }
  asks.push_back({address(1), question("kid.example."), Transport::udp});
  EXPECT_EQ(ask_all(asks).back().status, AskStatus::answered);
}

TEST_F(PacingTest, KeepsToTheRateOfANetwork) {
  options_.network_rate = 100;
  std::vector<Ask> asks;
  for (int host = 1; host <= 4; ++host) {
    serve(host, echo);
    for (const Ask& ask : asks_for(host, 10, Transport::udp)) asks.push_back(ask);
  }
  const auto begin = std::chrono::steady_clock::now();
  expect_all_answered(ask_all(asks), asks);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(290));
}

TEST_F(PacingTest, AnAgreedRateIsNotCappedByTheNetworks) {
  options_.rate = 10;
  options_.network_rate = 10;
  options_.agreed = {{{IpPrefix::parse("127.0.0.1/32").value()}, 10'000}};
  serve(1, echo);
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<Ask> asks = asks_for(1, 100, Transport::udp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(1000));
}

// 120 questions need 0.2 s at the rate; after three bursts of trouble an eighth of it is left.
TEST_F(PacingTest, AServerThatFailsManyChildrenIsAskedMoreSlowly) {
  options_.agreed = {{{IpPrefix::parse("127.0.0.1/32").value()}, 400}};
  serve(1,
        [](const FakeQuery& query) { return reply_with(query, {.rcode = dns::Rcode::servfail}); });
  const auto begin = std::chrono::steady_clock::now();
  for (const Reply& reply : ask_all(asks_for(1, 120, Transport::udp))) {
    EXPECT_EQ(reply.status, AskStatus::answered);
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(600));
  EXPECT_GE(client_->counts().slowed, 3U);
}

TEST_F(PacingTest, OneLameChildSlowsNobodyDown) {
  options_.rate = 400;
  serve(1,
        [](const FakeQuery& query) { return reply_with(query, {.rcode = dns::Rcode::refused}); });
  std::vector<Ask> asks = asks_for(1, 100, Transport::udp);
  for (Ask& ask : asks) ask.question.name = question("lame.example.").name;
  EXPECT_EQ(ask_all(asks).size(), 100U);
  EXPECT_EQ(client_->counts().slowed, 0U);
}

// The probe of a server that was set aside finds it alive, and the others are asked again.
TEST_F(PacingTest, AServerThatIsSetAsideIsProbed) {
  options_.timeout = milliseconds(20);  // a probe after 240 ms
  options_.server_in_flight_max = 4;
  bool is_alive = false;
  serve(1, [&](const FakeQuery& query) { return is_alive ? reply_with(query) : FakeReply{}; });
  const auto work = [&]() -> awaitable<std::vector<Reply>> {
    std::vector<Ask> asks = asks_for(1, 20, Transport::udp);
    std::vector<Reply> replies = co_await client().ask_all(asks);
    is_alive = true;
    Reply aside = co_await client().ask(asks[0].address, asks[0].question, Transport::udp);
    replies.push_back(std::move(aside));
    boost::asio::steady_timer timer(io_, milliseconds(300));
    co_await timer.async_wait(boost::asio::use_awaitable);
    for (std::size_t at = 0; at < 2; ++at) {
      Reply reply = co_await client().ask(asks[at].address, asks[at].question, Transport::udp);
      replies.push_back(std::move(reply));
    }
    co_return replies;
  };
  const std::vector<Reply> replies = run(work());
  EXPECT_EQ(replies[20].status, AskStatus::set_aside);
  EXPECT_EQ(replies[21].status, AskStatus::answered);
  EXPECT_EQ(replies[22].status, AskStatus::answered);
}

}  // namespace
}  // namespace dskeeper::net
