#include "dns/csync.h"

#include <gtest/gtest.h>

namespace dskeeper::dns {
namespace {

using enum RecordType;

const Bytes example = from_hex("00000042 0003 000460000008").value();  // 66 3 A NS AAAA

TEST(Rfc7477, S2_1_TheExampleGoesBothWays) {
  const Csync csync = Csync::from_rdata(example).value();
  EXPECT_EQ(csync, (Csync{Serial{66}, 3, TypeBitmap({a, ns, aaaa})}));
  EXPECT_EQ(csync.to_rdata(), example);
  EXPECT_EQ(csync.text(), "66 3 A NS AAAA");
  EXPECT_TRUE(csync.is_immediate());
  EXPECT_TRUE(csync.has_soaminimum());
  EXPECT_FALSE(csync.has_unknown_flags());
}

TEST(Rfc7477, S2_1_TheBitmapMayBeEmpty) {
  const Csync csync = Csync::from_rdata(from_hex("00000042 0000").value()).value();
  EXPECT_TRUE(csync.types.types().empty());
  EXPECT_EQ(csync.text(), "66 0");
}

TEST(Rfc7477, S2_1_ARecordThatIsCutOffOrTooLongIsRefused) {
  for (std::size_t size = 0; size < example.size(); ++size) {
    if (size == 6) continue;  // without types it is whole
    EXPECT_FALSE(Csync::from_rdata(ByteView(example).first(size))) << size;
  }
  Bytes longer = example;
  longer.push_back(0);
  EXPECT_FALSE(Csync::from_rdata(longer));
}

TEST(Rfc7477, S2_1_1_2_AnyFlagButTwoIsUnknown) {
  for (unsigned bit = 0; bit < 16; ++bit) {
    const Csync csync{Serial{1}, static_cast<std::uint16_t>(1U << bit), {}};
    EXPECT_EQ(csync.has_unknown_flags(), bit > 1) << bit;
  }
}

// [7477-6]
TEST(Rfc7477, S2_1_1_1_TheZonesSerialMustHaveReachedTheRecords) {
  constexpr std::uint16_t with_minimum = Csync::soaminimum;
  const struct {
    std::uint16_t flags;
    std::uint32_t serial, zone;
    bool is_permitted;
  } cases[] = {
      {with_minimum, 66, 66, true},
      {with_minimum, 66, 67, true},
      {with_minimum, 66, 65, false},
      {with_minimum, 4294967290, 5, true},   // edge case 87
      {with_minimum, 5, 4294967290, false},  // and the other way round
      {with_minimum, 0, 0x7FFFFFFF, true},
      {with_minimum, 0, 0x80000000, false},  // edge case 88: no order is defined
      {with_minimum, 0x80000000, 0, false},
      {with_minimum, 0, 0x80000001, false},
      {0, 66, 65, true},
      {Csync::immediate, 0, 4294967295, true},  // edge case 90
  };
  for (const auto& row : cases) {
    const Csync csync{Serial{row.serial}, row.flags, {}};
    EXPECT_EQ(csync.permits(Serial{row.zone}), row.is_permitted) << row.serial << " " << row.zone;
  }
}

}  // namespace
}  // namespace dskeeper::dns
