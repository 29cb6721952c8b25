// Authenticated bootstrapping seen from several vantage points (RFC 9615, contract.md, `vantages`).
#include <gtest/gtest.h>

#include "rules/test_signals.h"

namespace dskeeper::rules::test {
namespace {

// contract.md: "that many must agree, and none that answered may contradict". Three vantage points,
// of which two must: what the third one's part comes to.
class ThreeVantagePoints : public testing::Test {
 protected:
  ThreeVantagePoints() { policy_.vantages.bootstrap = {.all = false, .count = 2}; }

  // The first two see everything; `third` comes on top.
  Verdict judge_with(const Survey& third) {
    Survey first = candidate_.child.survey("a");
    Survey second = candidate_.child.survey("b");
    first.signals = second.signals = whole_;
    return judge_surveys(candidate_.child, {first, second, third}, policy_);
  }
  Survey third() {
    Survey survey = candidate_.child.survey("c");
    survey.signals = candidate_.signals.survey();
    return survey;
  }

  Candidate candidate_;
  const SignalSurvey whole_ = candidate_.signals.survey();
  Policy policy_;
};

TEST_F(ThreeVantagePoints, OneThatSawNoRequestDoesNotHinderTheOthers) {
  candidate_.child.server_status(0, AnswerStatus::timeout);
  candidate_.child.server_status(1, AnswerStatus::timeout);
  Survey deaf = candidate_.child.survey("c");  // and asked for no signals
  candidate_.child.statuses.clear();
  const Verdict verdict = judge_with(deaf);
  EXPECT_EQ(summary(verdict), "bootstrap permit signals-confirm");
  EXPECT_TRUE(verdict.is_authenticated);
  EXPECT_EQ(verdict.vantages, (std::vector<std::string>{"a", "b"}));
}

TEST_F(ThreeVantagePoints, OneWhoseResolverGetsNoAnswerIsNotCounted) {
  candidate_.signal(1).status = SecurityStatus::unanswered;
  EXPECT_EQ(judge_with(third()).vantages, (std::vector<std::string>{"a", "b"}));
  policy_.vantages.bootstrap = {.all = true, .count = 0};
  EXPECT_EQ(summary(judge_with(third())), "bootstrap incomplete signal-unanswered");
}

TEST_F(ThreeVantagePoints, OneThatContradictsAborts) {
  candidate_.signal(1).status = SecurityStatus::bogus;
  EXPECT_EQ(summary(judge_with(third())), "bootstrap incomplete signal-bogus");
  candidate_.signal(1).status = SecurityStatus::insecure;
  EXPECT_EQ(summary(judge_with(third())), "bootstrap forbid signal-insecure bootstrap-off");
}

// A request that one vantage point alone confirms by its signals, and another by the apex alone.
TEST_F(ThreeVantagePoints, NoneCountsThatSawOnlyApexOrSignals) {
  policy_.vantages.bootstrap = {.all = false, .count = 1};
  Survey only_apex = candidate_.child.survey("a");
  only_apex.signals = whole_;
  only_apex.signals.hosts.pop_back();
  candidate_.child.server_status(1, AnswerStatus::timeout);
  Survey only_signals = candidate_.child.survey("b");
  only_signals.signals = whole_;
  candidate_.child.statuses.clear();
  const Verdict verdict = judge_surveys(candidate_.child, {only_apex, only_signals}, policy_);
  EXPECT_EQ(verdict.ruling, Ruling::incomplete);
  EXPECT_TRUE(verdict.vantages.empty());
}

}  // namespace
}  // namespace dskeeper::rules::test
