// Authenticated bootstrapping (RFC 9615, decision rows 1–12, edge cases 61–76 and 82).
#include "rules/rfc9615.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/test_signals.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;
using testing::HasSubstr;

const char* const refused_without = "bootstrap forbid bootstrap-off";

Policy both_ways() {
  Policy policy;
  policy.bootstrap = {BootstrapMethod::authenticated, BootstrapMethod::delay};
  return policy;
}

std::string text_of(const Verdict& verdict, FindingCode code) {
  for (const Finding& finding : verdict.findings) {
    if (finding.code == code) return finding.text();
  }
  return {};
}

// Row 2. [8078-7] [9615-3] [9615-4] [9615-5]
TEST(Rfc9615, S4_2_AllSignalsAreThereAndEqual_IsAuthenticated) {
  Candidate candidate;
  const Verdict verdict = judge_signalled(candidate.child, candidate.signals);
  EXPECT_EQ(summary(verdict), "bootstrap permit signals-confirm");
  EXPECT_TRUE(verdict.is_authenticated);
  EXPECT_EQ(verdict.ds, dns::DsSet{candidate.child.a.ds()});
}

// RFC 4035 §2.4: a zone does not sign its own DS. A resolver hands on what it did not need to
// verify, so that anybody's parent can put such a signature there; the way up must not go in a
// circle.
TEST(Rfc9615, S4_2_ADsThatClaimsToBeSignedByItsOwnZone_LeadsNowhere) {
  Candidate candidate;
  candidate.signals.ds_names_its_own_zone = true;
  EXPECT_EQ(candidate.judged(), "bootstrap permit signals-confirm");
}

TEST(Rfc9615, S4_2_NothingElseMakesAVerdictAuthenticated) {
  Candidate candidate;
  Survey survey = candidate.child.survey();
  EXPECT_FALSE(judge_surveys(candidate.child, {survey}).is_authenticated);
  EXPECT_FALSE(judge_surveys(candidate.child, {survey}, both_ways()).is_authenticated);
}

// What one thing that is wrong with the signal of the second server comes to.
struct AbortCase {
  const char* name;
  std::function<void(Candidate&)> spoil;
  const char* findings;  // under "authenticated" alone
  const char* ruling;
};

const AbortCase aborts[] = {
    {"4: one is proven absent",
     [](Candidate& candidate) {
       candidate.signal(1).rdata.clear();
       candidate.signal(1, RecordType::cdnskey).rdata.clear();
     },
     "signal-missing signal-missing bootstrap-off", "forbid"},
    {"4: one does not exist",
     [](Candidate& candidate) {
       for (const auto type : {RecordType::cds, RecordType::cdnskey}) {
         candidate.signal(1, type).rdata.clear();
         candidate.signal(1, type).is_nxdomain = true;
       }
     },
     "signal-missing signal-missing bootstrap-off", "forbid"},
    {"5, N067: insecure",
     [](Candidate& candidate) { candidate.signal(1).status = SecurityStatus::insecure; },
     "signal-insecure bootstrap-off", "forbid"},
    {"5: bogus", [](Candidate& candidate) { candidate.signal(1).status = SecurityStatus::bogus; },
     "signal-bogus", "incomplete"},
    {"SERVFAIL",
     [](Candidate& candidate) { candidate.signal(1).status = SecurityStatus::unanswered; },
     "signal-unanswered", "incomplete"},
    {"other records",
     [](Candidate& candidate) { candidate.signal(1).rdata = {candidate.child.b.ds().to_rdata()}; },
     "signal-differs bootstrap-off", "forbid"},
    {"one record more",
     [](Candidate& candidate) {
       candidate.signal(1).rdata.push_back(candidate.child.b.ds().to_rdata());
     },
     "signal-differs bootstrap-off", "forbid"},
    {"N066: a zone cut at the signaling name",
     [](Candidate& candidate) { candidate.signal(1).signer = "itself"; },
     "signal-at-zone-cut bootstrap-off", "forbid"},
    {"N066: a zone cut that denies",
     [](Candidate& candidate) {
       candidate.signal(1).rdata.clear();
       candidate.signal(1).is_apex = true;
     },
     "signal-at-zone-cut bootstrap-off", "forbid"},
    {"N076: a CNAME", [](Candidate& candidate) { candidate.signal(1).is_cname = true; },
     "signal-is-alias bootstrap-off", "forbid"},
    {"what the resolver calls secure is signed by nobody we know",
     [](Candidate& candidate) { candidate.signal(1).is_forged = true; }, "signal-bogus",
     "incomplete"},
    {"a signer elsewhere",
     [](Candidate& candidate) { candidate.signal(1).signer = "example.net."; }, "signal-bogus",
     "incomplete"},
    {"the host was not asked",
     [](Candidate& candidate) { candidate.signals.remove(candidate.host(1)); }, "signal-unanswered",
     "incomplete"},
    {"N068: CDS there, CDNSKEY not, the apex has both",
     [](Candidate& candidate) { candidate.signal(1, RecordType::cdnskey).rdata.clear(); },
     "signal-missing bootstrap-off", "forbid"},
};

