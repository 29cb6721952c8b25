#include "model/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace dskeeper {
namespace {

dns::Name name(const char* text) {
  return dns::Name::parse(text).value();
}
Time at(const char* text) {
  return parse_time(text).value();
}
IpAddress address(const char* text) {
  return IpAddress::parse(text).value();
}
ServerAddress server(const char* host, const char* at) {
  return {name(host), address(at)};
}
dns::Ds ds(const char* text) {
  return dns::Ds::parse(text).value();
}

Change example_change() {
  Change change;
  change.id = "00112233445566778899AABBCCDDEEFF";
  change.child = name("kid.example.");
  change.parent = name("example.");
  change.request = Request::bootstrap;
  change.after = {ds("2371 13 2 C1F9")};
  change.ttl = dns::Ttl{600};
  change.restore_ttl = dns::Ttl{3600};
  change.hosts = {name("ns1.op.example."), name("ns2.op.example.")};
  change.name_servers = NameServersEdit{{{name("ns1.kid.example."), {address("192.0.2.1")}}},
                                        {{name("ns9.op.example."), {}}},
                                        {{name("ns7.kid.example."), {address("192.0.2.77")}}}};
  change.request_id = "ABCD";
  change.revision = "2026112401";
  change.state = ChangeState::failed;
  change.queued_at = at("2026-11-24T03:00:00Z") + Duration(7);
  change.judged_at = at("2026-11-24T03:00:00Z");
  change.sent_at = at("2026-11-24T03:00:05Z");
  change.taken_at = at("2026-11-24T03:00:05Z");
  change.is_uncertain = true;
  change.ended_at = at("2026-11-24T03:00:06Z");
  change.is_released = true;
  change.is_shown = true;
  change.attempts = 3;
  change.reason = "The server said \"NOTZONE\".";
  return change;
}

// Every field has a value that is not its default.
Case example_case() {
  Case value;
  value.child = name("kid.example.");
  value.parent = name("example.");
  value.at = at("2026-11-24T03:00:00Z") + Duration(123);
  value.policy = "ch";
  value.delegation.child = value.child;
  value.delegation.parent = value.parent;
  value.delegation.name_servers = {{name("ns1.kid.example."), {address("192.0.2.1")}},
                                   {name("ns2.op.example."), {}}};
  value.delegation.ds = {ds("1 13 2 AA")};
  value.delegation.ds_ttl = dns::Ttl{3600};
  value.delegation.registration = {"R1-EX",
                                   "sponsor",
                                   at("2020-01-01T00:00:00Z"),
                                   std::vector<std::string>{"clientUpdateProhibited"},
                                   true,
                                   true,
                                   false};
  value.delegation.lent = {{name("ns7.kid.example."), {address("192.0.2.77")}}};
  value.delegation.revision = "17";
  value.request = Request::update;
  value.outcome = Outcome::hold;
  value.ready_at = at("2026-11-27T03:00:00Z");
  value.ds = dns::DsSet{ds("2371 13 2 C1F9")};
  value.request_id = "ABCD";
  value.first_valid_at = at("2026-11-24T03:00:00Z");
  value.last_valid_at = at("2026-11-25T03:00:00Z");
  value.findings = {{FindingCode::server_silent, {server("ns2.op.example.", "2001:db8::2")}, {}},
                    {FindingCode::hold_running, {}, {"2026-11-27T03:00:00Z", "2", "3"}}};
  value.hold = Hold{"ABCD", at("2026-11-24T03:00:00Z"), at("2026-11-25T03:00:00Z"), LookId{9}, 2};
  value.retry = Retry{Trouble::contradiction,
                      {{Trouble::silence, 3, at("2026-11-24T03:00:00Z")},
                       {Trouble::contradiction, 1, at("2026-11-24T03:05:00Z")}},
                      LookId{8},
                      {{server("ns2.op.example.", "2001:db8::2"), at("2026-11-24T03:10:00Z"), 2}}};
  value.watermark = {at("2026-11-23T00:00:00Z"), at("2026-11-22T00:00:00Z")};
  value.suspension = Suspension{SuspensionKind::by_operator, at("2026-11-01T00:00:00Z"), "a test"};
  value.lost_removal = LostRemoval{{ds("1 13 2 AA")}, at("2026-11-20T00:00:00Z")};
  value.lowered_ttl = LoweredTtl{at("2026-11-23T00:00:00Z"), dns::Ttl{600}, dns::Ttl{3600}};
  value.approval = Approval{"ABCD", "kim", at("2026-11-24T01:00:00Z")};
  value.absent_since = at("2026-11-24T02:00:00Z");
  value.conditions = {{FindingCode::signer_not_in_ds,
                       at("2026-11-20T00:00:00Z"),
                       at("2026-11-21T00:00:00Z"),
                       {2, at("2026-11-20T12:00:00Z")},
                       {1, at("2026-11-20T13:00:00Z")}}};
  value.csync.outcome = Outcome::retry;
  value.csync.ready_at = at("2026-11-24T03:05:00Z");
  value.csync.request_id = "DCBA";
  value.csync.name_servers = {{name("ns1.kid.example."), {address("192.0.2.7")}}};
  value.csync.since = at("2026-11-24T02:00:00Z");
  value.csync.approval = Approval{"DCBA", "kim", at("2026-11-24T02:30:00Z")};
  value.csync.retry =
      Retry{Trouble::silence, {{Trouble::silence, 1, at("2026-11-24T03:00:00Z")}}, LookId{8}, {}};
  value.csync.serials = {
      {server("ns1.kid.example.", "192.0.2.1"), {2026112401}, dns::Serial{4294967295}},
      {server("ns2.kid.example.", "192.0.2.2"), {1}, {}}};
  value.csync.findings = {{FindingCode::server_silent, {}, {}}};
  value.change = example_change();
  return value;
}

Survey example_survey() {
  Survey survey;
  survey.child = name("kid.example.");
  survey.vantage = "zurich";
  survey.look = LookId{18'000'000'000'000'000'000U};
  survey.started_at = at("2026-11-24T03:00:00Z");
  survey.ended_at = at("2026-11-24T03:00:01Z");
  survey.revision = "17";
  survey.stopped_early = true;
  survey.servers = {{name("ns1.op.example."), {address("192.0.2.1"), address("2001:db8::1")}, ""},
                    {name("ns2.op.example."), {}, "SERVFAIL"}};
  Answer answer;
  answer.server = server("ns1.op.example.", "192.0.2.1");
  answer.type = dns::RecordType::cdnskey;
  answer.transport = Transport::tcp;
  answer.asked_at = survey.started_at;
  answer.round_trip = Duration(12);
  answer.status = AnswerStatus::nodata;
  answer.wire = {0, 1, 255};
  survey.answers = {answer};
  survey.csync.answers = {{name("ns1.kid.example."), answer}};
  survey.csync.new_servers = {{name("ns9.op.example."), {address("192.0.2.9")}, ""}};
  survey.csync.new_answers = {answer};
  survey.signals.hosts = {
      {name("ns1.op.example."),
       {{dns::RecordType::cds, SecurityStatus::secure, "", {1, 2}},
        {dns::RecordType::cdnskey, SecurityStatus::bogus, "signature expired", {}}}}};
  survey.signals.chain = {{name("."), {3}, {}}, {name("op.example."), {4}, {5}}};
  survey.signals.anchors = {{name("."), dns::Ds::parse("1 13 2 " + std::string(64, 'A')).value()}};
  survey.resolver = {ResolverFault::wrong_clock, {"2025-11-24T03:00:00Z", "the root zone"}};
  return survey;
}

TEST(StoreJson, ACaseComesBackAsItWas) {
  const Case value = example_case();
  const auto read = case_from_json(case_to_json(value));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, value);
}

