#include "net/dns_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>

#include "net/tcp_peer.h"
#include "net/testing/fake_server.h"

namespace dskeeper::net {
namespace {

using boost::asio::awaitable;
using dns::RecordType;
using std::chrono::milliseconds;

IpAddress address(int host) {
  return IpAddress::parse("127.0.0." + std::to_string(host)).value();
}

dns::Question question(const std::string& name, RecordType type = RecordType::cds) {
  return {dns::Name::parse(name).value(), type};
}

FakeReply echo(const FakeQuery& query) {
  return reply_with(query);
}

class DnsClientTest : public testing::Test {
 protected:
  DnsClientTest() {
    options_.port = free_port();
    options_.rate = 0;
    options_.network_rate = 0;
    options_.udp_sockets = 4;
    options_.timeout = milliseconds(2000);
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
  T run(awaitable<T> work) {
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
  awaitable<void> finish(awaitable<T> work, std::optional<T>& result) {
    result = co_await std::move(work);
    co_await client_->close();
    for (const auto& server : servers_) server->stop();
  }

  static awaitable<void> keep(awaitable<std::vector<Reply>> work, std::vector<Reply>& replies) {
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

std::vector<Ask> asks_for(int host, int count, Transport transport) {
  std::vector<Ask> asks;
  for (int at = 0; at < count; ++at) {
    asks.push_back({address(host), question("kid" + std::to_string(at) + ".example."), transport});
  }
  return asks;
}

void expect_all_answered(const std::vector<Reply>& replies, const std::vector<Ask>& asks) {
  ASSERT_EQ(replies.size(), asks.size());
  for (std::size_t at = 0; at < asks.size(); ++at) {
    ASSERT_EQ(replies[at].status, AskStatus::answered) << at << to_text(replies[at].status);
    const auto message = dns::parse_message(replies[at].wire, Time{});
    ASSERT_TRUE(message);
    EXPECT_EQ(message->question, asks[at].question);
  }
}

TEST_F(DnsClientTest, AsksOverUdp) {
  const FakeServer& server = serve(1, echo);
  const Reply reply = ask(1, question("kid.example."), Transport::udp);
  EXPECT_EQ(reply.status, AskStatus::answered);
  EXPECT_EQ(reply.transport, Transport::udp);
  EXPECT_TRUE(dns::parse_message(reply.wire, Time{}));
  EXPECT_EQ(server.udp_queries(), 1U);
  EXPECT_EQ(client_->counts().udp_questions, 1U);
}

TEST_F(DnsClientTest, AsksThousandsAtOnceOverUdp) {
  options_.udp_in_flight_max = 100;
  options_.server_in_flight_max = 50;
  serve(1, echo);
  serve(2, echo);
  std::vector<Ask> asks = asks_for(1, 1500, Transport::udp);
  for (const Ask& ask : asks_for(2, 1500, Transport::udp)) asks.push_back(ask);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(client_->in_flight(), 0U);
}

TEST_F(DnsClientTest, SharesOneTcpConnection) {
  const FakeServer& server = serve(1, echo);
  const std::vector<Ask> asks = asks_for(1, 1000, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(server.udp_queries(), 0U);
}

TEST_F(DnsClientTest, MatchesTcpAnswersThatComeOutOfOrder) {
  serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query);
    reply.held_until = 20;  // then the newest first
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 20, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
}

TEST_F(DnsClientTest, GoesOverToTcpOnTruncation) {
  const FakeServer& server = serve(
      1, [](const FakeQuery& query) { return reply_with(query, {.is_truncated = !query.is_tcp}); });
  const Reply reply = ask(1, question("kid.example."), Transport::udp);
  EXPECT_EQ(reply.status, AskStatus::answered);
  EXPECT_EQ(reply.transport, Transport::tcp);
  EXPECT_EQ(server.tcp_queries(), 1U);
  EXPECT_EQ(client_->counts().udp_truncated, 1U);
}

TEST_F(DnsClientTest, TruncatedOverTcpIsTruncated) {
  serve(1, [](const FakeQuery& query) { return reply_with(query, {.is_truncated = true}); });
  const Reply reply = ask(1, question("kid.example."), Transport::udp);
  EXPECT_EQ(reply.status, AskStatus::truncated);
  EXPECT_EQ(reply.transport, Transport::tcp);
}

TEST_F(DnsClientTest, TruncatedWithoutTcpKeepsWhatCame) {
  serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query, {.is_truncated = true});
    if (query.is_tcp) reply = {.messages = {}, .resets = true};
    return reply;
  });
  const Reply reply = ask(1, question("kid.example."), Transport::udp);
  EXPECT_EQ(reply.status, AskStatus::truncated);
  EXPECT_EQ(reply.transport, Transport::udp);
  EXPECT_FALSE(reply.wire.empty());
}

TEST_F(DnsClientTest, IgnoresWhatDoesNotAnswerTheQuestion) {
  serve(1, [](const FakeQuery& query) {
    FakeQuery other_id = query;
    other_id.id = static_cast<std::uint16_t>(query.id + 1);
    FakeQuery other_name = query;
    other_name.question = question("other.example.");
    Bytes no_response = encode(query, {});
    no_response[2] = 0;  // QR
    return FakeReply{{encode(other_id, {}), encode(other_name, {}), no_response, Bytes{1, 2, 3},
                      encode(query, {.rcode = dns::Rcode::refused})}};
  });
  const Reply reply = ask(1, question("kid.example."), Transport::udp);
  ASSERT_EQ(reply.status, AskStatus::answered);
  EXPECT_EQ(dns::parse_message(reply.wire, Time{}).value().rcode, dns::Rcode::refused);
  EXPECT_EQ(client_->counts().udp_strays, 4U);
}

TEST_F(DnsClientTest, IgnoresOtherSources) {
  options_.timeout = milliseconds(200);
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query);
    reply.from = "127.0.0.9";
    return reply;
  });
  EXPECT_EQ(ask(1, question("kid.example."), Transport::udp).status, AskStatus::timeout);
  EXPECT_EQ(server.udp_queries(), 2U);  // it was asked again
  EXPECT_EQ(client_->counts().udp_strays, 2U);
}

