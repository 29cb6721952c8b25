// Edge cases 1 to 19 of standards.md §19: what is a request, and what is none.
#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

const Bytes cds_delete = {0, 0, 0, 0, 0};
const Bytes cdnskey_delete = {0, 0, 3, 0, 0};
const std::string malformed_delete = "update forbid delete-malformed";

Bytes ds_rdata(const std::string& text) {
  return dns::Ds::parse(text).value().to_rdata();
}

// Every server of a secure child publishes just these records, and no other type.
std::string judged_with(RecordType type, const std::vector<Bytes>& rdata) {
  return judged(true, [&](Zone& zone, const TestChild&) { zone.records[type] = rdata; });
}

std::string judged_with_key(const std::function<void(dns::Dnskey&)>& edit) {
  dns::Dnskey key = TestKey(9).record();
  edit(key);
  return judged_with(RecordType::cdnskey, {key.to_rdata()});
}

// [8078-5] [10026-32]
TEST(EdgeCase, N001_TheDeleteEverywhere_RemovesAllDs) {
  TestChild child(true);
  child.delegation.ds = dns::make_ds_set({child.a.ds(), child.b.ds()});
  child.everywhere([](Zone& zone) { zone.ask_removal(); });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "delete permit");
  EXPECT_TRUE(verdict.ds.empty());
}

TEST(EdgeCase, N002_DeleteBesideARealCds_IsMalformed) {
  EXPECT_EQ(judged_with(RecordType::cds, {cds_delete, TestKey(9).ds().to_rdata()}),
            malformed_delete);
  // Also beside the very key that stands, which would be no request by itself.
  EXPECT_EQ(judged_with(RecordType::cds, {cds_delete, TestKey(1).ds().to_rdata()}),
            malformed_delete);
}

TEST(EdgeCase, N003_ADeleteWithAnotherDigest_IsMalformed) {
  EXPECT_EQ(judged_with(RecordType::cds, {{0, 0, 0, 0, 1}}), malformed_delete);
  EXPECT_EQ(judged_with(RecordType::cds, {{0, 0, 0, 0}}), malformed_delete);
  EXPECT_EQ(judged_with(RecordType::cds, {{0, 0, 0, 0, 0, 0}}), malformed_delete);
}

TEST(EdgeCase, N004_AlgorithmZeroWithRealFields_IsMalformed) {
  EXPECT_EQ(judged_with(RecordType::cds, {ds_rdata("12345 0 2 " + std::string(64, 'A'))}),
            malformed_delete);
}

TEST(EdgeCase, N005_TagZeroWithARealAlgorithm_IsAnOrdinaryRequest) {
  EXPECT_EQ(judged(true,
                   [](Zone& zone, const TestChild& child) {
                     const auto tag_zero = dns::Ds::parse("0 15 2 " + std::string(64, 'B')).value();
                     zone.set_cds({child.a.ds(), tag_zero});
                   }),
            "update permit");
}

TEST(EdgeCase, N006_CdnskeyDeletesInOneFormOnly) {
  EXPECT_EQ(judged_with(RecordType::cdnskey, {cdnskey_delete}), "delete permit");
  EXPECT_EQ(judged_with(RecordType::cdnskey, {{1, 1, 3, 0, 0}}), malformed_delete);  // 257 3 0 AA==
  EXPECT_EQ(judged_with(RecordType::cdnskey, {{0, 0, 0, 0, 0}}), malformed_delete);  // 0 0 0 AA==
  EXPECT_EQ(judged_with(RecordType::cdnskey, {cdnskey_delete, TestKey(9).record().to_rdata()}),
            malformed_delete);
}

TEST(EdgeCase, N007_TheDeleteRecordTwice_IsStillOne) {
  EXPECT_EQ(judged(true,
                   [](Zone& zone, const TestChild&) {
                     zone.ask_removal();
                     zone.records[RecordType::cds].push_back(cds_delete);
                   }),
            "delete permit");
}

// Their tags are 0 and 768; they are the same request all the same.
TEST(EdgeCase, N008_DeleteInBothTypes_Agrees) {
  EXPECT_EQ(judged(true, [](Zone& zone, const TestChild&) { zone.ask_removal(); }),
            "delete permit");
}

TEST(EdgeCase, N009_ADigestOfTheWrongLength_RefusesTheSet) {
  const std::string digest(62, 'A');
  EXPECT_EQ(judged_with(RecordType::cds, {ds_rdata("1 13 2 " + digest)}),
            "update forbid record-malformed");
  EXPECT_EQ(judged_with(RecordType::cds, {TestKey(1).ds().to_rdata(), {1, 2, 13}}),
            "update forbid record-malformed");
  EXPECT_EQ(judged_with(RecordType::cdnskey, {{1, 1, 3, 13}}), "update forbid record-malformed");
}

