#include "dns/name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <unordered_set>

namespace dskeeper::dns {
namespace {

Name name(std::string_view text) {
  return Name::parse(text).value();
}

// A name of exactly that many octets on the wire.
Name name_of_octets(std::size_t octets) {
  std::string text;
  for (octets -= 1; octets > 64; octets -= 32) text += std::string(31, 'x') + ".";
  return name(text + std::string(octets - 1, 'y'));
}

TEST(Rfc1035, S2_3_3_NamesCompareWithoutCase) {
  EXPECT_EQ(name("Example.NET"), name("eXAMPLE.net."));
  EXPECT_EQ(name("Example.NET").text(), "example.net.");
  EXPECT_EQ(std::hash<Name>()(name("Example")), std::hash<Name>()(name("example.")));
}

TEST(Rfc1035, S2_3_4_ALabelHas63OctetsAndANameHas255) {
  EXPECT_TRUE(Name::parse(std::string(63, 'a')));
  EXPECT_FALSE(Name::parse(std::string(64, 'a')));
  EXPECT_EQ(name_of_octets(255).wire().size(), 255U);
  EXPECT_FALSE(Name::parse("a." + name_of_octets(254).text()));
  EXPECT_TRUE(Name::parse("a." + name_of_octets(253).text()));
}

TEST(Rfc1035, S5_1_EscapesGoBothWays) {
  const struct {
    std::string_view text;
    std::size_t labels;
    std::string_view written;
  } cases[] = {
      {".", 0, "."},
      {"example", 1, "example."},
      {R"(a\.b.example.)", 2, R"(a\.b.example.)"},
      {R"(\097\066.)", 1, "ab."},
      {R"(\000\255\032.)", 1, R"(\000\255\032.)"},
      {R"(\\\"\;\@\$\(\).)", 1, R"(\\\"\;\@\$\(\).)"},
      {R"(\a\B.)", 1, "ab."},
      {"_dsboot.kid._signal.ns1.op.", 5, "_dsboot.kid._signal.ns1.op."},
      {"*.example.", 2, "*.example."},
  };
  for (const auto& row : cases) {
    const auto parsed = Name::parse(row.text);
    ASSERT_TRUE(parsed) << row.text << ": " << parsed.error().text();
    EXPECT_EQ(parsed->label_count(), row.labels) << row.text;
    EXPECT_EQ(parsed->text(), row.written);
    EXPECT_EQ(name(parsed->text()), *parsed);
  }
}

TEST(Rfc1035, S5_1_WhatIsNoNameIsRefused) {
  for (const std::string_view text : {"", "..", ".example", "a..b", "example..", "a\\", "a\\1",
                                      "a\\12", "a\\1x2", "\\256.", "a b", "a\tb",
                                      "stra\xC3\x9F"
                                      "e.example"}) {
    EXPECT_FALSE(Name::parse(text)) << text;
  }
}

TEST(Name, EveryOctetSurvivesItsText) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const Bytes wire = {2, static_cast<std::uint8_t>(octet), 'x', 0};
    const Name from_wire = Name::from_wire(wire).value();
    EXPECT_EQ(name(from_wire.text()), from_wire) << octet;
  }
}

TEST(Name, FromWireTakesExactlyOneUncompressedName) {
  EXPECT_EQ(Name::from_wire(Bytes{1, 'A', 0}).value(), name("a."));
  EXPECT_EQ(Name::from_wire(Bytes{0}).value(), Name());
  const Bytes refused[] = {
      {}, {1}, {1, 'a'}, {1, 'a', 0, 0}, {0xC0, 0}, {1, 'a', 0xC0, 0}, {0x40, 'a', 0}, {0x80, 0}};
  for (const Bytes& wire : refused) EXPECT_FALSE(Name::from_wire(wire)) << to_hex(wire);
}

TEST(Rfc1035, S4_1_4_PointersLeadBackwards) {
  //                   0  1    2  3  4    5     6  7
  const Bytes wire = {1, 'a', 0, 1, 'B', 0xC0, 0, 9};
  std::size_t offset = 3;
  EXPECT_EQ(Name::from_message(wire, offset).value(), name("b.a."));
  EXPECT_EQ(offset, 7U);
}

