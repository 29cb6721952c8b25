// design.md, "The source can lag or lie": what a new reading is held against.
#include "cli/roll.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "parent/test_support.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace {

using parent::name;
using parent::Snapshot;
using parent::test_delegation;
using testing::HasSubstr;

const dns::Name zone = name("example.");

std::shared_ptr<const Snapshot> reading(const std::string& revision,
                                        const std::vector<Delegation>& delegations) {
  return std::make_shared<const Snapshot>(zone, revision, delegations);
}

// Secure and unsigned children, as many as there are letters: "Ab" is a secure a and an unsigned b.
std::shared_ptr<const Snapshot> reading_of(const std::string& revision, std::string_view letters) {
  std::vector<Delegation> delegations;
  for (const char letter : letters) {
    const bool is_secure = letter < 'a';
    delegations.push_back(
        test_delegation(std::string(1, letter) + ".example.",
                        is_secure ? std::vector<unsigned>{1} : std::vector<unsigned>{}));
  }
  return reading(revision, delegations);
}

class RollTest : public testing::Test {
 protected:
  RollTest() { restart(); }

  void restart(store::Access access = store::Access::read_write) {
    if (ledger_) {
      EXPECT_TRUE(ledger_->commit());
    }
    store_.reset();
    store_ = store::open_store("sqlite:" + (folder_.path() / "store").string(), access).value();
    ledger_ = Ledger::load(zone, policy_, store_.get()).value();
    roll_ = Roll::load(zone, store_.get()).value();
  }

  Result<Roll::Taken> take(const std::shared_ptr<const Snapshot>& snapshot,
                           Roll::Trust trust = Roll::Trust::checked) {
    auto taken = roll_->take(snapshot, policy_, trust, clock_.now(), *ledger_);
    if (ledger_->is_kept()) {
      EXPECT_TRUE(ledger_->commit());
    }
    return taken;
  }

  // What the store has, in the form of reading_of().
  std::string stored() {
    std::string letters;
    EXPECT_TRUE(store_->visit_roll(zone, [&](const dns::Name& child, bool is_secure) {
      const char letter = child.text().front();
      letters += is_secure ? static_cast<char>(std::toupper(letter)) : letter;
    }));
    return letters;
  }

  parent::TestFolder folder_;
  FixedClock clock_{parent::test_time()};
  Policy policy_;
  std::unique_ptr<store::Store> store_;
  std::optional<Ledger> ledger_;
  std::optional<Roll> roll_;
};

TEST_F(RollTest, TheStoreHasWhatTheLastReadingHad) {
  std::mt19937 random(7);
  const auto draw = [&](unsigned below) {
    return std::uniform_int_distribution<unsigned>(0, below - 1)(random);
  };
  for (unsigned revision = 1; revision < 40; ++revision) {
    std::string letters;
    for (char letter = 'a'; letter <= 'h'; ++letter) {
      const unsigned fate = draw(4);
      if (fate == 0) continue;
      letters += fate == 1 ? letter : static_cast<char>(std::toupper(letter));
    }
    ASSERT_TRUE(take(reading_of(std::to_string(revision), letters), Roll::Trust::whatever));
    ASSERT_EQ(stored(), letters);
    ASSERT_EQ(roll_->secure(),
              static_cast<std::size_t>(
                  std::count_if(letters.begin(), letters.end(), [](char c) { return c < 'a'; })));
    if (draw(2) == 0) restart();
  }
}

TEST_F(RollTest, ALargeZoneIsWrittenInGroups) {
  std::vector<Delegation> many;
  for (int i = 0; i < 25'000; ++i) {
    many.push_back(test_delegation("kid" + std::to_string(i) + ".example.", {}));
  }
  ASSERT_TRUE(take(reading("1", many)));
  EXPECT_EQ(stored().size(), many.size());
}

// A dry run: nothing of it may be written, and nothing is kept to be written.
TEST_F(RollTest, TakesAReadingThatIsNotToBeWritten) {
  restart(store::Access::read_only);
  std::vector<Delegation> many;
  for (int i = 0; i < 25'000; ++i) {
    many.push_back(test_delegation("kid" + std::to_string(i) + ".example.", {1}));
  }
  ASSERT_TRUE(take(reading("1", many)));
  EXPECT_EQ(roll_->secure(), many.size());
  EXPECT_EQ(stored(), "");
}

TEST_F(RollTest, ALaggingReadingMarksNobodyAbsent) {
  ASSERT_EQ(take(reading_of("8", "AbC")), Roll::Taken::whole);
  EXPECT_EQ(take(reading_of("7", "Ab")), Roll::Taken::is_behind);
  EXPECT_EQ(stored(), "AbC");
  EXPECT_EQ(take(reading_of("9", "Ab")), Roll::Taken::whole);
  EXPECT_EQ(stored(), "Ab");
}

TEST_F(RollTest, ALaggingFirstReadingAfterARestartMarksNobodyAbsent) {
  ASSERT_TRUE(take(reading_of("8", "AbC")));
  restart();
  EXPECT_EQ(take(reading_of("7", "Ab")), Roll::Taken::is_behind);
  EXPECT_EQ(stored(), "AbC");
  EXPECT_EQ(roll_->secure(), 2U) << "of what is known";
  restart();
  EXPECT_EQ(take(reading_of("6", "A")), Roll::Taken::is_behind)
      << "the newest counts, not the last";
}

// A serial that was set back would else be distrusted for ever.
TEST_F(RollTest, WhatIsOlderThanWhatWasKnownADayAgoIsBelieved) {
  ASSERT_TRUE(take(reading_of("8", "AbC")));
  clock_.advance(std::chrono::hours(23));
  EXPECT_EQ(take(reading_of("7", "Ab")), Roll::Taken::is_behind);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(take(reading_of("7", "Ab")), Roll::Taken::whole);
  EXPECT_EQ(stored(), "Ab");
}

TEST_F(RollTest, APersonMaySayThatAnOlderReadingIsRight) {
  ASSERT_TRUE(take(reading_of("8", "AbC")));
  EXPECT_EQ(take(reading_of("7", "Ab"), Roll::Trust::whatever), Roll::Taken::whole);
  EXPECT_EQ(stored(), "Ab");
  EXPECT_EQ(take(reading_of("7", "A")), Roll::Taken::whole) << "from then on it is the newest";
}

TEST_F(RollTest, ALossThatCannotBeMeantChangesNothing) {
  std::vector<Delegation> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back(test_delegation("kid" + std::to_string(i) + ".example.", {1}));
  }
  ASSERT_TRUE(take(reading("1", many)));
  many.resize(50);
  const auto refused = take(reading("2", many));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("50 of the 100 delegations known are missing"));
  EXPECT_EQ(stored().size(), 100U);
}

// RFC 10026 §7.1.3, whether the process has seen the set itself or knows of it from the store.
TEST_F(RollTest, ADsSetThatVanishesSuspendsAChildWithoutACase) {
  for (const bool restarts : {false, true}) {
    const std::string revision = restarts ? "3" : "1";
    ASSERT_TRUE(take(reading_of(revision, restarts ? "bCd" : "AbCd")));
    if (restarts) restart();
    ASSERT_TRUE(take(reading_of(revision + "1", restarts ? "bcd" : "abCd")));
    const auto found = ledger_->find_case(name(restarts ? "c.example." : "a.example."));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->outcome, Outcome::suspended);
    EXPECT_FALSE(ledger_->find_case(name("b.example.")));
  }
}

}  // namespace
}  // namespace dskeeper::cli
