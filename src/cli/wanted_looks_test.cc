// What a NOTIFY (RFC 9859 §4) or a signal (RFC 9615 §4.3) asks for is looked at soon, once.
#include "cli/wanted_looks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dskeeper::cli {
namespace {

using testing::ElementsAre;

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

bool always(const dns::Name& /*child*/) {
  return true;
}

TEST(WantedLooks, EachChildIsTakenOnceInTheOrderOfAsking) {
  WantedLooks wanted;
  for (const char* child : {"b.example.", "a.example.", "B.EXAMPLE."}) {
    EXPECT_TRUE(wanted.want(name(child), Channel::notify));
  }
  const WantedLooks::Batch batch = wanted.take(always);
  EXPECT_EQ(batch.channel, Channel::notify);
  EXPECT_THAT(batch.children, ElementsAre(name("b.example."), name("a.example.")));
  EXPECT_TRUE(wanted.empty());
  EXPECT_TRUE(wanted.take(always).children.empty());
}

// The look that is under way may have begun before the child changed.
TEST(WantedLooks, AChildThatIsLookedAtNowIsLookedAtAgainAfterwards) {
  WantedLooks wanted;
  wanted.want(name("a.example."), Channel::notify);
  wanted.want(name("b.example."), Channel::notify);
  const auto can_begin = [](const dns::Name& child) { return child != name("a.example."); };
  EXPECT_THAT(wanted.take(can_begin).children, ElementsAre(name("b.example.")));
  EXPECT_THAT(wanted.take(always).children, ElementsAre(name("a.example.")));
}

TEST(WantedLooks, AChildThatWasTakenCanBeAskedForAgain) {
  WantedLooks wanted;
  wanted.want(name("a.example."), Channel::notify);
  ASSERT_EQ(wanted.take(always).children.size(), 1U);
  wanted.want(name("a.example."), Channel::signal);
  const WantedLooks::Batch batch = wanted.take(always);
  EXPECT_EQ(batch.channel, Channel::signal);
  EXPECT_EQ(batch.children.size(), 1U);
}

TEST(WantedLooks, ABatchIsOfOneChannel) {
  WantedLooks wanted;
  wanted.want(name("a.example."), Channel::signal);
  wanted.want(name("b.example."), Channel::notify);
  wanted.want(name("c.example."), Channel::signal);
  const WantedLooks::Batch first = wanted.take(always);
  EXPECT_EQ(first.channel, Channel::signal);
  EXPECT_THAT(first.children, ElementsAre(name("a.example."), name("c.example.")));
  const WantedLooks::Batch second = wanted.take(always);
  EXPECT_EQ(second.channel, Channel::notify);
  EXPECT_THAT(second.children, ElementsAre(name("b.example.")));
}

TEST(WantedLooks, StrangersCannotMakeItGrowWithoutEnd) {
  WantedLooks wanted;
  for (std::size_t i = 0; i < WantedLooks::waiting_max; ++i) {
    ASSERT_TRUE(wanted.want(name(std::to_string(i) + ".example."), Channel::notify));
  }
  EXPECT_FALSE(wanted.want(name("one.more.example."), Channel::notify));
  EXPECT_TRUE(wanted.want(name("7.example."), Channel::notify));  // it waits already
  EXPECT_EQ(wanted.take(always).children.size(), WantedLooks::batch_max);
  EXPECT_TRUE(wanted.want(name("one.more.example."), Channel::notify));
}

}  // namespace
}  // namespace dskeeper::cli
