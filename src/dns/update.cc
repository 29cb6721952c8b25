#include "dns/update.h"

#include <fmt/core.h>

#include <map>

#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

// The classes that say what a record of an UPDATE means (RFC 2136 §2.4, §2.5).
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t class_none = 254;
constexpr std::uint16_t class_any = 255;
constexpr std::size_t records_in_section_max = 65535;  // the header counts in 16 bits
// Owner, type, class, TTL and length of a record besides its RDATA, at most.
constexpr std::size_t record_octets_max = name_octets_max + 10;

std::size_t octets_of(const Rrset& rrset) {
  std::size_t octets = record_octets_max;  // the deletion
  for (const Bytes& rdata : rrset.rdata) octets += record_octets_max + rdata.size();
  return octets;
}

void put(UpdateMessage& update, const Rrset& rrset) {
  update.delete_rrset(rrset.owner, rrset.type);
  for (const Bytes& rdata : rrset.rdata) update.add({rrset.owner, rrset.type, rrset.ttl, rdata});
}

}  // namespace

void UpdateMessage::require_equal(const Name& owner, RecordType type,
                                  const std::vector<Bytes>& rdata) {
  if (rdata.empty()) return require_absent(owner, type);
  // §2.4.2: one record of class IN and TTL 0 for each of the set.
  for (const Bytes& one : rdata) put(prerequisites_, owner, type, class_in, Ttl{0}, one);
}

void UpdateMessage::require_absent(const Name& owner, RecordType type) {
  put(prerequisites_, owner, type, class_none, Ttl{0}, {});  // §2.4.3
}

void UpdateMessage::delete_rrset(const Name& owner, RecordType type) {
  put(updates_, owner, type, class_any, Ttl{0}, {});  // §2.5.2
}

void UpdateMessage::add(const Record& record) {
  put(updates_, record.owner, record.type, class_in, record.ttl, record.rdata);  // §2.5.1
}

Result<Bytes> UpdateMessage::encode(std::uint16_t id) const {
  if (!outside_.empty()) {
    return fail(fmt::format("{} lies outside the zone {}", outside_.front().text(), zone_.text()));
  }
  if (prerequisites_.size() > records_in_section_max || updates_.size() > records_in_section_max) {
    return fail("the UPDATE has too many records", zone_.text());
  }
  Bytes out;
  put_u16(out, id);
  put_u16(out, static_cast<std::uint16_t>(static_cast<unsigned>(Opcode::update) << 11U));
  put_u16(out, 1);  // ZOCOUNT
  put_u16(out, static_cast<std::uint16_t>(prerequisites_.size()));
  put_u16(out, static_cast<std::uint16_t>(updates_.size()));
  put_u16(out, 0);  // ADCOUNT; TSIG adds itself
  put_bytes(out, zone_.wire());
  put_u16(out, static_cast<std::uint16_t>(RecordType::soa));  // §2.3
  put_u16(out, class_in);
  for (const Bytes& record : prerequisites_) put_bytes(out, record);
  for (const Bytes& record : updates_) put_bytes(out, record);
  if (out.size() > message_octets_max) {
    return fail(fmt::format("the UPDATE would be {} octets long; a DNS message holds {}",
                            out.size(), message_octets_max),
                zone_.text());
  }
  return out;
}

void UpdateMessage::put(std::vector<Bytes>& section, const Name& owner, RecordType type,
                        std::uint16_t dns_class, Ttl ttl, ByteView rdata) {
  if (!owner.is_at_or_below(zone_)) outside_.push_back(owner);
  Bytes record;
  put_bytes(record, owner.wire());
  put_u16(record, static_cast<std::uint16_t>(type));
  put_u16(record, dns_class);
  put_u32(record, ttl.seconds);
  // RDATA too long for its 16-bit length is also too long for the message: encode() refuses it.
  put_u16(record, static_cast<std::uint16_t>(rdata.size()));
  put_bytes(record, rdata);
  section.push_back(std::move(record));
}

std::vector<UpdateMessage> make_updates(const RrsetChanges& changes, const Name& zone) {
  struct OfOwner {
    std::vector<const Rrset*> remove;
    std::vector<const Rrset*> put;
  };
  std::map<Name, OfOwner> by_owner;
  for (const Rrset& rrset : changes.remove) by_owner[rrset.owner].remove.push_back(&rrset);
  for (const Rrset& rrset : changes.put) by_owner[rrset.owner].put.push_back(&rrset);

  std::vector<UpdateMessage> updates;
  std::size_t octets = update_octets_about_max;
  for (const auto& [owner, change] : by_owner) {
    if (octets >= update_octets_about_max) {
      updates.emplace_back(zone);
      octets = 0;
    }
    for (const Rrset* rrset : change.remove) {
      updates.back().delete_rrset(rrset->owner, rrset->type);
      octets += record_octets_max;
    }
    for (const Rrset* rrset : change.put) {
      put(updates.back(), *rrset);
      octets += octets_of(*rrset);
    }
  }
  return updates;
}

}  // namespace dskeeper::dns
