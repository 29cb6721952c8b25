// Whether the domain stays resolvable (RFC 10026 §4, decision rows 7, 11, 12, 19, 20, 35, edge
// cases 34–46), for updates and for a first DS.
#include "rules/rfc10026.h"

#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

dns::Ds standby() {
  return dns::Ds::parse("4711 15 2 " + std::string(64, 'C')).value();
}

TEST(Rfc10026, S4_2_1_N34_KeyThatDoesNotSign_WouldBreak) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.ask({&child.b});
    zone.signers[RecordType::dnskey] = {&child.a};
  });
  EXPECT_EQ(summary(judge_child(child)), "update forbid would-break");
}

TEST(EdgeCase, N35_StandbyKey_IsAccepted) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), standby()}); });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::make_ds_set({child.a.ds(), standby()}));
}

TEST(EdgeCase, N36_StandbyKeyAlone_WouldBreak) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({standby()}); });
  EXPECT_EQ(summary(judge_child(child)), "update forbid would-break");
}

TEST(Rfc10026, S4_2_1_N46_APathAtEveryServerIsDemanded) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.zones[1].set_keys({&child.a, &child.zsk});
  child.zones[1].signers[RecordType::dnskey] = {&child.a};
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update forbid would-break");
  EXPECT_EQ(verdict.findings[0].servers, std::vector<ServerAddress>{server_address(1)});
}

TEST(Rfc10026, S4_1_1_Row35_AlgorithmsThatMustNotBePublished_AreRefused) {
  for (const auto algorithm :
       {dns::Algorithm::rsasha1, dns::Algorithm::rsasha1_nsec3_sha1, dns::Algorithm::ecc_gost}) {
    SCOPED_TRACE(to_text(algorithm));
    TestChild child(true);
    dns::Ds old = standby();
    old.algorithm = algorithm;
    child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), old}); });
    EXPECT_EQ(summary(judge_child(child)),
              "update forbid algorithm-not-acceptable algorithm-incomplete");
    // Beside a new key it may stay where it stands.
    child.delegation.ds = dns::make_ds_set({child.a.ds(), old});
    child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), child.b.ds(), old}); });
    EXPECT_EQ(judge_child(child).ruling, Ruling::permit);
  }
}

TEST(EdgeCase, N43_AnAlgorithmThatDoesNotSign_IsAWarning) {
  TestChild child(true);
  dns::Ds other = standby();
  other.algorithm = dns::Algorithm::ecdsap256sha256;
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), other}); });
  EXPECT_EQ(summary(judge_child(child)), "update permit algorithm-incomplete");
  child.everywhere([&](Zone& zone) { zone.set_cds({other}); });
  EXPECT_EQ(judge_child(child).ruling, Ruling::forbid);
}

TEST(EdgeCase, N44_AlgorithmsWithoutStanding_AreNoPath) {
  TestChild child(true);
  for (const unsigned number : {17U, 253U}) {
    dns::Ds exotic = standby();
    exotic.algorithm = static_cast<dns::Algorithm>(number);
    child.everywhere([&](Zone& zone) { zone.set_cds({exotic}); });
    EXPECT_EQ(summary(judge_child(child)), "update forbid would-break algorithm-incomplete");
  }
}

TEST(Rfc10026, S4_1_3_DigestsOfThePolicyForAllKeys) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds(), standby()}); });
  Policy policy;
  policy.digests = {dns::DigestType::sha256, dns::DigestType::sha384, dns::DigestType::sha1};
  EXPECT_EQ(judge_child(child, policy).ds,
            dns::make_ds_set({child.b.ds(), child.b.ds(dns::DigestType::sha384), standby()}));
  policy.digests = {dns::DigestType::sha384};  // of the stand-by key only the CDS is known
  EXPECT_EQ(judge_child(child, policy).ds,
            dns::make_ds_set({child.b.ds(dns::DigestType::sha384), standby()}));
}

// --- a first DS ---------------------------------------------------------------------------------

struct BootstrapCase {
  const char* name;
  std::function<void(Zone&, TestChild&)> edit;
  const char* summary;
};

TEST(Rfc8078, S5_TheZoneMustValidateWithItsFirstDs) {
  const BootstrapCase cases[] = {
      {"7: consistent and signed", [](Zone&, TestChild&) {}, "bootstrap permit"},
      {"11: no DNSKEY", [](Zone& zone, TestChild&) { zone.records.erase(RecordType::dnskey); },
       "bootstrap forbid dnskey-missing"},
      {"11: DNSKEY not signed by it",
       [](Zone& zone, TestChild& child) { zone.signers[RecordType::dnskey] = {&child.b}; },
       "bootstrap forbid would-break"},
      {"11: CDS not signed", [](Zone& zone, TestChild&) { zone.signers[RecordType::cds] = {}; },
       "bootstrap forbid signature-missing"},
      {"11: SOA expired",
       [](Zone& zone, TestChild&) {
         zone.validity[RecordType::soa] = {now - hour, now - hour};
       },
       "bootstrap forbid signature-expired"},
      {"signed by a ZSK", [](Zone& zone, TestChild& child) { zone.default_signers = {&child.zsk}; },
       "bootstrap permit"},
      {"NODATA without proof",
       [](Zone& zone, TestChild&) {
         zone.set_cdnskey({});
         zone.denies = false;
       },
       "bootstrap permit"},
  };
  for (const BootstrapCase& test : cases) {
    SCOPED_TRACE(test.name);
    TestChild child(false);
    child.everywhere([&](Zone& zone) {
      zone.ask({&child.a});
      test.edit(zone, child);
    });
    const Verdict verdict = judge_child(child, delay_policy());
    EXPECT_EQ(summary(verdict), test.summary);
    EXPECT_EQ(verdict.ds, dns::DsSet{child.a.ds()});
  }
}

TEST(Rfc8078, S3_WithoutDelayInThePolicy_AFirstDsIsForbidden) {
  TestChild child(false);
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  EXPECT_EQ(summary(judge_child(child)), "bootstrap forbid bootstrap-off");
  Policy never;
  never.bootstrap = {};
  EXPECT_EQ(summary(judge_child(child, never)), "bootstrap forbid bootstrap-off");
}

TEST(Rfc8078, S3_Row12_OnlyUnsupportedAlgorithms_AreRefused) {
  TestChild child(false);
  dns::Ds old = standby();
  old.algorithm = dns::Algorithm::rsasha1;
  child.everywhere([&](Zone& zone) { zone.set_cds({old}); });
  EXPECT_EQ(summary(judge_child(child, delay_policy())),
            "bootstrap forbid algorithm-not-acceptable would-break algorithm-incomplete");
}

}  // namespace
}  // namespace dskeeper::rules::test