// [9615-3] [9615-4] [9615-10] [N066] [N067] [N068] [N076]
TEST(Rfc9615, S4_2_OneThingThatIsWrong_Aborts) {
  for (const AbortCase& one : aborts) {
    SCOPED_TRACE(one.name);
    Candidate candidate;
    one.spoil(candidate);
    EXPECT_EQ(candidate.judged(), std::string("bootstrap ") + one.ruling + " " + one.findings);
    EXPECT_FALSE(judge_signalled(candidate.child, candidate.signals).is_authenticated);
  }
}

// [9615-6] Never in silence to something weaker; where the policy offers the delay too, it says so.
// But nobody waits against proof, nor past what does not validate.
TEST(Rfc9615, S4_2_OneThingThatIsWrong_FallsToTheDelayWhereThePolicyListsIt) {
  for (const AbortCase& one : aborts) {
    SCOPED_TRACE(one.name);
    const std::string findings = one.findings;
    std::string expected = "bootstrap permit signals-not-used";
    if (findings.starts_with("signal-differs")) expected = "bootstrap forbid signal-differs";
    if (findings.starts_with("signal-bogus")) expected = "bootstrap incomplete signal-bogus";
    Candidate candidate;
    one.spoil(candidate);
    const Verdict verdict = judge_signalled(candidate.child, candidate.signals, both_ways());
    EXPECT_EQ(summary(verdict), expected);
    EXPECT_FALSE(verdict.is_authenticated);
  }
}

TEST(Rfc9615, S4_2_TheFindingNamesTheServerAndTheCause) {
  Candidate candidate;
  candidate.signal(1).rdata.clear();
  Verdict verdict = judge_signalled(candidate.child, candidate.signals);
  EXPECT_EQ(text_of(verdict, FindingCode::signal_missing),
            "No CDS at _dsboot.kid.example._signal.ns2.op.example.");
  EXPECT_EQ(verdict.findings[0].servers, (std::vector<ServerAddress>{{candidate.host(1), {}}}));
  EXPECT_THAT(text_of(judge_signalled(candidate.child, candidate.signals, both_ways()),
                      FindingCode::signals_not_used),
              HasSubstr("No CDS at _dsboot.kid.example._signal.ns2.op.example"));

  Candidate bogus;
  bogus.signal(0).status = SecurityStatus::bogus;
  bogus.signal(0).why = "signature expired";
  verdict = judge_signalled(bogus.child, bogus.signals);
  EXPECT_EQ(text_of(verdict, FindingCode::signal_bogus),
            "The signal at _dsboot.kid.example._signal.ns1.op.example. does not validate: "
            "signature expired.");
}

// The records of one server only, of the others' apex: that server is named.
TEST(Rfc9615, S4_2_AnApexServerThatSaysOtherwise_IsNamed) {
  Candidate candidate;
  // The same key by another digest: consistent by RFC 9975, not equal by RFC 9615
  // (standards.md §17-G).
  candidate.child.zones[1].set_cds(
      {candidate.child.a.ds(), candidate.child.a.ds(dns::DigestType::sha384)});
  const Verdict verdict = judge_signalled(candidate.child, candidate.signals);
  EXPECT_EQ(summary(verdict), "bootstrap forbid signal-differs signal-differs bootstrap-off");
  EXPECT_EQ(verdict.findings[0].servers, std::vector<ServerAddress>{server_address(1)});
}

