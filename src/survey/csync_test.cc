// The second stage of a look: when CSYNC is asked for, in which order, and whom besides.
#include "survey/csync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "dns/csync.h"
#include "survey/test_surveyor.h"

namespace dskeeper::survey::test {
namespace {

using testing::ElementsAre;

const dns::Name inside = name("ns9.kid.example.");

Bytes octets_of(const IpAddress& one) {
  return {one.octets().begin(), one.octets().end()};
}
Bytes wire_of(const dns::Name& one) {
  return {one.wire().begin(), one.wire().end()};
}
Bytes csync(std::set<RecordType> types) {
  return dns::Csync{dns::Serial{1}, 1, dns::TypeBitmap(std::move(types))}.to_rdata();
}
// An NSEC at the child's apex; its next name is no compact denial's.
dns::Record nsec(std::set<RecordType> types) {
  Bytes rdata = wire_of(inside);
  const Bytes bitmap = dns::TypeBitmap(std::move(types)).to_wire();
  rdata.insert(rdata.end(), bitmap.begin(), bitmap.end());
  return {kid, RecordType::nsec, dns::Ttl{60}, rdata};
}

class CsyncLookTest : public SurveyorTest {
 protected:
  CsyncLookTest() {
    options_.ask_csync = true;
    delegation_.ds = {ds(1)};
  }

  // A server that says so, at the apex and below it, and writes down what it was asked.
  void serve_all(int host, std::map<std::pair<dns::Name, RecordType>, std::vector<Bytes>> data,
                 std::set<RecordType> listed) {
    behave(host, [this, host, data = std::move(data), listed](const FakeQuery& query) {
      asked_[host].push_back(query.question.name.text() + " " + dns::to_text(query.question.type) +
                             (query.is_tcp ? "" : " udp"));
      FakeMessage message;
      const auto found = data.find({query.question.name, query.question.type});
      if (found != data.end()) {
        for (const Bytes& rdata : found->second) {
          message.answer.push_back({query.question.name, query.question.type, dns::Ttl{60}, rdata});
        }
      } else if (query.question.name == kid && !listed.empty()) {
        message.authority = {nsec(listed)};
      }
      return net::reply_with(query, message);
    });
  }

  // Of one server's questions those of the second stage: all behind DNSKEY and CDNSKEY.
  std::vector<std::string> run_of(int host) {
    const auto& all = asked_[host];
    const auto last = std::find_if(all.rbegin(), all.rend(), [](const std::string& question) {
      return question.find("CDNSKEY") != std::string::npos ||
             question.find(" CDS") != std::string::npos ||
             question.find("DNSKEY") != std::string::npos;
    });
    return {last.base(), all.end()};
  }

