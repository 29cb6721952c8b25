// What a child asks for, and what is no request (standards.md §1.3, edge cases 1–19).
#include "rules/rfc8078.h"

#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

const Bytes cds_delete = {0, 0, 0, 0, 0};
const Bytes cdnskey_delete = {0, 0, 3, 0, 0};

Bytes ds_rdata(const std::string& text) {
  return dns::Ds::parse(text).value().to_rdata();
}

TEST(Rfc8078, S4_DeleteEverywhere_IsPermittedWithAnEmptySet) {
  TestChild child(true);
  child.everywhere([](Zone& zone) { zone.ask_removal(); });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "delete permit");
  EXPECT_TRUE(verdict.ds.empty());
}

TEST(Rfc8078, S4_DeleteAtAnUnsignedDelegation_IsIdle) {
  TestChild child(false);
  child.everywhere([](Zone& zone) { zone.ask_removal(); });
  EXPECT_EQ(summary(judge_child(child, delay_policy())), "none idle");
}

TEST(Rfc8078, S4_DeleteByCdsAlone_IsPermittedUnlessBothAreDemanded) {
  TestChild child(true);
  child.everywhere([](Zone& zone) {
    zone.ask_removal();
    zone.set_cdnskey({});
  });
  EXPECT_EQ(summary(judge_child(child)), "delete permit");
  Policy policy;
  policy.strict_both = true;
  EXPECT_EQ(summary(judge_child(child, policy)), "delete inconsistent types-differ");
}

struct MalformedCase {
  const char* name;
  RecordType type;
  std::vector<Bytes> rdata;
  const char* summary;
};

TEST(EdgeCase, N1To14_WhatIsNoRequest_IsForbiddenWithItsReason) {
  const TestKey key(9);
  dns::Dnskey protocol_2 = key.record();
  protocol_2.protocol = 2;
  dns::Dnskey no_zone_key = key.record();
  no_zone_key.flags = 1;
  dns::Dnskey revoked = key.record();
  revoked.flags |= 0x80U;
  const std::string digest(64, 'A');
  const MalformedCase cases[] = {
      {"2: delete and a real CDS",
       RecordType::cds,
       {cds_delete, key.ds().to_rdata()},
       "update forbid delete-malformed"},
      {"3: digest 01", RecordType::cds, {{0, 0, 0, 0, 1}}, "update forbid delete-malformed"},
      {"3: empty digest", RecordType::cds, {{0, 0, 0, 0}}, "update forbid delete-malformed"},
      {"3: two octets", RecordType::cds, {{0, 0, 0, 0, 0, 0}}, "update forbid delete-malformed"},
      {"4: algorithm 0 with real fields",
       RecordType::cds,
       {ds_rdata("12345 0 2 " + digest)},
       "update forbid delete-malformed"},
      {"6: 257 3 0 AA==", RecordType::cdnskey, {{1, 1, 3, 0, 0}}, "update forbid delete-malformed"},
      {"6: 0 0 0 AA==", RecordType::cdnskey, {{0, 0, 0, 0, 0}}, "update forbid delete-malformed"},
      {"6: delete and a real key",
       RecordType::cdnskey,
       {cdnskey_delete, key.record().to_rdata()},
       "update forbid delete-malformed"},
      {"9: digest of 31 octets",
       RecordType::cds,
       {ds_rdata("1 13 2 " + digest.substr(2))},
       "update forbid record-malformed"},
      {"9: cut off", RecordType::cds, {{1, 2, 13}}, "update forbid record-malformed"},
      {"CDNSKEY without a key",
       RecordType::cdnskey,
       {{1, 1, 3, 13}},
       "update forbid record-malformed"},
      {"11: protocol 2",
       RecordType::cdnskey,
       {protocol_2.to_rdata()},
       "update forbid key-unusable"},
      {"12: flags 1", RecordType::cdnskey, {no_zone_key.to_rdata()}, "update forbid key-unusable"},
      {"14: revoked", RecordType::cdnskey, {revoked.to_rdata()}, "update forbid key-unusable"},
  };
  for (const MalformedCase& test : cases) {
    SCOPED_TRACE(test.name);
    TestChild child(true);
    child.everywhere([&](Zone& zone) { zone.records[test.type] = test.rdata; });
    EXPECT_EQ(summary(judge_child(child)), test.summary);
  }
}

TEST(EdgeCase, N5_TagZeroWithARealAlgorithm_IsAnOrdinaryRequest) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.set_cds({child.a.ds(), dns::Ds::parse("0 13 2 " + std::string(64, 'B')).value()});
  });
  EXPECT_EQ(summary(judge_child(child)), "update permit algorithm-incomplete");
}

TEST(EdgeCase, N7_TheDeleteRecordTwice_IsStillOne) {
  TestChild child(true);
  child.everywhere([](Zone& zone) {
    zone.ask_removal();
    zone.records[RecordType::cds].push_back(cds_delete);
  });
  EXPECT_EQ(summary(judge_child(child)), "delete permit");
}

TEST(EdgeCase, N13_KeyWithoutSep_IsAccepted) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.ask({&child.zsk});
    zone.signers[RecordType::dnskey] = {&child.a, &child.zsk};
  });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::DsSet{child.zsk.ds()});
}

TEST(EdgeCase, N17_CdsBelowTheApex_IsNoAnswer) {
  TestChild child(true);
  Survey survey = child.survey();
  for (Answer& answer : survey.answers) {
    if (answer.type != RecordType::cds) continue;
    dns::Rrset below = make_rrset(RecordType::cds, {child.b.ds().to_rdata()});
    below.owner = dns::Name::parse("sub.kid.example.").value();
    answer.status = AnswerStatus::answer;
    answer.wire = make_message(RecordType::cds, {below}, {});
  }
  const Verdict verdict = judge_surveys(child, {survey});
  EXPECT_EQ(verdict.ruling, Ruling::idle);  // CDNSKEY is proven absent; CDS counts as malformed
}

}  // namespace
}  // namespace dskeeper::rules::test
