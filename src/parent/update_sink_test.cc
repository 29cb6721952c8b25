// DNS UPDATE against a server that says what the test wants; real ones are in real_servers_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "parent/sinks.h"
#include "parent/test_support.h"
#include "parent/test_tsig.h"

namespace dskeeper::parent {
namespace {

using net::TestReply;
using testing::HasSubstr;

const dns::TsigKey key{name("update."), dns::TsigAlgorithm::hmac_sha256, Bytes(32, 7)};

bool is_update(const Bytes& request) {
  return (request[2] & 0x78U) >> 3U == 5U;
}

std::vector<dns::Record> ds_records(const dns::DsSet& set) {
  std::vector<dns::Record> out;
  for (const dns::Ds& ds : set) {
    out.push_back({name("kid.example."), dns::RecordType::ds, dns::Ttl{60}, ds.to_rdata()});
  }
  return out;
}

// Answers every UPDATE with one RCODE and every question for DS with one set, signed.
TestReply answer(const Bytes& request, dns::Rcode rcode, const dns::DsSet& standing) {
  const Bytes response =
      is_update(request) ? net::make_response(request, rcode)
                         : net::make_response(request, dns::Rcode::noerror, ds_records(standing));
  return {{sign_response(request, response, key, test_time())}};
}

std::vector<SendResult> send(net::TestTcpServer& server, const std::vector<Change>& changes) {
  const FixedClock clock(test_time());
  const auto sink = make_update_sink(
      {name("example."), server.endpoint(), key, std::chrono::milliseconds(500)}, clock);
  return run_to_end(sink->send(changes, Snapshot(name("example."), "1", {})));
}

const Change change = test_change("kid.example.", {1}, {2});

TEST(Rfc2136, S3_8_TheRcodeSaysWhatCameOfAnUpdate) {
  const struct {
    dns::Rcode rcode;
    SendStatus status;
    const char* reason;
  } cases[] = {
      {dns::Rcode::noerror, SendStatus::taken, ""},
      {dns::Rcode::servfail, SendStatus::later, "answers SERVFAIL"},
      {dns::Rcode::refused, SendStatus::later, "answers REFUSED: the server does not allow"},
      {dns::Rcode::notauth, SendStatus::later, "answers NOTAUTH: the server is not"},
      {dns::Rcode::notimp, SendStatus::failed, "answers NOTIMP: the server takes no"},
      {dns::Rcode::notzone, SendStatus::failed, "answers NOTZONE"},
      {dns::Rcode::formerr, SendStatus::failed, "answers FORMERR"},
  };
  for (const auto& [rcode, status, reason] : cases) {
    net::TestTcpServer server(
        [rcode = rcode](const Bytes& request) { return answer(request, rcode, {}); });
    const SendResult result = send(server, {change}).at(0);
    EXPECT_EQ(result.status, status) << dns::to_text(rcode);
    EXPECT_THAT(result.reason, HasSubstr(reason));
  }
}

// [N119]
TEST(Rfc2136, S3_2_AFailedPrerequisiteIsSettledByAskingForWhatStands) {
  const struct {
    dns::Rcode rcode;
    std::vector<unsigned> standing;
    SendStatus status;
    const char* reason;
  } cases[] = {
      // standards.md §19, 119: an earlier sending was applied, and its response lost.
      {dns::Rcode::nxrrset, {2}, SendStatus::taken, ""},
      {dns::Rcode::yxrrset, {2}, SendStatus::taken, ""},
      {dns::Rcode::nxrrset, {3}, SendStatus::not_as_judged, "the DS set is no longer"},
      {dns::Rcode::nxrrset, {}, SendStatus::not_as_judged, "the DS set is no longer"},
      {dns::Rcode::nxrrset, {1, 2}, SendStatus::not_as_judged, "the DS set is no longer"},
      {dns::Rcode::nxrrset, {1}, SendStatus::not_as_judged, "the NS set is no longer"},
  };
  for (const auto& [rcode, standing, status, reason] : cases) {
    net::TestTcpServer server([&, rcode = rcode, standing = standing](const Bytes& request) {
      return answer(request, rcode, ds_set(standing));
    });
    const SendResult result = send(server, {change}).at(0);
    EXPECT_EQ(result.status, status) << result.reason;
    EXPECT_THAT(result.reason, HasSubstr(reason));
    EXPECT_EQ(server.requests(), 2);
  }
}

TEST(Rfc2136, S3_2_WhatStandsCanBeUnknownOrGone) {
  const struct {
    dns::Rcode rcode;  // of the answer to the question what stands
    SendStatus status;
    const char* reason;
  } cases[] = {
      // An earlier sending may have been applied: it must not count as failed.
      {dns::Rcode::servfail, SendStatus::unknown, "SERVFAIL"},
      {dns::Rcode::nxdomain, SendStatus::not_as_judged, "no longer has the delegation"},
  };
  for (const auto& [rcode, status, reason] : cases) {
    net::TestTcpServer server([&, rcode = rcode](const Bytes& request) {
      const Bytes response =
          net::make_response(request, is_update(request) ? dns::Rcode::nxrrset : rcode);
      return TestReply{{sign_response(request, response, key, test_time())}};
    });
    const SendResult result = send(server, {change}).at(0);
    EXPECT_EQ(result.status, status) << result.reason;
    EXPECT_THAT(result.reason, HasSubstr(reason));
  }
}

// What the requests look like to another reader of the wire.
TEST(Rfc2136, S2_4_And_S2_5_AnUpdateGuardsAndReplacesTheWholeSet) {
  std::mutex mutex;
  Bytes seen;
  net::TestTcpServer server([&](const Bytes& request) {
    const std::lock_guard lock(mutex);
    seen = request;
    return answer(request, dns::Rcode::noerror, {});
  });
  ASSERT_EQ(send(server, {change}).at(0).status, SendStatus::taken);
  const std::lock_guard lock(mutex);
  const Bytes counts(seen.begin() + 4, seen.begin() + 12);
  EXPECT_EQ(counts, (Bytes{0, 1, 0, 3, 0, 2, 0, 1}))
      << "a zone; one DS and two NS to be there; a deletion and one DS; TSIG";
}

// [10026-4] RFC 2136 §3.4.2.2: the same records with another TTL replace those that stand.
TEST(Rfc10026, S4_1_2_AChangeOfTheTtlAloneIsSentAsAWholeSet) {
  Change restore = test_change("kid.example.", {1}, {1});
  restore.ttl = dns::Ttl{3600};
  std::mutex mutex;
  Bytes seen;
  net::TestTcpServer server([&](const Bytes& request) {
    const std::lock_guard lock(mutex);
    seen = request;
    return answer(request, dns::Rcode::noerror, {});
  });
  ASSERT_EQ(send(server, {restore}).at(0).status, SendStatus::taken);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(Bytes(seen.begin() + 4, seen.begin() + 12), (Bytes{0, 1, 0, 3, 0, 2, 0, 1}));
  const Bytes added = {0, 43, 0, 1, 0, 0, 0x0e, 0x10};  // DS, IN, 3600
  EXPECT_NE(std::search(seen.begin(), seen.end(), added.begin(), added.end()), seen.end());
}

TEST(UpdateSink, WithoutAnAnswerNobodyKnows) {
  const struct {
    const char* what;
    TestReply reply;
    SendStatus second;  // of another change in the same call
  } cases[] = {
      {"did not answer in time", {{}, true}, SendStatus::later},
      {"closed the connection", {}, SendStatus::unknown},
  };
  for (const auto& [what, reply, second] : cases) {
    net::TestTcpServer server([reply = reply](const Bytes&) { return reply; });
    const auto results = send(server, {change, change});
    EXPECT_EQ(results.at(0).status, SendStatus::unknown);
    EXPECT_THAT(results.at(0).reason, HasSubstr(what));
    EXPECT_EQ(results.at(1).status, second) << what;
  }
}

TEST(UpdateSink, WhatWasNotSentWaits) {
  Endpoint nobody;
  {
    const net::TestTcpServer gone([](const Bytes&) { return TestReply{}; });
    nobody = gone.endpoint();
  }
  const FixedClock clock(test_time());
  const auto sink =
      make_update_sink({.zone = name("example."), .server = nobody, .key = key}, clock);
  const std::vector<Change> changes(2, change);
  for (const SendResult& result :
       run_to_end(sink->send(changes, Snapshot(name("example."), "1", {})))) {
    EXPECT_EQ(result.status, SendStatus::later);
    EXPECT_THAT(result.reason, HasSubstr("Connection refused"));
  }
}

TEST(Rfc8945, S5_3_AnUnsignedOrForgedResponseSaysNothing) {
  const dns::TsigKey forged{key.name, key.algorithm, Bytes(32, 8)};
  const std::map<std::string, std::function<Bytes(const Bytes&)>> cases = {
      {"carries no TSIG",
       [](const Bytes& request) { return net::make_response(request, dns::Rcode::noerror); }},
      {"(REFUSED) carries no TSIG",
       [](const Bytes& request) { return net::make_response(request, dns::Rcode::refused); }},
      {"BADSIG",
       [&](const Bytes& request) {
         return sign_response(request, net::make_response(request, dns::Rcode::noerror), forged,
                              test_time());
       }},
  };
  for (const auto& [reason, respond] : cases) {
    net::TestTcpServer server(
        [respond = respond](const Bytes& request) { return TestReply{{respond(request)}}; });
    const SendResult result = send(server, {change}).at(0);
    EXPECT_EQ(result.status, SendStatus::unknown);
    EXPECT_THAT(result.reason, HasSubstr(reason));
  }
}

// standards.md §19, 120.
// [N120]
TEST(Rfc8945, S5_2_3_BadTimeNamesBothClocksAndIsNotRetriedBlindly) {
  const Time server_time = test_time() + std::chrono::hours(1);
  net::TestTcpServer server([&](const Bytes& request) {
    return TestReply{{sign_response(request, net::make_response(request, dns::Rcode::notauth), key,
                                    server_time, dns::Rcode::badtime)}};
  });
  const auto results = send(server, {change, change, change});
  for (const SendResult& result : results) {
    EXPECT_EQ(result.status, SendStatus::later);
    EXPECT_THAT(result.reason, HasSubstr("BADTIME"));
    EXPECT_THAT(result.reason, HasSubstr("2026-11-24T04:00:00Z"));
    EXPECT_THAT(result.reason, HasSubstr("2026-11-24T03:00:00Z"));
  }
  EXPECT_EQ(server.requests(), 1);
}

TEST(UpdateSink, SendsNothingThatItCannotGuard) {
  net::TestTcpServer server(
      [](const Bytes& request) { return answer(request, dns::Rcode::noerror, {}); });
  Change no_hosts = change;
  no_hosts.hosts.clear();
  const auto results = send(server, {no_hosts, test_change("kid.other.", {}, {1})});
  EXPECT_EQ(results.at(0).status, SendStatus::failed);
  EXPECT_EQ(results.at(1).status, SendStatus::failed);
  EXPECT_EQ(server.requests(), 0);
}

// One server of the parent zone: what it has, or how it fails.
struct Witness {
  const char* name;
  std::function<TestReply(const Bytes&)> reply;
  Standing standing;
};

class ConfirmationByOne : public testing::TestWithParam<Witness> {};

TEST_P(ConfirmationByOne, SaysWhereTheChangeStands) {
  net::TestTcpServer server(GetParam().reply);
  net::TestTcpServer second([](const Bytes& request) {
    return TestReply{{net::make_response(request, dns::Rcode::noerror, ds_records(ds_set({2})))}};
  });
  const FixedClock clock(test_time());
  const auto confirmation = make_confirmation(
      {{second.endpoint(), server.endpoint()}, std::chrono::milliseconds(300)}, clock);
  EXPECT_EQ(run_to_end(confirmation->ask(change)), GetParam().standing);
}

std::function<TestReply(const Bytes&)> has(const std::vector<unsigned>& tags) {
  return [tags](const Bytes& request) {
    return TestReply{{net::make_response(request, dns::Rcode::noerror, ds_records(ds_set(tags)))}};
  };
}

INSTANTIATE_TEST_SUITE_P(All, ConfirmationByOne,
                         testing::Values(Witness{"TheNewSet", has({2}), Standing::stands},
                                         Witness{"TheOldSet", has({1}), Standing::not_yet},
                                         Witness{"AnotherSet", has({1, 2}), Standing::otherwise},
                                         Witness{"NoSet", has({}), Standing::otherwise},
                                         Witness{"Silence",
                                                 [](const Bytes&) {
                                                   return TestReply{{}, true};
                                                 },
                                                 Standing::not_yet},
                                         Witness{"Servfail",
                                                 [](const Bytes& request) {
                                                   return TestReply{{net::make_response(
                                                       request, dns::Rcode::servfail)}};
                                                 },
                                                 Standing::not_yet},
                                         Witness{"NoAuthority",
                                                 [](const Bytes& request) {
                                                   Bytes response = net::make_response(
                                                       request, dns::Rcode::noerror,
                                                       ds_records(ds_set({2})));
                                                   response[2] &= 0xFBU;
                                                   return TestReply{{response}};
                                                 },
                                                 Standing::not_yet}),
                         [](const auto& tested) { return tested.param.name; });

// [10026-4]
TEST(Rfc10026, S4_1_2_ARestoredTtlIsConfirmedByTheTtl) {
  net::TestTcpServer server(has({1}));  // with a TTL of 60 s
  const FixedClock clock(test_time());
  const auto confirmation =
      make_confirmation({{server.endpoint()}, std::chrono::milliseconds(300)}, clock);
  Change restore = test_change("kid.example.", {1}, {1});
  restore.ttl = dns::Ttl{3600};
  EXPECT_EQ(run_to_end(confirmation->ask(restore)), Standing::not_yet);
  restore.ttl = dns::Ttl{60};
  EXPECT_EQ(run_to_end(confirmation->ask(restore)), Standing::stands);
}

TEST(Confirmation, WithoutServersKnowsNothing) {
  const FixedClock clock(test_time());
  EXPECT_EQ(run_to_end(make_confirmation({}, clock)->ask(change)), Standing::not_yet);
}

}  // namespace
}  // namespace dskeeper::parent
