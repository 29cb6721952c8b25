// What each message is answered, and that only a NOTIFY for a delegation of ours makes work.
#include "notify/answering.h"

#include <gtest/gtest.h>

#include "notify/test_notify.h"

namespace dskeeper::notify {
namespace {

using dns::Rcode;
using dns::RecordType;

const Time now = parse_time("2026-11-24T03:00:00Z").value();
const IpAddress stranger = IpAddress::parse("192.0.2.1").value();

dns::TsigKey relay_key() {
  return {name_of("relay."), dns::TsigAlgorithm::hmac_sha256, Bytes(32, 0x5A)};
}

// kid.example. is a delegation of ours.
class AnsweringTest : public testing::Test {
 protected:
  Answering make(AnsweringOptions options = {}) {
    return {std::move(options), intake_, [](const dns::Name& child) {
              const bool is_ours = child == name_of("kid.example.");
              return is_ours ? Standing{Standing::Kind::delegated, 1} : Standing{};
            }};
  }
  static Bytes notify(std::string_view child = "kid.example.") {
    return make_notify({.child = child});
  }
  static Rcode rcode_in(const std::optional<Bytes>& answer) {
    return answer ? static_cast<Rcode>((*answer)[3] & 0x0FU) : Rcode{999};
  }

  Intake intake_{{}, 1};
};

TEST_F(AnsweringTest, S4_3_IsAcknowledged_AndThenLookedAt) {
  Answering answering = make();
  const auto answer = answering.answer(notify(), stranger, false, now);
  EXPECT_EQ(rcode_in(answer), Rcode::noerror);
  EXPECT_EQ(answering.counts().taken, 1U);
  const auto notice = intake_.next(now);
  ASSERT_TRUE(notice);
  EXPECT_EQ(notice->child, name_of("kid.example."));
  EXPECT_EQ(notice->source, stranger);
}

TEST_F(AnsweringTest, WhatIsNoNotify_IsAnsweredWithoutWork) {
  Answering answering = make();
  const Bytes soa = make_notify({.child = "kid.example.", .type = RecordType::soa});
  EXPECT_EQ(rcode_in(answering.answer(soa, stranger, false, now)), Rcode::notimp);
  const Bytes two = make_notify({.questions = 2, .child = "kid.example."});
  EXPECT_EQ(rcode_in(answering.answer(two, stranger, false, now)), Rcode::formerr);
  EXPECT_FALSE(answering.answer(Bytes(11), stranger, false, now));
  EXPECT_EQ(answering.counts().malformed, 3U);
  EXPECT_EQ(intake_.size(), 0U);
}

// RFC 1996 §3.6: no answer makes the sender ask again.
TEST_F(AnsweringTest, WhereThereIsNoRoom_ThereIsNoAnswer) {
  Intake full({.waiting_max = 0}, 1);
  Answering answering({}, full, [](const dns::Name&) {
    return Standing{Standing::Kind::delegated, 1};
  });
  EXPECT_FALSE(answering.answer(notify(), stranger, false, now));
  EXPECT_EQ(answering.counts().no_room, 1U);
}

TEST_F(AnsweringTest, BeforeTheZoneWasRead_ThereIsNoAnswer) {
  Answering answering({}, intake_, [](const dns::Name&) {
    return Standing{Standing::Kind::not_known_yet, 0};
  });
  EXPECT_FALSE(answering.answer(notify(), stranger, false, now));
}

TEST_F(AnsweringTest, SignedByARelay_IsAnsweredSigned_AndExempt) {
  Answering answering = make({.keys = {relay_key()}, .only_signed = true});
  EXPECT_EQ(rcode_in(answering.answer(notify(), stranger, false, now)), Rcode::refused);
  dns::TsigExchange relay(relay_key());
  for (int i = 0; i < 1000; ++i) {
    const Bytes message = relay.sign(notify(), now).value();
    const auto answer = answering.answer(message, stranger, false, now);
    ASSERT_EQ(rcode_in(answer), Rcode::noerror);
    ASSERT_TRUE(relay.verify(*answer, now, true));
    ASSERT_LE(answer->size(), message.size());
  }
  EXPECT_TRUE(intake_.next(now));
}

TEST_F(AnsweringTest, SignedOtherwise_IsNotauth) {
  Answering answering = make({.keys = {relay_key()}});
  dns::TsigKey wrong = relay_key();
  wrong.secret[0] ^= 1U;
  dns::TsigExchange forger(wrong);
  EXPECT_EQ(rcode_in(answering.answer(forger.sign(notify(), now).value(), stranger, false, now)),
            Rcode::notauth);
  EXPECT_EQ(answering.counts().unsigned_or_forged, 1U);
  EXPECT_EQ(intake_.size(), 0U);
}

// What says BADTIME has our clock in it: over UDP a forged source would get more than was sent.
TEST_F(AnsweringTest, AnAnswerThatIsLarger_IsForTcpOnly) {
  Answering answering = make({.keys = {relay_key()}});
  dns::TsigExchange relay(relay_key());
  const Bytes old = relay.sign(notify(), now - std::chrono::hours(1)).value();
  EXPECT_FALSE(answering.answer(old, stranger, false, now));
  EXPECT_EQ(rcode_in(answering.answer(old, stranger, true, now)), Rcode::notauth);
}

TEST_F(AnsweringTest, RelaysAreKnownByTheirAddressToo) {
  Answering answering = make({.relays = {IpPrefix::parse("192.0.2.0/24").value()}});
  const auto mapped = IpAddress::parse("::ffff:192.0.2.1").value();
  EXPECT_EQ(rcode_in(answering.answer(notify(), mapped, false, now)), Rcode::noerror);
  EXPECT_TRUE(intake_.next(now));
}

TEST(EdgeCase, N103_NoDelegationOfOurs_IsRefusedWithoutWork) {
  Intake intake({}, 1);
  Answering answering({}, intake, [](const dns::Name&) { return Standing{}; });
  for (const char* child : {"example.", ".", "other.example.", "www.kid.example.", "kid.test."}) {
    const auto answer = answering.answer(make_notify({.child = child}), stranger, false, now);
    ASSERT_TRUE(answer);
    EXPECT_EQ((*answer)[3], 5);  // REFUSED
  }
  EXPECT_EQ(answering.counts().unknown, 5U);
  EXPECT_EQ(intake.size(), 0U);
}

}  // namespace
}  // namespace dskeeper::notify
