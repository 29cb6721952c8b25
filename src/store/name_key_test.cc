#include "store/name_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string_view>

#include "store/test_support.h"

namespace dskeeper::store {
namespace {

TEST(NameKey, ReversesTheLabels) {
  const std::string_view expected("example\0kid\0", 12);
  EXPECT_EQ(name_key(name("Kid.Example.")), Bytes(expected.begin(), expected.end()));
  EXPECT_TRUE(name_key(name(".")).empty());
}

TEST(NameKey, SortsAsNamesDo) {
  std::mt19937 random(4034);  // NOLINT: the same names in every run
  std::vector<dns::Name> names;
  for (int i = 0; i < 300; ++i) {
    Bytes wire;
    for (auto labels = random() % 4; labels > 0; --labels) {
      const auto size = 1 + random() % 3;
      wire.push_back(static_cast<std::uint8_t>(size));
      // Few and low octets, so that prefixes and escapes meet.
      for (auto octet = size; octet > 0; --octet) {
        wire.push_back(static_cast<std::uint8_t>(random() % 4));
      }
    }
    wire.push_back(0);
    names.push_back(dns::Name::from_wire(wire).value());
  }
  for (const dns::Name& a : names) {
    EXPECT_EQ(name_of_key(name_key(a)).value(), a);
    for (const dns::Name& b : names) {
      EXPECT_EQ(a < b, name_key(a) < name_key(b)) << a.text() << " " << b.text();
      EXPECT_EQ(a == b, name_key(a) == name_key(b)) << a.text() << " " << b.text();
    }
  }
}

TEST(NameKey, RefusesWhatIsNoKey) {
  for (const std::string_view octets :
       {std::string_view("kid"), std::string_view("\x01", 1), std::string_view("\x01\x03\0", 3),
        std::string_view("\x01\0", 2), std::string_view("kid\0\0", 5)}) {
    EXPECT_FALSE(name_of_key(as_bytes(octets))) << to_hex(as_bytes(octets));
  }
  EXPECT_FALSE(name_of_key(Bytes(70, 'a')));
  const std::string label = std::string(63, 'a') + '\0';
  EXPECT_TRUE(name_of_key(as_bytes(label + label + label)));
  EXPECT_FALSE(name_of_key(as_bytes(label + label + label + label)));
}

}  // namespace
}  // namespace dskeeper::store
