#include "survey/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <queue>

namespace dskeeper::survey {
namespace {

using std::chrono::milliseconds;
using testing::Le;

constexpr LookCost quick{.took = milliseconds(100), .waited = milliseconds(0)};

// Children whose operators are letters.
std::vector<std::uint32_t> operators_in(const std::string& letters) {
  std::vector<std::uint32_t> operators;
  for (const char letter : letters) operators.push_back(static_cast<std::uint32_t>(letter - 'a'));
  return operators;
}

// Whoever may begin now.
std::vector<Turn> begin_all(Turns& turns) {
  std::vector<Turn> begun;
  while (const auto turn = turns.next()) begun.push_back(*turn);
  return begun;
}

TEST(Turns, GivesEveryChildOnce) {
  const std::string letters = "abcabcaaaaabbbddddde";
  Turns turns(operators_in(letters), 5);
  std::vector<std::uint32_t> seen;
  std::vector<Turn> under_way = begin_all(turns);
  while (!under_way.empty()) {
    EXPECT_THAT(under_way.size(), Le(5U));
    seen.push_back(under_way.back().child);
    turns.end(under_way.back(), quick);
    under_way.pop_back();
    for (const Turn& turn : begin_all(turns)) under_way.push_back(turn);
  }
  std::sort(seen.begin(), seen.end());
  ASSERT_EQ(seen.size(), letters.size());
  for (std::size_t at = 0; at < seen.size(); ++at) EXPECT_EQ(seen[at], at);
  EXPECT_EQ(turns.under_way(), 0U);
}

TEST(Turns, NobodyIsNobody) {
  Turns turns({}, 10);
  EXPECT_FALSE(turns.next());
}

TEST(Turns, AnUnknownOperatorGetsAFewAtFirst) {
  Turns turns(operators_in(std::string(100, 'a') + std::string(50, 'b')), 1000);
  EXPECT_EQ(begin_all(turns).size(), 8U);
}

TEST(Turns, ChildrenWhoseOperatorHasNoOtherNeedNoWindow) {
  Turns turns(operators_in("abcdefghijklmnop"), 10);
  EXPECT_EQ(begin_all(turns).size(), 10U);
}

TEST(Turns, ChildrenAloneThatOnlyWaitGetFewer) {
  std::vector<std::uint32_t> operators(5000);
  std::iota(operators.begin(), operators.end(), std::uint32_t{0});
  Turns turns(operators, 200);
  std::vector<Turn> under_way = begin_all(turns);
  ASSERT_EQ(under_way.size(), 200U);
  for (int round = 0; round < 8; ++round) {
    for (const Turn& turn : under_way) {
      turns.end(turn, {.took = milliseconds(1000), .waited = milliseconds(900)});
    }
    under_way = begin_all(turns);
  }
  EXPECT_THAT(under_way.size(), Le(8U));
}

TEST(Turns, WhoHasMoreToDoComesFirst) {
  Turns turns(operators_in("aaa" + std::string(20, 'b')), 2);
  for (const Turn& turn : begin_all(turns)) EXPECT_THAT(turn.child, testing::Ge(3U));
}

TEST(Turns, OneThatAnswersAtOnceGetsMore) {
  Turns turns(operators_in(std::string(1000, 'a')), 100);
  std::vector<Turn> under_way = begin_all(turns);
  for (int round = 0; round < 8; ++round) {
    for (const Turn& turn : under_way) turns.end(turn, quick);
    under_way = begin_all(turns);
  }
  EXPECT_EQ(under_way.size(), 50U) << "half of the places";
}

TEST(Turns, OneWhoseChildrenOnlyWaitGetsFewer) {
  Turns turns(operators_in(std::string(20000, 'a')), 1000);
  std::vector<Turn> under_way;
  for (int round = 0; round < 20; ++round) {
    for (const Turn& turn : under_way) turns.end(turn, quick);
    under_way = begin_all(turns);
  }
  ASSERT_EQ(under_way.size(), 500U);
  for (int round = 0; round < 8; ++round) {
    for (const Turn& turn : under_way) {
      turns.end(turn, {.took = milliseconds(1000), .waited = milliseconds(900)});
    }
    under_way = begin_all(turns);
  }
  EXPECT_THAT(under_way.size(), Le(8U));
}

TEST(Turns, WhomNobodyCouldAskComesOnceMoreAfterAllOthers) {
  Turns turns(operators_in("aabb"), 1);
  std::vector<std::uint32_t> order;
  while (const auto turn = turns.next()) {
    order.push_back(turn->child);
    const bool is_dead = turn->child == 0 && !turn->is_last;
    is_dead ? turns.postpone(*turn) : turns.end(*turn, quick);
  }
  ASSERT_EQ(order.size(), 5U);
  EXPECT_EQ(std::count(order.begin(), order.end(), 0U), 2);
  EXPECT_EQ(order.back(), 0U);
}

// Each server that is asked over TCP needs a connection, of which there are only so many: if the
// next child were always another operator's, a zone of some thousand would open one for each
// question.
TEST(Turns, TheChildrenOfOneOperatorComeInARow) {
  constexpr std::uint32_t operators = 2000;
  std::vector<std::uint32_t> children;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) children.push_back(i % operators);
  Turns turns(children, 1000);
  std::queue<Turn> under_way;
  std::size_t begun = 0;
  std::size_t changes = 0;
  std::optional<std::uint32_t> last;
  do {
    while (const auto turn = turns.next()) {
      ++begun;
      if (last != turn->group) ++changes;
      last = turn->group;
      under_way.push(*turn);
    }
    turns.end(under_way.front(), {.took = milliseconds(10), .waited = {}});
    under_way.pop();
  } while (!under_way.empty());
  EXPECT_EQ(begun, children.size());
  EXPECT_THAT(changes, Le(begun / 16));
}

// More would only push each other out of the processor's caches.
TEST(Turns, AsManyAreUnderWayAsTheLengthOfALookAsksFor) {
  constexpr std::uint32_t operators = 500;
  std::vector<std::uint32_t> children;
  for (std::uint32_t i = 0; i < 100'000; ++i) children.push_back(i % operators);
  Turns turns(children, 1000);
  const struct {
    milliseconds took;
    std::size_t under_way;
  } looks[] = {{milliseconds(10), 200}, {milliseconds(100), 500}, {milliseconds(1000), 1000}};
  std::vector<Turn> under_way = begin_all(turns);
  EXPECT_EQ(under_way.size(), 200U) << "nothing is known yet";
  for (const auto& [took, wanted] : looks) {
    for (int round = 0; round < 10; ++round) {
      for (const Turn& turn : under_way) turns.end(turn, {.took = took, .waited = {}});
      under_way = begin_all(turns);
    }
    EXPECT_NEAR(static_cast<double>(under_way.size()), static_cast<double>(wanted), 2);
  }
}

// A pass over servers that let so many children a second through and take their time to answer.
// One look in fifty meets silence first.
class SimulatedPass {
 public:
  struct Operator {
    std::size_t children = 0;
    double rate = 0;  // children a second
  };

  SimulatedPass(const std::vector<Operator>& operators, std::size_t places)
      : operators_(operators), free_at_(operators.size()), turns_(numbers_of(operators), places) {}

  // Seconds.
  double run() {
    double now = 0;
    begin(now);
    while (!under_way_.empty()) {
      const Look look = under_way_.top();
      under_way_.pop();
      now = look.ends;
      const auto in_milliseconds = [](double seconds) {
        return milliseconds(static_cast<std::int64_t>(seconds * 1000));
      };
      turns_.end(look.turn,
                 {in_milliseconds(look.ends - look.began), in_milliseconds(look.waited)});
      begin(now);
    }
    return now;
  }

  // What the rates alone dictate.
  [[nodiscard]] double shortest() const {
    double longest = 0;
    for (const Operator& one : operators_) {
      longest = std::max(longest, static_cast<double>(one.children) / one.rate);
    }
    return longest;
  }

 private:
  static constexpr double answer_time = 0.15;
  static constexpr double silence_time = 5;
  static constexpr std::size_t silence_each = 50;

  struct Look {
    Turn turn;
    double began = 0;
    double waited = 0;
    double ends = 0;
    bool operator<(const Look& other) const { return ends > other.ends; }
  };

  std::vector<std::uint32_t> numbers_of(const std::vector<Operator>& operators) {
    for (std::uint32_t number = 0; number < operators.size(); ++number) {
      numbers_.insert(numbers_.end(), operators[number].children, number);
    }
    return numbers_;
  }

  void begin(double now) {
    while (const auto turn = turns_.next()) {
      const std::uint32_t number = numbers_[turn->child];
      const double goes = std::max(now, free_at_[number]);
      free_at_[number] = goes + 1 / operators_[number].rate;
      const double silence = begun_++ % silence_each == 0 ? silence_time : 0;
      under_way_.push({*turn, now, goes - now, goes + silence + answer_time});
    }
  }

  std::vector<Operator> operators_;
  std::vector<double> free_at_;
  std::vector<std::uint32_t> numbers_;
  Turns turns_;
  std::priority_queue<Look> under_way_;
  std::size_t begun_ = 0;
};

// Sizes like those of the real world: the second has half of the first's, the third a third …
std::vector<SimulatedPass::Operator> zipf(std::size_t children, std::size_t count, double rate) {
  double all = 0;
  for (std::size_t at = 1; at <= count; ++at) all += 1 / static_cast<double>(at);
  std::vector<SimulatedPass::Operator> operators;
  for (std::size_t at = 1; at <= count; ++at) {
    const double share = 1 / static_cast<double>(at) / all;
    operators.push_back({static_cast<std::size_t>(share * static_cast<double>(children)), rate});
  }
  return operators;
}

TEST(Turns, APassTakesLittleLongerThanItsSlowestOperator) {
  std::vector<SimulatedPass::Operator> operators = zipf(200'000, 1000, 48);
  for (std::size_t at = 0; at < 3; ++at) operators[at].rate = 4800;
  SimulatedPass pass(operators, 1000);
  EXPECT_THAT(pass.run(), Le(pass.shortest() * 1.1));
}

// The pass is as long as the large one needs; all the others are through in a small part of that,
// if they are not to wait for it.
TEST(Turns, AnOperatorWithHalfOfAllChildrenDoesNotMakeTheOthersWait) {
  std::vector<SimulatedPass::Operator> operators(101, {.children = 100, .rate = 48});
  operators.front().children = 10'000;
  SimulatedPass pass(operators, 1000);
  EXPECT_THAT(pass.run(), Le(pass.shortest() * 1.05));
}

TEST(Turns, WithoutRatesThePlacesAreFull) {
  const std::vector<SimulatedPass::Operator> operators(40, {.children = 5000, .rate = 1e9});
  SimulatedPass pass(operators, 1000);
  const double silence = 5.0 / 50;
  EXPECT_THAT(pass.run(), Le(200'000 * (0.15 + silence) / 1000 * 1.2 + 6));
}

}  // namespace
}  // namespace dskeeper::survey
