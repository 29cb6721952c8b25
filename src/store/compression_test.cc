#include "store/compression.h"

#include <gtest/gtest.h>

#include <random>

namespace dskeeper::store {
namespace {

TEST(Compression, GivesBackWhatItTook) {
  Compressor compressor;
  std::mt19937 random(8878);  // NOLINT: the same octets in every run
  for (const std::size_t size : {0UL, 1UL, 500UL, 100'000UL}) {
    Bytes octets(size);
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(random() % 7);
    const Bytes compressed = compressor.compress(octets);
    EXPECT_EQ(compressor.decompress(compressed, size).value(), octets) << size;
  }
  EXPECT_LT(compressor.compress(Bytes(100'000, 'a')).size(), 1000U);
}

TEST(Compression, RefusesWhatIsTooLargeOrDamaged) {
  Compressor compressor;
  Bytes compressed = compressor.compress(Bytes(1000, 'a'));
  EXPECT_FALSE(compressor.decompress(compressed, 999));
  EXPECT_FALSE(compressor.decompress({}, 1000));
  EXPECT_FALSE(compressor.decompress(Bytes{1, 2, 3}, 1000));
  compressed.pop_back();
  EXPECT_FALSE(compressor.decompress(compressed, 1000));
}

}  // namespace
}  // namespace dskeeper::store
