#include "dns/zone_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace dskeeper::dns {
namespace {

Name name(std::string_view text) {
  return Name::parse(text).value();
}

class ZoneFile : public testing::Test {
 protected:
  ZoneFile()
      : path_(std::filesystem::path(testing::TempDir()) /
              ("dskeeper_" + std::to_string(getpid()) + ".zone")) {}
  ~ZoneFile() override { std::filesystem::remove(path_); }

  void write(std::string_view text) const { std::ofstream(path_, std::ios::binary) << text; }

  // All records as "owner ttl type rdata", and the error, if one ended it, as the last line.
  [[nodiscard]] std::vector<std::string> read(std::string_view text) const {
    write(text);
    auto reader = ZoneFileReader::open(path_, name("example."));
    if (!reader) return {reader.error().text()};
    std::vector<std::string> lines;
    while (true) {
      const auto record = reader->next();
      if (!record) {
        lines.push_back("error " + record.error().text());
        return lines;
      }
      if (!record->has_value()) return lines;
      const Record& it = **record;
      lines.push_back(it.owner.text() + " " + std::to_string(it.ttl.seconds) + " " +
                      to_text(it.type) + " " + rdata_text(it.type, it.rdata));
    }
  }

  [[nodiscard]] std::string error_at(int line) const {
    return "error " + path_.string() + ":" + std::to_string(line) + ": ";
  }

