#include "parent/delegation_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view apex = "@ 60 IN SOA ns.example. host.example. 7 1 1 1 1\n";

Result<std::vector<Delegation>> build(const std::vector<dns::Record>& input) {
  DelegationBuilder builder(name("example."), test_time());
  for (const dns::Record& record : input) {
    if (auto added = builder.add(record); !added) return pass_on(std::move(added));
  }
  auto packed = std::move(builder).finish();
  if (!packed) return pass_on(std::move(packed));
  std::vector<Delegation> delegations;
  for (std::size_t i = 0; i < packed->size(); ++i) delegations.push_back(packed->at(i));
  return delegations;
}

std::vector<Delegation> build_text(const std::string& text) {
  return build(records(std::string(apex) + text)).value();
}

std::vector<std::string> children_of(const std::string& text) {
  std::vector<std::string> children;
  for (const Delegation& delegation : build_text(text)) {
    children.push_back(delegation.child.text());
  }
  return children;
}

TEST(DelegationBuilder, KnowsTheServersOfTheZoneItselfWithTheirAddresses) {
  DelegationBuilder builder(name("example."), test_time());
  for (const dns::Record& record : records(std::string(apex) + "@ 60 NS a.nic\n"
                                                               "@ 60 NS ns.other.test.\n"
                                                               "nic 60 NS a.nic\n"
                                                               "a.nic 60 A 192.0.2.1\n")) {
    ASSERT_TRUE(builder.add(record));
  }
  const PackedDelegations packed = std::move(builder).finish().value();
  const NameServer inside{name("a.nic.example."), {IpAddress::parse("192.0.2.1").value()}};
  EXPECT_EQ(packed.zone_servers(), (std::vector<NameServer>{inside, {name("ns.other.test."), {}}}));
  EXPECT_EQ(packed.size(), 1U);
}

TEST(DelegationBuilder, PutsTogetherWhatTheParentSaysOfAChild) {
  const auto delegations = build_text(
      "kid 300 NS ns2.op.test.\n"
      "kid 300 NS ns1.kid\n"
      "kid 120 DS 4711 13 2 "
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
      "ns1.kid 300 AAAA 2001:db8::1\n"
      "ns1.kid 300 A 192.0.2.1\n");
  ASSERT_EQ(delegations.size(), 1U);
  const Delegation& kid = delegations[0];
  EXPECT_EQ(kid.child, name("kid.example."));
  EXPECT_EQ(kid.parent, name("example."));
  EXPECT_EQ(kid.ds, ds_set({4711}));
  EXPECT_EQ(kid.ds_ttl.seconds, 120U);
  EXPECT_THAT(kid.hosts(), ElementsAre(name("ns1.kid.example."), name("ns2.op.test.")));
  const auto glued = std::find_if(kid.name_servers.begin(), kid.name_servers.end(),
                                  [](const NameServer& server) { return !server.glue.empty(); });
  ASSERT_NE(glued, kid.name_servers.end());
  EXPECT_EQ(glued->host, name("ns1.kid.example."));
  EXPECT_EQ(glued->glue.size(), 2U);
  EXPECT_TRUE(std::is_sorted(glued->glue.begin(), glued->glue.end()));
}