TEST(EdgeCase, N010_HexadecimalInEitherCase_IsTheSameDigest) {
  EXPECT_EQ(dns::Ds::parse("1 13 2 " + std::string(64, 'a')).value(),
            dns::Ds::parse("1 13 2 " + std::string(64, 'A')).value());
}

TEST(EdgeCase, N011_AnotherProtocolThan3_IsRefused) {
  EXPECT_EQ(judged_with_key([](dns::Dnskey& key) { key.protocol = 2; }),
            "update forbid key-unusable");
}

TEST(EdgeCase, N012_AKeyWithoutTheZoneBit_IsRefused) {
  EXPECT_EQ(judged_with_key([](dns::Dnskey& key) { key.flags = 1; }), "update forbid key-unusable");
}

TEST(EdgeCase, N013_AKeyWithoutSep_IsAccepted) {
  EXPECT_EQ(judged(true,
                   [](Zone& zone, const TestChild& child) {
                     zone.ask({&child.zsk});
                     zone.signers[RecordType::dnskey] = {&child.a, &child.zsk};
                   }),
            "update permit");
}

TEST(EdgeCase, N014_ARevokedKey_IsRefused) {
  EXPECT_EQ(judged_with_key([](dns::Dnskey& key) { key.flags |= 0x80U; }),
            "update forbid key-unusable");
}

// RFC 4034 appendix B sums up pairs of octets: a key with two of them exchanged has the same tag.
TEST(EdgeCase, N015_TwoKeysWithOneTag_AreToldApartByTheirDigests) {
  TestChild child(true);
  dns::Dnskey twin = child.b.record();
  std::swap_ranges(twin.public_key.begin(), twin.public_key.begin() + 2,
                   twin.public_key.begin() + 2);
  ASSERT_NE(twin, child.b.record());
  ASSERT_EQ(twin.key_tag(), child.b.record().key_tag());
  const dns::Ds twins_ds = dns::make_ds(child_name, twin, dns::DigestType::sha256).value();
  child.everywhere([&](Zone& zone) {
    zone.records[RecordType::dnskey].push_back(twin.to_rdata());
    zone.set_cds({twins_ds});
  });
  EXPECT_EQ(summary(judge_child(child)), "update forbid would-break");  // it does not sign
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds(), twins_ds}); });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::make_ds_set({child.b.ds(), twins_ds}));
}

TEST(EdgeCase, N016_AnOwnerInMixedCase_HasTheDigestOfTheLowerCaseName) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cdnskey({child.b.record()}); });
  Survey survey = child.survey();
  const Bytes lower = {3, 'k', 'i', 'd', 7};
  for (Answer& answer : survey.answers) {
    if (answer.status != AnswerStatus::answer) continue;  // NSEC keeps its case (RFC 6840 §5.1)
    for (auto at = answer.wire.begin(); at != answer.wire.end(); ++at) {
      at = std::search(at, answer.wire.end(), lower.begin(), lower.end());
      if (at == answer.wire.end()) break;
      at[1] = 'K';
    }
  }
  const Verdict verdict = judge_surveys(child, {survey});
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
}

// [7344-A1]
TEST(EdgeCase, N017_CdsBelowTheApex_IsNeverARequest) {
  TestChild child(true);
  Survey survey = child.survey();
  for (Answer& answer : survey.answers) {
    if (answer.type != RecordType::cds) continue;
    dns::Rrset below = make_rrset(RecordType::cds, {child.b.ds().to_rdata()});
    below.owner = dns::Name::parse("sub.kid.example.").value();
    answer.status = AnswerStatus::answer;
    answer.wire = make_message(RecordType::cds, {below}, {});
  }
  EXPECT_EQ(summary(judge_surveys(child, {survey})), "none incomplete answer-malformed");
}

TEST(EdgeCase, N018_AnAliasAtTheApex_IsAnErrorAndNoNodata) {
  for (const RecordType alias : {RecordType::cname, RecordType::dname}) {
    TestChild child(true);
    child.everywhere([&](Zone& zone) { zone.set_cdnskey({child.b.record()}); });
    Survey survey = child.survey();
    for (Answer& answer : survey.answers) {
      if (answer.type != RecordType::cds) continue;
      const Bytes target(child_name.wire().begin(), child_name.wire().end());
      answer.wire = make_message(RecordType::cds, {make_rrset(alias, {target})}, {});
    }
    EXPECT_EQ(summary(judge_surveys(child, {survey})), "update incomplete answer-malformed");
  }
}

TEST(EdgeCase, N019_OrderAndTtlOfRecords_DoNotMatter) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.a, &child.b}); });
  child.zones[1].edit = [](dns::Rrset& rrset) {
    rrset.ttl = dns::Ttl{60};
    std::reverse(rrset.rdata.begin(), rrset.rdata.end());
  };
  EXPECT_EQ(summary(judge_child(child)), "update permit");
}

}  // namespace
}  // namespace dskeeper::rules::test