TEST(StoreJson, ACaseWithNothingInItComesBackAsItWas) {
  const auto read = case_from_json(case_to_json(Case{}));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, Case{});
}

TEST(StoreJson, AChangeComesBackAsItWas) {
  for (const Change& change : {Change{}, example_change()}) {
    const auto read = change_from_json(change_to_json(change));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, change);
  }
}

TEST(StoreJson, ASurveyComesBackAsItWas) {
  for (const Survey& survey : {Survey{}, example_survey()}) {
    const auto read = survey_from_json(survey_to_json(survey));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, survey);
  }
}

TEST(StoreJson, EveryFieldIsNeededAndNoOtherKnown) {
  const std::string whole = change_to_json(example_change());
  std::string unknown = whole;
  unknown.insert(1, "\"colour\":1,");
  const auto read = change_from_json(unknown);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text(), testing::HasSubstr("does not know"));

  std::string renamed = whole;
  renamed.replace(renamed.find("\"hosts\""), 7, "\"ghosts\"");
  EXPECT_FALSE(change_from_json(renamed));
}

TEST(StoreJson, TheErrorNamesTheField) {
  std::string text = case_to_json(example_case());
  const std::string right = "\"code\":\"server-silent\"";
  text.replace(text.find(right), right.size(), "\"code\":\"server-shy\"");
  const auto read = case_from_json(text);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text(),
            "a case in JSON, field findings.code: \"server-shy\" is not a known finding.");
}

