// The chain of trust that a page shows: of the newest evidence, whatever is remembered of others.
#include "web/chain_memory.h"

#include <gmock/gmock.h>

#include "model/evidence.h"
#include "web/test_site.h"

namespace dskeeper::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const ServerAddress server{name("ns1.op.test."), IpAddress::parse("192.0.2.1").value()};

// What came of the question for CDS at one server.
PackedEvidence evidence_of(const dns::Name& child, AnswerStatus status) {
  Survey survey;
  survey.child = child;
  survey.answers.resize(1);
  survey.answers[0].server = server;
  survey.answers[0].type = dns::RecordType::cds;
  survey.answers[0].status = status;
  Evidence out;
  out.delegation.child = child;
  out.delegation.parent = name("example.");
  out.surveys = {survey};
  return pack(out);
}

class ChainMemoryTest : public SiteTest {
 protected:
  void put_evidence(const PackedEvidence& evidence) {
    store::Batch batch;
    batch.evidence = {evidence};
    ASSERT_TRUE(store_->commit(batch));
  }
  std::string shown(const dns::Name& child) {
    const auto chain = memory_.find(*store_, name("example."), child).value();
    return chain ? described(*chain) : "nothing";
  }
  ChainMemory memory_;
};

TEST_F(ChainMemoryTest, IsOfTheNewestEvidence) {
  const dns::Name kid = name("kid.example.");
  EXPECT_EQ(shown(kid), "nothing");
  put_evidence(evidence_of(kid, AnswerStatus::nodata));
  for (int time = 0; time < 2; ++time) EXPECT_THAT(shown(kid), HasSubstr("no CDS (none)"));
  EXPECT_EQ(memory_.size(), 1U);
  put_evidence(evidence_of(kid, AnswerStatus::timeout));
  for (int time = 0; time < 2; ++time) EXPECT_THAT(shown(kid), HasSubstr("CDS: timeout (bad)"));
}

TEST_F(ChainMemoryTest, ForgetsWhatNobodyAskedForLately) {
  store::Batch batch;
  std::vector<dns::Name> children;
  for (std::size_t child = 0; child <= ChainMemory::chains_max; ++child) {
    children.push_back(name(std::to_string(child) + ".example."));
    batch.evidence.push_back(evidence_of(children.back(), AnswerStatus::nodata));
  }
  ASSERT_TRUE(store_->commit(batch));
  for (const dns::Name& child : children) EXPECT_THAT(shown(child), HasSubstr("no CDS"));
  EXPECT_EQ(memory_.size(), ChainMemory::chains_max);
  EXPECT_THAT(shown(children.front()), HasSubstr("no CDS"));
}

TEST_F(ChainMemoryTest, EvidenceThatWasPrunedIsNotShown) {
  const dns::Name kid = name("kid.example.");
  put_evidence(evidence_of(kid, AnswerStatus::nodata));
  EXPECT_THAT(shown(kid), HasSubstr("no CDS"));
  ASSERT_TRUE(store_->prune_evidence(name("example."), clock_.now(), std::nullopt));
  EXPECT_EQ(shown(kid), "nothing");
}

// The case may have come to another opinion of the same answers.
TEST(Chain, WhoIsAccusedShowsInRedWhereItPublishesSomething) {
  Chain chain;
  chain.servers = {
      {server, {{Light::green, "DNSKEY 1"}, {Light::green, "CDS 1"}, {Light::grey, "none"}}, {}}};
  Case value;
  value.findings = {{FindingCode::hold_running, {server}, {"", "", ""}}};
  Chain calm = chain;
  accuse(calm, value);
  EXPECT_EQ(calm.servers[0].links[1].light, Light::green);
  value.findings = {{FindingCode::servers_differ, {server}, {"CDS"}}};
  Chain past = chain;
  past.request_id = "of another request";
  accuse(past, value);
  EXPECT_EQ(past.servers[0].links[1].light, Light::green);
  accuse(chain, value);
  EXPECT_EQ(chain.servers[0].links[0].light, Light::green);
  EXPECT_EQ(chain.servers[0].links[1].light, Light::red);
  EXPECT_EQ(chain.servers[0].links[2].light, Light::grey);
}

// The servers were seen before the DS set came that they asked for.
TEST(Chain, TheParentsDsLeadsToTheKeysThatWereSeen) {
  const auto key = dns::Dnskey::parse("257 3 13 " + std::string(86, 'A') + "==").value();
  const dns::Ds ds = dns::make_ds(name("kid.example."), key, dns::DigestType::sha256).value();
  Chain chain;
  chain.servers = {{server, {{}, {Light::green, "CDS"}, {Light::grey, "no CDNSKEY"}}, {key}}};
  Delegation delegation;
  delegation.child = name("kid.example.");
  lead(chain, delegation);
  EXPECT_EQ(chain.parent.text, "no DS");
  EXPECT_EQ(chain.servers[0].links[0].light, Light::grey);
  delegation.ds = {ds};
  lead(chain, delegation);
  EXPECT_EQ(chain.parent.light, Light::green);
  EXPECT_EQ(chain.servers[0].links[0].light, Light::green);
  EXPECT_EQ(chain.servers[0].links[1].text, "CDS");
  delegation.ds = {dns::Ds::parse("1 13 2 " + std::string(64, 'A')).value()};
  lead(chain, delegation);
  EXPECT_EQ(chain.servers[0].links[0].light, Light::red);
}

TEST_F(ChainMemoryTest, StandsOnThePage) {
  put({"kid.example."}, {waiting_case()});
  EXPECT_THAT(ask("/domain/kid.example").body, Not(HasSubstr("<svg")));
  put_evidence(evidence_of(name("kid.example."), AnswerStatus::timeout));
  EXPECT_THAT(ask("/domain/kid.example").body, AllOf(HasSubstr("<svg"), HasSubstr("CDS: timeout")));
}

}  // namespace
}  // namespace dskeeper::web
