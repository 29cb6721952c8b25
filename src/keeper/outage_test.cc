#include "keeper/outage.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;

Survey survey_of(const std::string& address, AnswerStatus status) {
  Survey survey;
  Answer answer;
  answer.server.address = IpAddress::parse(address).value();
  answer.status = status;
  survey.answers = {answer};
  return survey;
}

// `asked` addresses of a family, the first `silent` of which time out.
PassHealth pass(const char* prefix, unsigned asked, unsigned silent) {
  PassHealth health;
  for (unsigned i = 0; i < asked; ++i) {
    const bool is_silent = i < silent;
    health.note(survey_of(fmt::format("{}{}", prefix, i + 1),
                          is_silent ? AnswerStatus::timeout : AnswerStatus::answer));
  }
  return health;
}

TEST(Outage, APassIsVoidWhenMoreThanAFifthOfOneFamilyIsSilent) {
  struct Row {
    const char* prefix;
    unsigned asked, silent;
    bool is_void;
  };
  for (const Row& row :
       {Row{"192.0.2.", 100, 20, false}, Row{"192.0.2.", 100, 21, true},
        Row{"2001:db8::", 100, 20, false}, Row{"2001:db8::", 100, 21, true},
        Row{"192.0.2.", 10, 2, false}, Row{"192.0.2.", 10, 3, true}, Row{"192.0.2.", 9, 9, false},
        Row{"192.0.2.", 2, 2, false}, Row{"192.0.2.", 0, 0, false}}) {
    EXPECT_EQ(pass(row.prefix, row.asked, row.silent).find_fault().has_value(), row.is_void)
        << row.prefix << " " << row.silent << " of " << row.asked;
  }
  EXPECT_EQ(pass("2001:db8::", 100, 21).find_fault(),
            "21 of 100 IPv6 addresses gave no answer, which is more than a fifth");
}

TEST(Outage, OneFamilyDoesNotHideTheOther) {
  PassHealth health = pass("192.0.2.", 200, 0);
  for (unsigned i = 0; i < 20; ++i) {
    health.note(survey_of(fmt::format("2001:db8::{}", i + 1), AnswerStatus::unreachable));
  }
  EXPECT_TRUE(health.find_fault());
}

TEST(Outage, AnAddressThatAnsweredOnceIsNotSilent) {
  PassHealth health = pass("192.0.2.", 20, 20);
  ASSERT_TRUE(health.find_fault());
  for (unsigned i = 0; i < 20; ++i) {
    health.note(survey_of(fmt::format("192.0.2.{}", i + 1),
                          i % 2 == 0 ? AnswerStatus::refused : AnswerStatus::malformed));
  }
  EXPECT_FALSE(health.find_fault());
  for (unsigned i = 0; i < 20; ++i) {
    health.note(survey_of(fmt::format("192.0.2.{}", i + 1), AnswerStatus::timeout));
  }
  EXPECT_FALSE(health.find_fault());
}

TEST(Outage, WhatWasNotAskedSaysNothing) {
  PassHealth health;
  for (unsigned i = 0; i < 20; ++i) {
    health.note(survey_of(fmt::format("10.0.0.{}", i + 1), AnswerStatus::not_permitted));
    health.note(survey_of(fmt::format("192.0.2.{}", i + 1), AnswerStatus::not_asked));
    health.note(survey_of("0.0.0.0", AnswerStatus::unreachable));
  }
  EXPECT_FALSE(health.find_fault());
}

TEST(Outage, AClockThatIsWrongIsFound) {
  const Time now = parse_time("2026-11-24T00:00:00Z").value();
  const auto fault = [&](std::optional<Time> entry, std::optional<SignatureValidity> signature) {
    return find_clock_fault(now, entry, signature).has_value();
  };
  EXPECT_FALSE(fault(std::nullopt, std::nullopt));
  EXPECT_FALSE(fault(now, SignatureValidity{now, now}));
  EXPECT_TRUE(fault(now + Duration(1), std::nullopt));
  EXPECT_TRUE(fault(std::nullopt, SignatureValidity{now + Duration(1), now + hours(1)}));
  EXPECT_TRUE(fault(std::nullopt, SignatureValidity{now - hours(1), now - Duration(1)}));
}

}  // namespace
}  // namespace dskeeper::keeper