TEST(Rfc1035, S4_1_4_PointersForwardToThemselvesOrInLoopsAreRefused) {
  const Bytes refused[] = {
      {0xC0, 0},                        // itself
      {0xC0, 2, 1, 'a', 0},             // forwards
      {1, 'a', 0xC0, 0},                // round and round
      {0xC0},                           // cut off
      {1, 'a', 1, 'b', 0xC0, 0, 0xC0},  // growing until it is too long
  };
  for (const Bytes& wire : refused) {
    std::size_t offset = 0;
    EXPECT_FALSE(Name::from_message(wire, offset)) << to_hex(wire);
  }
}

TEST(Rfc4034, S6_1_CanonicalNameOrder) {
  const std::vector<Name> sorted = {
      name("example."),           name("a.example."),      name("yljkjljk.a.example."),
      name("Z.a.example."),       name("zABC.a.EXAMPLE."), name("z.example."),
      name(R"(\001.z.example.)"), name("*.z.example."),    name(R"(\200.z.example.)"),
  };
  std::vector<Name> shuffled = sorted;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(1));
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, sorted);
  EXPECT_LT(Name(), name("example."));
}

TEST(Rfc9499, InDomainIsDecidedByLabels) {
  const struct {
    std::string_view name;
    std::string_view ancestor;
    bool is_at_or_below;
    bool is_below;
  } cases[] = {
      {"ns1.id.example.", "id.example.", true, true},
      {"ID.example.", "id.EXAMPLE.", true, false},
      {"ns1.kid.example.", "id.example.", false, false},
      {"example.", "id.example.", false, false},
      {"id.example.", ".", true, true},
      {".", ".", true, false},
      // The octets of the ancestor inside a label are not the ancestor.
      {R"(ns1\002id\007example.)", R"(id.example.)", false, false},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(name(row.name).is_at_or_below(name(row.ancestor)), row.is_at_or_below) << row.name;
    EXPECT_EQ(name(row.name).is_below(name(row.ancestor)), row.is_below) << row.name;
  }
}

TEST(Name, ParentTakesTheFirstLabelOff) {
  EXPECT_EQ(name("a.b.example.").parent(), name("b.example."));
  EXPECT_EQ(name("example.").parent(), Name());
  EXPECT_EQ(Name().parent(), Name());
}

TEST(Name, LabelsComeFromTheLeft) {
  EXPECT_THAT(name("a.bc.example.").labels(), testing::ElementsAre("a", "bc", "example"));
  EXPECT_THAT(Name().labels(), testing::IsEmpty());
}

TEST(Rfc9615, S4_1_SignalingNameIsPutTogetherFromItsParts) {
  const Name under = name("_signal").with_prefix(Name()).value();
  EXPECT_EQ(under, name("_signal."));
  const Name signal = name("_signal.ns1.example.net.");
  const Name whole = signal.with_prefix(name("_dsboot.example.co.uk.")).value();
  EXPECT_EQ(whole, name("_dsboot.example.co.uk._signal.ns1.example.net."));
  EXPECT_EQ(whole.wire().size(), 47U);
}

TEST(Rfc9615, S4_4_ASignalingNameOf256OctetsIsTooLong) {
  EXPECT_EQ(name_of_octets(128).with_prefix(name_of_octets(128)).value().wire().size(), 255U);
  EXPECT_FALSE(name_of_octets(129).with_prefix(name_of_octets(128)));
}

// Pointers to pointers cost a step each and name nothing.
TEST(Rfc1035, S4_1_4_AChainOfPointersIsBounded) {
  const auto parse = [](std::size_t pointers) {
    Bytes message = {0};
    std::size_t last = 0;
    for (; pointers > 0; --pointers) {
      message.push_back(static_cast<std::uint8_t>(0xC0U | last >> 8U));
      message.push_back(static_cast<std::uint8_t>(last & 0xFFU));
      last = message.size() - 2;
    }
    return Name::from_message(message, last);
  };
  EXPECT_EQ(parse(127), Name());
  EXPECT_FALSE(parse(128));
}

}  // namespace
}  // namespace dskeeper::dns
