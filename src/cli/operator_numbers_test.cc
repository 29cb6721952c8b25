#include "cli/operator_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dskeeper::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Delegation delegation(const std::string& child, const std::vector<std::string>& hosts) {
  Delegation value;
  value.child = dns::Name::parse(child).value();
  for (const std::string& host : hosts) {
    value.name_servers.push_back({dns::Name::parse(host).value(), {}});
  }
  return value;
}

TEST(OperatorNumbers, AreTheSameForServersOfOneDomain) {
  const parent::Snapshot snapshot(
      dns::Name::parse("example.").value(), "1",
      {delegation("a.example.", {"ns1.op.test.", "ns2.op.test."}),
       delegation("b.example.", {"ns3.op.test.", "ns4.op.test."}),
       delegation("c.example.", {"ns1.other.test."}), delegation("d.example.", {}),
       delegation("e.example.", {"ns1.op.test.", "ns2.op.test."}),
       delegation("f.example.", {"ns.f.example."})});
  EXPECT_THAT(operator_numbers(snapshot, {0, 1, 2, 3, 4, 5}), ElementsAre(0, 0, 1, 2, 0, 3));
  EXPECT_THAT(operator_numbers(snapshot, {5, 2}), ElementsAre(0, 1));
  EXPECT_THAT(operator_numbers(snapshot, {}), IsEmpty());
}

TEST(OperatorNumbers, AreTheSameForOwnNamesInOneNetwork) {
  Delegation one = delegation("a.example.", {"ns.a.example."});
  one.name_servers[0].glue = {IpAddress::parse("192.0.2.1").value()};
  Delegation other = delegation("b.example.", {"ns.b.example."});
  other.name_servers[0].glue = {IpAddress::parse("192.0.2.2").value()};
  Delegation elsewhere = delegation("c.example.", {"ns.c.example."});
  elsewhere.name_servers[0].glue = {IpAddress::parse("198.51.100.1").value()};
  const parent::Snapshot snapshot(dns::Name::parse("example.").value(), "1",
                                  {one, other, elsewhere});
  EXPECT_THAT(operator_numbers(snapshot, {0, 1, 2}), ElementsAre(0, 0, 1));
}

}  // namespace
}  // namespace dskeeper::cli
