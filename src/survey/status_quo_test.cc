#include "survey/status_quo.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "dns/records.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;

const dns::Name kid = dns::Name::parse("kid.example.").value();

Bytes bitmap(std::initializer_list<RecordType> types) {
  Bytes window(32);
  std::size_t used = 0;
  for (const RecordType type : types) {
    const auto number = static_cast<std::size_t>(type);
    window[number / 8] = static_cast<std::uint8_t>(window[number / 8] | (0x80U >> (number % 8)));
    used = std::max(used, number / 8 + 1);
  }
  Bytes wire = {0, static_cast<std::uint8_t>(used)};
  wire.insert(wire.end(), window.begin(), window.begin() + static_cast<std::ptrdiff_t>(used));
  return wire;
}

dns::Rrset nsec(const char* next, std::initializer_list<RecordType> types) {
  const dns::Name name = dns::Name::parse(next).value();
  Bytes rdata(name.wire().begin(), name.wire().end());
  const Bytes map = bitmap(types);
  rdata.insert(rdata.end(), map.begin(), map.end());
  return {kid, RecordType::nsec, dns::Ttl{60}, {rdata}, {dns::Rrsig{}}};
}

dns::Rrset soa(bool is_signed) {
  dns::Rrset rrset{kid, RecordType::soa, dns::Ttl{60}, {Bytes(22)}, {}};
  if (is_signed) rrset.signatures.emplace_back();
  return rrset;
}

dns::Message nodata(std::vector<dns::Rrset> authority) {
  dns::Message message;
  message.authority = std::move(authority);
  return message;
}

dns::Dnskey key(std::uint8_t seed) {
  return {257, 3, dns::Algorithm::ecdsap256sha256, Bytes(64, seed)};
}
dns::Ds ds(std::uint8_t seed, dns::DigestType type = dns::DigestType::sha256) {
  return dns::make_ds(kid, key(seed), type).value();
}

dns::Message answer(RecordType type, std::vector<Bytes> rdata) {
  dns::Message message;
  message.answer.push_back({kid, type, dns::Ttl{60}, std::move(rdata), {}});
  return message;
}

Delegation unsigned_kid() {
  Delegation delegation;
  delegation.child = kid;
  return delegation;
}
Delegation secure_kid(std::vector<dns::Ds> records) {
  Delegation delegation = unsigned_kid();
  delegation.ds = dns::make_ds_set(std::move(records));
  return delegation;
}

constexpr auto soa_type = RecordType::soa;
constexpr auto rrsig = RecordType::rrsig;

TEST(StatusQuo, ABitmapWithoutTheOtherTypeSettlesBoth) {
  const dns::Message message = nodata({soa(true), nsec("www.kid.example.", {soa_type, rrsig})});
  for (const Delegation& delegation : {unsigned_kid(), secure_kid({ds(1)})}) {
    EXPECT_EQ(status_quo(delegation, RecordType::cds, AnswerStatus::nodata, message),
              StatusQuo::confirmed);
  }
}

TEST(StatusQuo, ABitmapWithTheOtherTypeDoesNot) {
  const dns::Message message =
      nodata({soa(true), nsec("www.kid.example.", {soa_type, rrsig, RecordType::cdnskey})});
  EXPECT_EQ(status_quo(unsigned_kid(), RecordType::cds, AnswerStatus::nodata, message),
            StatusQuo::this_type_only);
}

TEST(StatusQuo, CompactDenialIsNotTrusted) {
  const dns::Message message = nodata({soa(true), nsec("\\000.kid.example.", {soa_type, rrsig})});
  EXPECT_EQ(status_quo(secure_kid({ds(1)}), RecordType::cds, AnswerStatus::nodata, message),
            StatusQuo::this_type_only);
}

TEST(StatusQuo, ADenialThatContradictsItselfIsLookedAtInFull) {
  const dns::Message message =
      nodata({soa(true), nsec("www.kid.example.", {soa_type, rrsig, RecordType::cds})});
  EXPECT_EQ(status_quo(secure_kid({ds(1)}), RecordType::cds, AnswerStatus::nodata, message),
            StatusQuo::asks);
}