  std::map<int, std::vector<std::string>> asked_;
};

const std::set<RecordType> quiet = {RecordType::soa, RecordType::ns, RecordType::dnskey};
const std::set<RecordType> copying = {RecordType::soa, RecordType::ns, RecordType::dnskey,
                                      RecordType::csync};

TEST_F(CsyncLookTest, AChildWhoseDenialListsNoCsync_CostsOneQuestion) {
  delegate_to(2);
  serve_all(1, {}, quiet);
  serve_all(2, {}, quiet);
  const Survey survey = look(Depth::timed);
  EXPECT_TRUE(survey.stopped_early);
  EXPECT_TRUE(survey.csync.empty());
  EXPECT_EQ(questions(), 1U);
}

// A record that has been followed may stay: while the zone is the one that was followed, a look
// costs one question more.
TEST_F(CsyncLookTest, ARecordThatWasFollowed_CostsOneQuestionMoreWhileTheSerialStays) {
  const auto soa = [](std::uint8_t serial) {
    Bytes rdata(2 + 20, 0);  // two root names, five numbers
    rdata[5] = serial;
    return rdata;
  };
  struct Case {
    std::uint8_t now, then;
    const char* server;
    bool is_short;
  };
  for (const auto& [now, then, host, is_short] :
       {Case{7, 7, "ns1.op.example.", true}, Case{8, 7, "ns1.op.example.", false},
        Case{7, 7, "ns2.op.example.", false}}) {
    delegation_.name_servers.clear();
    asked_.clear();
    io_.restart();
    delegate_to(1);
    serve_all(1, {{{kid, RecordType::soa}, {soa(now)}}}, copying);
    standing_ = {{{name(host), address(1)}, {then}, {}}};
    const Survey survey = look(Depth::timed);
    EXPECT_EQ(survey.stopped_early, is_short) << int{now} << int{then} << host;
    EXPECT_EQ(questions() == 2, is_short);
    servers_.erase(1);
  }
}

// [7477-7] [9975-20] [9975-22]
TEST_F(CsyncLookTest, ADenialThatListsCsync_LeadsToTheWholeRunAtEachServer) {
  delegate_to(2);
  const std::map<std::pair<dns::Name, RecordType>, std::vector<Bytes>> data = {
      {{kid, RecordType::csync}, {csync({RecordType::ns, RecordType::a})}},
      {{kid, RecordType::ns}, {wire_of(inside), wire_of(name("ns1.op.example."))}},
      {{inside, RecordType::a}, {octets_of(address(5))}}};
  serve_all(1, data, copying);
  serve_all(2, data, copying);
  serve_all(5, {}, copying);
  const Survey survey = look(Depth::timed);
  EXPECT_FALSE(survey.stopped_early);
  for (const int host : {1, 2}) {
    EXPECT_THAT(run_of(host),
                ElementsAre("kid.example. SOA", "kid.example. CSYNC", "kid.example. NS",
                            "ns9.kid.example. A", "kid.example. SOA"));
  }
  EXPECT_EQ(survey.csync.answers.size(), 10U);
  EXPECT_THAT(asked_[5],
              testing::UnorderedElementsAre("kid.example. SOA udp", "kid.example. DNSKEY udp"));
  ASSERT_EQ(survey.csync.new_servers.size(), 1U) << "those that stay were asked";
  EXPECT_EQ(survey.csync.new_servers.front().host, inside);
  EXPECT_EQ(survey.csync.new_servers.front().addresses, std::vector{address(5)});
  EXPECT_EQ(survey.csync.new_answers.size(), 2U);
}

// A child that publishes CDS all the time has no denial that tells.
TEST_F(CsyncLookTest, BesideAStandingCds_CsyncIsNotAskedForAtEachPass) {
  delegate_to(1);
  serve_all(1, {{{kid, RecordType::cds}, {ds(1).to_rdata()}}}, quiet);
  EXPECT_TRUE(look(Depth::timed).stopped_early);
  EXPECT_THAT(asked_[1], ElementsAre("kid.example. CDS udp"));
}

TEST_F(CsyncLookTest, BesideAStandingCds_CsyncIsAskedForNowAndThen) {
  delegate_to(1);
  serve_all(1, {{{kid, RecordType::cds}, {ds(1).to_rdata()}}}, quiet);
  EXPECT_TRUE(look(Depth::timed_with_csync).stopped_early);
  EXPECT_THAT(asked_[1], ElementsAre("kid.example. CDS udp", "kid.example. CSYNC udp"));
}

TEST_F(CsyncLookTest, BesideAStandingCds_ACsyncRecordLeadsToTheRun) {
  delegate_to(1);
  serve_all(1,
            {{{kid, RecordType::cds}, {ds(1).to_rdata()}},
             {{kid, RecordType::csync}, {csync({RecordType::ns})}}},
            copying);
  const Survey survey = look(Depth::timed_with_csync);
  EXPECT_FALSE(survey.stopped_early);
  EXPECT_FALSE(survey.csync.empty());
}

TEST_F(CsyncLookTest, WithoutThePolicysWish_OrADsSet_NothingIsAsked) {
  delegate_to(1);
  serve_all(1, {{{kid, RecordType::csync}, {csync({RecordType::ns})}}}, copying);
  options_.ask_csync = false;
  EXPECT_TRUE(look(Depth::full).csync.empty());
}

TEST_F(CsyncLookTest, AnUnsignedDelegation_IsNotAsked) {
  delegate_to(1);
  delegation_.ds.clear();
  serve_all(1, {{{kid, RecordType::csync}, {csync({RecordType::ns})}}}, copying);
  EXPECT_TRUE(look(Depth::full).csync.empty());
  EXPECT_THAT(run_of(1), testing::IsEmpty());
}

// Also that nobody has it is kept: another vantage point may have seen one.
TEST_F(CsyncLookTest, WhereNobodyHasARecord_TheRunEnds) {
  delegate_to(1);
  serve_all(1, {}, {});
  EXPECT_FALSE(look(Depth::full).csync.empty());
  EXPECT_THAT(run_of(1), ElementsAre("kid.example. SOA", "kid.example. CSYNC"));
}

// [9975-24] A new host outside the child is looked up, and asked where it is.
TEST_F(CsyncLookTest, NewHostsOutside_AreResolvedAndAsked) {
  delegate_to(1);
  found_[name("ns1.new.example.")] = address(6);
  serve_all(1,
            {{{kid, RecordType::csync}, {csync({RecordType::ns})}},
             {{kid, RecordType::ns}, {wire_of(name("ns1.new.example."))}}},
            copying);
  serve_all(6, {}, quiet);
  const Survey survey = look(Depth::full);
  ASSERT_EQ(survey.csync.new_servers.size(), 1U);
  EXPECT_EQ(survey.csync.new_servers.front().addresses, std::vector{address(6)});
  ASSERT_EQ(survey.csync.new_answers.size(), 2U);
  EXPECT_EQ(survey.csync.new_answers.front().status, AnswerStatus::nodata);
}

TEST_F(CsyncLookTest, ANewServerAtASpecialAddress_IsNotAsked) {
  delegate_to(1);
  serve_all(1,
            {{{kid, RecordType::csync}, {csync({RecordType::ns, RecordType::a})}},
             {{kid, RecordType::ns}, {wire_of(inside)}},
             {{inside, RecordType::a}, {{10, 0, 0, 1}}}},
            copying);
  const Survey survey = look(Depth::full);
  ASSERT_EQ(survey.csync.new_answers.size(), 2U);
  EXPECT_EQ(survey.csync.new_answers.front().status, AnswerStatus::not_permitted);
}

// [18-6] The parent would publish it, though we have no route to ask it by.
TEST_F(CsyncLookTest, ASpecialAddressOfAFamilySwitchedOff_IsFoundToo) {
  delegate_to(1);
  options_.ipv6 = false;
  Bytes loopback(16, 0);
  loopback.back() = 1;
  Bytes global(16, 0);
  global[0] = 0x26;
  serve_all(1,
            {{{kid, RecordType::csync}, {csync({RecordType::ns, RecordType::a, RecordType::aaaa})}},
             {{kid, RecordType::ns}, {wire_of(inside)}},
             {{inside, RecordType::a}, {octets_of(address(5))}},
             {{inside, RecordType::aaaa}, {loopback, global}}},
            copying);
  serve_all(5, {}, quiet);
  const Survey survey = look(Depth::full);
  std::map<std::string, AnswerStatus> found;
  for (const Answer& answer : survey.csync.new_answers) {
    found[answer.server.address.text()] = answer.status;
  }
  EXPECT_EQ(found, (std::map<std::string, AnswerStatus>{{"127.0.0.5", AnswerStatus::nodata},
                                                        {"::1", AnswerStatus::not_permitted}}));
}

// Servers that each say what the limit of one look allows, yet not all together.
class CsyncLimitTest : public CsyncLookTest {
 protected:
  // Each with so many hosts inside the child, all of which have these addresses.
  void delegate_to_all(int servers, int hosts, const std::vector<Bytes>& addresses) {
    std::map<std::pair<dns::Name, RecordType>, std::vector<Bytes>> data;
    data[{kid, RecordType::csync}] = {csync({RecordType::ns, RecordType::a})};
    for (int i = 0; i < hosts; ++i) {
      const dns::Name host = name("ns" + std::to_string(i) + ".kid.example.");
      data[{kid, RecordType::ns}].push_back(wire_of(host));
      data[{host, RecordType::a}] = addresses;
    }
    for (int host = 20; host < 20 + servers; ++host) {
      delegation_.name_servers.push_back(
          {name("ns" + std::to_string(host) + ".op.example."), {address(host)}});
      serve_all(host, data, copying);
    }
  }
  // Of addresses, at all servers.
  [[nodiscard]] std::size_t data_answers(const Survey& survey) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        survey.csync.answers,
        [](const CsyncAnswer& asked) { return asked.answer.type == RecordType::a; }));
  }
};

