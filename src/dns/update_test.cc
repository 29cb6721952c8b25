// RFC 2136 §2 as tests. ldns reads back what we encode.
#include "dns/update.h"

#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <memory>

namespace dskeeper::dns {
namespace {

const Name zone = Name::parse("example.").value();
const Name kid = Name::parse("kid.example.").value();
const Bytes ds = from_hex("0943 0D 02 0102").value();

struct Line {  // what RFC 2136 §2.4 and §2.5 give a meaning to
  std::string owner;
  int type;
  int dns_class;
  std::uint32_t ttl;
  std::size_t rdata_fields;
  bool operator==(const Line&) const = default;
};

struct Sections {
  std::vector<Line> zone;
  std::vector<Line> prerequisites;
  std::vector<Line> updates;
  int opcode = 0;
  int id = 0;
};

std::vector<Line> records_of(const ldns_rr_list* list) {
  std::vector<Line> out;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* record = ldns_rr_list_rr(list, i);
    char* owner = ldns_rdf2str(ldns_rr_owner(record));
    out.push_back({owner, ldns_rr_get_type(record), ldns_rr_get_class(record),
                   ldns_rr_is_question(record) ? 0 : ldns_rr_ttl(record),
                   ldns_rr_rd_count(record)});
    free(owner);
  }
  return out;
}

Sections read(const Bytes& wire) {
  ldns_pkt* packet = nullptr;
  EXPECT_EQ(ldns_wire2pkt(&packet, wire.data(), wire.size()), LDNS_STATUS_OK);
  if (packet == nullptr) return {};
  Sections out{records_of(ldns_pkt_question(packet)), records_of(ldns_pkt_answer(packet)),
               records_of(ldns_pkt_authority(packet)), ldns_pkt_get_opcode(packet),
               ldns_pkt_id(packet)};
  ldns_pkt_free(packet);
  return out;
}

constexpr int ds_type = 43;
constexpr int class_in = 1;
constexpr int class_none = 254;
constexpr int class_any = 255;

TEST(Rfc2136, S2_3_TheZoneIsNamedBySoaAndClassIn) {
  const Sections sections = read(UpdateMessage(zone).encode(4711).value());
  EXPECT_EQ(sections.opcode, 5);
  EXPECT_EQ(sections.id, 4711);
  EXPECT_EQ(sections.zone, (std::vector<Line>{{"example.", 6, class_in, 0, 0}}));
}

TEST(Rfc2136, S2_4_2_TheWholeSetMustBeEqual) {
  UpdateMessage update(zone);
  update.require_equal(kid, RecordType::ds, {ds, ds});
  const Line one = {"kid.example.", ds_type, class_in, 0, 4};
  EXPECT_EQ(read(update.encode(1).value()).prerequisites, (std::vector<Line>{one, one}));
}

TEST(Rfc2136, S2_4_3_TheSetMustNotExist) {
  UpdateMessage update(zone);
  update.require_absent(kid, RecordType::ds);
  const Line absent = {"kid.example.", ds_type, class_none, 0, 0};
  EXPECT_EQ(read(update.encode(1).value()).prerequisites, (std::vector<Line>{absent}));
}

TEST(Rfc2136, S2_4_AnEmptySetIsOneThatDoesNotExist) {
  UpdateMessage equal(zone);
  equal.require_equal(kid, RecordType::ds, {});
  UpdateMessage absent(zone);
  absent.require_absent(kid, RecordType::ds);
  EXPECT_EQ(equal.encode(1).value(), absent.encode(1).value());
}

TEST(Rfc2136, S2_5_DeletionAndAdditionKeepTheirOrder) {
  UpdateMessage update(zone);
  update.delete_rrset(kid, RecordType::ds);
  update.add({kid, RecordType::ds, Ttl{3600}, ds});
  EXPECT_EQ(read(update.encode(1).value()).updates,
            (std::vector<Line>{{"kid.example.", ds_type, class_any, 0, 0},       // §2.5.2
                               {"kid.example.", ds_type, class_in, 3600, 4}}));  // §2.5.1
}

TEST(Rfc2136, S2_EveryOctet) {
  UpdateMessage update(Name::parse("z.").value());
  update.require_absent(Name::parse("a.z.").value(), RecordType::ds);
  update.add({Name::parse("a.z.").value(), RecordType::ds, Ttl{0x01020304}, {0xAA}});
  EXPECT_EQ(to_hex(update.encode(0xBEEF).value()),
            "BEEF28000001000100010000"            // header
            "017A0000060001"                      // z. SOA IN
            "0161017A00002B00FE000000000000"      // a.z. DS NONE, TTL 0, empty
            "0161017A00002B0001010203040001AA");  // a.z. DS IN
}

TEST(Rfc2136, S3_4_1_3_AnOwnerOutsideTheZoneIsNotSent) {
  UpdateMessage update(zone);
  update.delete_rrset(Name::parse("kid.other.").value(), RecordType::ds);
  const auto wire = update.encode(1);
  ASSERT_FALSE(wire);
  EXPECT_EQ(wire.error().what, "kid.other. lies outside the zone example.");
}

TEST(UpdateMessage, OneThatFitsNoMessageIsNotSent) {
  UpdateMessage fits(zone);
  fits.add({kid, RecordType::ds, Ttl{1}, Bytes(65000)});
  EXPECT_TRUE(fits.encode(1));
  for (const std::size_t octets : {65500U, 65535U, 65536U, 131072U}) {
    UpdateMessage update(zone);
    update.add({kid, RecordType::ds, Ttl{1}, Bytes(octets)});
    EXPECT_FALSE(update.encode(1)) << octets;
  }
}

RrsetChanges changes_of(int owners) {
  RrsetChanges changes;
  for (int i = 0; i < owners; ++i) {
    const Name owner = Name::parse("kid" + std::to_string(i) + ".example.").value();
    changes.put.push_back({owner, RecordType::cds, Ttl{60}, {ds}, {}});
    changes.remove.push_back({owner, RecordType::cdnskey, Ttl{60}, {}, {}});
  }
  return changes;
}

// RFC 2136: what one message changes is seen at once, so that all types of an owner go together.
TEST(UpdateMessages, AreManyOfWholeOwners) {
  EXPECT_EQ(make_updates(changes_of(2), zone).size(), 1U);
  const auto updates = make_updates(changes_of(300), zone);
  EXPECT_GT(updates.size(), 5U);
  std::size_t records = 0;
  for (const UpdateMessage& update : updates) {
    const auto wire = update.encode(1);
    ASSERT_TRUE(wire) << wire.error().text();
    EXPECT_LE(wire->size(), 2 * update_octets_about_max);
    const std::size_t count = (*wire)[8] * std::size_t{256} + (*wire)[9];
    EXPECT_EQ(count % 3, 0U) << "two deletions and one record for each owner";
    records += count;
  }
  EXPECT_EQ(records, 900U);
  EXPECT_TRUE(make_updates({}, zone).empty());
}

}  // namespace
}  // namespace dskeeper::dns