// As an earlier program wrote it: what it did not know has its default.
TEST(StoreJson, ACaseOfTheFirstFormatIsRead) {
  const auto read = case_from_json(
      R"({"format":1,"child":"kid.example.","parent":"example.","at":5000,"policy":"ch",)"
      R"("delegation":{"name_servers":[],"ds":[],"ds_ttl":0,"registration":{"roid":"","sponsor":"",)"
      R"("created":null,"statuses":[],"no_ds":false,"no_ns":false,"bootstrap":null},)"
      R"("revision":"17"},"request":"none","outcome":"retry","ready_at":null,"ds":null,)"
      R"("request_id":"","first_valid_at":null,"last_valid_at":null,"findings":[],"hold":null,)"
      R"("retry":{"attempts":3,"since":1000,"last_look":7,)"
      R"("silent":[{"host":"ns2.op.example.","address":"192.0.2.2"}],"silent_since":2000,)"
      R"("silent_looks":2},"watermark":1000,"suspension":null,"change":null})");
  ASSERT_TRUE(read) << read.error().text();
  const auto time = [](int ms) { return Time(Duration(ms)); };
  EXPECT_EQ(read->watermark, (Inceptions{time(1000), time(1000)}));
  const Retry retry = {Trouble::silence,
                       {{Trouble::silence, 3, time(1000)}},
                       LookId{7},
                       {{server("ns2.op.example.", "192.0.2.2"), time(2000), 2}}};
  EXPECT_EQ(read->retry, retry);
  EXPECT_FALSE(read->lost_removal || read->lowered_ttl || read->approval || read->absent_since);
}

TEST(StoreJson, WhatIsNotUnderstoodIsRefused) {
  const std::string whole = case_to_json(example_case());
  for (const auto& [right, wrong] : std::initializer_list<std::pair<const char*, const char*>>{
           {"\"format\":2", "\"format\":3"},
           {"\"attempts\":3", "\"attempts\":-3"},
           {"\"attempts\":3", "\"attempts\":3.5"},
           {"\"attempts\":3", "\"attempts\":4294967296"},
           {"\"outcome\":\"hold\"", "\"outcome\":\"held\""},
           {"\"policy\":\"ch\"", "\"policy\":null"},
           {"\"ds_ttl\":3600", "\"ds_ttl\":\"3600\""},
           {"\"no_ds\":true", "\"no_ds\":1"},
           {"192.0.2.1", "192.0.2.256"},
           {"1 13 2 AA", "1 13 2 AAA"}}) {
    std::string text = whole;
    const std::size_t place = text.find(right);
    ASSERT_NE(place, std::string::npos) << right;
    text.replace(place, std::string_view(right).size(), wrong);
    EXPECT_FALSE(case_from_json(text)) << wrong;
  }
}

