// Whatever a server sends, each question ends, and nothing is taken for an answer that does not
// belong to it; a damaged transfer ends with an error or with the records that it has. Meant to be
// run under the sanitizers.
#include <gtest/gtest.h>

#include "base/test_mutation.h"
#include "net/test_tcp_server.h"
#include "net/testing/client_test.h"
#include "net/transfer.h"

namespace dskeeper::net {
namespace {

class Robustness : public DnsClientTest {
 protected:
  Robustness() { options_.timeout = std::chrono::milliseconds(50); }

  // A server that damages about every second message.
  void serve_damaged(int host) {
    serve(host, [this](const FakeQuery& query) {
      const FakeMessage answer{
          .answer = {{query.question.name, query.question.type, dns::Ttl{60}, Bytes(40, 7)}}};
      const Bytes wire = encode(query, answer);
      FakeReply reply;
      if (mutation_.below(2) == 0) reply.messages.push_back(mutation_.damage(wire));
      reply.messages.push_back(mutation_.below(2) == 0 ? mutation_.damage(wire) : wire);
      reply.resets = query.is_tcp && mutation_.below(50) == 0;
      return reply;
    });
  }

  Mutation mutation_{1035};
};

TEST_F(Robustness, Responses) {
  for (int host = 1; host <= 4; ++host) serve_damaged(host);
  std::vector<Ask> asks;
  for (int host = 1; host <= 4; ++host) {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      for (const Ask& ask : asks_for(host, 500, transport)) asks.push_back(ask);
    }
  }
  const std::vector<Reply> replies = ask_all(asks);
  int answered = 0;
  for (std::size_t at = 0; at < asks.size(); ++at) {
    if (replies[at].status != AskStatus::answered) continue;
    ++answered;
    const Bytes& wire = replies[at].wire;
    ASSERT_GE(wire.size(), 2U);
    const auto id = static_cast<std::uint16_t>(wire[0] << 8U | wire[1]);
    EXPECT_TRUE(dns::is_response_to(wire, id, asks[at].question));
  }
  EXPECT_GT(answered, 100);
  EXPECT_EQ(client_->in_flight(), 0U);
}

TEST_F(Robustness, Transfers) {
  Bytes soa(2);
  soa.resize(soa.size() + 20, 1);
  const dns::Name zone = dns::Name::parse("example.").value();
  const std::vector<dns::Record> records = {
      {zone, dns::RecordType::soa, dns::Ttl{300}, soa},
      {dns::Name::parse("a.example.").value(), dns::RecordType::a, dns::Ttl{300}, Bytes(4, 7)},
      {zone, dns::RecordType::soa, dns::Ttl{300}, soa}};
  Mutation mutation(5936);
  const TestTcpServer server([&](const Bytes& request) {
    const Bytes wire = make_response(request, dns::Rcode::noerror, records);
    return TestReply{{mutation.damage(wire)}};
  });
  const FixedClock clock(parse_time("2026-11-24T03:00:00Z").value());
  int whole = 0;
  for (int round = 0; round < 1000; ++round) {
    TransferOptions options;
    options.zone = zone;
    options.server = server.endpoint();
    options.silence_max = std::chrono::seconds(5);
    std::uint64_t seen = 0;
    RecordVisitor visitor = [&seen](dns::Record&&) -> Result<void> {
      ++seen;
      return {};
    };
    const auto result = run_to_end(transfer_zone(std::move(options), clock, std::move(visitor)));
    if (!result) continue;
    ++whole;
    EXPECT_EQ(result->records, seen);
  }
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace dskeeper::net
