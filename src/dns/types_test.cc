#include "dns/types.h"

#include <gtest/gtest.h>

namespace dskeeper::dns {
namespace {

TEST(RecordType, NamesGoBothWays) {
  for (const auto& [type, text] : {std::pair{RecordType::a, "A"},
                                   {RecordType::ds, "DS"},
                                   {RecordType::cds, "CDS"},
                                   {RecordType::cdnskey, "CDNSKEY"},
                                   {RecordType::csync, "CSYNC"},
                                   {RecordType::dsync, "DSYNC"},
                                   {RecordType::nsec3param, "NSEC3PARAM"},
                                   {RecordType::zonemd, "ZONEMD"},
                                   {RecordType::tsig, "TSIG"},
                                   {RecordType::any, "ANY"}}) {
    EXPECT_EQ(to_text(type), text);
    EXPECT_EQ(parse_record_type(text).value(), type);
  }
  EXPECT_EQ(parse_record_type("cdnskey").value(), RecordType::cdnskey);
}

TEST(Rfc3597, S5_TypesWithoutANameAreNumbers) {
  EXPECT_EQ(to_text(RecordType{65280}), "TYPE65280");
  EXPECT_EQ(parse_record_type("TYPE65280").value(), RecordType{65280});
  EXPECT_EQ(parse_record_type("type59").value(), RecordType::cds);
  for (const char* text : {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "59", "CDSX"}) {
    EXPECT_FALSE(parse_record_type(text)) << text;
  }
}

TEST(Rcode, HasItsNameOrItsNumber) {
  EXPECT_EQ(to_text(Rcode::nxrrset), "NXRRSET");
  EXPECT_EQ(to_text(Rcode{23}), "RCODE23");
}

TEST(Algorithm, HasItsNameOrItsNumber) {
  EXPECT_EQ(to_text(Algorithm::ecdsap256sha256), "ECDSAP256SHA256");
  EXPECT_EQ(to_text(Algorithm{17}), "17");
  EXPECT_EQ(to_text(DigestType::sha256), "SHA-256");
  EXPECT_EQ(to_text(DigestType{6}), "6");
}

TEST(Rfc1982, S3_2_SerialsWrapAndMayHaveNoOrder) {
  const struct {
    std::uint32_t one;
    std::uint32_t other;
    bool is_newer;
  } cases[] = {
      {1, 0, true},  {0, 1, false},           {5, 4294967290U, true},  {4294967290U, 5, false},
      {7, 7, false}, {0x80000000U, 0, false}, {0, 0x80000000U, false}, {0x7FFFFFFFU, 0, true},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(Serial{row.one}.is_newer_than(Serial{row.other}), row.is_newer)
        << row.one << " and " << row.other;
  }
}

}  // namespace
}  // namespace dskeeper::dns