TEST_F(CsyncLimitTest, UpToItEverythingIsAsked) {
  delegate_to_all(2, 32, {octets_of(address(20))});
  const Survey survey = look(Depth::full);
  EXPECT_FALSE(survey.csync.is_over_limit);
  EXPECT_EQ(data_answers(survey), 64U);
}

TEST_F(CsyncLimitTest, MoreQuestionsAreNotAsked_AtAnyServer) {
  delegate_to_all(32, 32, {octets_of(address(20))});
  const Survey survey = look(Depth::full);
  EXPECT_TRUE(survey.csync.is_over_limit);
  EXPECT_EQ(data_answers(survey), 0U);
}

TEST_F(CsyncLimitTest, MoreOctetsAreNotTaken) {
  std::vector<Bytes> many;
  for (unsigned i = 0; i < 3000; ++i) {
    many.push_back({10, 0, static_cast<std::uint8_t>(i / 256), static_cast<std::uint8_t>(i % 256)});
  }
  delegate_to_all(6, 32, many);
  const Survey survey = look(Depth::full);
  EXPECT_TRUE(survey.csync.is_over_limit);
  std::size_t octets = 0;
  for (const CsyncAnswer& asked : survey.csync.answers) octets += asked.answer.wire.size();
  EXPECT_LT(octets, 2 * csync_octets_max);
  EXPECT_TRUE(survey.csync.new_servers.empty());
}

