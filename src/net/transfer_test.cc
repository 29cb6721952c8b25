#include "net/transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/test_tcp_server.h"

namespace dskeeper::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

dns::Name name(const char* text) {
  return dns::Name::parse(text).value();
}

dns::Record soa(std::uint8_t serial, const char* owner = "example.") {
  Bytes rdata = {0, 0, 0, 0, 0, serial};  // the root twice
  rdata.resize(rdata.size() + 16);
  return {name(owner), dns::RecordType::soa, dns::Ttl{300}, rdata};
}

dns::Record address(const char* owner) {
  return {name(owner), dns::RecordType::a, dns::Ttl{300}, Bytes{192, 0, 2, 1}};
}

// What a transfer gives: the owners it handed on, or the error.
struct Seen {
  std::vector<std::string> owners;
  Result<TransferSummary> result;
};

Seen transfer(const Endpoint& server, TransferOptions options = {}) {
  options.zone = name("example.");
  options.server = server;
  options.silence_max = std::chrono::milliseconds(500);
  const FixedClock clock(parse_time("2026-11-24T03:00:00Z").value());
  std::vector<std::string> owners;
  auto result = run_to_end(
      transfer_zone(std::move(options), clock, [&owners](dns::Record&& record) -> Result<void> {
        owners.push_back(record.owner.text());
        return {};
      }));
  return {owners, std::move(result)};
}

Seen transfer_of(std::vector<std::vector<dns::Record>> messages,
                 const TransferOptions& options = {}) {
  TestTcpServer server([&](const Bytes& request) {
    TestReply reply;
    for (const auto& records : messages) {
      reply.messages.push_back(make_response(request, dns::Rcode::noerror, records));
    }
    return reply;
  });
  return transfer(server.endpoint(), options);
}

TEST(Rfc5936, S2_2_TheZoneLiesBetweenTwoEqualSoaRecords) {
  for (const auto& messages : std::vector<std::vector<std::vector<dns::Record>>>{
           {{soa(7), address("a.example."), address("b.example."), soa(7)}},
           {{soa(7)}, {address("a.example.")}, {address("b.example.")}, {soa(7)}},
           {{soa(7), address("a.example.")}, {address("b.example."), soa(7)}}}) {
    const Seen seen = transfer_of(messages);
    ASSERT_TRUE(seen.result) << seen.result.error().text();
    EXPECT_THAT(seen.owners, ElementsAre("example.", "a.example.", "b.example."));
    EXPECT_EQ(seen.result->serial.value, 7U);
    EXPECT_EQ(seen.result->records, 3U);
  }
}

TEST(Rfc5936, S2_2_AnythingElseIsNoZone) {
  const struct {
    std::vector<std::vector<dns::Record>> messages;
    const char* fault;
  } cases[] = {
      {{{address("a.example."), soa(7)}}, "does not begin with the zone's SOA"},
      {{{soa(7, "other."), soa(7, "other.")}}, "does not begin with the zone's SOA"},
      {{{soa(7), soa(8)}}, "the zone changed while it was sent"},
      {{{soa(7), soa(7), address("a.example.")}}, "records follow the last SOA"},
      {{{soa(7)}, {}}, "a message without records"},
      {{{soa(7), address("a.example.")}}, "closed the connection"},
  };
  for (const auto& [messages, fault] : cases) {
    const Seen seen = transfer_of(messages);
    ASSERT_FALSE(seen.result) << fault;
    EXPECT_THAT(seen.result.error().what, HasSubstr(fault));
    EXPECT_THAT(seen.result.error().what, HasSubstr("the transfer of example. failed"));
  }
}