TEST_F(DnsClientTest, ASecondDatagramMakesGoodForALostOne) {
  options_.timeout = milliseconds(200);
  serve(1,
        [](const FakeQuery& query) { return query.number == 1 ? FakeReply{} : reply_with(query); });
  EXPECT_EQ(ask(1, question("kid.example."), Transport::udp).status, AskStatus::answered);
  EXPECT_EQ(client_->counts().udp_resent, 1U);
}

TEST_F(DnsClientTest, NobodyListens) {
  for (const Transport transport : {Transport::udp, Transport::tcp}) {
    client_.reset();
    EXPECT_EQ(ask(7, question("kid.example."), transport).status, AskStatus::unreachable);
  }
}

TEST_F(DnsClientTest, SilenceOverTcpIsATimeout) {
  options_.timeout = milliseconds(200);
  serve(1, [](const FakeQuery&) { return FakeReply{}; });
  EXPECT_EQ(ask(1, question("kid.example."), Transport::tcp).status, AskStatus::timeout);
}

TEST_F(DnsClientTest, AServerThatClosesAfterEachAnswerIsAskedOneAtATime) {
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query);
    reply.closes = true;
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 30, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(server.connections(), 30U);
}

TEST_F(DnsClientTest, AServerThatClosesAfterTenAnswersGetsTenAtATime) {
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query);
    reply.closes = query.number == 10;
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 95, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(server.connections(), 10U);
}

TEST_F(DnsClientTest, AConnectionThatIsResetIsTriedOnceMore) {
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    return query.connection == 1 ? FakeReply{.messages = {}, .resets = true} : reply_with(query);
  });
  const std::vector<Ask> asks = asks_for(1, 5, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_GE(server.connections(), 2U);
}

TEST_F(DnsClientTest, AServerThatAlwaysResetsIsUnreachable) {
  serve(1, [](const FakeQuery&) { return FakeReply{.messages = {}, .resets = true}; });
  for (const Reply& reply : ask_all(asks_for(1, 5, Transport::tcp))) {
    EXPECT_EQ(reply.status, AskStatus::unreachable);
  }
}

