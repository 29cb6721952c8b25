#include "child/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/records.h"

namespace dskeeper::child {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

const Bytes cds = dns::Ds::parse("1 13 2 " + std::string(64, 'A'))->to_rdata();
const Bytes other_cds = dns::Ds::parse("2 13 2 " + std::string(64, 'B'))->to_rdata();
const Bytes cdnskey = dns::Dnskey::parse("257 3 13 AAAA")->to_rdata();

ReadZone zone(std::string_view text, const std::vector<std::string_view>& hosts,
              std::vector<Bytes> its_cds = {cds}, std::vector<Bytes> its_cdnskey = {cdnskey}) {
  ZoneReading reading{name(text), {}, std::move(its_cds), std::move(its_cdnskey)};
  for (const auto host : hosts) reading.hosts.push_back(name(host));
  return {name(text), std::move(reading)};
}

ReadZone unread(std::string_view text) {
  return {name(text), fail("silence")};
}

SignalOptions options(const std::vector<std::string_view>& hosts = {"ns1.op.net.", "ns2.op.net."}) {
  SignalOptions made;
  for (const auto host : hosts) made.hosts.push_back(name(host));
  return made;
}

SignalPlan plan(const std::vector<ReadZone>& zones, const SignalOptions& with = options(),
                const std::map<dns::Name, Signals>& standing = {}) {
  return plan_signals(zones, standing, with).value();
}

// "_dsboot.kid.example._signal.ns1.op.net. CDS"
std::vector<std::string> texts(const std::vector<dns::Rrset>& rrsets) {
  std::vector<std::string> out;
  for (const dns::Rrset& rrset : rrsets) {
    out.push_back(rrset.owner.text() + " " + dns::to_text(rrset.type));
  }
  return out;
}

std::map<dns::Name, Signals> standing_after(const SignalPlan& before) {
  std::map<dns::Name, Signals> standing;
  for (const HostPlan& host : before.hosts) standing[host.host] = host.signals;
  return standing;
}

// [9615-9] RFC 9615 §4.1: example.co.uk under ns1.example.net and ns2.example.org, whose third host
// ns3.example.co.uk is in-domain.
TEST(Rfc9615, S4_1_TheWorkedExample) {
  const SignalPlan made =
      plan({zone("example.co.uk.", {"ns1.example.net.", "ns2.example.org.", "ns3.example.co.uk."})},
           options({"ns1.example.net.", "ns2.example.org.", "ns3.example.co.uk."}));
  EXPECT_THAT(texts(made.hosts[0].put),
              ElementsAre("_dsboot.example.co.uk._signal.ns1.example.net. CDS",
                          "_dsboot.example.co.uk._signal.ns1.example.net. CDNSKEY"));
  EXPECT_THAT(texts(made.hosts[1].put),
              ElementsAre("_dsboot.example.co.uk._signal.ns2.example.org. CDS",
                          "_dsboot.example.co.uk._signal.ns2.example.org. CDNSKEY"));
  EXPECT_THAT(made.hosts[2].put, IsEmpty());
  EXPECT_THAT(made.hosts[0].put[0].rdata, ElementsAre(cds));
  EXPECT_THAT(made.hosts[0].put[1].rdata, ElementsAre(cdnskey));
  EXPECT_THAT(made.remarks, IsEmpty());
  EXPECT_EQ(made.counts.signalled, 1U);
}

// §4.1: the contents are identical to the apex', so a type that is not there is not signalled.
TEST(Rfc9615, S4_1_ATypeThatTheApexLacksIsNotSignalled) {
  const SignalPlan made = plan({zone("kid.example.", {"ns1.op.net."}, {cds}, {}),
                                zone("nil.example.", {"ns1.op.net."}, {}, {})});
  EXPECT_THAT(texts(made.hosts[0].put), ElementsAre("_dsboot.kid.example._signal.ns1.op.net. CDS"));
  EXPECT_EQ(made.counts.without_request, 1U);
}

TEST(SignalPlan, SaysForWhichZonesThereCanBeNoSignals) {
  const std::string label(63, 'a');
  const std::string long_name = label + "." + label + "." + label + "." + label.substr(0, 40) + ".";
  const SignalPlan made = plan({
      zone("in.example.", {"ns.in.example.", "in.example."}),
      zone("else.example.", {"ns.other.net."}),
      zone(long_name, {"ns1.op.net."}),
      zone("off.example.", {"ns1.op.net."}, {{0, 0, 0, 0, 0}}, {{0, 0, 3, 0, 0}}),
      unread("down.example."),
  });
  ASSERT_EQ(made.remarks.size(), 5U);
  EXPECT_EQ(made.remarks[0].kind, Remark::Kind::in_domain_only);
  EXPECT_EQ(made.remarks[1].kind, Remark::Kind::not_ours);
  EXPECT_EQ(made.remarks[2].kind, Remark::Kind::name_too_long);
  EXPECT_EQ(made.remarks[3].kind, Remark::Kind::asks_for_removal);
  EXPECT_EQ(made.remarks[4].kind, Remark::Kind::unread);
  EXPECT_THAT(made.remarks[2].text(), HasSubstr("under ns1.op.net. would be longer than 255"));
  EXPECT_THAT(made.remarks[4].text(), HasSubstr("silence"));
  EXPECT_EQ(made.counts.not_possible, 4U);
  EXPECT_EQ(made.counts.unread, 1U);
  EXPECT_TRUE(made.hosts[0].is_as_it_should_be());
}

TEST(SignalPlan, ChangesOnlyWhatStandsOtherwise) {
  const std::vector<ReadZone> zones = {zone("a.example.", {"ns1.op.net."}),
                                       zone("b.example.", {"ns1.op.net."})};
  const auto standing = standing_after(plan(zones));
  EXPECT_TRUE(plan(zones, options(), standing).hosts[0].is_as_it_should_be());

  const SignalPlan rolled =
      plan({zones[0], zone("b.example.", {"ns1.op.net."}, {cds, other_cds})}, options(), standing);
  EXPECT_THAT(texts(rolled.hosts[0].put), ElementsAre("_dsboot.b.example._signal.ns1.op.net. CDS"));
  EXPECT_THAT(rolled.hosts[0].remove, IsEmpty());

  SignalOptions shorter = options();
  shorter.ttl = dns::Ttl{60};
  EXPECT_EQ(plan(zones, shorter, standing).hosts[0].put.size(), 4U);
}

TEST(SignalPlan, RemovesWhatIsNoMoreSignalled) {
  const ReadZone a = zone("a.example.", {"ns1.op.net."});
  const ReadZone b = zone("b.example.", {"ns1.op.net."});
  const auto standing = standing_after(plan({a, b}));
  const std::vector<std::string> gone = {"_dsboot.b.example._signal.ns1.op.net. CDS",
                                         "_dsboot.b.example._signal.ns1.op.net. CDNSKEY"};
  // The zone is no longer the operator's.
  EXPECT_EQ(texts(plan({a}, options(), standing).hosts[0].remove), gone);
  // It moved to another of the operator's hosts.
  const SignalPlan moved = plan({a, zone("b.example.", {"ns2.op.net."})}, options(), standing);
  EXPECT_EQ(texts(moved.hosts[0].remove), gone);
  EXPECT_EQ(moved.hosts[1].put.size(), 2U);
  // It asks for nothing any more.
  const ReadZone silent = zone("b.example.", {"ns1.op.net."}, {}, {});
  EXPECT_EQ(texts(plan({a, silent}, options(), standing).hosts[0].remove), gone);
  // Only some zones are named: what is not spoken of stays.
  SignalOptions some = options();
  some.is_whole = false;
  EXPECT_THAT(plan({a}, some, standing).hosts[0].remove, IsEmpty());
  EXPECT_EQ(texts(plan({silent}, some, standing).hosts[0].remove), gone);
}

TEST(SignalPlan, LeavesTheSignalsOfAZoneThatCannotBeRead) {
  const auto standing = standing_after(
      plan({zone("a.example.", {"ns1.op.net."}), zone("b.example.", {"ns1.op.net."})}));
  const SignalPlan made =
      plan({zone("a.example.", {"ns1.op.net."}), unread("b.example.")}, options(), standing);
  EXPECT_TRUE(made.hosts[0].is_as_it_should_be());
  EXPECT_EQ(made.hosts[0].signals.size(), 4U);
}

// RFC 9615 §4.1: signals may go when the DS is there.
TEST(SignalPlan, RemovesThoseOfASecuredZoneWhereThatIsWanted) {
  ReadZone done = zone("a.example.", {"ns1.op.net."});
  const auto standing = standing_after(plan({done}));
  done.reading->is_secured = true;
  EXPECT_TRUE(plan({done}, options(), standing).hosts[0].is_as_it_should_be());
  SignalOptions tidy = options();
  tidy.removes_secured = true;
  const SignalPlan made = plan({done}, tidy, standing);
  EXPECT_EQ(made.hosts[0].remove.size(), 2U);
  EXPECT_EQ(made.counts.secured, 1U);
}

TEST(SignalPlan, TellsSignalsFromOtherRecords) {
  const dns::Name domain = name("_signal.ns1.op.net.");
  EXPECT_TRUE(is_signal_owner(name("_dsboot.kid.example._signal.ns1.op.net."), domain));
  for (const char* other :
       {"_signal.ns1.op.net.", "_dsboot._signal.ns1.op.net.", "kid.example._signal.ns1.op.net.",
        "x._dsboot.kid._signal.ns1.op.net.", "_dsboot.kid.example._signal.ns2.op.net."}) {
    EXPECT_FALSE(is_signal_owner(name(other), domain)) << other;
  }
}

}  // namespace
}  // namespace dskeeper::child
