#include "world.h"

#include <gtest/gtest.h>

#include <numeric>

#include "weather.h"

namespace dskeeper::bench {
namespace {

std::vector<std::size_t> sizes_of(const World& world) {
  std::vector<std::size_t> sizes(world.operator_count());
  for (std::size_t i = 0; i < world.child_count(); ++i) ++sizes.at(world.operator_of(i));
  return sizes;
}

TEST(World, ZipfGivesTheKthLargestAKthOfTheLargest) {
  const World world({.children = 100'000, .operators = 1000, .sizes = Sizes::zipf});
  const std::vector<std::size_t> sizes = sizes_of(world);
  EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}), 100'000U);
  EXPECT_NEAR(static_cast<double>(sizes[0]), 100'000 / 7.4855, 2);  // the sum of 1/k up to 1000
  EXPECT_NEAR(static_cast<double>(sizes[3]) * 4, static_cast<double>(sizes[0]), 4);
  EXPECT_TRUE(std::is_sorted(sizes.rbegin(), sizes.rend()));
  EXPECT_GT(sizes.back(), 0U);
}

TEST(World, EveryOperatorHasAChildAlsoWhereThereAreHardlyMoreChildren) {
  for (const std::size_t children : {1U, 2U, 3U, 100U, 101U, 130U}) {
    const World world({.children = children, .operators = 100, .sizes = Sizes::zipf});
    const std::vector<std::size_t> sizes = sizes_of(world);
    EXPECT_EQ(sizes.size(), std::min<std::size_t>(children, 100));
    EXPECT_GT(*std::min_element(sizes.begin(), sizes.end()), 0U) << children;
  }
}

TEST(World, LargeOperatorsHaveTheMixtureOfAll) {
  const World world({.children = 100'000, .operators = 100, .sizes = Sizes::zipf});
  double children = 0;
  double asking = 0;
  for (std::size_t i = 0; i < world.child_count(); ++i) {
    if (world.operator_of(i) != 0) continue;
    ++children;
    asking += World::kind_of(i) == Kind::asking ? 1 : 0;
  }
  EXPECT_NEAR(asking / children, 0.1, 0.01);
}

TEST(World, FindsAChildByItsLabelAndNobodyElse) {
  const World world({.children = 20});
  EXPECT_EQ(world.find_child("c0000019"), 19U);
  EXPECT_EQ(world.find_child("C0000000"), 0U);
  for (const char* label : {"c0000020", "c19", "c00000019", "x0000001", "c000001x", "c", ""}) {
    EXPECT_EQ(world.find_child(label), std::nullopt) << label;
  }
}

TEST(World, FindsEachServerByItsAddressAndNobodyElse) {
  const World world({.children = 300'000, .operators = 600});
  for (const std::size_t index : {0U, 249U, 250U, 599U}) {
    for (std::size_t server = 0; server < servers_per_operator; ++server) {
      const ServerPlace place{index, server};
      EXPECT_EQ(world.find_server(World::server_address(place)), place);
    }
  }
  using Address = std::array<std::uint8_t, 4>;
  for (const Address& nobody :
       {Address{127, 0, 1, 1}, Address{127, 16, 0, 0}, Address{127, 16, 0, 3},
        Address{127, 16, 250, 1}, Address{127, 18, 100, 1}, Address{128, 16, 0, 1}}) {
    EXPECT_EQ(world.find_server(nobody), std::nullopt) << int{nobody[1]} << ' ' << int{nobody[3]};
  }
}

TEST(Weather, TheShareOfDeadServersIsAsToldAndNoOperatorLosesBoth) {
  const Weather weather{.round_trip = {}, .loss = 0, .dead_share = 0.02};
  std::array<unsigned, servers_per_operator> dead{};
  for (std::size_t index = 0; index < 1000; ++index) {
    unsigned own = 0;
    for (std::size_t server = 0; server < servers_per_operator; ++server) {
      if (!is_dead(weather, {index, server})) continue;
      ++dead[server];
      ++own;
    }
    EXPECT_LT(own, servers_per_operator) << index;
  }
  EXPECT_EQ(dead[0], 20U);  // of a thousand first ones
  EXPECT_EQ(dead[1], 20U);
}

TEST(Weather, NobodyIsDeadUnlessToldAndEverybodyIfTold) {
  EXPECT_FALSE(is_dead({}, {0, 0}));
  EXPECT_TRUE(is_dead({.round_trip = {}, .loss = 0, .dead_share = 1}, {7, 1}));
}

TEST(Losses, AreOfTheShareThatWasToldAndTheSameEachTime) {
  Losses losses(0.01);
  Losses again(0.01);
  unsigned lost = 0;
  for (int i = 0; i < 100'000; ++i) {
    const bool is_lost = losses.draw();
    EXPECT_EQ(is_lost, again.draw());
    lost += is_lost ? 1 : 0;
  }
  EXPECT_NEAR(lost, 1000, 100);
}

}  // namespace
}  // namespace dskeeper::bench
