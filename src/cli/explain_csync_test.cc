#include "cli/explain_csync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/case_text.h"
#include "dns/csync.h"
#include "net/testing/fake_server.h"

namespace dskeeper::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const dns::Name child = dns::Name::parse("kid.example.").value();
const ServerAddress server = {dns::Name::parse("ns1.op.").value(),
                              IpAddress::parse("192.0.2.1").value()};

Survey survey_with_csync() {
  Survey survey;
  survey.child = child;
  const dns::Csync record{dns::Serial{66}, 3,
                          dns::TypeBitmap({dns::RecordType::a, dns::RecordType::ns})};
  const net::FakeQuery query{1, {child, dns::RecordType::csync}};
  net::FakeMessage message;
  message.answer = {{child, dns::RecordType::csync, dns::Ttl{60}, record.to_rdata()}};
  Answer answer;
  answer.server = server;
  answer.type = dns::RecordType::csync;
  answer.status = AnswerStatus::answer;
  answer.wire = net::encode(query, message);
  survey.csync.answers = {{child, answer}};
  Answer lame;
  lame.server = {dns::Name::parse("ns9.new.").value(), IpAddress::parse("192.0.2.9").value()};
  lame.type = dns::RecordType::soa;
  lame.status = AnswerStatus::refused;
  survey.csync.new_answers = {lame};
  return survey;
}

TEST(ExplainCsync, ShowsWhatTheServersSaid) {
  const std::string text = csync_survey_text(survey_with_csync());
  EXPECT_THAT(text, HasSubstr("     ns1.op. 192.0.2.1\n       kid.example. CSYNC: answer\n"));
  EXPECT_THAT(text, HasSubstr("         66 3 A NS\n"));
  EXPECT_THAT(text, HasSubstr("     ns9.new. 192.0.2.9 SOA: refused\n"));
  EXPECT_EQ(csync_survey_text(Survey()), "");
}

TEST(ExplainCsync, StatusShowsWhatWouldStand_AndWhatToApprove) {
  Case value;
  value.child = child;
  EXPECT_THAT(case_text(value), Not(HasSubstr("CSYNC")));
  value.csync.outcome = Outcome::hold;
  value.csync.request_id = "ABCD";
  value.csync.name_servers = {
      {dns::Name::parse("ns1.kid.example.").value(), {IpAddress::parse("192.0.2.7").value()}}};
  value.csync.findings = {{FindingCode::approval_helps, {}, {"ABCD"}}};
  const std::string text = case_text(value);
  EXPECT_THAT(text, HasSubstr("  CSYNC      hold\n"));
  EXPECT_THAT(text, HasSubstr("  NS wanted  ns1.kid.example. 192.0.2.7\n"));
  EXPECT_THAT(text, HasSubstr("  request    ABCD\n"));
  EXPECT_THAT(text, HasSubstr("A person at the registry may approve the request ABCD"));
}

}  // namespace
}  // namespace dskeeper::cli
