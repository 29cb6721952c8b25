#include "model/finding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dskeeper {
namespace {

ServerAddress server(const char* host, const char* address) {
  return {dns::Name::parse(host).value(), IpAddress::parse(address).value()};
}

TEST(FindingCatalogue, HasOneWholeRowForEachCode) {
  std::set<std::string_view> names;
  for (const FindingKind& kind : finding_catalogue()) {
    EXPECT_EQ(parse_finding_code(kind.name).value(), kind.code);
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_THAT(std::string(kind.name), testing::MatchesRegex("[a-z]+(-[a-z]+)*"));
    // A name brings the final dot along.
    EXPECT_TRUE(kind.sentence.ends_with('.') || kind.sentence.ends_with(" at {}")) << kind.name;
    EXPECT_TRUE(kind.remedy.ends_with('.')) << kind.name;
    EXPECT_FALSE(kind.rule.empty()) << kind.name;
    EXPECT_TRUE(kind.extended_error >= 0 && kind.extended_error <= 24) << kind.name;
  }
  EXPECT_FALSE(parse_finding_code("no-such-finding"));
}

TEST(FindingCatalogue, SentencesHaveNoBlankButTheTwoKinds) {
  for (const FindingKind& kind : finding_catalogue()) {
    std::string rest(kind.sentence);
    for (const std::string_view blank : {"{servers}", "{}"}) {
      for (std::size_t at = rest.find(blank); at != std::string::npos; at = rest.find(blank)) {
        rest.erase(at, blank.size());
      }
    }
    EXPECT_EQ(rest.find_first_of("{}"), std::string::npos) << kind.name;
    EXPECT_EQ(kind.remedy.find('{'), std::string_view::npos) << kind.name;
  }
}

TEST(Finding, FillsItsBlanksInOrder) {
  const Finding finding{FindingCode::signature_expired, {}, {"CDS", "2026-11-24T03:00:00Z"}};
  EXPECT_EQ(finding.text(),
            "The signature over the CDS records has expired at 2026-11-24T03:00:00Z.");
}

TEST(Finding, NamesItsServersAndStopsAtFour) {
  Finding finding{FindingCode::server_silent, {server("ns1.op.", "192.0.2.1")}, {}};
  EXPECT_EQ(finding.text(), "No answer came from ns1.op. 192.0.2.1.");
  finding.servers.push_back(server("ns2.op.", "192.0.2.2"));
  EXPECT_EQ(finding.text(), "No answer came from ns1.op. 192.0.2.1 and ns2.op. 192.0.2.2.");
  finding.servers.insert(finding.servers.end(), 5, server("ns3.op.", "192.0.2.3"));
  EXPECT_THAT(finding.text(), testing::EndsWith(" and 3 more."));
}

TEST(Finding, AServerWithoutAddressIsNamedByItsHost) {
  const Finding finding{
      FindingCode::server_silent, {{dns::Name::parse("ns1.op.").value(), {}}}, {}};
  EXPECT_EQ(finding.text(), "No answer came from ns1.op..");
}

TEST(Finding, OneKeptFromBeforeMayLackAFact) {
  EXPECT_EQ((Finding{FindingCode::signature_missing, {}, {}}).text(),
            "The ? records are not signed.");
}

TEST(Finding, FactsAreNotTakenForBlanks) {
  const Finding finding{FindingCode::record_malformed, {}, {"{}", "{servers}"}};
  EXPECT_EQ(finding.text(), "A {} record is malformed: {servers}.");
}

TEST(Finding, TheWorstComeFirstOthersKeepTheirOrder) {
  std::vector<Finding> findings = {{FindingCode::hold_running, {}, {}},
                                   {FindingCode::would_break, {}, {}},
                                   {FindingCode::server_dropped, {}, {}},
                                   {FindingCode::types_differ, {}, {}}};
  sort_findings(findings);
  EXPECT_EQ(findings[0].code, FindingCode::would_break);
  EXPECT_EQ(findings[1].code, FindingCode::types_differ);
  EXPECT_EQ(findings[2].code, FindingCode::server_dropped);
  EXPECT_EQ(findings[3].code, FindingCode::hold_running);
}

}  // namespace
}  // namespace dskeeper
