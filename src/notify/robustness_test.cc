// Whatever comes to our port: nothing crashes or reads beyond its end, no answer is larger than its
// question, and only what names a delegation of ours makes work. Meant to be run under the
// sanitizers (scripts/test-sanitized).
#include <gtest/gtest.h>

#include <vector>

#include "base/test_mutation.h"
#include "notify/answering.h"
#include "notify/test_notify.h"

namespace dskeeper::notify {
namespace {

const Time now = parse_time("2026-11-24T03:00:00Z").value();
constexpr int rounds = 100'000;  // issue 6

dns::TsigKey relay_key() {
  return {name_of("relay."), dns::TsigAlgorithm::hmac_sha256, Bytes(32, 0x5A)};
}

std::vector<Bytes> valid_messages() {
  const Bytes agent = report_channel_to("errors.ns1.example.net.");
  Bytes with_hint = make_notify({.answers = 1});
  const Bytes hint = {0xC0, 12, 0, 59, 0, 1, 0, 0, 0, 60, 0, 5, 0, 0, 0, 0, 0};
  dns::put_bytes(with_hint, hint);
  std::vector<Bytes> out = {
      make_notify(),
      make_notify({.type = dns::RecordType::csync, .has_opt = true}),
      make_notify({.has_opt = true, .options = agent}),
      with_hint,
  };
  for (const std::size_t at : {0U, 2U}) {
    dns::TsigExchange relay(relay_key());
    out.push_back(relay.sign(out[at], now).value());
  }
  return out;
}

TEST(Robustness, AHundredThousandDamagedNotifys) {
  const std::vector<Bytes> valid = valid_messages();
  Intake intake({}, 1);
  Answering answering({.keys = {relay_key()}}, intake, [](const dns::Name& child) {
    const bool is_ours = child == name_of("example.com.");
    return is_ours ? Standing{Standing::Kind::delegated, 1} : Standing{};
  });
  const IpAddress from = IpAddress::parse("192.0.2.1").value();
  for (const Bytes& message : valid) ASSERT_TRUE(answering.answer(message, from, false, now));
  ASSERT_EQ(answering.counts().taken + answering.counts().joined, valid.size());

  Mutation mutation(9859);
  int answered = 0;
  for (int round = 0; round < rounds; ++round) {
    const Bytes damaged = mutation.damage(valid[static_cast<std::size_t>(round) % valid.size()]);
    const auto answer = answering.answer(damaged, from, false, now);
    if (!answer) continue;
    ++answered;
    ASSERT_GE(answer->size(), 12U);
    ASSERT_LE(answer->size(), damaged.size()) << to_hex(damaged);
    ASSERT_TRUE(std::equal(damaged.begin(), damaged.begin() + 2, answer->begin()));
    ASSERT_NE((*answer)[2] & 0x80U, 0U);
  }
  // The damage was neither too little nor too much to tell anything.
  const Counts& counts = answering.counts();
  EXPECT_GT(answered, rounds / 2);
  EXPECT_GT(counts.malformed, 1000U);
  EXPECT_GT(counts.unknown, 1000U);
  EXPECT_GT(counts.unsigned_or_forged, 1000U);
  EXPECT_GT(counts.joined, 1000U);
  EXPECT_LE(intake.size(), 1U);
}

}  // namespace
}  // namespace dskeeper::notify
