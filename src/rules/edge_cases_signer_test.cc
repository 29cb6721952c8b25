// Edge cases 20 to 32 of standards.md §19: who signed it, and what is proven. 33 is the keeper's.
#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

void sign_request(Zone& zone, const std::vector<const TestKey*>& keys) {
  for (const RecordType type : {RecordType::cds, RecordType::cdnskey}) zone.signers[type] = keys;
}

// A secure child asks for its standing key and another one; then its zones are edited.
std::string judged_asking(const ZoneEdit& edit) {
  return judged(true, [&](Zone& zone, const TestChild& child) {
    zone.ask({&child.a, &child.b});
    edit(zone, child);
  });
}

std::string judged_valid(Time inception, Time expiration) {
  return judged_asking([&](Zone& zone, const TestChild&) {
    for (const RecordType type : {RecordType::cds, RecordType::cdnskey}) {
      zone.validity[type] = {inception, expiration};
    }
  });
}

// What one signature over CDS is instead.
std::string judged_cds_edit(const std::function<void(dns::Rrset&, const TestChild&)>& edit) {
  return judged_asking([&](Zone& zone, const TestChild& child) {
    zone.edit = [&](dns::Rrset& rrset) {
      if (rrset.type == RecordType::cds) edit(rrset, child);
    };
  });
}

// [7344-A2] [7344-A4] [7344-B4]
TEST(EdgeCase, N020_SignedByAZskOnly_IsIgnored) {
  EXPECT_EQ(
      judged_asking([](Zone& zone, const TestChild& child) { sign_request(zone, {&child.zsk}); }),
      "update forbid signer-not-in-ds signer-not-in-ds");
}

// [7344-A2]
TEST(EdgeCase, N021_SignedByAKeyThatIsNotInDs_IsIgnored) {
  EXPECT_EQ(
      judged_asking([](Zone& zone, const TestChild& child) { sign_request(zone, {&child.b}); }),
      "update forbid signer-not-in-ds signer-not-in-ds");
}

TEST(EdgeCase, N022_OneOfSeveralSignersInDs_IsEnough) {
  EXPECT_EQ(judged_asking([](Zone& zone, const TestChild& child) {
              sign_request(zone, {&child.zsk, &child.b, &child.a});
            }),
            "update permit");
}

// [7344-A2]
TEST(EdgeCase, N023_SignedByAKeyOfDsThatHasLeftDnskey_IsIgnored) {
  EXPECT_EQ(judged_asking([](Zone& zone, const TestChild& child) {
              zone.set_keys({&child.b, &child.zsk});
              zone.signers[RecordType::dnskey] = {&child.b};
            }),
            "update forbid signer-not-in-ds signer-not-in-ds signer-not-in-ds chain-broken");
}

TEST(EdgeCase, N024_ASignatureCountsFromInceptionToExpiration) {
  const std::chrono::seconds second(1);
  EXPECT_EQ(judged_valid(now - hour, now - second),
            "update forbid signature-expired signature-expired");
  EXPECT_EQ(judged_valid(now - hour, now), "update permit");
  EXPECT_EQ(judged_valid(now + second, now + hour),
            "update forbid signature-not-yet-valid signature-not-yet-valid");
  EXPECT_EQ(judged_valid(now, now + hour), "update permit");
}

TEST(EdgeCase, N025_ASignersNameThatIsNotTheChild_IsIgnored) {
  for (const char* signer : {"example.", "sister.example.", "sub.kid.example."}) {
    SCOPED_TRACE(signer);
    EXPECT_EQ(judged_cds_edit([&](dns::Rrset& rrset, const TestChild& child) {
                const auto name = dns::Name::parse(signer).value();
                rrset.signatures = {make_signature(rrset, child.a, {}, name)};
              }),
              "update forbid signature-invalid");
  }
}

TEST(EdgeCase, N026_OneTypeThatDoesNotValidate_AbortsTheWholeRequest) {
  for (const RecordType type : {RecordType::cds, RecordType::cdnskey}) {
    EXPECT_EQ(judged_asking([&](Zone& zone, const TestChild&) { zone.signers[type] = {}; }),
              "update forbid signature-missing");
  }
}

TEST(EdgeCase, N027_ExpandedFromAWildcard_IsRefused) {
  EXPECT_EQ(judged_cds_edit([](dns::Rrset& rrset, const TestChild& child) {
              // As the signer of *.example. would have made it: with one label.
              rrset.signatures = {make_signature(rrset, child.a)};
              rrset.signatures[0].labels = 1;
              rrset.signatures[0].signature =
                  child.a.sign(dns::signed_data(rrset, rrset.signatures[0]));
            }),
            "update forbid signature-invalid");
}

// [9975-8]
TEST(EdgeCase, N028_NodataWithoutProof_IsAFailure) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds()}); });
  child.zones[1].denies = false;
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update incomplete denial-unproven");
  EXPECT_FALSE(verdict.only_silence_missing);
  EXPECT_EQ(verdict.findings[0].servers, std::vector<ServerAddress>{server_address(1)});
  // Where it is all there is, too: "nothing is asked" would be believed unproven.
  child.everywhere([](Zone& zone) {
    zone.ask_nothing();
    zone.denies = false;
  });
  EXPECT_EQ(summary(judge_child(child)), "none incomplete denial-unproven");
}

TEST(EdgeCase, N029_ADenialThatListsTheType_IsNoProof) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.set_cds({child.b.ds()});
    zone.bitmap_also = {RecordType::cdnskey};
  });
  EXPECT_EQ(summary(judge_child(child)), "update incomplete denial-unproven");
  child.everywhere([&](Zone& zone) { zone.ask_nothing(); });
  child.everywhere([&](Zone& zone) { zone.bitmap_also = {RecordType::cds, RecordType::cdnskey}; });
  EXPECT_EQ(summary(judge_child(child)), "none incomplete denial-unproven");
}

TEST(EdgeCase, N030_ADsSetThatWeCannotFollow_SatisfiesNoSigner) {
  TestChild child(true);
  child.delegation.ds[0].algorithm = dns::Algorithm::rsasha1;
  EXPECT_EQ(summary(judge_child(child)), "none idle");
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  EXPECT_EQ(summary(judge_child(child)), "update forbid algorithm-not-acceptable");
}

TEST(EdgeCase, N031_ABogusChildsOwnWord_IsIgnored) {
  EXPECT_EQ(judged_asking([](Zone& zone, const TestChild& child) {
              zone.set_keys({&child.b, &child.zsk});
              zone.signers[RecordType::dnskey] = {&child.b};
              sign_request(zone, {&child.b});
            }),
            "update forbid signer-not-in-ds signer-not-in-ds signer-not-in-ds chain-broken");
}

TEST(EdgeCase, N032_AnOlderRequestAtALaggingServer_IsInconsistent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.zones[1].ask({&child.a, &child.b});
  for (const RecordType type : {RecordType::cds, RecordType::cdnskey}) {
    child.zones[1].validity[type] = {now - 100 * hour, now + hour};
  }
  EXPECT_EQ(summary(judge_child(child)), "update inconsistent servers-differ servers-differ");
}

}  // namespace
}  // namespace dskeeper::rules::test
