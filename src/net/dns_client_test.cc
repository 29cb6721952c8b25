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

#include "net/testing/client_test.h"

namespace dskeeper::net {
namespace {

using std::chrono::milliseconds;

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
