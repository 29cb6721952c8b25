#include "http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dskeeper::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Target, IsTakenApartBeforeItIsDecoded) {
  const Target target =
      Target::parse("/domain/a%2Fb%3Fc.example?after=x%26y&limit=10&q=b%C3%BCcher+x").value();
  EXPECT_THAT(target.segments, ElementsAre("domain", "a/b?c.example"));
  EXPECT_THAT(target.query, ElementsAre(Pair("after", "x&y"), Pair("limit", "10"),
                                        Pair("q",
                                             "b\xC3\xBC"
                                             "cher x")));
  EXPECT_EQ(target.field("limit"), "10");
  EXPECT_EQ(target.field("nothing"), "");
}

TEST(Target, OfTheFrontPageHasNoSegments) {
  EXPECT_THAT(Target::parse("/").value().segments, IsEmpty());
  EXPECT_THAT(Target::parse("/?q=").value().query, ElementsAre(Pair("q", "")));
}

TEST(Target, RefusesWhatIsAmbiguous) {
  for (const char* text :
       {"", "a", "*", "//", "/a//b", "/a/", "/.", "/a/..", "/%2e%2E/a", "/%", "/%4", "/%4g", "/%00",
        "/a%0d%0aX: b", "/a?b=%0a", "/a?b=1&b=2", "/%7f"}) {
    EXPECT_FALSE(Target::parse(text)) << text;
  }
  EXPECT_FALSE(Target::parse("/" + std::string(target_octets_max, 'a')));
  std::string many = "/?";
  for (int field = 0; field < 33; ++field) many += "f" + std::to_string(field) + "=&";
  EXPECT_FALSE(Target::parse(many));
}

TEST(Target, WhatIsEncodedComesBack) {
  std::string all;
  for (int octet = 0x20; octet < 0x100; ++octet) {
    if (octet != 0x7F) all += static_cast<char>(octet);
  }
  EXPECT_THAT(Target::parse("/" + percent_encoded(all)).value().segments, ElementsAre(all));
  EXPECT_EQ(percent_encoded("a.b-c_d~1/\\000"), "a.b-c_d~1%2F%5C000");
}

}  // namespace
}  // namespace dskeeper::http
