#include "survey/interleave.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace dskeeper::survey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// In a zone in which each child is a letter, which says who serves it.
OperatorAt in_zone(const std::string& operators) {
  return [operators](std::size_t index) { return static_cast<std::uint32_t>(operators[index]); };
}

std::vector<std::size_t> order_of(const std::string& operators) {
  std::vector<std::size_t> all(operators.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return interleave(all, in_zone(operators));
}

std::string letters_in(const std::string& operators) {
  std::string letters;
  for (const std::size_t index : order_of(operators)) letters += operators[index];
  return letters;
}

TEST(Interleave, SpreadsTheChildrenOfEachOperator) {
  EXPECT_EQ(letters_in("aaabbb"), "ababab");
  EXPECT_EQ(letters_in("aaaaaabbb"), "abaabaaba");
  EXPECT_EQ(letters_in("aaaab"), "aabaa");
  EXPECT_EQ(letters_in(""), "");
}

TEST(Interleave, KeepsEveryChildOnce) {
  std::vector<std::size_t> order = order_of("abcabcaaaaabbbddddde");
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
  EXPECT_EQ(order.size(), 20U);
}

TEST(Interleave, TakesOnlyTheChildrenThatAreGiven) {
  EXPECT_THAT(interleave({3, 1}, in_zone("aabb")), ElementsAre(3, 1));
  EXPECT_THAT(interleave({}, in_zone("aabb")), IsEmpty());
}

// Wherever one looks, of the largest operator there is no more than its share, and one.
TEST(Interleave, NoStretchOfThePassBelongsToOneOperator) {
  const std::string letters =
      letters_in(std::string(5000, 'a') + std::string(3000, 'b') + std::string(2000, 'c'));
  for (std::size_t at = 0; at + 100 <= letters.size(); at += 100) {
    const auto count = std::count(letters.begin() + static_cast<std::ptrdiff_t>(at),
                                  letters.begin() + static_cast<std::ptrdiff_t>(at) + 100, 'a');
    EXPECT_NEAR(static_cast<double>(count), 50, 2);
  }
}

}  // namespace
}  // namespace dskeeper::survey
