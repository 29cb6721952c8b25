// The small nouns: words, identities, the journal's chain.
#include <gtest/gtest.h>

#include "model/case.h"
#include "model/journal.h"
#include "model/policy.h"
#include "model/sending.h"
#include "model/verdict.h"

namespace dskeeper {
namespace {

dns::Name name(const char* text) {
  return dns::Name::parse(text).value();
}

template <typename Enum, typename Parse>
void expect_words(std::initializer_list<const char*> words, Parse parse) {
  int value = 0;
  for (const char* word : words) {
    EXPECT_EQ(to_text(static_cast<Enum>(value)), word);
    EXPECT_EQ(parse(word).value(), static_cast<Enum>(value));
    ++value;
  }
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("Accept"));
}

TEST(Words, GoBothWays) {
  expect_words<Outcome>({"idle", "in-sync", "accept", "hold", "refuse", "retry", "suspended"},
                        parse_outcome);
  expect_words<Request>({"none", "bootstrap", "update", "delete"}, parse_request);
  expect_words<Ruling>({"idle", "in-sync", "permit", "incomplete", "inconsistent", "forbid"},
                       parse_ruling);
  expect_words<ChangeState>({"queued", "sent", "confirmed", "failed"}, parse_change_state);
  expect_words<EventKind>({"transition", "look", "change", "report", "act"}, parse_event_kind);
  expect_words<SuspensionKind>({"automatic", "operator"}, parse_suspension_kind);
  expect_words<Transport>({"udp", "tcp"}, parse_transport);
  expect_words<AnswerStatus>({"answer", "nodata", "nxdomain", "referral", "not-authoritative",
                              "refused", "servfail", "other-rcode", "malformed", "truncated",
                              "timeout", "unreachable", "not-permitted", "not-asked"},
                             parse_answer_status);
  EXPECT_EQ(to_text(SendStatus::not_as_judged), "not-as-judged");
  EXPECT_EQ(to_text(Standing::not_yet), "not-yet");
}

TEST(RequestId, TellsChildRequestAndDsSetApart) {
  Verdict verdict;
  EXPECT_EQ(verdict.request_id(), "");
  verdict.child = name("kid.example.");
  verdict.request = Request::update;
  verdict.ds = {dns::Ds::parse("2371 13 2 C1F9").value()};
  const std::string id = verdict.request_id();
  EXPECT_EQ(id.size(), 64U);

  Verdict other = verdict;
  other.findings.push_back({FindingCode::server_silent, {}, {}});
  other.look = LookId{7};
  EXPECT_EQ(other.request_id(), id) << "what was noticed is no part of what is asked";
  other.child = name("other.example.");
  EXPECT_NE(other.request_id(), id);
  other = verdict;
  other.request = Request::bootstrap;
  EXPECT_NE(other.request_id(), id);
  other = verdict;
  other.ds = {dns::Ds::parse("2371 13 2 C1FA").value()};
  EXPECT_NE(other.request_id(), id);
}

TEST(Journal, TheChainCoversEveryField) {
  const Event event{name("example."),
                    name("kid.example."),
                    Time(std::chrono::seconds(1)),
                    EventKind::transition,
                    "ab",
                    "c"};
  const Sha256 hash = event.chained({});
  EXPECT_EQ(event.chained({}), hash);
  EXPECT_NE(event.chained(hash), hash);

  std::vector<Event> others(6, event);
  others[0].parent = name("test.");
  others[1].child = name("kid2.example.");
  others[2].at += Duration(1);
  others[3].kind = EventKind::look;
  others[4].summary = "a";
  others[4].details = "bc";  // the same octets, divided otherwise
  others[5].details = "d";
  for (const Event& other : others) EXPECT_NE(other.chained({}), hash);
}

TEST(Change, SaysWhenItLastChanged) {
  Change change;
  change.queued_at = Time(Duration(1));
  EXPECT_EQ(change.at(), Time(Duration(1)));
  EXPECT_TRUE(change.is_open());
  change.state = ChangeState::sent;
  change.sent_at = Time(Duration(2));
  EXPECT_EQ(change.at(), Time(Duration(2)));
  EXPECT_TRUE(change.is_open());
  change.state = ChangeState::confirmed;
  change.ended_at = Time(Duration(3));
  EXPECT_EQ(change.at(), Time(Duration(3)));
  EXPECT_FALSE(change.is_open());
}

TEST(Policy, DefaultsAreThoseOfBcp246) {
  const Policy policy;
  EXPECT_TRUE(policy.offers(BootstrapMethod::authenticated));
  EXPECT_FALSE(policy.offers(BootstrapMethod::delay));
  EXPECT_EQ(policy.retry.size(), 4U);
}

TEST(Survey, FindsAnAnswerByAddressAndType) {
  const IpAddress address = IpAddress::parse("192.0.2.1").value();
  Survey survey;
  Answer answer;
  answer.server = {name("ns1.op."), address};
  answer.type = dns::RecordType::cds;
  survey.answers.push_back(answer);
  EXPECT_EQ(survey.find(address, dns::RecordType::cds), survey.answers.data());
  EXPECT_EQ(survey.find(address, dns::RecordType::cdnskey), nullptr);
  EXPECT_EQ(survey.find(IpAddress{}, dns::RecordType::cds), nullptr);
}

}  // namespace
}  // namespace dskeeper
