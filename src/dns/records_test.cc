#include "dns/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dskeeper::dns {
namespace {

Name name(std::string_view text) {
  return Name::parse(text).value();
}
Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

// The key of RFC 4034 §5.4.
constexpr std::string_view rfc4034_key =
    "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUS"
    "djMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";

TEST(Rfc4034, S5_4_DsOfItsKey) {
  const struct {
    std::string_view owner;
    std::string_view key;
    std::string_view ds;  // RFC 4034 §5.4, RFC 4509 §2.3, RFC 6605 §6.1 and §6.2
  } cases[] = {
      {"dskey.example.com.", rfc4034_key, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
      {"dskey.example.com.", rfc4034_key,
       "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A"},
      {"example.net.",
       "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQ"
       "Lc8NAA==",
       "55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17"},
      {"example.net.",
       "257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrb"
       "YQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
       "10771 14 4 72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D2884"
       "05C3008A946DF983D6"},
  };
  for (const auto& row : cases) {
    const Dnskey key = Dnskey::parse(row.key).value();
    const Ds expected = Ds::parse(row.ds).value();
    EXPECT_EQ(key.text(), row.key);
    EXPECT_EQ(key.key_tag(), expected.key_tag);
    const auto made = make_ds(name(row.owner), key, expected.digest_type);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(made->text(), row.ds);
    EXPECT_EQ(digest_octets(expected.digest_type), made->digest.size());
    EXPECT_TRUE(names_key(expected, name(row.owner), key));
  }
}

TEST(Rfc4034, S6_2_TheOwnerIsHashedInLowerCase) {
  const Dnskey key = Dnskey::parse(rfc4034_key).value();
  EXPECT_EQ(make_ds(name("DSKEY.Example.COM."), key, DigestType::sha256).value(),
            make_ds(name("dskey.example.com."), key, DigestType::sha256).value());
}

TEST(MakeDs, FailsForDigestsThatCannotBeComputed) {
  const Dnskey key = Dnskey::parse(rfc4034_key).value();
  for (const DigestType type : {DigestType::none, DigestType::gost94, DigestType{99}}) {
    EXPECT_FALSE(make_ds(Name(), key, type));
  }
}

TEST(Rfc4034, AppendixB_TheTagIsNotTheIdentityOfAKey) {
  // Two octets in places of the same weight change places: same tag, another key.
  const Dnskey one = Dnskey::parse("257 3 13 AQIDBA==").value();
  const Dnskey other = Dnskey::parse("257 3 13 AwIBBA==").value();
  ASSERT_EQ(one.key_tag(), other.key_tag());
  const Ds ds = make_ds(name("kid.example."), one, DigestType::sha256).value();
  EXPECT_TRUE(names_key(ds, name("kid.example."), one));
  EXPECT_FALSE(names_key(ds, name("kid.example."), other));
  EXPECT_FALSE(names_key(ds, name("other.example."), one));
}

TEST(Rfc4034, AppendixB_1_TheTagOfAlgorithm1IsPartOfItsModulus) {
  const Dnskey key{256, 3, Algorithm{1}, hex("0103AABBCCDD")};
  EXPECT_EQ(key.key_tag().value, 0xBBCC);
}

TEST(Rfc8078, Erratum5049_DeleteRecords) {
  const Ds cds = Ds::from_rdata(hex("0000000000")).value();
  EXPECT_EQ(cds.text(), "0 0 0 00");
  EXPECT_EQ(cds.to_rdata(), hex("0000000000"));
  EXPECT_EQ(Ds::parse("0 0 0 00").value(), cds);
  EXPECT_EQ(Ds::parse("0 0 0 0").value(), cds);

  const Dnskey cdnskey = Dnskey::from_rdata(hex("0000030000")).value();
  EXPECT_EQ(cdnskey.text(), "0 3 0 AA==");
  EXPECT_EQ(cdnskey.to_rdata(), hex("0000030000"));
  EXPECT_EQ(Dnskey::parse("0 3 0 AA==").value(), cdnskey);
  EXPECT_EQ(cdnskey.key_tag().value, 768);  // while the CDS says 0: never compare these by tag
}

TEST(Ds, ReadsHexadecimalInEitherCaseAndInPieces) {
  const Ds ds = Ds::parse("2371 13 2 C1F9 1b").value();
  EXPECT_EQ(ds, Ds::parse(" 2371\t13 2 c1f91B ").value());
  EXPECT_EQ(ds.text(), "2371 13 2 C1F91B");
  EXPECT_EQ(Ds::from_rdata(ds.to_rdata()).value(), ds);
}

TEST(Ds, KeyTagZeroIsLegal) {
  EXPECT_TRUE(Ds::parse("0 13 2 C1F9"));
}

TEST(Ds, MalformedOnesAreRefused) {
  for (const char* text :
       {"", "1", "1 13", "1 13 2", "1 13 2 C", "1 13 2 0", "0 0 2 0", "x 13 2 C1", "65536 13 2 C1",
        "1 256 2 C1", "1 13 2 C1G0", "-1 13 2 C1", "1 13 2 0x"}) {
    EXPECT_FALSE(Ds::parse(text)) << text;
  }
  for (const char* rdata : {"", "00", "0943", "09430D", "09430D02"}) {
    EXPECT_FALSE(Ds::from_rdata(hex(rdata))) << rdata;
  }
}

TEST(Dnskey, MalformedOnesAreRefused) {
  for (const char* text :
       {"", "257 3 13", "257 3 13 A", "257 3 13 *", "65536 3 13 AA==", "0 3 0 0"}) {
    EXPECT_FALSE(Dnskey::parse(text)) << text;
  }
  for (const char* rdata : {"", "0101", "01010D", "0101030D"}) {
    EXPECT_FALSE(Dnskey::from_rdata(hex(rdata))) << rdata;
  }
}

TEST(Dnskey, FlagsSayWhatItIs) {
  const struct {
    std::uint16_t flags;
    bool is_zone_key;
    bool is_revoked;
    bool is_secure_entry_point;
  } cases[] = {{256, true, false, false},
               {257, true, false, true},
               {385, true, true, true},
               {1, false, false, true}};
  for (const auto& row : cases) {
    const Dnskey key{row.flags, 3, Algorithm::ed25519, {0}};
    EXPECT_EQ(key.is_zone_key(), row.is_zone_key) << row.flags;
    EXPECT_EQ(key.is_revoked(), row.is_revoked) << row.flags;
    EXPECT_EQ(key.is_secure_entry_point(), row.is_secure_entry_point) << row.flags;
  }
}

TEST(DsSet, HasNeitherOrderNorDuplicates) {
  const Ds one = Ds::parse("1 13 2 AA").value();
  const Ds two = Ds::parse("2 13 2 AA").value();
  EXPECT_EQ(make_ds_set({two, one, two}), make_ds_set({one, two}));
  EXPECT_THAT(make_ds_set({two, one, two}), testing::ElementsAre(one, two));
}

// RRSIG over A of host.example.com., RFC 4034 §3.3, with a signature cut short.
constexpr std::string_view rfc4034_rrsig =
    "0001 05 03 00015180 3E7C9DD7 3E5510D7 0A52 07 6578616D706C65 03 636F6D 00 A0";

TEST(Rfc4034, S3_1_RrsigFields) {
  const Time about_then = parse_time("2003-03-01T00:00:00Z").value();
  const Bytes rdata = hex(rfc4034_rrsig);
  const Rrsig rrsig = Rrsig::from_rdata(rdata, about_then).value();
  EXPECT_EQ(rrsig.covered, RecordType::a);
  EXPECT_EQ(rrsig.algorithm, Algorithm::rsasha1);
  EXPECT_EQ(rrsig.labels, 3);
  EXPECT_EQ(rrsig.original_ttl.seconds, 86400U);
  EXPECT_EQ(format_time(rrsig.expiration), "2003-03-22T17:31:03Z");
  EXPECT_EQ(format_time(rrsig.inception), "2003-02-20T17:31:03Z");
  EXPECT_EQ(rrsig.key_tag.value, 2642);
  EXPECT_EQ(rrsig.signer, name("example.com."));
  EXPECT_EQ(rrsig.signature, hex("A0"));
  EXPECT_EQ(rrsig.rdata_without_signature(), Bytes(rdata.begin(), rdata.end() - 1));
}

TEST(Rfc4034, S3_1_5_TimesWrapAroundThePresent) {
  Bytes rdata = hex(rfc4034_rrsig);
  const Bytes ten_seconds = hex("0000000A");
  std::copy(ten_seconds.begin(), ten_seconds.end(), rdata.begin() + 8);
  const Time in_2106 = parse_time("2106-02-07T06:28:00Z").value();  // 16 s before the wrap
  const Rrsig rrsig = Rrsig::from_rdata(rdata, in_2106).value();
  EXPECT_EQ(format_time(rrsig.expiration), "2106-02-07T06:28:26Z");
  const Bytes again = rrsig.rdata_without_signature();
  EXPECT_EQ(again, Bytes(rdata.begin(), rdata.end() - 1));
}

TEST(Rrsig, ThatIsCutOffAnywhereIsRefused) {
  const Bytes rdata = hex(rfc4034_rrsig);
  for (std::size_t size = 0; size < rdata.size(); ++size) {
    EXPECT_FALSE(Rrsig::from_rdata(ByteView(rdata).first(size), Time())) << size;
  }
}

TEST(Rfc4034, S3_1_7_TheSignerIsNeverCompressed) {
  EXPECT_FALSE(
      Rrsig::from_rdata(hex("0001 05 03 00015180 3E7C9DD7 3E5510D7 0A52 C000 A0"), Time()));
}

TEST(Soa, HasSerialAndMinimum) {
  const Bytes rdata = hex("026E7300 0161 00 FFFFFFFE 00000E10 00000384 00093A80 0000012C");
  const Soa soa = Soa::from_rdata(rdata).value();
  EXPECT_EQ(soa.mname, name("ns."));
  EXPECT_EQ(soa.rname, name("a."));
  EXPECT_EQ(soa.serial.value, 0xFFFFFFFEU);
  EXPECT_EQ(soa.minimum.seconds, 300U);
  EXPECT_FALSE(Soa::from_rdata(ByteView(rdata).first(rdata.size() - 1)));
  Bytes longer = rdata;
  longer.push_back(0);
  EXPECT_FALSE(Soa::from_rdata(longer));
}

}  // namespace
}  // namespace dskeeper::dns
