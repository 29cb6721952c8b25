// One question and what the responder does with it.
#include "service.h"

#include <gtest/gtest.h>

#include "base/test_mutation.h"
#include "delay_line.h"

namespace dskeeper::bench {
namespace {

using dns::RecordType;

const Time now = *parse_time("2026-11-28T12:00:00Z");
constexpr std::array<std::uint8_t, 4> first_server = {127, 16, 0, 1};
constexpr std::array<std::uint8_t, 4> second_server = {127, 16, 0, 2};
constexpr std::array<std::uint8_t, 4> other_operator = {127, 16, 1, 1};
constexpr std::size_t in_sync_child = 7;

class ServiceTest : public testing::Test {
 protected:
  // The parsed answer; nothing where there was none.
  std::optional<dns::Message> ask(const std::string& owner, RecordType type,
                                  const std::array<std::uint8_t, 4>& address = first_server,
                                  bool dnssec_ok = true) {
    const Bytes query = dns::make_query(7, {name(owner), type}, {.dnssec_ok = dnssec_ok});
    const auto answer = service_.answer(query, address, Transport::udp);
    if (!answer) return std::nullopt;
    EXPECT_TRUE(dns::is_response_to(*answer, 7, {name(owner), type}));
    auto message = dns::parse_message(*answer, now);
    EXPECT_TRUE(message.has_value()) << message.error().text();
    return *std::move(message);
  }

  Weather weather_;
  const World world_{{.children = 1000}};
  SyntheticChildren children_{
      world_, KeyRing{}, {now - std::chrono::hours(1), now + std::chrono::hours(1)}};
  Tally tally_{world_};
  Service service_{world_, weather_, children_, tally_};
};

TEST_F(ServiceTest, AnswersForTheChildrenOfItsOperatorAlone) {
  const auto own = ask("c0000007.example.", RecordType::cds);
  EXPECT_TRUE(own->is_authoritative);
  EXPECT_NE(own->find_answer(name("c0000007.example."), RecordType::cds), nullptr);
  EXPECT_EQ(ask("c0000007.example.", RecordType::cds, other_operator)->rcode, dns::Rcode::refused);
  for (const char* nobody : {"c0001000.example.", "www.c0000007.example.", "example.", "."}) {
    EXPECT_EQ(ask(nobody, RecordType::soa)->rcode, dns::Rcode::refused) << nobody;
  }
}

TEST_F(ServiceTest, SignaturesComeOnlyToWhomAsksForThem) {
  const auto with = ask("c0000007.example.", RecordType::dnskey);
  EXPECT_EQ(with->answer.front().signatures.size(), 1U);
  const auto without = ask("c0000007.example.", RecordType::dnskey, first_server, false);
  EXPECT_TRUE(without->answer.front().signatures.empty());
}

TEST_F(ServiceTest, EverySignatureIsMadeOnce) {
  const auto first = ask("c0000007.example.", RecordType::cds);
  EXPECT_EQ(ask("c0000007.example.", RecordType::cds, second_server)->answer, first->answer);
  EXPECT_EQ(children_.signature_count(), 1U);
}

TEST_F(ServiceTest, TalliesWhatWasAskedAndAnsweredAtWhichServer) {
  (void)ask("c0000007.example.", RecordType::cds, second_server);
  const Heard& heard = tally_.of_child(in_sync_child);
  EXPECT_TRUE(heard.asked.has(1, RecordType::cds));
  EXPECT_TRUE(heard.answered.has(1, RecordType::cds));
  EXPECT_FALSE(heard.asked.has(0, RecordType::cds));
  EXPECT_FALSE(heard.asked.has(1, RecordType::cdnskey));
  EXPECT_EQ(tally_.of_server({0, 1}).udp, 1U);
  tally_.clear();
  EXPECT_FALSE(heard.asked.has_any(1));
  EXPECT_EQ(tally_.of_server({0, 1}).udp, 0U);
}

TEST_F(ServiceTest, ADeadServerIsAskedAndSaysNothing) {
  Service dead(world_, {.round_trip = {}, .loss = 0, .dead_share = 1}, children_, tally_);
  const Bytes query = dns::make_query(7, {name("c0000007.example."), RecordType::cds});
  EXPECT_EQ(dead.answer(query, first_server, Transport::udp), std::nullopt);
  EXPECT_TRUE(tally_.of_child(in_sync_child).asked.has(0, RecordType::cds));
  EXPECT_FALSE(tally_.of_child(in_sync_child).answered.has(0, RecordType::cds));
}

TEST_F(ServiceTest, ALostAnswerIsWithheldAndCounted) {
  Service lossy(world_, {.round_trip = {}, .loss = 1, .dead_share = 0}, children_, tally_);
  const Bytes query = dns::make_query(7, {name("c0000007.example."), RecordType::cds});
  EXPECT_EQ(lossy.answer(query, first_server, Transport::tcp), std::nullopt);
  EXPECT_EQ(tally_.of_server({0, 0}).tcp_withheld, 1U);
  EXPECT_EQ(tally_.of_server({0, 0}).tcp, 1U);
  EXPECT_FALSE(tally_.of_child(in_sync_child).answered.has(0, RecordType::cds));
}

TEST_F(ServiceTest, WhatIsNoQueryGetsNoAnswer) {
  const Bytes query = dns::make_query(7, {name("c0000007.example."), RecordType::cds});
  for (std::size_t length = 0; length < query.size() - 11; ++length) {
    EXPECT_EQ(service_.answer(ByteView(query).first(length), first_server, Transport::udp),
              std::nullopt)
        << length;
  }
  Bytes response = query;
  response[2] |= 0x80U;  // QR
  EXPECT_EQ(service_.answer(response, first_server, Transport::udp), std::nullopt);
}

TEST_F(ServiceTest, DamagedQueriesDoNoHarmAndWhatIsAnsweredIsWellFormed) {
  Mutation mutation(1);
  const Bytes query = dns::make_query(7, {name("c0000007.example."), RecordType::cds});
  unsigned answered = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto answer = service_.answer(mutation.damage(query), first_server, Transport::udp);
    if (!answer) continue;
    ++answered;
    EXPECT_TRUE(dns::parse_message(*answer, now).has_value()) << i << ' ' << to_hex(*answer);
  }
  EXPECT_GT(answered, 1000U);
}

TEST(DelayLine, GivesThingsBackWhenTheyAreDueInTheirOrder) {
  DelayLine<int> line;
  const Moment start{};
  line.put(start + std::chrono::milliseconds(2), 3);
  line.put(start + std::chrono::milliseconds(1), 1);
  line.put(start + std::chrono::milliseconds(1), 2);
  EXPECT_EQ(line.take(start), std::nullopt);
  EXPECT_EQ(line.next_due(), start + std::chrono::milliseconds(1));
  const Moment later = start + std::chrono::milliseconds(2);
  EXPECT_EQ(line.take(later), 1);
  EXPECT_EQ(line.take(later), 2);
  EXPECT_EQ(line.take(later), 3);
  EXPECT_EQ(line.take(later), std::nullopt);
  EXPECT_EQ(line.next_due(), std::nullopt);
}

}  // namespace
}  // namespace dskeeper::bench
