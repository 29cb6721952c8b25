// Properties of CSYNC (RFC 7477): whatever the servers publish, what is permitted leaves the domain
// reachable, and touches nobody else.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "dns/rrset.h"
#include "parent/name_server_update.h"
#include "properties/dice.h"
#include "rules/test_csync.h"

namespace dskeeper::properties {
namespace {

using dns::RecordType;
using rules::test::address;
using rules::test::CsyncChild;
using rules::test::CsyncZone;

// With the stories of zone_file_test.cc more than 100,000.
constexpr int csync_judgements = 30'000;

// Hosts inside the child, beside it under the same parent, and elsewhere.
const std::vector<dns::Name>& pool() {
  static const std::vector<dns::Name> hosts =
      rules::test::names({"ns1.kid.example.", "ns2.kid.example.", "ns1.sibling.example.",
                          "ns1.op.test.", "ns2.op.test."});
  return hosts;
}

std::vector<IpAddress> any_addresses() {
  std::vector<IpAddress> out;
  const unsigned count = roll(3);
  for (unsigned i = 0; i < count; ++i) {
    out.push_back(rarely(2) ? address("2001:db8::" + std::to_string(1 + roll(4)))
                            : address("192.0.2." + std::to_string(1 + roll(6))));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<dns::Name> any_hosts() {
  std::vector<dns::Name> out;
  for (const dns::Name& host : pool()) {
    if (rarely(2)) out.push_back(host);
  }
  return out;
}

void fill(CsyncZone& zone) {
  zone.hosts = any_hosts();
  for (const dns::Name& host : pool()) {
    if (host.is_at_or_below(rules::test::child_name)) zone.addresses[host] = any_addresses();
  }
  std::set<RecordType> types;
  if (!rarely(4)) types.insert(RecordType::ns);
  if (!rarely(3)) types.insert(RecordType::a);
  if (!rarely(3)) types.insert(RecordType::aaaa);
  zone.ask(rarely(4) ? 0 : dns::Csync::immediate, types);
  zone.denies = !rarely(10);
}

// A child whose servers mostly agree.
void fill(CsyncChild& child) {
  CsyncZone zone = child.says.front();
  fill(zone);
  for (CsyncZone& each : child.says) {
    if (rarely(8)) {
      fill(each);
    } else {
      each = zone;
    }
  }
  if (rarely(3)) child.delegation.lent = {{pool().front(), any_addresses()}};
}

// With one memory of what was verified, for all cases.
CsyncVerdict judged(const CsyncChild& child, const Policy& policy = {}) {
  static dns::Verifier verifier;
  const std::vector<rules::Proved> proved = {
      rules::prove(child.look(), child.delegation, verifier, rules::test::now)};
  return rules::judge(child.delegation, proved, policy, rules::test::now).csync;
}

std::size_t number_at(ByteView wire, std::size_t at) {
  return static_cast<std::size_t>(wire[at]) << 8U | wire[at + 1];
}

// Who owns the records of the UPDATE's last section (RFC 2136 §2).
std::vector<dns::Name> owners_changed(const Change& change) {
  const auto encoded = parent::encode_name_servers(change.parent, change, dns::Ttl{300}, 1);
  RC_ASSERT(encoded.has_value());
  const ByteView wire(*encoded);
  std::size_t at = 12;
  RC_ASSERT(dns::Name::from_message(wire, at, false).has_value());
  at += 4;
  std::vector<dns::Name> owners;
  const std::size_t prerequisites = number_at(wire, 6);
  const std::size_t records = prerequisites + number_at(wire, 8);
  for (std::size_t i = 0; i < records; ++i) {
    const auto owner = dns::Name::from_message(wire, at, false);
    RC_ASSERT(owner.has_value());
    if (i >= prerequisites) owners.push_back(*owner);
    at += 10 + number_at(wire, at + 8);
  }
  RC_ASSERT(at == wire.size());
  return owners;
}

Change change_of(const CsyncChild& child, const CsyncVerdict& verdict) {
  Change change;
  change.child = child.delegation.child;
  change.parent = child.delegation.parent;
  change.before = change.after = child.delegation.ds;
  change.hosts = child.delegation.hosts();
  change.name_servers =
      NameServersEdit{child.delegation.name_servers, verdict.name_servers, child.delegation.lent};
  return change;
}

TEST(Properties, APermittedCsyncLeavesTheDomainReachable_AndTouchesNobodyElse) {
  EXPECT_TRUE(holds("CSYNC: reachable, enough servers, nobody else's glue", csync_judgements, [] {
    CsyncChild child(2);
    if (rarely(2)) child.name_servers({"ns1.kid.example.", "ns1.op.test."});
    fill(child);
    Policy policy;
    policy.ns_min = 1 + roll(3);
    const CsyncVerdict verdict = judged(child, policy);
    RC_CLASSIFY(verdict.ruling == Ruling::permit, "permitted");
    if (verdict.ruling != Ruling::permit) return;

    const std::vector<NameServer>& standing = child.delegation.name_servers;
    const bool has_other_hosts = !std::ranges::equal(verdict.name_servers, standing, {},
                                                     &NameServer::host, &NameServer::host);
    if (has_other_hosts) RC_ASSERT(verdict.name_servers.size() >= policy.ns_min);
    RC_ASSERT(!verdict.name_servers.empty());
    for (const NameServer& server : verdict.name_servers) {
      if (server.host.is_at_or_below(child.delegation.child)) {
        RC_ASSERT(!server.glue.empty());
      } else {
        RC_ASSERT(server.glue.empty());
      }
    }
    // All servers asked for the same, and for nothing that is not flagged.
    for (const CsyncZone& zone : child.says) {
      RC_ASSERT(zone.records.front().types == child.says.front().records.front().types);
    }
    for (const dns::Name& owner : owners_changed(change_of(child, verdict))) {
      RC_ASSERT(owner.is_at_or_below(child.delegation.child));
    }
  }));
}

// What other delegations use is never without glue after a change.
TEST(Properties, GlueThatOthersUse_IsNeverRemoved) {
  EXPECT_TRUE(holds("CSYNC: lent glue stays", csync_judgements, [] {
    CsyncChild child(2);
    child.name_servers({"ns1.kid.example.", "ns2.kid.example."});
    fill(child);
    child.delegation.lent = {child.delegation.name_servers.front()};
    const CsyncVerdict verdict = judged(child);
    RC_CLASSIFY(verdict.ruling == Ruling::permit, "permitted");
    if (verdict.ruling != Ruling::permit) return;
    const dns::Name& lent = child.delegation.lent.front().host;
    const auto stays = std::ranges::find(verdict.name_servers, lent, &NameServer::host);
    const bool is_named = stays != verdict.name_servers.end();
    if (is_named && stays->glue != child.delegation.lent.front().glue) {
      RC_ASSERT(std::ranges::any_of(verdict.findings, [](const Finding& finding) {
        return finding.code == FindingCode::csync_glue_shared;
      }));
    }
    if (is_named) return;
    for (const dns::Name& owner : owners_changed(change_of(child, verdict))) {
      RC_ASSERT(owner != lent);
    }
  }));
}

}  // namespace
}  // namespace dskeeper::properties
