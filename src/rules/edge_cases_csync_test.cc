// Edge cases 84 to 100 of standards.md §19: CSYNC. What 89 and 97 come to over time, and 100 where
// a change is under way, is the keeper's.
#include <gtest/gtest.h>

#include "rules/test_csync.h"

namespace dskeeper::rules::test {
namespace {

constexpr std::uint16_t immediate = dns::Csync::immediate;
constexpr std::uint16_t soaminimum = dns::Csync::soaminimum;

// A child whose zone names other servers, outside of it.
struct MovingChild : CsyncChild {
  explicit MovingChild(std::size_t servers = 2) : CsyncChild(servers) {
    all([](CsyncZone& zone) { zone.hosts = names({"ns1.new.example.", "ns2.new.example."}); });
    ask({RecordType::ns});
  }
};
const std::string moved = ": ns1.new.example., ns2.new.example.";

// A child with its servers inside itself, of which the first one gets another address.
struct RenumberedChild : CsyncChild {
  RenumberedChild() {
    name_servers({"ns1.kid.example.", "ns2.kid.example."});
    all([](CsyncZone& zone) {
      zone.addresses[named("ns1.kid.example.")] = addresses({"192.0.2.91", "2001:db8::91"});
    });
    ask({RecordType::a, RecordType::aaaa});
  }
};

// [7477-3]
TEST(EdgeCase, N084_AnUnknownFlag_IsNotProcessed) {
  MovingChild child;
  child.ask({RecordType::ns}, immediate | 0x0004U);
  EXPECT_EQ(csync_judged(child), "forbid csync-flags-unknown");
}

// [7477-3]
TEST(EdgeCase, N085_AnUnsupportedType_RefusesTheWholeRecord) {
  MovingChild child;
  child.ask({RecordType::ns, static_cast<RecordType>(15)});
  EXPECT_EQ(csync_judged(child), "forbid csync-types-unsupported");
}

// [7477-3]
TEST(EdgeCase, N086_DsAndCds_AreNeverCopied) {
  MovingChild child;
  for (const RecordType type : {RecordType::ds, RecordType::cds, RecordType::cdnskey,
                                RecordType::dnskey, RecordType::csync}) {
    child.ask({RecordType::ns, type});
    EXPECT_EQ(csync_judged(child), "forbid csync-types-unsupported") << dns::to_text(type);
  }
}

// [7477-6]
TEST(EdgeCase, N087_ASerialThatWrappedAround_IsNewer) {
  MovingChild child;
  child.all([](CsyncZone& zone) {
    zone.serial = 5;
    zone.ask(immediate | soaminimum, {RecordType::ns}, 4294967290U);
  });
  EXPECT_EQ(csync_judged(child), "permit csync-none-remains" + moved);
}

// [7477-6]
TEST(EdgeCase, N088_SerialsWithoutOrder_AreNotProcessed) {
  MovingChild child;
  child.all([](CsyncZone& zone) {
    zone.serial = 7;
    zone.ask(immediate | soaminimum, {RecordType::ns}, 7U + 0x80000000U);
  });
  EXPECT_EQ(csync_judged(child), "forbid csync-serials-unordered");
}

// [7477-7]
TEST(EdgeCase, N089_AZoneThatChangesMeanwhile_IsAskedAgain) {
  MovingChild child;
  child.says[1].serial_after = child.says[1].serial + 1;
  const CsyncVerdict verdict = judge_csync_of(child);
  EXPECT_EQ(csync_summary(verdict), "incomplete csync-zone-changed csync-none-remains");
  EXPECT_FALSE(verdict.only_silence_missing);
}

// [7477-6]
TEST(EdgeCase, N090_WithoutSoaminimum_TheSerialFieldIsIgnored) {
  MovingChild child;
  child.all([](CsyncZone& zone) {
    zone.serial = 1;
    zone.ask(immediate, {RecordType::ns}, 2000000000);
  });
  EXPECT_EQ(csync_judged(child), "permit csync-none-remains" + moved);
}

// [9975-24]
TEST(EdgeCase, N091_ANewHostInsideTheChildWithoutGlue_WouldBreak) {
  CsyncChild child;
  child.all([](CsyncZone& zone) {
    zone.hosts = names({"ns1.kid.example.", "ns1.op.example."});
    zone.addresses[named("ns1.kid.example.")] = addresses({"192.0.2.91"});
  });
  child.ask({RecordType::ns});
  EXPECT_EQ(csync_judged(child), "forbid csync-host-without-glue");
}

// [7477-9]
TEST(EdgeCase, N092_AFamilyThatIsProvenAbsent_IsRemoved) {
  RenumberedChild child;
  child.delegation.name_servers[0].glue = addresses({"192.0.2.1", "2001:db8::1"});
  child.all([](CsyncZone& zone) {
    zone.addresses[named("ns1.kid.example.")] = addresses({"192.0.2.1"});
  });
  child.ask({RecordType::aaaa});
  EXPECT_EQ(csync_judged(child), "permit: ns1.kid.example. 192.0.2.1, ns2.kid.example. 192.0.2.2");
}

// [7477-9]
TEST(EdgeCase, N093_BothFamiliesProvenAbsent_UpdateNothing) {
  RenumberedChild child;
  child.all([](CsyncZone& zone) { zone.addresses.erase(named("ns1.kid.example.")); });
  EXPECT_EQ(csync_judged(child), "forbid csync-host-without-glue");
}

// [9975-23]
TEST(EdgeCase, N094_AddressesOfHostsOutsideTheChild_AreNothingToDo) {
  CsyncChild child;
  child.ask({RecordType::a});
  EXPECT_EQ(csync_judged(child), "in-sync");
}

// [9975-24]
TEST(EdgeCase, N095_NewServersThatDoNotServeTheChild_AreRefused) {
  MovingChild child;
  const Survey survey = child.look();
  const IpAddress first = survey.csync.new_servers.front().addresses.front();
  child.newcomers[first] = {AnswerStatus::refused, nullptr};
  EXPECT_EQ(csync_judged(child), "forbid csync-server-lame");
  child.newcomers[first] = {AnswerStatus::answer, &child.zsk};
  EXPECT_EQ(csync_judged(child), "forbid csync-server-breaks");
}

// [7477-8]
TEST(EdgeCase, N096_FewerServersThanThePolicyDemands_AreRefused) {
  MovingChild child;
  child.all([](CsyncZone& zone) { zone.hosts = names({"ns1.new.example."}); });
  EXPECT_EQ(csync_judged(child), "forbid csync-too-few-servers");
  Policy policy;
  policy.ns_min = 1;
  EXPECT_EQ(csync_judged(child, policy), "permit csync-none-remains: ns1.new.example.");
}

// [9975-20]
TEST(EdgeCase, N097_CsyncAtSomeServersOnly_ChangesNothing) {
  MovingChild child(3);
  child.says[2].records.clear();
  EXPECT_EQ(csync_judged(child), "inconsistent type-not-everywhere");
}

// [9975-21]
TEST(EdgeCase, N098_SoaminimumMayDiffer_WhereBothPermit) {
  MovingChild child;
  child.says[0].ask(immediate | soaminimum, {RecordType::ns}, child.says[0].serial);
  child.says[1].ask(immediate, {RecordType::ns}, 17);
  EXPECT_EQ(csync_judged(child), "permit csync-none-remains" + moved);
}

TEST(EdgeCase, N099_AnAddressThatIsNotPermitted_IsRefused) {
  RenumberedChild child;
  child.newcomers[address("192.0.2.91")] = {AnswerStatus::not_permitted, nullptr};
  EXPECT_EQ(csync_judged(child), "forbid csync-server-not-permitted");
}

// The look asks at what the child says of the present host, too.
TEST(EdgeCase, N099_AnAddressThatIsNotPermitted_OfAPresentHost_IsRefused) {
  const dns::Name host = named("ns1.kid.example.");
  const IpAddress special = address("10.0.0.1");
  CsyncChild child;
  child.name_servers({"ns1.kid.example.", "ns2.kid.example."});
  child.all([&](CsyncZone& zone) { zone.addresses[host].push_back(special); });
  child.ask({RecordType::a});
  Survey survey = child.look();
  survey.servers.front().addresses.push_back(special);
  for (const RecordType type :
       {RecordType::soa, RecordType::dnskey, RecordType::cds, RecordType::cdnskey}) {
    Answer answer;
    answer.server = {host, special};
    answer.type = type;
    answer.status = AnswerStatus::not_permitted;
    survey.answers.push_back(answer);
  }
  const CsyncVerdict verdict = judge_surveys(child, {survey}).csync;
  EXPECT_EQ(verdict.ruling, Ruling::forbid);
  EXPECT_TRUE(std::ranges::any_of(verdict.findings, [](const Finding& finding) {
    return finding.code == FindingCode::csync_server_not_permitted;
  }));
}

// [7477-1]
TEST(EdgeCase, N100_WithoutADsSet_CsyncIsNotProcessed) {
  MovingChild child;
  child.delegation.ds.clear();
  EXPECT_EQ(csync_judged(child), "forbid csync-insecure");
}

}  // namespace
}  // namespace dskeeper::rules::test