TEST(StoreJson, ReadingIsBounded) {
  EXPECT_FALSE(case_from_json(""));
  EXPECT_FALSE(case_from_json("[]"));
  EXPECT_FALSE(case_from_json("{"));
  EXPECT_FALSE(case_from_json(std::string(100'000, '[')));
  EXPECT_FALSE(case_from_json(std::string(5U << 20U, ' ')));
  EXPECT_FALSE(change_from_json(change_to_json(Change{}) + "x"));
}

TEST(StoreJson, TextThatIsNotUtf8DoesNotMakeTheStoreUnreadable) {
  Change change = example_change();
  change.reason = "caf\xC3\xA9 \xFF \xC0\xAF \xED\xA0\x80 \xF4\x90\x80\x80 \xE2\x82";
  const auto read = change_from_json(change_to_json(change));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->reason, "caf\xC3\xA9 ? ?? ??? ???? ??");
}

TEST(ContractJson, IsTheContractsOwnExample) {
  Case value;
  value.child = name("kid.example.");
  value.parent = name("example.");
  value.at = at("2026-11-24T03:00:00Z");
  value.policy = "bcp246";
  value.delegation.name_servers = {{name("ns1.op.example."), {}}};
  value.request = Request::bootstrap;
  value.outcome = Outcome::accept;
  value.ds = dns::DsSet{ds("2371 13 2 c1f9")};
  value.first_valid_at = at("2026-11-24T03:00:00Z");
  value.last_valid_at = at("2026-11-24T03:00:00Z");
  value.findings = {{FindingCode::server_silent, {server("ns2.op.example.", "192.0.2.2")}, {}}};
  EXPECT_EQ(
      case_to_contract_json(value),
      R"({"child":"kid.example.","parent":"example.","at":"2026-11-24T03:00:00Z",)"
      R"("policy":"bcp246","delegation":{"status":"unsigned","ns":["ns1.op.example."],)"
      R"("ds":[]},"request":"bootstrap","request_id":null,"outcome":"accept","ready_at":null,)"
      R"("ds":["2371 13 2 C1F9"],"change":null,)"
      R"("csync":{"outcome":"idle","request_id":null,"ready_at":null,"ns":null,"glue":null},)"
      R"("first_valid_at":"2026-11-24T03:00:00Z","last_valid_at":"2026-11-24T03:00:00Z",)"
      R"("findings":[{"code":"server-silent","severity":"error","rule":"RFC 9975 §3",)"
      R"("servers":["ns2.op.example. 192.0.2.2"],)"
      R"("text":"No answer came from ns2.op.example. 192.0.2.2."}]})");
}

TEST(ContractJson, WritesAChangeWithTimesForPeople) {
  Change change = example_change();
  change.name_servers.reset();
  EXPECT_EQ(
      change_to_contract_json(change),
      R"({"id":"00112233445566778899AABBCCDDEEFF","child":"kid.example.",)"
      R"("parent":"example.","request":"bootstrap","before":[],"after":["2371 13 2 C1F9"],)"
      R"("ttl":600,"restore_ttl":3600,"hosts":["ns1.op.example.","ns2.op.example."],"request_id":"ABCD",)"
      R"("revision":"2026112401","state":"failed","queued_at":"2026-11-24T03:00:00Z",)"
      R"("judged_at":"2026-11-24T03:00:00Z","sent_at":"2026-11-24T03:00:05Z",)"
      R"("taken_at":"2026-11-24T03:00:05Z","is_uncertain":true,)"
      R"("ended_at":"2026-11-24T03:00:06Z","is_shown":true,"is_released":true,"attempts":3,)"
      R"("reason":"The server said \"NOTZONE\"."})");
}

TEST(ContractJson, WritesAChangeOfNameServersBesides) {
  EXPECT_THAT(change_to_contract_json(example_change()),
              testing::HasSubstr(
                  R"("name_servers":{"before":[{"host":"ns1.kid.example.","glue":["192.0.2.1"]}],)"
                  R"("after":[{"host":"ns9.op.example.","glue":[]}],)"
                  R"("lent":[{"host":"ns7.kid.example.","glue":["192.0.2.77"]}]})"));
}

TEST(ContractJson, DsIsShownForAcceptAndHoldOnly) {
  Case value = example_case();
  for (const auto& [outcome, shown] :
       std::initializer_list<std::pair<Outcome, bool>>{{Outcome::idle, false},
                                                       {Outcome::in_sync, false},
                                                       {Outcome::accept, true},
                                                       {Outcome::hold, true},
                                                       {Outcome::refuse, false},
                                                       {Outcome::retry, false},
                                                       {Outcome::suspended, false}}) {
    value.outcome = outcome;
    const std::string text = case_to_contract_json(value);
    EXPECT_EQ(text.find("\"ds\":null") == std::string::npos, shown) << to_text(outcome);
  }
  value.outcome = Outcome::accept;
  value.request = Request::remove;
  value.ds = dns::DsSet{};
  EXPECT_THAT(case_to_contract_json(value),
              testing::HasSubstr("\"ready_at\":\"2026-11-27T03:00:00Z\",\"ds\":[],"));
}

std::string csync_of(const Case& value) {
  const auto written = boost::json::parse(case_to_contract_json(value));
  return boost::json::serialize(written.at("csync"));
}

TEST(ContractJson, NameServersAndGlueAreShownWhereTheyWouldChange) {
  Case value = example_case();
  const std::string head = R"({"outcome":"accept","request_id":"DCBA","ready_at":null,)";
  value.csync.outcome = Outcome::accept;
  value.csync.ready_at.reset();
  value.csync.name_servers = value.delegation.name_servers;
  EXPECT_EQ(csync_of(value), head + R"("ns":null,"glue":null})");
  value.csync.name_servers->front().glue = {address("192.0.2.7"), address("2001:db8::7")};
  EXPECT_EQ(csync_of(value), head + R"("ns":null,"glue":["ns1.kid.example. 192.0.2.7",)" +
                                 R"("ns1.kid.example. 2001:db8::7"]})");
  value.csync.name_servers = {{name("ns2.op.example."), {}}};
  EXPECT_EQ(csync_of(value), head + R"("ns":["ns2.op.example."],"glue":[]})");
  value.csync.outcome = Outcome::refuse;
  EXPECT_EQ(csync_of(value), R"({"outcome":"refuse","request_id":"DCBA","ready_at":null,)"
                             R"("ns":null,"glue":null})");
}

TEST(ContractJson, FindingsOfBothRequestsAreShownWorstFirst) {
  Case value;
  value.findings = {{FindingCode::chain_broken, {}, {}}};
  value.csync.findings = {{FindingCode::servers_differ, {}, {"CSYNC"}}};
  const auto written = boost::json::parse(case_to_contract_json(value));
  const auto& findings = written.at("findings").as_array();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].at("code"), "servers-differ");
  EXPECT_EQ(findings[1].at("code"), "chain-broken");
}

