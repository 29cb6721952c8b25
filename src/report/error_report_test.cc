#include "report/error_report.h"

#include <gtest/gtest.h>

namespace dskeeper::report {
namespace {

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

ErrorReport report(std::string_view child, std::string_view agent = "errors.ns1.example.net.") {
  return {name(child), dns::RecordType::cds, 6, name(agent)};
}

// standards.md §1.4, from RFC 9859 §4.2.1.
TEST(Rfc9567, S6_1_1_TheNameSaysEverything) {
  EXPECT_EQ(report("example.com.").name()->text(),
            "_er.59.example.com.6._er.errors.ns1.example.net.");
  EXPECT_EQ(report("example.com.").name()->wire().size(), 49U);
  EXPECT_EQ(
      ErrorReport({name("kid.example."), dns::RecordType::csync, 0, name("a.")}).name()->text(),
      "_er.62.kid.example.0._er.a.");
}

TEST(EdgeCase, N109_ANameOf256OctetsIsNotSent) {
  // Without the child: _er.59 … 6._er.errors.ns1.example.net.
  const std::size_t rest = report(".").name()->wire().size();
  const auto child_of = [](std::size_t octets) {  // with the root's
    std::string text;
    for (std::size_t left = octets - 1; left > 0;) {
      std::size_t label = std::min<std::size_t>(left, 64);
      if (left - label == 1) --label;  // one octet alone is no label
      text += std::string(label - 1, 'a') + '.';
      left -= label;
    }
    return text;
  };
  EXPECT_EQ(report(child_of(256 - rest)).name()->wire().size(), 255U);
  EXPECT_FALSE(report(child_of(257 - rest)).name());
}

std::optional<Told> told(std::vector<FindingCode> due, std::string_view agent) {
  const Finding findings[] = {{FindingCode::would_break, {}, {}},
                              {FindingCode::chain_broken, {}, {}}};
  const dns::Name hosts[] = {name("ns1.example.net."), name("ns2.kid.example.")};
  return report_of(name("kid.example."), findings, due, dns::RecordType::cds, name(agent), hosts);
}

TEST(ReportOf, IsTheWorstFindingThatIsDue) {
  const auto both =
      told({FindingCode::chain_broken, FindingCode::would_break}, "errors.ns1.example.net.");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->code, FindingCode::would_break);
  EXPECT_EQ(both->report.extended_error, 6);
  const auto one = told({FindingCode::chain_broken}, "errors.ns1.example.net.");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->code, FindingCode::chain_broken);
  EXPECT_FALSE(told({}, "errors.ns1.example.net."));
  EXPECT_FALSE(told({FindingCode::server_silent}, "errors.ns1.example.net."));
}

// Edge cases 106 to 108.
TEST(ReportOf, GoesToNobodyWhoMayNotBeAsked) {
  for (const char* agent :
       {"errorsns1.example.net.", "errors.ns2.kid.example.", "victim.test.", "."}) {
    EXPECT_FALSE(told({FindingCode::would_break}, agent)) << agent;
  }
}

}  // namespace
}  // namespace dskeeper::report
