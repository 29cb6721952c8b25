// RFC 8945 §5.2: the side that is asked. The other side of each exchange is TsigExchange, which has
// been proved against BIND and Knot.
#include "dns/tsig_request.h"

#include <gtest/gtest.h>

#include "base/test_mutation.h"
#include "dns/rrset.h"

namespace dskeeper::dns {
namespace {

const Time now = parse_time("2026-11-24T03:00:00Z").value();

TsigKey key(std::string_view name, TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256) {
  return {Name::parse(name).value(), algorithm, Bytes(32, 0x5A)};
}

Bytes question() {
  return make_query(0x1234, {Name::parse("kid.example.").value(), RecordType::cds});
}

// An answer is the question again, with QR.
Bytes answer_to(ByteView asked) {
  Bytes out(asked.begin(), asked.end());
  out[2] |= 0x80U;
  return out;
}

TEST(Rfc8945Request, S5_2_SignedWithOurKey_IsGood_AndTheAnswerVerifies) {
  for (const TsigAlgorithm algorithm : {TsigAlgorithm::hmac_sha256, TsigAlgorithm::hmac_sha512}) {
    const std::vector<TsigKey> keys = {key("other."), key("relay.", algorithm)};
    TsigExchange asker(keys[1]);
    const Bytes request = asker.sign(question(), now).value();
    const TsigRequest read = TsigRequest::read(request, keys, now);
    EXPECT_EQ(read.rcode(), Rcode::noerror);
    EXPECT_EQ(read.key_name().text(), "relay.");
    const Bytes answer = read.sign(answer_to(question()), now).value();
    EXPECT_TRUE(asker.verify(answer, now, true));
    EXPECT_LE(answer.size(), request.size());
  }
}

TEST(Rfc8945Request, S5_2_1_UnknownKeyOrAlgorithm_IsBadkey_AnsweredUnsigned) {
  TsigExchange asker(key("relay."));
  const Bytes request = asker.sign(question(), now).value();
  for (const TsigKey& known : {key("other."), key("relay.", TsigAlgorithm::hmac_sha512)}) {
    const std::vector<TsigKey> keys = {known};
    const TsigRequest read = TsigRequest::read(request, keys, now);
    EXPECT_EQ(read.rcode(), Rcode::notauth);
    EXPECT_EQ(read.error(), Rcode::badkey);
    const Bytes answer = read.sign(answer_to(question()), now).value();
    const auto verified = asker.verify(answer, now, true);
    ASSERT_FALSE(verified);
    EXPECT_NE(verified.error().text().find("unsigned"), std::string::npos)
        << verified.error().text();
  }
}

TEST(Rfc8945Request, S5_2_2_WrongMac_IsBadsig_AnsweredUnsigned) {
  const std::vector<TsigKey> keys = {key("relay.")};
  TsigExchange asker({keys[0].name, keys[0].algorithm, Bytes(32, 0x11)});
  const Bytes request = asker.sign(question(), now).value();
  const TsigRequest read = TsigRequest::read(request, keys, now);
  EXPECT_EQ(read.rcode(), Rcode::notauth);
  EXPECT_EQ(read.error(), Rcode::badsig);
  EXPECT_FALSE(asker.verify(read.sign(answer_to(question()), now).value(), now, true));
}

TEST(Rfc8945Request, S5_2_3_ClockApart_IsBadtime_AnsweredSignedWithOurTime) {
  const std::vector<TsigKey> keys = {key("relay.")};
  TsigExchange asker(keys[0]);
  const Time late = now + std::chrono::seconds(tsig_fudge_s + 1);
  const Bytes request = asker.sign(question(), now).value();
  EXPECT_EQ(TsigRequest::read(request, keys, late - std::chrono::seconds(1)).rcode(),
            Rcode::noerror);
  const TsigRequest read = TsigRequest::read(request, keys, late);
  EXPECT_EQ(read.rcode(), Rcode::notauth);
  EXPECT_EQ(read.error(), Rcode::badtime);
  const auto verified = asker.verify(read.sign(answer_to(question()), late).value(), now, true);
  ASSERT_FALSE(verified);
  EXPECT_NE(verified.error().text().find("2026-11-24T03:05:01Z"), std::string::npos)
      << verified.error().text();
}

TEST(Rfc8945Request, S5_1_WithoutOrWithMisplacedTsig_IsFormerr) {
  const std::vector<TsigKey> keys = {key("relay.")};
  EXPECT_EQ(TsigRequest::read(question(), keys, now).rcode(), Rcode::formerr);
  TsigExchange asker(keys[0]);
  Bytes request = asker.sign(question(), now).value();
  request.push_back(0);
  EXPECT_EQ(TsigRequest::read(request, keys, now).rcode(), Rcode::formerr);
}

// RFC 8945 §5.2.2.1.
TEST(Rfc8945Request, S5_2_2_1_MacCutShort_IsBadtruncOrFormerr) {
  const std::vector<TsigKey> keys = {key("relay.")};
  TsigExchange asker(keys[0]);
  const Bytes whole = asker.sign(question(), now).value();
  // Behind the MAC stand ID, error and the length of nothing: six octets.
  const std::size_t mac_at = whole.size() - 6 - 32;
  const std::size_t length_at = mac_at - 2;
  const std::size_t rdlength_at = question().size() + keys[0].name.wire().size() + 8;
  const auto with_mac = [&](std::size_t octets) {
    Bytes out(whole);
    out[length_at + 1] = static_cast<std::uint8_t>(octets);
    out[rdlength_at + 1] = static_cast<std::uint8_t>(out[rdlength_at + 1] - (32 - octets));
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(mac_at + octets),
              out.begin() + static_cast<std::ptrdiff_t>(mac_at + 32));
    return TsigRequest::read(out, keys, now);
  };
  EXPECT_EQ(with_mac(32).rcode(), Rcode::noerror);
  EXPECT_EQ(with_mac(16).error(), Rcode::badtrunc);
  EXPECT_EQ(with_mac(15).rcode(), Rcode::formerr);
  EXPECT_EQ(with_mac(0).rcode(), Rcode::formerr);
}

TEST(Rfc8945Request, DamagedRequests_AreNeverGood) {
  const std::vector<TsigKey> keys = {key("relay.")};
  TsigExchange asker(keys[0]);
  const Bytes request = asker.sign(question(), now).value();
  Mutation mutation(8945);
  for (int round = 0; round < 20'000; ++round) {
    const Bytes damaged = mutation.damage(request);
    const TsigRequest read = TsigRequest::read(damaged, keys, now);
    if (read.rcode() == Rcode::formerr) continue;
    EXPECT_TRUE(read.sign(answer_to(question()), now));
    // The ID in the header is not covered (§4.3.2), nor is the case of names.
    Bytes same_id(damaged);
    std::copy(request.begin(), request.begin() + 2, same_id.begin());
    if (read.rcode() != Rcode::noerror) continue;
    ASSERT_EQ(same_id.size(), request.size());
    for (std::size_t at = 0; at < request.size(); ++at) {
      EXPECT_EQ(same_id[at] & ~0x20U, request[at] & ~0x20U) << at;
    }
  }
}

}  // namespace
}  // namespace dskeeper::dns
