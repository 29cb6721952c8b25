#include <gtest/gtest.h>

#include "dns/rrset.h"

namespace dskeeper::dns {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

TEST(RdataText, KnownTypesAreReadable) {
  const struct {
    RecordType type;
    std::string_view rdata;
    std::string_view text;
  } cases[] = {
      {RecordType::a, "C0000201", "192.0.2.1"},
      {RecordType::aaaa, "20010DB8000000000000000000000001", "2001:db8::1"},
      {RecordType::ns, "036E7331 026F70 00", "ns1.op."},
      {RecordType::ns, "00", "."},
      {RecordType::soa, "0161 00 0162 00 00000001 00000002 00000003 00000004 00000005",
       "a. b. 1 2 3 4 5"},
      {RecordType::ds, "09430D02C1F9", "2371 13 2 C1F9"},
      {RecordType::cds, "0000000000", "0 0 0 00"},
      {RecordType::dnskey, "0101030D00", "257 3 13 AA=="},
      {RecordType::cdnskey, "0000030000", "0 3 0 AA=="},
      {RecordType::rrsig, "003B 0D 02 00000E10 3E7C9DD7 3E5510D7 0A52 026F7000 00",
       "CDS 13 2 3600 20030322173103 20030220173103 2642 op. AA=="},
      {RecordType::csync, "00000042 0003 000460000008", "66 3 A NS AAAA"},
      {RecordType::csync, "00000042 0000", "66 0"},
      {RecordType::dsync, "003B 01 14EF 0161 00", "CDS NOTIFY 5359 a."},
  };
  for (const auto& row : cases) EXPECT_EQ(rdata_text(row.type, hex(row.rdata)), row.text);
}

TEST(Rfc3597, S5_OthersAreGeneric) {
  EXPECT_EQ(rdata_text(RecordType{65280}, hex("0A000001")), "\\# 4 0A000001");
  EXPECT_EQ(rdata_text(RecordType{65280}, {}), "\\# 0");
  EXPECT_EQ(rdata_text(RecordType::dsync, hex("003B0114EF")), "\\# 5 003B0114EF");
}

TEST(RdataText, WhatIsMalformedIsShownAsItIs) {
  for (const RecordType type : {RecordType::a, RecordType::ns, RecordType::soa, RecordType::ds,
                                RecordType::dnskey, RecordType::rrsig, RecordType::csync}) {
    EXPECT_EQ(rdata_text(type, hex("0102")), "\\# 2 0102") << to_text(type);
    EXPECT_EQ(rdata_text(type, {}), "\\# 0") << to_text(type);
  }
}

}  // namespace
}  // namespace dskeeper::dns