TEST(ContractJson, ShowsTheChangeWithItsReason) {
  Case value = example_case();
  EXPECT_THAT(case_to_contract_json(value),
              testing::HasSubstr("\"change\":{\"state\":\"failed\",\"at\":\"2026-11-24T03:00:06Z\","
                                 "\"reason\":\"The server said \\\"NOTZONE\\\".\"}"));
  value.change->reason.clear();
  value.change->state = ChangeState::queued;
  EXPECT_THAT(case_to_contract_json(value),
              testing::HasSubstr("\"change\":{\"state\":\"queued\",\"at\":\"2026-11-24T03:00:00Z\","
                                 "\"reason\":null}"));
}

TEST(ContractJson, NothingInItIsObeyedByATerminal) {
  Act act;
  act.parent = act.child = dns::Name::parse("example.").value();
  act.reason =
      "a\xC2\x9B"
      "31m b\x7F c\x1B d\xC3\xA4";
  const std::string text = act_to_contract_json(act);
  EXPECT_THAT(text, testing::HasSubstr("a\\u009b31m b\\u007f c\\u001b d\xC3\xA4"));
  EXPECT_EQ(boost::json::parse(text).at("reason").as_string(), act.reason);
}

TEST(ContractJson, AnEventEmbedsItsDetails) {
  JournalEntry entry;
  entry.number = 7;
  entry.event = {name("example."), name("kid.example."),  at("2026-11-24T03:00:00Z"),
                 EventKind::look,  "A look was counted.", R"({"outcome":"hold"})"};
  const std::string text = event_to_json(entry);
  EXPECT_THAT(text, testing::StartsWith(R"({"number":7,"parent":"example.","child":"kid.example.",)"
                                        R"("at":"2026-11-24T03:00:00Z","kind":"look",)"
                                        R"("summary":"A look was counted.",)"
                                        R"("details":{"outcome":"hold"},"hash":"0000)"));
  entry.event.details = "no JSON";
  EXPECT_THAT(event_to_json(entry), testing::HasSubstr(R"("details":"no JSON")"));
}

}  // namespace
}  // namespace dskeeper