TEST(StatusQuo, AnUnsignedZoneCanAskForNothing) {
  const dns::Message message = nodata({soa(false)});
  EXPECT_EQ(status_quo(unsigned_kid(), RecordType::cds, AnswerStatus::nodata, message),
            StatusQuo::confirmed);
  EXPECT_EQ(status_quo(secure_kid({ds(1)}), RecordType::cds, AnswerStatus::nodata, message),
            StatusQuo::this_type_only);
  EXPECT_EQ(status_quo(unsigned_kid(), RecordType::cds, AnswerStatus::nodata, nodata({})),
            StatusQuo::this_type_only);
}

TEST(StatusQuo, TheSameKeysAreInSync) {
  const dns::Message cds = answer(RecordType::cds, {ds(1).to_rdata(), ds(2).to_rdata()});
  const auto of = [&](std::vector<dns::Ds> records) {
    return status_quo(secure_kid(std::move(records)), RecordType::cds, AnswerStatus::answer, cds);
  };
  EXPECT_EQ(of({ds(1), ds(2)}), StatusQuo::confirmed);
  EXPECT_EQ(of({ds(1), ds(2), ds(1, dns::DigestType::sha384)}), StatusQuo::confirmed);
  EXPECT_EQ(of({ds(1)}), StatusQuo::asks);
  EXPECT_EQ(of({ds(1), ds(3)}), StatusQuo::asks);
  EXPECT_EQ(of({ds(1), ds(2), ds(3, dns::DigestType::sha384)}), StatusQuo::asks);
  EXPECT_EQ(of({ds(1, dns::DigestType::sha1), ds(2, dns::DigestType::sha1)}), StatusQuo::asks);
}

TEST(StatusQuo, CdnskeyIsComparedByItsDigest) {
  const dns::Message message = answer(RecordType::cdnskey, {key(1).to_rdata()});
  EXPECT_EQ(status_quo(secure_kid({ds(1)}), RecordType::cdnskey, AnswerStatus::answer, message),
            StatusQuo::confirmed);
  EXPECT_EQ(status_quo(secure_kid({ds(2)}), RecordType::cdnskey, AnswerStatus::answer, message),
            StatusQuo::asks);
}

TEST(StatusQuo, RemovalIsTheStatusQuoOnlyWhereThereIsNothingToRemove) {
  const dns::Message cds = answer(RecordType::cds, {{0, 0, 0, 0, 0}});
  const dns::Message cdnskey = answer(RecordType::cdnskey, {{0, 0, 3, 0, 0}});
  const dns::Message odd = answer(RecordType::cds, {{0, 0, 0, 0}});
  const auto of = [](const Delegation& delegation, RecordType type, const dns::Message& message) {
    return status_quo(delegation, type, AnswerStatus::answer, message);
  };
  EXPECT_EQ(of(unsigned_kid(), RecordType::cds, cds), StatusQuo::confirmed);
  EXPECT_EQ(of(unsigned_kid(), RecordType::cdnskey, cdnskey), StatusQuo::confirmed);
  EXPECT_EQ(of(unsigned_kid(), RecordType::cds, odd), StatusQuo::asks);
  EXPECT_EQ(of(secure_kid({ds(1)}), RecordType::cds, cds), StatusQuo::asks);
  EXPECT_EQ(of(secure_kid({ds(1)}), RecordType::cdnskey, cdnskey), StatusQuo::asks);
}

TEST(StatusQuo, AFirstDsIsAsked) {
  const dns::Message message = answer(RecordType::cds, {ds(1).to_rdata()});
  EXPECT_EQ(status_quo(unsigned_kid(), RecordType::cds, AnswerStatus::answer, message),
            StatusQuo::asks);
}

}  // namespace
}  // namespace dskeeper::survey