// Row 3. [9615-2]
TEST(Rfc9615, S4_2_AnyFailureAtAnyApexServer_Aborts) {
  for (const auto status : {AnswerStatus::timeout, AnswerStatus::servfail, AnswerStatus::refused,
                            AnswerStatus::malformed}) {
    Candidate candidate;
    candidate.child.server_status(1, status);
    const Verdict verdict = judge_signalled(candidate.child, candidate.signals);
    EXPECT_EQ(verdict.ruling, Ruling::incomplete) << summary(verdict);
  }
}

// [9615-1] An existing DS is never changed by signals.
TEST(EdgeCase, N061_SignalsOfASecureChildCountForNothing) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.ask({&child.b});
    zone.default_signers = {&child.zsk};
  });
  const Verdict verdict = judge_signalled(child, TestSignals(child));
  EXPECT_EQ(verdict.request, Request::update);
  EXPECT_EQ(verdict.ruling, Ruling::forbid) << summary(verdict);
  EXPECT_FALSE(verdict.is_authenticated);
}

// Row 6. [9615-1]
TEST(EdgeCase, N062_InDomainServersAlone_Abort) {
  Candidate candidate(1);
  candidate.child.delegation.name_servers[0].host = child_name;
  Survey survey = candidate.child.survey();
  survey.servers[0].host = child_name;
  EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})),
            "bootstrap forbid signals-impossible bootstrap-off");
  EXPECT_EQ(summary(judge_surveys(candidate.child, {survey}, both_ways())),
            "bootstrap permit signals-not-used");
}

TEST(EdgeCase, N063_OnlyTheServerOutsideSignals_BothAreAsked) {
  Candidate candidate;
  const dns::Name inside = dns::Name::parse("ns.kid.example.").value();
  candidate.signals.remove(candidate.host(0));
  candidate.child.delegation.name_servers[0].host = inside;
  Survey survey = candidate.child.survey();
  survey.servers[0].host = inside;
  survey.signals = candidate.signals.survey();
  EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})), "bootstrap permit signals-confirm");
  candidate.child.server_status(0, AnswerStatus::timeout);
  survey.answers = candidate.child.survey().answers;
  EXPECT_EQ(judge_surveys(candidate.child, {survey}).ruling, Ruling::incomplete);
}

// "d.example" is the end of "kid.example" as text, not as labels.
TEST(EdgeCase, N064_AHostWhoseNameEndsLikeTheChild_IsNotInDomain) {
  Candidate candidate(1);
  const dns::Name host = dns::Name::parse("ns1.akid.example.").value();
  candidate.child.delegation.name_servers[0].host = host;
  Survey survey = candidate.child.survey();
  survey.servers[0].host = host;
  survey.signals = candidate.signals.survey();
  EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})),
            "bootstrap incomplete signal-unanswered");
}

// [9615-11]
TEST(EdgeCase, N065_ASignalingNameOf256Octets_Aborts) {
  const std::string label(63, 'a');
  const std::string tail = "." + label + "." + label + "." + label + ".";
  // "_dsboot.kid.example._signal." takes 28 octets beside the host's.
  for (const std::size_t first : {33U, 34U}) {
    Candidate candidate(1);
    const dns::Name host = dns::Name::parse(std::string(first, 'b') + tail).value();
    candidate.child.delegation.name_servers[0].host = host;
    candidate.signals.remove(candidate.host(0));
    TestSignals signals(candidate.child);
    Survey survey = candidate.child.survey();
    survey.servers[0].host = host;
    survey.signals = signals.survey();
    const auto name = signaling_name(child_name, host);
    ASSERT_EQ(name.has_value(), first == 33U);
    const std::string judged = summary(judge_surveys(candidate.child, {survey}));
    if (name) {
      EXPECT_EQ(name->wire().size(), 255U);
      EXPECT_EQ(judged, "bootstrap incomplete signal-bogus") << "op.example. cannot sign for it";
    } else {
      EXPECT_EQ(judged, "bootstrap forbid signal-name-too-long bootstrap-off");
    }
  }
}