TEST(DelegationBuilder, TheOrderOfTheRecordsDoesNotMatter) {
  auto input = records(std::string(apex) +
                       "a NS ns.a\nns.a A 192.0.2.1\nb NS ns.a\nb NS ns.test.\n"
                       "b DS 1 13 2 "
                       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
  const auto expected = build(input).value();
  std::reverse(input.begin(), input.end());
  EXPECT_EQ(build(input).value(), expected);
  EXPECT_EQ(expected[1].name_servers[0].glue.size(), 1U) << "sibling glue";
}

// Names that begin alike, and operators of whose name servers some are shared.
TEST(DelegationBuilder, NeitherDoesItForManyChildrenOfFewOperators) {
  std::string text(apex);
  for (int child = 0; child < 300; ++child) {
    const std::string owner = "registered-" + std::to_string(child);
    for (int server = 0; server < 3; ++server) {
      text += owner + " NS ns" + std::to_string((child % 7 + server) % 7) + ".test.\n";
    }
    text += owner + " DS " + std::to_string(child) +
            " 13 2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
  }
  auto input = records(text);
  const auto expected = build(input).value();
  ASSERT_EQ(expected.size(), 300U);
  EXPECT_EQ(expected[299].name_servers.size(), 3U);
  std::shuffle(input.begin(), input.end(), std::mt19937(4));
  EXPECT_EQ(build(input).value(), expected);
}

TEST(DelegationBuilder, KnowsWhatIsADelegation) {
  EXPECT_THAT(children_of("@ NS ns.test.\nwww A 192.0.2.1\n"), IsEmpty()) << "the apex";
  EXPECT_THAT(children_of("kid NS ns.test.\nsub.kid NS ns.test.\n"), ElementsAre("kid.example."))
      << "below a cut";
  EXPECT_THAT(children_of("a.b.c NS ns.test.\n"), ElementsAre("a.b.c.example."));
  EXPECT_THAT(children_of("old DNAME new.test.\nkid.old NS ns.test.\n"), IsEmpty())
      << "below a DNAME";
  EXPECT_THAT(children_of("kid DS 1 13 2 "
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                          "sub.kid NS ns.test.\n"),
              ElementsAre("sub.kid.example."))
      << "a DS set delegates nothing";
  EXPECT_THAT(children_of("* NS ns.test.\n"), IsEmpty());
}

TEST(DelegationBuilder, RefusesWhatIsNoZone) {
  EXPECT_THAT(build(records("kid 60 NS ns.test.\n")).error().what,
              HasSubstr("no SOA record of example."));
  EXPECT_THAT(build(records(std::string(apex) + "kid.other. NS ns.test.\n")).error().what,
              HasSubstr("kid.other. lies outside the zone example."));
  EXPECT_THAT(build(records(std::string(apex) + "@ SOA a. b. 8 1 1 1 1\n")).error().what,
              HasSubstr("two SOA records"));
  const dns::Record broken{name("kid.example."), dns::RecordType::ds, {}, Bytes{1, 2}};
  EXPECT_THAT(build({broken}).error().what, HasSubstr("DS record of kid.example. is malformed"));
}

TEST(DelegationBuilder, IsBounded) {
  std::vector<dns::Record> input = records(apex);
  for (std::size_t i = 0; i <= records_of_set_max; ++i) {
    const dns::Name host = name("ns" + std::to_string(i) + ".test.");
    input.push_back({name("kid.example."),
                     dns::RecordType::ns,
                     {},
                     Bytes(host.wire().begin(), host.wire().end())});
  }
  EXPECT_THAT(build(input).error().what, HasSubstr("more than 100 NS records"));
  input.pop_back();
  input.push_back(input.back());
  EXPECT_TRUE(build(input)) << "a repeated record counts once";
}

TEST(DelegationBuilder, IsBoundedAlsoWhereTheRecordsStandApart) {
  std::vector<dns::Record> input = records(apex);
  for (std::size_t i = 0; i <= records_of_set_max; ++i) {
    const dns::Name host = name("ns" + std::to_string(i) + ".test.");
    for (const char* owner : {"kid.example.", "sib.example."}) {
      input.push_back(
          {name(owner), dns::RecordType::ns, {}, Bytes(host.wire().begin(), host.wire().end())});
    }
  }
  EXPECT_THAT(build(input).error().what, HasSubstr("kid.example. has more than 100 NS records"));
}

TEST(DelegationBuilder, BoundsTheAddressesOfNameServersAlone) {
  std::vector<dns::Record> input = records(std::string(apex) + "kid 60 NS ns.kid\n");
  const auto add_addresses = [&](const char* owner) {
    for (std::size_t i = 0; i <= records_of_set_max + 50; ++i) {
      const auto last = static_cast<std::uint8_t>(i);
      input.push_back({name(owner), dns::RecordType::a, {}, Bytes{192, 0, 2, last}});
    }
  };
  add_addresses("www.example.");
  EXPECT_TRUE(build(input)) << "a host that serves no zone";
  add_addresses("ns.kid.example.");
  EXPECT_THAT(build(input).error().what,
              HasSubstr("ns.kid.example., a name server of kid.example., has more than 100"));
}

}  // namespace
}  // namespace dskeeper::parent
