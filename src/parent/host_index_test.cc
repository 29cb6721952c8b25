#include "parent/host_index.h"

#include <gtest/gtest.h>

#include <string>

#include "parent/snapshot.h"

namespace dskeeper::parent {
namespace {

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}
NameServer host(const std::string& text, const std::string& address = "") {
  NameServer server{name(text), {}};
  if (!address.empty()) server.glue = {IpAddress::parse(address).value()};
  return server;
}
Delegation delegation(const std::string& child, std::vector<NameServer> servers) {
  Delegation made;
  made.child = name(child);
  made.parent = name("example.");
  made.name_servers = std::move(servers);
  return made;
}
std::vector<NameServer> lent_by(const Snapshot& zone, const std::string& child) {
  return zone.find(name(child))->lent;
}

TEST(HostIndex, AHostThatOnlyItsOwnDelegationUses_IsNotLent) {
  const Snapshot zone(name("example."), "1",
                      {delegation("kid.example.", {host("ns1.kid.example.", "192.0.2.1")}),
                       delegation("other.example.", {host("ns1.op.test.")})});
  EXPECT_TRUE(lent_by(zone, "kid.example.").empty());
}

TEST(HostIndex, AHostThatOthersUse_IsLentByTheDelegationThatItLiesIn) {
  const Snapshot zone(
      name("example."), "1",
      {delegation("a.example.", {host("ns1.op.example.", "192.0.2.1"), host("ns9.op.test.")}),
       delegation("b.example.", {host("ns1.op.example.", "192.0.2.1"),
                                 host("ns2.deep.op.example.", "192.0.2.2")}),
       delegation("op.example.", {host("ns3.op.example.", "192.0.2.3")})});
  EXPECT_EQ(lent_by(zone, "op.example."),
            (std::vector<NameServer>{host("ns2.deep.op.example.", "192.0.2.2"),
                                     host("ns1.op.example.", "192.0.2.1")}));
  EXPECT_TRUE(lent_by(zone, "a.example.").empty());
}

// Who runs nic.example. may not take away the name servers of example. itself.
TEST(HostIndex, AServerOfTheZoneItself_IsLentByTheDelegationThatItLiesIn) {
  PackedDelegations delegations(name("example."));
  delegations.append(delegation("nic.example.", {host("a.nic.example.", "192.0.2.1")}));
  delegations.set_zone_servers({host("a.nic.example.", "192.0.2.1"), host("ns.other.test.")});
  delegations.close();
  const Snapshot zone("1", std::move(delegations));
  EXPECT_EQ(lent_by(zone, "nic.example."),
            std::vector<NameServer>{host("a.nic.example.", "192.0.2.1")});
}

// The delegation uses the host itself, and others have the very same set of name servers.
TEST(HostIndex, AHostInASharedSet_IsLent) {
  const std::vector<NameServer> shared = {host("ns1.op.example.", "192.0.2.1")};
  const Snapshot zone(name("example."), "1",
                      {delegation("a.example.", shared), delegation("op.example.", shared),
                       delegation("z.example.", shared)});
  EXPECT_EQ(lent_by(zone, "op.example."), shared);
}

TEST(HostIndex, AHostInNoDelegation_IsLentByNobody) {
  const Snapshot zone(name("example."), "1",
                      {delegation("a.example.", {host("ns1.nic.example.", "192.0.2.1")})});
  EXPECT_TRUE(lent_by(zone, "a.example.").empty());
}

}  // namespace
}  // namespace dskeeper::parent