TEST_F(DnsClientTest, AServerThatDribblesIsRead) {
  serve(1, [](const FakeQuery& query) {
    FakeReply reply = echo(query);
    reply.dribbles = true;
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 50, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
}

// Answers for questions never asked, and messages that are none: they keep nothing alive.
TEST_F(DnsClientTest, AServerThatFloodsAConnectionLosesIt) {
  FakeServer& server = serve(1, [](const FakeQuery& query) {
    FakeQuery other = query;
    other.id = static_cast<std::uint16_t>(query.id + 1);
    FakeReply reply;
    reply.messages.assign(tcp_strays_max + 1, encode(other, {}));
    return reply;
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(1, question("kid.example."), Transport::tcp).status, AskStatus::unreachable);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, options_.timeout);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(DnsClientTest, StrayMessagesDoNotKeepADeadConnectionAlive) {
  options_.timeout = milliseconds(300);
  serve(1, [](const FakeQuery& query) {
    FakeReply reply = query.connection > 1 ? echo(query) : FakeReply{};
    reply.messages.emplace_back();  // of no octets
    reply.messages.emplace_back(5);
    return reply;
  });
  std::vector<Ask> asks = asks_for(1, 2, Transport::tcp);
  EXPECT_EQ(ask_all(asks).size(), 2U);
  EXPECT_EQ(client_->counts().timeouts, 1U) << "the second one is asked again";
  EXPECT_EQ(client_->counts().tcp_connections, 2U);
}

// An ICMP error about one server must not swallow the datagram to another.
TEST_F(DnsClientTest, ASecondDatagramSurvivesAnotherServersEnd) {
  options_.udp_sockets = 1;
  options_.timeout = milliseconds(400);
  FakeServer& dying = serve(2, [this](const FakeQuery&) {
    boost::asio::post(io_, [this] { servers_[0]->stop(); });
    return FakeReply{};
  });
  serve(1, [](const FakeQuery& query) { return query.number == 1 ? FakeReply{} : echo(query); });
  const std::vector<Reply> replies =
      ask_all({{address(2), question("a.example."), Transport::udp},
               {address(1), question("b.example."), Transport::udp}});
  EXPECT_EQ(dying.udp_queries(), 1U);
  EXPECT_EQ(replies[0].status, AskStatus::unreachable);
  EXPECT_EQ(replies[1].status, AskStatus::answered);
}

TEST_F(DnsClientTest, ConnectionsAreBounded) {
  options_.tcp_connections_max = 2;
  std::vector<Ask> asks;
  for (int host = 1; host <= 6; ++host) {
    serve(host, echo);
    for (const Ask& ask : asks_for(host, 5, Transport::tcp)) asks.push_back(ask);
  }
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(client_->counts().tcp_connections, 6U);
}

TEST_F(DnsClientTest, SpecialPurposeAddressesAreNotAsked) {
  options_.permit.clear();
  const FakeServer& server = serve(1, echo);
  for (const Transport transport : {Transport::udp, Transport::tcp}) {
    client_.reset();
    EXPECT_FALSE(client().is_permitted(address(1)));
    EXPECT_EQ(ask(1, question("kid.example."), transport).status, AskStatus::not_permitted);
  }
  EXPECT_EQ(server.udp_queries() + server.connections(), 0U);
}

TEST_F(DnsClientTest, AFamilyThatIsOffIsUnreachable) {
  options_.ipv4 = false;
  EXPECT_EQ(ask(1, question("kid.example."), Transport::udp).status, AskStatus::unreachable);
}

TEST_F(DnsClientTest, KeepsToTheRateOfAnAddress) {
  options_.rate = 100;  // a burst of ten, then one each 10 ms
  serve(1, echo);
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<Ask> asks = asks_for(1, 40, Transport::udp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(290));
}

TEST_F(DnsClientTest, ASilentServerIsSetAside) {
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
TEST_F(DnsClientTest, WhatIsNeededIsAskedAlsoOfAServerThatIsSetAside) {
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

TEST_F(DnsClientTest, NeededQuestionsToASilentServerAreFewAtATime) {
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

TEST_F(DnsClientTest, WhatIsKnownOfAddressesIsForgotten) {
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

TEST_F(DnsClientTest, OneSilentChildDoesNotSetItsServerAside) {
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

TEST_F(DnsClientTest, ClosingEndsWhatIsInFlight) {
  options_.timeout = milliseconds(60'000);
  serve(1, [](const FakeQuery&) { return FakeReply{}; });
  std::vector<Ask> asks = asks_for(1, 3, Transport::udp);
  for (const Ask& ask : asks_for(1, 3, Transport::tcp)) asks.push_back(ask);
  std::vector<Reply> replies;
  boost::asio::co_spawn(io_, keep(client().ask_all(asks), replies), rethrow);
  // Everything is on its way once the server has had all six.
  while (servers_[0]->udp_queries() + servers_[0]->tcp_queries() < 6) io_.run_one();
  boost::asio::co_spawn(io_, client().close(), rethrow);
  for (const auto& server : servers_) server->stop();
  io_.run();
  ASSERT_EQ(replies.size(), 6U);
  for (const Reply& reply : replies) EXPECT_EQ(reply.status, AskStatus::cancelled);
}

TEST_F(DnsClientTest, DestroyingItWhileQuestionsAreOutIsSafe) {
  serve(1, [](const FakeQuery&) { return FakeReply{}; });
  std::vector<Reply> replies;
  std::vector<Ask> asks = asks_for(1, 3, Transport::udp);
  for (const Ask& ask : asks_for(1, 3, Transport::tcp)) asks.push_back(ask);
  boost::asio::co_spawn(io_, keep(client().ask_all(asks), replies), rethrow);
  while (servers_[0]->udp_queries() + servers_[0]->tcp_queries() < 6) io_.run_one();
  client_.reset();
  servers_.clear();
  io_.run();
  EXPECT_TRUE(replies.empty());
}

}  // namespace
}  // namespace dskeeper::net