  std::filesystem::path path_;
};

TEST_F(ZoneFile, IsReadRecordByRecord) {
  EXPECT_THAT(read("$ORIGIN example.\n"
                   "$TTL 3600\n"
                   "; a comment\n"
                   "@ IN SOA ns.example. Host.example. ( 7 ; the serial\n"
                   "      1 2 3\n"
                   "      300 )\n"
                   "\n"
                   "Kid 60 IN NS NS1.Op.NET.\n"
                   "    IN NS ns2\n"
                   "kid DS 2371 13 2 ( c1f91b8c 00000000 00000000 00000000 00000000 00000000\n"
                   "        00000000 00000000 )\n"
                   "$ORIGIN sub.example.\n"
                   "ns2.example. A 192.0.2.1\n"
                   "rel AAAA 2001:db8::1\n"),
              testing::ElementsAre(
                  "example. 3600 SOA ns.example. host.example. 7 1 2 3 300",
                  "kid.example. 60 NS ns1.op.net.", "kid.example. 3600 NS ns2.example.",
                  "kid.example. 3600 DS 2371 13 2 C1F91B8C" + std::string(56, '0'),
                  "ns2.example. 3600 A 192.0.2.1", "rel.sub.example. 3600 AAAA 2001:db8::1"));
}

TEST_F(ZoneFile, KeepsRelativeNamesBelowTheGivenOrigin) {
  EXPECT_THAT(read("$TTL 60\n@ NS ns\n"), testing::ElementsAre("example. 60 NS ns.example."));
}

TEST_F(ZoneFile, TakesTheLastLineWithoutItsNewline) {
  EXPECT_THAT(read("a 60 IN A 192.0.2.1\nb 60 IN A 192.0.2.2"),
              testing::ElementsAre("a.example. 60 A 192.0.2.1", "b.example. 60 A 192.0.2.2"));
}

TEST_F(ZoneFile, SaysWhetherItsLastLineIsWhole) {
  for (const auto& [text, is_whole] : {std::pair{"a 60 NS ns.test.", false},
                                       {"a 60 NS ns.test.\n", true},
                                       {"a 60 NS ns.test.\n; half a comm", false},
                                       {"", true}}) {
    write(text);
    auto reader = ZoneFileReader::open(path_, name("example.")).value();
    while (reader.next().value()) {
    }
    EXPECT_EQ(reader.ends_in_newline(), is_whole) << text;
  }
}

TEST_F(ZoneFile, PassesOverAByteOrderMark) {
  EXPECT_EQ(read("\xEF\xBB\xBF$TTL 60\na NS ns.test.\n"),
            std::vector<std::string>{"a.example. 60 NS ns.test."});
}

TEST_F(ZoneFile, TakesLinesFromOtherSystems) {
  EXPECT_THAT(read("a 60 IN A 192.0.2.1\r\n\r\nb 60 IN A 192.0.2.2\r\n"),
              testing::ElementsAre("a.example. 60 A 192.0.2.1", "b.example. 60 A 192.0.2.2"));
}

TEST_F(ZoneFile, ReadsUnknownTypesAsRfc3597) {
  EXPECT_THAT(
      read("a 60 TYPE65280 \\# 4 0a000001\n"
           "*._dsync 60 IN TYPE66 \\# 8 003B0114EF026F7000\n"),
      testing::ElementsAre("a.example. 60 TYPE65280 \\# 4 0A000001", testing::StartsWith("error")));
  EXPECT_THAT(read("*._dsync 60 IN TYPE66 \\# 9 003B0114EF026F7000\n"),
              testing::ElementsAre("*._dsync.example. 60 DSYNC CDS NOTIFY 5359 op."));
}

TEST_F(ZoneFile, ReadsDsyncByItsName) {
  EXPECT_THAT(
      read("$TTL 60\n"
           "*._dsync IN DSYNC CDS NOTIFY 5359 cds-scanner.example.net.\n"
           "ns A 192.0.2.1\n"),
      testing::ElementsAre("*._dsync.example. 60 DSYNC CDS NOTIFY 5359 cds-scanner.example.net.",
                           "ns.example. 60 A 192.0.2.1"));
}

TEST_F(ZoneFile, ReadsTheRecordsOfSignedZones) {
  EXPECT_THAT(
      read("$TTL 60\n"
           "kid CDS 0 0 0 00\n"
           "kid CDNSKEY 0 3 0 AA==\n"
           "kid CSYNC 66 3 A NS AAAA\n"
           "kid RRSIG CDS 13 2 3600 20261224000000 20261110000000 2371 Kid.Example. AQIDBA==\n"
           "kid NSEC \\000.Kid.example. NS RRSIG NSEC\n"),
      testing::ElementsAre(
          "kid.example. 60 CDS 0 0 0 00",
          "kid.example. 60 CDNSKEY 0 3 0 AA==", "kid.example. 60 CSYNC 66 3 A NS AAAA",
          "kid.example. 60 RRSIG CDS 13 2 3600 20261224000000 20261110000000 2371 kid.example. "
          "AQIDBA==",
          testing::StartsWith("kid.example. 60 NSEC \\# ")));
}

TEST_F(ZoneFile, AnEmptyOneHasNoRecords) {
  EXPECT_THAT(read(""), testing::IsEmpty());
  EXPECT_THAT(read("\n; nothing\n\n"), testing::IsEmpty());
}

TEST_F(ZoneFile, ErrorsNameFileAndLine) {
  const struct {
    std::string_view text;
    int line;
  } cases[] = {
      {"a 60 IN A 192.0.2.1\nb 60 IN A 192.0.2\n", 2},
      {"\n\nkid 60 IN DS 1 13 2 XY\n", 3},
      {"; one\n  ; two\n\r\n;three (\nkid 60 IN DS 1 13 2 XY\n", 5},
      {"a 60 A (\n192.0.2.1\n)\nkid 60 IN DS 1 13 2 XY\n", 4},
      {"kid 60 IN NOSUCHTYPE 1\n", 1},
      {"kid 60 CH TXT \"x\"\n", 1},
      {"kid 60 IN NS a..b.\n", 1},
      {"kid 60 IN\n", 1},
      {"kid 60 IN DS ( 1 13 2\n", 1},
      {"kid 60 IN A 192.0.2.1 192.0.2.2\n", 1},
      {"$TTL\nkid IN A 192.0.2.1\n", 1},
      {"$ORIGIN\nkid IN A 192.0.2.1\n", 1},
      {"$NOSUCH x\n", 1},
      {"$GENERATE 1-2 a$ 60 A 192.0.2.$\n", 1},
  };
  for (const auto& row : cases) {
    const auto lines = read(row.text);
    ASSERT_FALSE(lines.empty()) << row.text;
    EXPECT_THAT(lines.back(), testing::StartsWith(error_at(row.line))) << row.text;
  }
}

TEST_F(ZoneFile, AnEndlessLineIsRefused) {
  const auto lines = read("a 60 TXT (" + std::string(1U << 20U, ' ') + "x )\n");
  EXPECT_THAT(lines, testing::ElementsAre(testing::StartsWith(error_at(1))));
  const auto words = read("a 60 TXT " + std::string(1U << 20U, 'x') + "\nb 60 A 192.0.2.1\n");
  EXPECT_THAT(words, testing::ElementsAre(testing::StartsWith(error_at(1))));
}

TEST_F(ZoneFile, ARecordWithoutTtlTakesTheLastOneStated) {
  EXPECT_THAT(read("a 60 A 192.0.2.1\nb A 192.0.2.2\n$TTL 1h\nc 5 A 192.0.2.3\nd A 192.0.2.4\n"),
              testing::ElementsAre("a.example. 60 A 192.0.2.1", "b.example. 60 A 192.0.2.2",
                                   "c.example. 5 A 192.0.2.3", "d.example. 3600 A 192.0.2.4"));
}

TEST_F(ZoneFile, IncludeIsRefused) {
  EXPECT_THAT(read("a 60 A 192.0.2.1\n$INCLUDE /etc/passwd\nb 60 A 192.0.2.2\n"),
              testing::ElementsAre("a.example. 60 A 192.0.2.1",
                                   testing::HasSubstr("$INCLUDE is not accepted")));
}

TEST_F(ZoneFile, GivesTheWantedTypesAlone) {
  write(
      "$TTL 60\n"
      "kid NS ns1\n"
      "    TXT \"x\"\n"
      "    RRSIG not looked at\n"
      "    DS 1 13 2 AA\n");
  auto reader = ZoneFileReader::open(path_, name("example."), {RecordType::ns, RecordType::ds});
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->next().value().value().type, RecordType::ns);
  const Record ds = reader->next().value().value();
  EXPECT_EQ(ds.type, RecordType::ds);
  EXPECT_EQ(ds.owner, name("kid.example."));
  EXPECT_FALSE(reader->next().value());
}

