#include "net/tcp_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/testing/client_test.h"

namespace dskeeper::net {
namespace {

using std::chrono::milliseconds;
using TcpPeerTest = DnsClientTest;

TEST_F(TcpPeerTest, SharesOneTcpConnection) {
  const FakeServer& server = serve(1, echo);
  const std::vector<Ask> asks = asks_for(1, 1000, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(server.udp_queries(), 0U);
}

TEST_F(TcpPeerTest, MatchesTcpAnswersThatComeOutOfOrder) {
  serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query);
    reply.held_until = 20;  // then the newest first
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 20, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
}

TEST_F(TcpPeerTest, SilenceOverTcpIsATimeout) {
  options_.timeout = milliseconds(200);
  serve(1, [](const FakeQuery&) { return FakeReply{}; });
  EXPECT_EQ(ask(1, question("kid.example."), Transport::tcp).status, AskStatus::timeout);
}

TEST_F(TcpPeerTest, AServerThatClosesAfterEachAnswerIsAskedOneAtATime) {
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query);
    reply.closes = true;
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 30, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(server.connections(), 30U);
}

TEST_F(TcpPeerTest, AServerThatClosesAfterTenAnswersGetsTenAtATime) {
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    FakeReply reply = reply_with(query);
    reply.closes = query.number == 10;
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 95, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(server.connections(), 10U);
}

TEST_F(TcpPeerTest, AConnectionThatIsResetIsTriedOnceMore) {
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    return query.connection == 1 ? FakeReply{.messages = {}, .resets = true} : reply_with(query);
  });
  const std::vector<Ask> asks = asks_for(1, 5, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_GE(server.connections(), 2U);
}

TEST_F(TcpPeerTest, AServerThatAlwaysResetsIsUnreachable) {
  serve(1, [](const FakeQuery&) { return FakeReply{.messages = {}, .resets = true}; });
  for (const Reply& reply : ask_all(asks_for(1, 5, Transport::tcp))) {
    EXPECT_EQ(reply.status, AskStatus::unreachable);
  }
}

TEST_F(TcpPeerTest, AServerThatDribblesIsRead) {
  serve(1, [](const FakeQuery& query) {
    FakeReply reply = echo(query);
    reply.dribbles = true;
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 50, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
}

// Answers for questions never asked, and messages that are none: they keep nothing alive.
TEST_F(TcpPeerTest, AServerThatFloodsAConnectionLosesIt) {
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

TEST_F(TcpPeerTest, StrayMessagesDoNotKeepADeadConnectionAlive) {
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

TEST_F(TcpPeerTest, ConnectionsAreBounded) {
  options_.tcp_connections_max = 2;
  std::vector<Ask> asks;
  for (int host = 1; host <= 6; ++host) {
    serve(host, echo);
    for (const Ask& ask : asks_for(host, 5, Transport::tcp)) asks.push_back(ask);
  }
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(client_->counts().tcp_connections, 6U);
}

// It has one question in hand at a time, and never looks at those that come meanwhile.
FakeReply one_at_a_time(const FakeQuery& query) {
  if (query.in_hand > 0) return {};
  FakeReply reply = reply_with(query);
  reply.delay = milliseconds(2);
  return reply;
}

TEST_F(TcpPeerTest, AServerThatOverlooksPipelinedQuestionsIsAskedOneAtATime) {
  options_.timeout = milliseconds(300);
  const FakeServer& server = serve(1, one_at_a_time);
  const std::vector<Ask> asks = asks_for(1, 20, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(server.connections(), 2U) << "the second one carries the rest, one after the other";
  EXPECT_EQ(client_->counts().tcp_questions, 39U);
}

TEST_F(TcpPeerTest, AServerThatIsSilentAboutSomeZonesIsPipelinedOnWith) {
  options_.timeout = milliseconds(300);
  const FakeServer& server = serve(1, [](const FakeQuery& query) {
    const bool is_dead = query.question.name == question("kid3.example.").name;
    return is_dead ? FakeReply{} : reply_with(query);
  });
  const std::vector<Ask> asks = asks_for(1, 20, Transport::tcp);
  const std::vector<Reply> replies = ask_all(asks);
  EXPECT_EQ(replies[3].status, AskStatus::timeout);
  EXPECT_EQ(client_->counts().timeouts, 1U);
  EXPECT_EQ(server.tcp_queries(), 20U);
}

// A few zones are answered, most are not: asking them one at a time does not help, which is seen at
// the first one.
TEST_F(TcpPeerTest, AServerThatIsSilentAboutMostZonesIsNotAskedForLong) {
  options_.timeout = milliseconds(200);
  serve(1, [](const FakeQuery& query) {
    const bool is_served = query.question.name == question("kid0.example.").name;
    return is_served ? reply_with(query) : FakeReply{};
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ask_all(asks_for(1, 50, Transport::tcp)).size(), 50U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(200) * 6);
}

// Refuses pipelining: a second question before the first answer ends the connection.
TEST_F(TcpPeerTest, AServerThatRefusesPipeliningIsAskedOneAtATime) {
  serve(1, [](const FakeQuery& query) {
    if (query.connection == 1) return FakeReply{.messages = {}, .resets = true};
    FakeReply reply = reply_with(query);
    reply.closes = true;
    return reply;
  });
  const std::vector<Ask> asks = asks_for(1, 10, Transport::tcp);
  expect_all_answered(ask_all(asks), asks);
  EXPECT_EQ(client_->counts().tcp_cut, 10U);
}

// The time a question waits for such a server is told apart from the time it takes to answer.
TEST_F(TcpPeerTest, WaitingForAServerThatTakesOneAtATimeIsWaiting) {
  options_.timeout = milliseconds(100);
  serve(1, one_at_a_time);
  const auto work = [&]() -> boost::asio::awaitable<std::vector<Reply>> {
    std::vector<Ask> first = asks_for(1, 10, Transport::tcp);
    std::vector<Reply> replies = co_await client().ask_all(std::move(first));
    std::vector<Ask> second = asks_for(1, 20, Transport::tcp);
    replies = co_await client().ask_all(std::move(second));
    co_return replies;
  };
  const std::vector<Reply> replies = run(work());
  for (const Reply& reply : replies) EXPECT_EQ(reply.status, AskStatus::answered);
  EXPECT_LT(replies.front().waited, milliseconds(10));
  EXPECT_GE(replies.back().waited, milliseconds(19 * 2));
}

}  // namespace
}  // namespace dskeeper::net