TEST(EdgeCase, N069_OneTypeAtTheApexAndInTheSignals_IsFine) {
  for (const bool is_cds : {true, false}) {
    TestChild child(false);
    child.everywhere([&](Zone& zone) {
      if (is_cds)
        zone.set_cds({child.a.ds()});
      else
        zone.set_cdnskey({child.a.record()});
    });
    EXPECT_EQ(summary(judge_signalled(child, TestSignals(child))),
              "bootstrap permit signals-confirm");
  }
}

TEST(EdgeCase, N070_AnotherTtl_IsEqual) {
  Candidate candidate;
  candidate.signals.everywhere([](TestSignals::Signal& signal) { signal.ttl = dns::Ttl{7}; });
  EXPECT_EQ(candidate.judged(), "bootstrap permit signals-confirm");
}

// [9615-7]
TEST(EdgeCase, N072_ASignalUnderAHostThatTheParentDoesNotName_IsIgnored) {
  Candidate candidate;
  const dns::Name stranger = dns::Name::parse("ns9.op.example.").value();
  candidate.signals.at(stranger, RecordType::cds).rdata = {candidate.child.b.ds().to_rdata()};
  EXPECT_EQ(candidate.judged(), "bootstrap permit signals-confirm");
  candidate.signals.remove(candidate.host(1));
  EXPECT_EQ(candidate.judged(), "bootstrap incomplete signal-unanswered");
}

TEST(EdgeCase, N073_HostsThatDifferInCaseOrStandTwice_AreOne) {
  Candidate candidate;
  auto& name_servers = candidate.child.delegation.name_servers;
  name_servers.push_back({dns::Name::parse("NS1.OP.Example.").value(), {}});
  EXPECT_EQ(candidate.judged(), "bootstrap permit signals-confirm");
}

TEST(EdgeCase, N074_AServerWhoseSignalingZoneLiesInTheChild_IsInDomain) {
  Candidate candidate(1);
  const dns::Name host = dns::Name::parse("ns.dept.kid.example.").value();
  candidate.child.delegation.name_servers[0].host = host;
  Survey survey = candidate.child.survey();
  survey.servers[0].host = host;
  survey.signals = TestSignals(candidate.child).survey();
  EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})),
            "bootstrap forbid signals-impossible bootstrap-off");
}

TEST(EdgeCase, N075_AValidWildcardExpansion_IsAccepted) {
  Candidate candidate;
  candidate.signals.everywhere([](TestSignals::Signal& signal) { signal.is_wildcard = true; });
  EXPECT_EQ(candidate.judged(), "bootstrap permit signals-confirm");
  candidate.signal(0).is_forged = true;
  EXPECT_EQ(candidate.judged(), "bootstrap incomplete signal-bogus");
}

// Row 8.
TEST(EdgeCase, N082_ADeleteWithSignalsForIt_IsNothing) {
  TestChild child(false);
  child.everywhere([](Zone& zone) { zone.ask_removal(); });
  EXPECT_EQ(judge_signalled(child, TestSignals(child)).ruling, Ruling::idle);
}

// [9615-5] Rows 11 and 12: what signals confirm must still be fit to be published.
TEST(Rfc9615, S4_2_AuthenticatedIsNoLicenceToBreak) {
  TestChild child(false);
  child.everywhere([&](Zone& zone) {
    zone.ask({&child.b});
    zone.signers[RecordType::dnskey] = {&child.a};
  });
  EXPECT_THAT(summary(judge_signalled(child, TestSignals(child))),
              HasSubstr("bootstrap forbid would-break"));
}

