// What a person reads of a case.
#include "cli/case_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/explain_text.h"
#include "parent/test_support.h"

namespace dskeeper::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Case case_of(Outcome outcome, std::vector<Finding> findings) {
  Case value;
  value.child = parent::name("kid.example.");
  value.parent = parent::name("example.");
  value.at = parent::test_time();
  value.request = Request::update;
  value.outcome = outcome;
  value.findings = std::move(findings);
  sort_findings(value.findings);
  return value;
}

Finding differ() {
  return {FindingCode::servers_differ, {}, {"CDS"}};
}
Finding suspended() {
  return {FindingCode::suspended, {}, {"2026-11-24T03:00:00Z", "the owner is in court"}};
}

std::string explained(Case value) {
  Delegation delegation;
  delegation.child = value.child;
  delegation.parent = value.parent;
  return explain_text(delegation, {.surveys = {}, .verdict = {}, .after = std::move(value)}, true);
}

TEST(CaseText, WhereAutomationIsOffTheReasonIsWhatKeepsItOff) {
  const Case value = case_of(Outcome::suspended, {differ(), suspended()});
  EXPECT_THAT(case_line(value), HasSubstr("the owner is in court"));
  EXPECT_THAT(case_line(value), Not(HasSubstr("do not publish the same")));
  EXPECT_THAT(case_line(case_of(Outcome::retry, {differ()})), HasSubstr("publish the same"));
}

TEST(CaseText, SaysWhatToDoAboutEachFinding) {
  const std::string text = case_text(case_of(Outcome::suspended, {differ(), suspended()}));
  for (const FindingCode code : {FindingCode::servers_differ, FindingCode::suspended}) {
    EXPECT_THAT(text, HasSubstr(std::string(kind_of(code).remedy)));
    EXPECT_THAT(text, HasSubstr(std::string(kind_of(code).name)));
  }
}

TEST(CaseText, ARemovalWantsNoDs) {
  Case value = case_of(Outcome::hold, {});
  value.ds = dns::DsSet();
  EXPECT_THAT(case_text(value), HasSubstr("DS wanted  none"));
}

TEST(ExplainText, EndsWithWhatToTellTheCaller) {
  const std::string text = explained(case_of(Outcome::suspended, {differ(), suspended()}));
  const std::string last = text.substr(text.find("5. "));
  EXPECT_THAT(last, HasSubstr("the owner is in court"));
  EXPECT_THAT(last, HasSubstr(std::string(kind_of(FindingCode::suspended).remedy)));
  EXPECT_THAT(explained(case_of(Outcome::idle, {})), HasSubstr("5. "));
}

TEST(ExplainText, AContradictionIsNoMissingAnswer) {
  const std::string text = explained(case_of(Outcome::retry, {differ()}));
  EXPECT_THAT(text, HasSubstr("missing or contradict"));
}

TEST(ExplainText, WhatABreakerStopsIsNotToBeAppliedNow) {
  const Case stopped = case_of(Outcome::accept, {{FindingCode::breaker_open, {}, {"5", "4"}}});
  EXPECT_THAT(explained(stopped), Not(HasSubstr("applied now")));
  EXPECT_THAT(explained(case_of(Outcome::accept, {})), HasSubstr("applied now"));
}

TEST(ExplainText, TheLatestChangeSaysWhyItWaits) {
  Case value = case_of(Outcome::accept, {});
  value.change = Change();
  value.change->reason = "not sent: no answer";
  EXPECT_THAT(explained(value), HasSubstr("not sent: no answer"));
}

}  // namespace
}  // namespace dskeeper::cli
