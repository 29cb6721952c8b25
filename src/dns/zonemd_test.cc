#include "dns/zonemd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "dns/zone_file.h"

namespace dskeeper::dns {
namespace {

using testing::HasSubstr;

Name name(std::string_view text) {
  return Name::parse(text).value();
}

std::vector<Record> records_of(const std::string& text) {
  const std::string path = "/tmp/dskeeper-zonemd-test-" + std::to_string(getpid());
  std::ofstream(path) << text;
  auto reader = ZoneFileReader::open(path, name("example.")).value();
  std::filesystem::remove(path);
  std::vector<Record> records;
  while (auto record = reader.next().value()) records.push_back(*std::move(record));
  return records;
}

ZonemdResult check(const std::vector<Record>& records,
                   ZonemdCheck::Keep keep = ZonemdCheck::Keep::while_at_apex) {
  ZonemdCheck check(name("example."), keep);
  for (const Record& record : records) EXPECT_TRUE(check.add(record));
  return check.finish().value();
}

// Appendix A.1: the simple zone.
const std::string soa = "example. 86400 IN SOA ns1 admin 2018031900 1800 900 604800 86400\n";
const std::string digest_a1 =
    "c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3"
    "a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c";
std::string zonemd(const std::string& fields) {
  return "example. 86400 IN ZONEMD " + fields + "\n";
}
const std::string zonemd_a1 = zonemd("2018031900 1 1 " + digest_a1);
const std::string rest =
    "example. 86400 IN NS ns1\n"
    "example. 86400 IN NS ns2\n"
    "ns1 3600 IN A 203.0.113.63\n"
    "ns2 3600 IN AAAA 2001:db8::63\n";

TEST(Rfc8976, A_1_TheSimpleZoneIsVerified) {
  EXPECT_EQ(check(records_of(soa + zonemd_a1 + rest)).status, ZonemdStatus::verified);
}

TEST(Rfc8976, S3_3_1_OrderCaseAndRepetitionDoNotMatter) {
  std::vector<Record> records =
      records_of(soa + zonemd_a1 + "EXAMPLE. 86400 IN NS NS1\nexample. 86400 IN NS ns2\n" + rest);
  std::mt19937 random(1);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(records.begin(), records.end(), random);
    EXPECT_EQ(check(records, ZonemdCheck::Keep::all).status, ZonemdStatus::verified);
  }
}

TEST(Rfc8976, S3_3_1_1_TheSignatureOverTheRecordIsLeftOutAndOthersAreNot) {
  const auto rrsig = [](const std::string& type) {
    return "example. 86400 IN RRSIG " + type +
           " 13 1 86400 20301127000000 20201120000000 4711 example. AAAA\n";
  };
  EXPECT_EQ(check(records_of(soa + zonemd_a1 + rrsig("ZONEMD") + rest)).status,
            ZonemdStatus::verified);
  EXPECT_EQ(check(records_of(soa + zonemd_a1 + rrsig("SOA") + rest)).status, ZonemdStatus::failed);
}

TEST(Rfc8976, S4_WhatDoesNotFitFails) {
  const struct {
    std::string zone;
    ZonemdStatus status;
    const char* why;
  } cases[] = {
      {soa + rest, ZonemdStatus::absent, ""},
      {soa + zonemd_a1 + rest + "more 60 IN A 192.0.2.1\n", ZonemdStatus::failed, "not match"},
      {soa + zonemd_a1 + rest.substr(0, rest.size() - 30), ZonemdStatus::failed, "not match"},
      {soa + zonemd("2018031901 1 1 " + digest_a1) + rest, ZonemdStatus::failed, "serial"},
      {soa + zonemd("2018031900 240 1 " + digest_a1) + rest, ZonemdStatus::unsupported, "scheme"},
      {soa + zonemd("2018031900 1 240 " + digest_a1) + rest, ZonemdStatus::unsupported, "hash"},
      {soa + zonemd("2018031900 1 1 " + digest_a1.substr(0, 90)) + rest, ZonemdStatus::failed,
       "not match"},
      {soa + zonemd("2018031900 1 1 C680") + rest, ZonemdStatus::failed, "malformed"},
      // §2.1: one that we do not know beside one that fits.
      {soa + zonemd("2018031900 1 240 " + digest_a1) + zonemd_a1 + rest, ZonemdStatus::verified,
       ""},
      // §2.2.3: two of one scheme and hash, of which one fits.
      {soa + zonemd("2018031900 1 1 " + std::string(96, 'A')) + zonemd_a1 + rest,
       ZonemdStatus::failed, "twice"},
  };
  for (const auto& [zone, status, why] : cases) {
    std::vector<Record> records;
    const ZonemdResult result = check(records_of(zone));
    EXPECT_EQ(result.status, status) << zone;
    EXPECT_THAT(result.why, HasSubstr(why));
  }
}

TEST(Zonemd, RecordsAreGatheredOnlyWhileOneMayCome) {
  const std::vector<Record> records = records_of(soa + rest + zonemd_a1);
  ZonemdCheck once(name("example."));
  for (const Record& record : records) ASSERT_TRUE(once.add(record));
  EXPECT_FALSE(once.is_gathering());
  EXPECT_EQ(once.finish()->status, ZonemdStatus::late);
  EXPECT_EQ(check(records, ZonemdCheck::Keep::all).status, ZonemdStatus::verified);
}

// Canonical order by another road: sorted by Name and RDATA.
TEST(RecordSorter, GivesCanonicalOrderInMemoryAndFromDisk) {
  std::mt19937 generator(7);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  std::vector<Record> records;
  const auto octet = [&] {
    return static_cast<std::uint8_t>(random() % 4 == 0 ? random() % 3 : random());
  };
  for (int i = 0; i < 2000; ++i) {
    Bytes wire;
    for (std::uint32_t labels = random() % 4; labels > 0; --labels) {
      const auto length = static_cast<std::uint8_t>(1 + random() % 3);
      wire.push_back(length);
      for (int j = 0; j < length; ++j) wire.push_back(octet());
    }
    wire.push_back(0);
    Bytes rdata;
    for (std::uint32_t octets = random() % 3; octets > 0; --octets) rdata.push_back(octet());
    records.push_back({Name::from_wire(wire).value(),
                       RecordType{static_cast<std::uint16_t>(random() % 3)}, Ttl{60},
                       std::move(rdata)});
  }
  std::vector<Record> expected = records;
  const auto is_less = [](const Record& one, const Record& other) {
    if (one.owner != other.owner) return one.owner < other.owner;
    if (one.type != other.type) return one.type < other.type;
    return std::lexicographical_compare(one.rdata.begin(), one.rdata.end(), other.rdata.begin(),
                                        other.rdata.end());
  };
  std::sort(expected.begin(), expected.end(), is_less);
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  Bytes expected_wire;
  for (const Record& record : expected) {
    const ByteView owner = record.owner.wire();
    expected_wire.insert(expected_wire.end(), owner.begin(), owner.end());
    const auto type = static_cast<std::uint8_t>(record.type);
    const Bytes fixed = {0, type, 0,  1, 0,
                         0, 0,    60, 0, static_cast<std::uint8_t>(record.rdata.size())};
    expected_wire.insert(expected_wire.end(), fixed.begin(), fixed.end());
    expected_wire.insert(expected_wire.end(), record.rdata.begin(), record.rdata.end());
  }
  for (const std::size_t run_octets : {sorted_run_octets, std::size_t{4096}, std::size_t{100}}) {
    RecordSorter sorter(run_octets);
    for (const Record& record : records) ASSERT_TRUE(sorter.add(record));
    Bytes wire;
    ASSERT_TRUE(
        sorter.visit([&](ByteView one) { wire.insert(wire.end(), one.begin(), one.end()); }));
    EXPECT_EQ(wire, expected_wire) << run_octets;
  }
}

TEST(RecordSorter, SaysThatTheDiskIsMissing) {
  setenv("TMPDIR", "/nonexistent", 1);
  RecordSorter sorter(10);
  const auto added = sorter.add({name("example."), RecordType::a, Ttl{60}, {192, 0, 2, 1}});
  unsetenv("TMPDIR");
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().text(), HasSubstr("sorted on disk"));
}

}  // namespace
}  // namespace dskeeper::dns
