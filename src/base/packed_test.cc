#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/byte_arena.h"
#include "base/interned_octets.h"
#include "base/packed_octets.h"

namespace dskeeper {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

Bytes octets_of(std::size_t size, std::uint8_t fill) {
  return Bytes(size, fill);
}

TEST(PackedOctets, GiveBackWhatWasPut) {
  const std::vector<std::uint64_t> numbers = {
      0, 1, 127, 128, 16'383, 16'384, 0xFFFFFFFFU, std::numeric_limits<std::uint64_t>::max()};
  Bytes packed;
  for (const std::uint64_t number : numbers) {
    put_number(packed, number);
    put_octets(packed, octets_of(number % 300, 7));
  }
  PackedReader reader(packed);
  for (const std::uint64_t number : numbers) {
    EXPECT_EQ(reader.number(), number);
    EXPECT_THAT(reader.octets(), ElementsAreArray(octets_of(number % 300, 7)));
  }
  EXPECT_TRUE(reader.is_at_end());
}

TEST(PackedOctets, SmallNumbersTakeOneOctet) {
  Bytes packed;
  put_number(packed, 127);
  put_number(packed, 128);
  EXPECT_THAT(packed, ElementsAre(0x7F, 0x80, 0x01));
}

TEST(PackedOctetsDeathTest, ReadingPastTheEndIsABug) {
  EXPECT_DEATH(PackedReader(Bytes{0x80}).number(), "CHECK|packed_octets");
  EXPECT_DEATH(PackedReader(Bytes{3, 1, 2}).octets(), "CHECK|packed_octets");
}

// Over many chunks, with values that are longer than one.
TEST(ByteArena, KeepsWhatWasAppendedWhereItIs) {
  ByteArena arena;
  std::vector<std::uint64_t> addresses;
  const std::vector<std::size_t> sizes = {1, 3'000'000, 2'000'000, 9'000'000, 5, 4'194'304, 7};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    addresses.push_back(arena.append(octets_of(sizes[i], static_cast<std::uint8_t>(i))));
  }
  const ByteView first = arena.from(addresses[0]);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const ByteView kept = arena.from(addresses[i]);
    ASSERT_GE(kept.size(), sizes[i]);
    EXPECT_EQ(kept.front(), i);
    EXPECT_EQ(kept[sizes[i] - 1], i);
  }
  EXPECT_EQ(arena.from(addresses[0]).data(), first.data()) << "views stay good";
}

TEST(InternedOctets, EqualOctetsHaveOneNumber) {
  InternedOctets interned;
  EXPECT_EQ(interned.intern(as_bytes("op")), 0U);
  EXPECT_EQ(interned.intern({}), 1U);
  EXPECT_EQ(interned.intern(as_bytes("op")), 0U);
  EXPECT_EQ(interned.intern(as_bytes("op2")), 2U);
  EXPECT_EQ(interned.size(), 3U);
  EXPECT_THAT(interned.at(0), ElementsAre('o', 'p'));
  EXPECT_THAT(interned.at(1), IsEmpty());
}

TEST(InternedOctets, GrowWithoutLosingAny) {
  InternedOctets interned;
  constexpr std::uint32_t count = 10'000;
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < count; ++i) {
      ASSERT_EQ(interned.intern(as_bytes(std::to_string(i))), i);
    }
  }
  interned.close();
  for (std::uint32_t i = 0; i < count; ++i) {
    ASSERT_THAT(interned.at(i), ElementsAreArray(as_bytes(std::to_string(i))));
  }
}

}  // namespace
}  // namespace dskeeper
