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

// Fills what there is for those who ask by this channel, and says how much it was.
std::size_t fill(WantedLooks& wanted, Channel channel) {
  std::size_t count = 0;
  while (count < WantedLooks::waiting_max &&
         wanted.want(name(std::to_string(count) + "." + std::string(to_text(channel)) + "."),
                     channel)) {
    ++count;
  }
  return count;
}

TEST(WantedLooks, StrangersCannotMakeItGrowWithoutEnd) {
  WantedLooks wanted;
  EXPECT_EQ(fill(wanted, Channel::notify), WantedLooks::waiting_max - WantedLooks::visitors_max);
  EXPECT_FALSE(wanted.has_room_for(Channel::signal));
  EXPECT_FALSE(wanted.want(name("one.more.example."), Channel::signal));
  EXPECT_TRUE(wanted.want(name("7.notify."), Channel::signal));  // it waits already
  EXPECT_EQ(wanted.take(always).children.size(), WantedLooks::batch_max);
  EXPECT_TRUE(wanted.want(name("one.more.example."), Channel::signal));
}

// Whoever has a /48 of IPv6 is 65,536 visitors.
TEST(WantedLooks, VisitorsAndOthersTakeNoRoomFromEachOther) {
  WantedLooks wanted;
  EXPECT_EQ(fill(wanted, Channel::named), WantedLooks::visitors_max);
  EXPECT_FALSE(wanted.has_room_for(Channel::named));
  EXPECT_EQ(fill(wanted, Channel::notify), WantedLooks::waiting_max - WantedLooks::visitors_max);
  EXPECT_EQ(wanted.take(always).channel, Channel::named);
  EXPECT_TRUE(wanted.has_room_for(Channel::named));
  EXPECT_FALSE(wanted.has_room_for(Channel::notify));
}

}  // namespace
}  // namespace dskeeper::cli
