#include "model/report_agent.h"

#include <gtest/gtest.h>

#include <vector>

namespace dskeeper {
namespace {

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

AgentTrouble check(std::string_view agent, const std::vector<std::string_view>& hosts = {
                                               "ns1.example.net.", "ns2.kid.example."}) {
  std::vector<dns::Name> names;
  for (const auto host : hosts) names.push_back(name(host));
  return check_agent(name(agent), name("kid.example."), names);
}

TEST(EdgeCase, N106_TheAgentIsAHostOrBelowOne) {
  EXPECT_EQ(check("errors.ns1.example.net."), AgentTrouble::none);
  EXPECT_EQ(check("NS1.example.net."), AgentTrouble::none);
  EXPECT_EQ(check("a.b.ns1.example.net."), AgentTrouble::none);
  EXPECT_EQ(check("errorsns1.example.net."), AgentTrouble::not_of_server);
  EXPECT_EQ(check("example.net."), AgentTrouble::not_of_server);
  EXPECT_EQ(check("ns3.example.net."), AgentTrouble::not_of_server);
}

// The hosts are those of the parent's delegation, and nobody else's count.
TEST(EdgeCase, N107_WithoutHostsThereIsNoAgent) {
  EXPECT_EQ(check("errors.ns1.example.net.", {}), AgentTrouble::not_of_server);
  EXPECT_EQ(check("errors.ns1.example.net.", {"."}), AgentTrouble::not_of_server);
}

TEST(EdgeCase, N108_AnAgentInsideTheChildIsNone) {
  EXPECT_EQ(check("errors.ns2.kid.example."), AgentTrouble::in_child);
  EXPECT_EQ(check("kid.example.", {"kid.example."}), AgentTrouble::in_child);
}

TEST(Rfc9567, S6_1_TheRootIsNoAgent) {
  EXPECT_EQ(check("."), AgentTrouble::is_root);
}

}  // namespace
}  // namespace dskeeper
