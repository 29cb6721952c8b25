// A verdict does not depend on the order in which anything came in, nor on who judges first.
#include <gtest/gtest.h>

#include <random>

#include "model/standing.h"
#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

// All that a verdict says.
std::string whole(const Verdict& verdict) {
  std::string out = summary(verdict) + " |";
  for (const Finding& finding : verdict.findings) {
    out += " " + finding.text();
    for (const ServerAddress& server : finding.servers) out += " " + server.text();
  }
  for (const dns::Ds& ds : verdict.ds) out += " " + ds.text();
  for (const ServerAddress& server : verdict.silent) out += " silent:" + server.text();
  for (const ServerAddress& server : verdict.asked) out += " asked:" + server.text();
  for (const std::string& vantage : verdict.vantages) out += " saw:" + vantage;
  return out + (verdict.only_silence_missing ? " only-silence" : "");
}

// One of the many things that a server may say.
void disturb(TestChild& child, std::size_t server, std::mt19937& random) {
  Zone& zone = child.zones[server];
  switch (random() % 14) {
    case 0:
      return zone.ask({&child.a});
    case 1:
      return zone.ask({&child.a, &child.b});
    case 2:
      return zone.ask_removal();
    case 3:
      return zone.ask_nothing();
    case 4:
      return zone.set_cdnskey({});
    case 5:
      zone.signers[RecordType::cds] = {&child.zsk};
      return;
    case 6:
      zone.validity[RecordType::cdnskey] = {now - hour, now - hour};
      return;
    case 7:
      return child.server_status(server, AnswerStatus::timeout);
    case 8:
      return child.answer_status(server, RecordType::cds, AnswerStatus::refused);
    case 9:
      return child.answer_status(server, RecordType::dnskey, AnswerStatus::servfail);
    case 10:
      zone.records[RecordType::cds] = {{1, 2, 15, 2, 3}};
      return;
    case 11:
      return zone.set_keys({&child.a, &child.zsk});
    default:
      return;
  }
}

struct Scene {
  std::vector<Survey> surveys;
  std::string verdict;
};

Scene make_scene(TestChild& child, std::mt19937& random) {
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  for (auto n = random() % 4; n > 0; --n) disturb(child, random() % child.zones.size(), random);
  Scene scene;
  scene.surveys.push_back(child.survey("east"));
  if (random() % 2 == 0) disturb(child, random() % child.zones.size(), random);
  scene.surveys.push_back(child.survey("north"));
  scene.surveys.push_back(child.survey("west"));
  scene.verdict = whole(judge_surveys(child, scene.surveys, delay_policy()));
  return scene;
}

// [9975-10]
TEST(Rfc9975, S3_OrderOfServersAnswersAndVantagePoints_DoesNotMatter) {
  std::mt19937 random(9975);
  for (int i = 0; i < 150; ++i) {
    TestChild child(i % 4 != 0, 3);
    Scene scene = make_scene(child, random);
    SCOPED_TRACE(scene.verdict);
    for (int j = 0; j < 3; ++j) {
      std::shuffle(scene.surveys.begin(), scene.surveys.end(), random);
      std::shuffle(child.delegation.name_servers.begin(), child.delegation.name_servers.end(),
                   random);
      for (Survey& survey : scene.surveys) {
        std::shuffle(survey.servers.begin(), survey.servers.end(), random);
        std::shuffle(survey.answers.begin(), survey.answers.end(), random);
      }
      ASSERT_EQ(whole(judge_surveys(child, scene.surveys, delay_policy())), scene.verdict);
    }
  }
}

TEST(Rfc9975, S3_ASharedAddress_HasTheSameNameInAnyOrder) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.server_status(0, AnswerStatus::refused);
  const dns::Name twin = dns::Name::parse("a.twin.example.").value();
  child.delegation.name_servers.push_back({twin, {}});
  Survey survey = child.survey();
  survey.servers.push_back({twin, {server_address(0).address}, {}});
  const std::string first = whole(judge_surveys(child, {survey}));
  std::reverse(child.delegation.name_servers.begin(), child.delegation.name_servers.end());
  EXPECT_EQ(whole(judge_surveys(child, {survey})), first);
}

// The surveyor ends a timed look by names_standing_keys() and is_delete_sentinel(); a look that
// ended so must not be judged to ask, or it would be repeated for nothing.
TEST(Standing, ALookThatTheSurveyorEnds_IsNeverJudgedToAsk) {
  std::mt19937 random(7344);
  int ended = 0;
  for (int i = 0; i < 400; ++i) {
    TestChild child(true, 1);
    const TestKey other(8);
    std::vector<dns::Ds> all;
    for (const TestKey* key : {&std::as_const(child.a), &std::as_const(child.b), &other}) {
      all.push_back(key->ds());
      all.push_back(key->ds(dns::DigestType::sha384));
    }
    const auto some = [&] {
      std::vector<dns::Ds> chosen;
      for (const dns::Ds& ds : all) {
        if (random() % 3 == 0) chosen.push_back(ds);
      }
      return chosen;
    };
    child.delegation.ds = dns::make_ds_set(some());
    const bool is_cds = random() % 3 != 0;
    child.zones[0].set_cds(some());
    child.zones[0].set_cdnskey({});
    if (!is_cds) child.zones[0].ask({random() % 2 == 0 ? &child.a : &child.b});
    const RecordType type = is_cds ? RecordType::cds : RecordType::cdnskey;
    const auto rrset = child.zones[0].rrset(type);
    if (!rrset || !child.delegation.is_secure()) continue;
    if (!names_standing_keys(child.delegation, *rrset)) continue;
    ++ended;
    child.stopped_early = true;
    for (const RecordType each : TestChild::types) {
      if (each != type) child.answer_status(0, each, AnswerStatus::not_asked);
    }
    EXPECT_EQ(summary(judge_child(child)), "none in-sync");
  }
  EXPECT_GT(ended, 5);
}

// [8078-5]
TEST(Standing, TheDeleteSentinelHasOneFormForEachType) {
  const auto is_sentinel = [](RecordType type, std::vector<Bytes> rdata) {
    return is_delete_sentinel(make_rrset(type, std::move(rdata)));
  };
  EXPECT_TRUE(is_sentinel(RecordType::cds, {{0, 0, 0, 0, 0}}));
  EXPECT_TRUE(is_sentinel(RecordType::cdnskey, {{0, 0, 3, 0, 0}}));
  EXPECT_FALSE(is_sentinel(RecordType::cds, {{0, 0, 3, 0, 0}}));
  EXPECT_FALSE(is_sentinel(RecordType::cdnskey, {{0, 0, 0, 0, 0}}));
  EXPECT_FALSE(is_sentinel(RecordType::cds, {{0, 0, 0, 0, 0}, {0, 0, 0, 0, 1}}));
}

}  // namespace
}  // namespace dskeeper::rules::test