TEST_F(ZoneFile, MixesPlainRecordsWithThoseOfLdns) {
  EXPECT_THAT(read("$TTL 0\n"
                   "kid NS ns1\n"
                   " 1h IN MX 10 Mail\n"  // not plain
                   "\tIN 5 A 192.0.2.1\n"
                   "a\\.b TXT \"; ( no comment\"\n"  // nor this
                   "    TYPE1 \\# 4 C0000201\n"
                   "$ORIGIN Sub\n"
                   "@ 7 AAAA 2001:db8::1\n"),
              testing::ElementsAre(
                  "kid.example. 0 NS ns1.example.", testing::StartsWith("kid.example. 3600 MX \\#"),
                  "kid.example. 5 A 192.0.2.1", testing::StartsWith("a\\.b.example."),
                  "a\\.b.example. 0 A 192.0.2.1", "sub.example. 7 AAAA 2001:db8::1"));
}

TEST_F(ZoneFile, AMissingOneSaysWhatToDo) {
  const auto reader = ZoneFileReader::open("/nonexistent/example.zone", name("example."));
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().text(),
            "/nonexistent/example.zone: the zone file cannot be opened: No such file or directory. "
            "Check the path, and that dskeeper's user may read it.");
}

TEST_F(ZoneFile, WhatIsNoFileIsNoEmptyOrEndlessZone) {
  EXPECT_FALSE(ZoneFileReader::open(testing::TempDir(), name("example.")));
  EXPECT_FALSE(ZoneFileReader::open("/dev/zero", name("example.")));
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(ZoneFileReader::open(path_, name("example.")));
}

}  // namespace
}  // namespace dskeeper::dns
