#include "child/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child/zone_list.h"

namespace dskeeper::child {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

dns::Record ptr(std::string_view owner, std::string_view member) {
  const dns::Name target = name(member);
  return {name(owner), dns::RecordType::ptr, dns::Ttl{0},
          Bytes(target.wire().begin(), target.wire().end())};
}

dns::Record txt(std::string_view owner, Bytes rdata) {
  return {name(owner), dns::RecordType::txt, dns::Ttl{0}, std::move(rdata)};
}

Result<std::vector<dns::Name>> read(const std::vector<dns::Record>& records) {
  CatalogReader reader(name("cat.op."));
  for (const dns::Record& record : records) reader.add(record);
  return reader.finish();
}

const dns::Record version = txt("version.cat.op.", {1, '2'});

TEST(Rfc9432, S4_1_EachMemberHasAPtrRecordBelowZones) {
  const auto zones =
      read({ptr("b.zones.cat.op.", "b.example."), version, ptr("a.zones.cat.op.", "A.Example."),
            // Properties of a member or of the catalog are none of ours (§4.4).
            txt("group.a.zones.cat.op.", {1, 'x'}), ptr("coo.a.zones.cat.op.", "new.op."),
            ptr("x.cat.op.", "x.example.")});
  ASSERT_TRUE(zones) << zones.error().text();
  EXPECT_THAT(*zones, ElementsAre(name("a.example."), name("b.example.")));
}

TEST(Rfc9432, S5_1_ABrokenCatalogIsNotRead) {
  const dns::Record a = ptr("a.zones.cat.op.", "a.example.");
  const struct {
    std::vector<dns::Record> records;
    const char* why;
  } cases[] = {
      {{a}, "version.cat.op. is not one TXT record"},
      {{a, txt("version.cat.op.", {1, '1'})}, "version.cat.op. is not"},
      {{a, version, txt("version.cat.op.", {1, '3'})}, "version.cat.op. is not"},
      {{version, a, ptr("a.zones.cat.op.", "b.example.")}, "several PTR records"},
      {{version, a, ptr("b.zones.cat.op.", "a.example.")}, "a.example. is a member twice"},
      {{version, {name("a.zones.cat.op."), dns::RecordType::ptr, {}, {9}}}, "malformed"},
  };
  for (const auto& [records, why] : cases) {
    const auto zones = read(records);
    ASSERT_FALSE(zones) << why;
    EXPECT_THAT(zones.error().text(), HasSubstr(why));
  }
}

TEST(ZoneList, HasOneZoneALineAndComments) {
  const auto zones = parse_zone_list("# ours\nb.example\r\n\n  a.example.  # new\nB.example.", "z");
  ASSERT_TRUE(zones) << zones.error().text();
  EXPECT_THAT(*zones, ElementsAre(name("a.example."), name("b.example.")));
  EXPECT_TRUE(parse_zone_list("", "z")->empty());
}

TEST(ZoneList, NamesTheLineOfAFault) {
  const auto zones = parse_zone_list("a.example.\na..b\n", "zones.txt");
  ASSERT_FALSE(zones);
  EXPECT_THAT(zones.error().text(), HasSubstr("zones.txt:2"));
}

}  // namespace
}  // namespace dskeeper::child