// [7477-12] over TCP where it can be had, else over UDP after all.
TEST_F(CsyncLookTest, AServerWithoutTcp_IsAskedOverUdp) {
  delegate_to(1);
  behave(1, [this](const FakeQuery& query) {
    if (query.is_tcp) return FakeReply{.messages = {}, .closes = true};
    asked_[1].push_back(dns::to_text(query.question.type));
    FakeMessage message;
    if (query.question.type == RecordType::csync) {
      message.answer = {{kid, RecordType::csync, dns::Ttl{60}, csync({RecordType::a})}};
    } else {
      message.authority = {nsec(copying)};
    }
    return net::reply_with(query, message);
  });
  const Survey survey = look(Depth::full);
  EXPECT_FALSE(survey.csync.empty());
  ASSERT_EQ(survey.csync.answers.size(), 3U) << "SOA, CSYNC, SOA";
  for (const CsyncAnswer& asked : survey.csync.answers) {
    EXPECT_EQ(asked.answer.transport, Transport::udp);
  }
}

// [7477-10] What the server refers to is no answer of this zone.
TEST_F(CsyncLookTest, AReferralToAZoneBelow_IsTakenAsOne) {
  delegate_to(1);
  const dns::Name host = name("ns1.sub.kid.example.");
  behave(1, [host](const FakeQuery& query) {
    FakeMessage message;
    if (query.question.type == RecordType::csync) {
      message.answer = {
          {kid, RecordType::csync, dns::Ttl{60}, csync({RecordType::ns, RecordType::a})}};
    } else if (query.question.type == RecordType::ns) {
      message.answer = {{kid, RecordType::ns, dns::Ttl{60}, wire_of(host)}};
    } else if (query.question.name == host) {
      message.is_authoritative = false;
      message.authority = {{name("sub.kid.example."), RecordType::ns, dns::Ttl{60}, wire_of(host)}};
    } else {
      message.authority = {nsec(copying)};
    }
    return net::reply_with(query, message);
  });
  const Survey survey = look(Depth::full);
  const auto found = std::ranges::find(survey.csync.answers, host, &CsyncAnswer::name);
  ASSERT_NE(found, survey.csync.answers.end());
  EXPECT_EQ(found->answer.status, AnswerStatus::referral);
}

}  // namespace
}  // namespace dskeeper::survey::test