// The chain is verified at the time of the judgement, with the clock that it was made by.
TEST(Rfc9615, S4_2_WithAWrongClockOrAnchor_NothingIsAuthenticated) {
  const std::string bogus = "bootstrap incomplete signal-bogus signal-bogus";  // at each host
  Candidate candidate;
  for (const Time at : {now - 24 * 365 * hour, now + 24 * 365 * hour}) {
    EXPECT_FALSE(judge_signalled(candidate.child, candidate.signals, {}, at).is_authenticated);
  }
  Survey survey = candidate.child.survey();
  survey.signals = candidate.signals.survey();
  survey.signals.anchors[0].ds.digest[0] ^= 1U;
  EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})), bogus);
  survey.signals.anchors.clear();
  EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})), bogus);
}

// A fault that is known to be the resolver's own is named in place of what it makes of the signals,
// and nothing weaker happens meanwhile.
TEST(Rfc9615, S4_2_AFaultOfOurOwnIsNamedAndNotTheSigner) {
  const std::pair<ResolverFault, const char*> faults[] = {
      {ResolverFault::wrong_anchor, "trust-anchor-wrong"},
      {ResolverFault::wrong_clock, "clock-wrong"},
      {ResolverFault::silent, "resolver-silent"}};
  for (const auto& [fault, finding] : faults) {
    Candidate candidate;
    candidate.signals.everywhere([&](TestSignals::Signal& signal) {
      const bool is_silent = fault == ResolverFault::silent;
      signal.status = is_silent ? SecurityStatus::unanswered : SecurityStatus::bogus;
    });
    Survey survey = candidate.child.survey();
    survey.signals = candidate.signals.survey();
    survey.resolver = {fault, {"1", "2", "3", "4"}};
    const std::string expected = std::string("bootstrap incomplete ") + finding;
    EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})), expected);
    if (fault == ResolverFault::silent) continue;
    EXPECT_EQ(summary(judge_surveys(candidate.child, {survey}, both_ways())), expected);
  }
}

// Each link that is missing or altered breaks the chain.
TEST(Rfc9615, S4_2_EveryLinkOfTheChainIsNeeded) {
  const std::string bogus = "bootstrap incomplete signal-bogus signal-bogus";  // at each host
  Candidate candidate;
  const SignalSurvey whole = candidate.signals.survey();
  for (std::size_t link = 0; link < 2; ++link) {
    for (const bool is_ds : {false, true}) {
      Survey survey = candidate.child.survey();
      survey.signals = whole;
      Bytes& wire = is_ds ? survey.signals.chain[link].ds : survey.signals.chain[link].dnskey;
      if (wire.empty()) continue;
      wire.back() ^= 1U;
      EXPECT_EQ(summary(judge_surveys(candidate.child, {survey})), bogus) << link;
    }
  }
}

// Every vantage point's resolver must say so.
TEST(Rfc9615, S4_2_AVantagePointWithoutSignals_Aborts) {
  Candidate candidate;
  Survey first = candidate.child.survey("a");
  Survey second = candidate.child.survey("b");
  first.signals = second.signals = candidate.signals.survey();
  EXPECT_TRUE(judge_surveys(candidate.child, {first, second}).is_authenticated);
  candidate.signal(0).rdata.clear();
  second.signals = candidate.signals.survey();
  const Verdict verdict = judge_surveys(candidate.child, {first, second});
  EXPECT_EQ(summary(verdict), "bootstrap forbid signal-missing bootstrap-off");
}

// Kept evidence from before signals were asked for is judged as it was.
TEST(Rfc9615, S4_2_WhereNobodyAsked_NothingIsSaidOfSignals) {
  Candidate candidate;
  EXPECT_EQ(summary(judge_child(candidate.child)), refused_without);
  EXPECT_EQ(summary(judge_child(candidate.child, both_ways())), "bootstrap permit");
}

// A policy that offers the delay alone asks for no signals and makes nothing of them.
TEST(Rfc9615, S2_WhereThePolicyDoesNotOfferIt_SignalsCountForNothing) {
  Candidate candidate;
  const Verdict verdict = judge_signalled(candidate.child, candidate.signals, delay_policy());
  EXPECT_EQ(summary(verdict), "bootstrap permit");
  EXPECT_FALSE(verdict.is_authenticated);
  Policy never;
  never.bootstrap = {};
  EXPECT_EQ(candidate.judged(never), refused_without);
}

}  // namespace
}  // namespace dskeeper::rules::test
