// What answers are worth, and that no octets from a server upset us.
#include "rules/prove.h"

#include <gtest/gtest.h>

#include <random>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;
using dns::SignatureStatus;

Proved prove_child(const TestChild& child) {
  dns::Verifier verifier;
  return prove(child.survey(), child.delegation, verifier, now);
}

TEST(Prove, EachSignatureCarriesItsStatusAndKey) {
  TestChild child(true, 1);
  child.zones[0].ask({&child.b});
  child.zones[0].signers[RecordType::cds] = {&child.a, &child.b};
  const Proved proved = prove_child(child);
  ASSERT_EQ(proved.servers.size(), 1U);
  const ProvedServer& server = proved.servers[0];
  EXPECT_EQ(server.server, server_address(0));
  EXPECT_EQ(server.keys.size(), 3U);
  EXPECT_EQ(server.cds.status, AnswerStatus::answer);
  ASSERT_EQ(server.cds.signatures.size(), 2U);
  for (const ProvedSignature& signature : server.cds.signatures) {
    EXPECT_EQ(signature.status, SignatureStatus::valid);
    ASSERT_TRUE(signature.key.has_value());
    EXPECT_EQ(signature.key->key_tag(), signature.key_tag);
  }
}

TEST(Prove, ASignatureWithoutItsKeyIsKeptUnproved) {
  TestChild child(true, 1);
  child.zones[0].ask({&child.b});
  child.answer_status(0, RecordType::dnskey, AnswerStatus::timeout);
  const Proved proved = prove_child(child);
  ASSERT_EQ(proved.servers[0].cds.signatures.size(), 1U);
  EXPECT_EQ(proved.servers[0].cds.signatures[0].status, SignatureStatus::wrong_key);
  EXPECT_FALSE(proved.servers[0].cds.signatures[0].key.has_value());
}

TEST(Prove, TheSameRrsetFromSeveralServersIsVerifiedOnce) {
  TestChild child(true, 4);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  dns::Verifier verifier;
  (void)prove(child.survey(), child.delegation, verifier, now);
  EXPECT_EQ(verifier.counts().verified, 4U);  // CDS, CDNSKEY once, DNSKEY by two keys
}

// No rule asks for the SOA's signature where a DS set stands already.
TEST(Prove, TheSoaIsVerifiedOfAChildWithoutDsOnly) {
  for (const bool is_secure : {false, true}) {
    const Proved proved = prove_child(TestChild(is_secure, 1));
    const ProvedAnswer& soa = proved.servers[0].soa;
    EXPECT_TRUE(soa.rrset.has_value());
    EXPECT_EQ(soa.signatures.empty(), is_secure);
  }
}

TEST(Prove, ADnskeySetOutOfBoundsIsMalformed) {
  TestChild child(true, 1);
  std::vector<TestKey> many;
  for (std::uint8_t i = 10; i < 50; ++i) many.emplace_back(i);
  std::vector<const TestKey*> keys;
  for (const TestKey& key : many) keys.push_back(&key);
  child.zones[0].set_keys(keys);
  const Proved proved = prove_child(child);
  EXPECT_EQ(proved.servers[0].dnskey.status, AnswerStatus::malformed);
  EXPECT_TRUE(proved.servers[0].keys.empty());
}

// The status says "answer" or "nodata"; the message must bear it out.
TEST(Prove, AStatusThatTheMessageDoesNotBearOutIsMalformed) {
  TestChild child(true, 1);
  child.zones[0].ask({&child.b});
  const auto edits = std::to_array<std::pair<const char*, std::function<void(Answer&)>>>({
      {"not a response", [](Answer& answer) { answer.wire[2] &= 0x7FU; }},
      {"not authoritative", [](Answer& answer) { answer.wire[2] &= 0xFBU; }},
      {"truncated", [](Answer& answer) { answer.wire[2] |= 0x02U; }},
      {"SERVFAIL", [](Answer& answer) { answer.wire[3] |= 0x02U; }},
      {"another question", [](Answer& answer) { answer.wire[13] ^= 0x01U; }},
      {"nodata with the records", [](Answer& answer) { answer.status = AnswerStatus::nodata; }},
      {"a CNAME at the apex",
       [](Answer& answer) {
         const dns::Rrset alias = make_rrset(
             RecordType::cname, {Bytes(child_name.wire().begin(), child_name.wire().end())});
         answer.wire = make_message(
             answer.type, {alias, make_rrset(answer.type, {{0, 0, 0, 0, 0}})}, {});
       }},
      {"empty", [](Answer& answer) { answer.wire.clear(); }},
  });
  for (const auto& [name, edit] : edits) {
    SCOPED_TRACE(name);
    Survey survey = child.survey();
    edit(survey.answers[2]);
    dns::Verifier verifier;
    const Proved proved = prove(survey, child.delegation, verifier, now);
    EXPECT_EQ(proved.servers[0].cds.status, AnswerStatus::malformed);
  }
}

TEST(Prove, N56_AnyOctetsAreSurvivedAndNeverPermitMore) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  const Survey good = child.survey();
  std::mt19937 random(9975);
  dns::Verifier verifier;
  for (int i = 0; i < 2000; ++i) {
    Survey survey = good;
    Bytes& wire = survey.answers[random() % survey.answers.size()].wire;
    for (auto n = 1 + random() % 3; n > 0; --n) {
      wire[random() % wire.size()] = static_cast<std::uint8_t>(random());
    }
    if (random() % 4 == 0) wire.resize(random() % wire.size());
    const std::vector<Proved> proved = {prove(survey, child.delegation, verifier, now)};
    const Verdict verdict = judge(child.delegation, proved, {}, now);
    if (verdict.ruling == Ruling::permit) {
      EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
    }
  }
}

}  // namespace
}  // namespace dskeeper::rules::test