// What a transfer of differences hands on: the part and the owner of each record.
Seen transfer_since_7(std::vector<std::vector<dns::Record>> messages) {
  TestTcpServer server([&](const Bytes& request) {
    TestReply reply;
    for (const auto& records : messages) {
      reply.messages.push_back(make_response(request, dns::Rcode::noerror, records));
    }
    return reply;
  });
  TransferOptions options;
  options.zone = name("example.");
  options.server = server.endpoint();
  options.silence_max = std::chrono::milliseconds(500);
  const FixedClock clock(parse_time("2026-11-24T03:00:00Z").value());
  std::vector<std::string> owners;
  PartVisitor visitor = [&owners](dns::TransferPart part, dns::Record&& record) -> Result<void> {
    owners.push_back("VZDAE"[static_cast<std::size_t>(part)] + (" " + record.owner.text()));
    return {};
  };
  auto result =
      run_to_end(transfer_differences(std::move(options), soa(7).rdata, clock, std::move(visitor)));
  return {owners, std::move(result)};
}

TEST(Rfc1995, S4_ARecordIsHandedOnWithWhatItIs) {
  for (const auto& messages : std::vector<std::vector<std::vector<dns::Record>>>{
           {{soa(8), soa(7), address("a.example."), soa(8), address("b.example."), soa(8)}},
           {{soa(8)},
            {soa(7)},
            {address("a.example.")},
            {soa(8)},
            {address("b.example.")},
            {soa(8)}}}) {
    const Seen seen = transfer_since_7(messages);
    ASSERT_TRUE(seen.result) << seen.result.error().text();
    EXPECT_THAT(seen.owners, ElementsAre("V example.", "D example.", "D a.example.", "A example.",
                                         "A b.example."));
    EXPECT_EQ(seen.result->kind, dns::TransferKind::differences);
    EXPECT_EQ(seen.result->serial.value, 8U);
  }
  const Seen whole = transfer_since_7({{soa(8), address("a.example.")}, {soa(8)}});
  EXPECT_THAT(whole.owners, ElementsAre("V example.", "Z a.example."));
  EXPECT_EQ(whole.result->kind, dns::TransferKind::whole);
  const Seen same = transfer_since_7({{soa(7)}});
  EXPECT_EQ(same.result->kind, dns::TransferKind::nothing_newer);
  EXPECT_EQ(same.result->serial.value, 7U);
  EXPECT_EQ(same.result->messages, 1U);
  const Seen cut = transfer_since_7({{soa(8), soa(7), address("a.example.")}});
  ASSERT_FALSE(cut.result);
  EXPECT_THAT(cut.result.error().what, HasSubstr("closed the connection"));
}

TEST(Transfer, SaysWhatToDoWhereTheServerRefuses) {
  TestTcpServer server([](const Bytes& request) {
    return TestReply{{make_response(request, dns::Rcode::refused)}};
  });
  const Seen seen = transfer(server.endpoint());
  ASSERT_FALSE(seen.result);
  EXPECT_EQ(seen.result.error().text(),
            server.endpoint().text() +
                ": the server refuses the transfer of example. (REFUSED). Is the zone there? Allow "
                "the transfer, or add the key to the source: key = \"…\".");
}

TEST(Transfer, EndsWhereTheServerFallsSilent) {
  TestTcpServer server([](const Bytes& request) {
    return TestReply{{make_response(request, dns::Rcode::noerror, {soa(7)})}, true};
  });
  const Seen seen = transfer(server.endpoint());
  ASSERT_FALSE(seen.result);
  EXPECT_THAT(seen.result.error().what, HasSubstr("did not answer in time"));
}

TEST(Transfer, EndsAtItsLimit) {
  TransferOptions options;
  options.octets_max = 100;
  const Seen seen = transfer_of({{soa(7)}, {address("a.example.")}, {soa(7)}}, options);
  ASSERT_FALSE(seen.result);
  EXPECT_THAT(seen.result.error().what, HasSubstr("larger than 100 octets"));
}

TEST(Rfc8945, S5_3_AnUnsignedTransferIsNotTakenForASignedOne) {
  TransferOptions options;
  options.key = dns::TsigKey{name("transfer."), dns::TsigAlgorithm::hmac_sha256, Bytes(32, 7)};
  const Seen seen = transfer_of({{soa(7), soa(7)}}, options);
  ASSERT_FALSE(seen.result);
  EXPECT_THAT(seen.result.error().what, HasSubstr("carries no TSIG"));
  EXPECT_TRUE(seen.owners.empty());
}

}  // namespace
}  // namespace dskeeper::net
