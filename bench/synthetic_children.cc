#include "synthetic_children.h"

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "child_zone.h"
#include "denial_records.h"

namespace dskeeper::bench {
namespace {

using dns::Name;
using dns::Record;
using dns::RecordType;

constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t pointer_to_question =
    0xC00C;  // the name behind the header, RFC 1035 §4.1.4
constexpr std::uint16_t edns_octets = 1232;
constexpr std::uint16_t qr_and_aa = 0x8400;
constexpr std::uint16_t rd_bit = 0x0100;
constexpr std::uint32_t do_bit = 0x8000;
constexpr std::size_t ancount_offset = 6;
constexpr std::size_t nscount_offset = 8;
constexpr std::size_t arcount_offset = 10;

bool is_equal_without_case(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

// A response to the query, section by section. All owners are at or below the name asked about.
class ResponseWriter {
 public:
  ResponseWriter(const Query& query, dns::Rcode rcode) {
    out_.reserve(512);
    const unsigned flags = (rcode == dns::Rcode::refused ? 0x8000U : qr_and_aa) |
                           (query.recursion_desired ? rd_bit : 0U) | static_cast<unsigned>(rcode);
    for (const unsigned field : {unsigned{query.id}, flags, 1U, 0U, 0U, 0U}) u16(field);
    out_.insert(out_.end(), query.question.begin(), query.question.end());
    apex_octets_ = query.question.size() - 4;
  }

  void add(std::size_t count_offset, const Name& owner, RecordType type, dns::Ttl ttl,
           ByteView rdata) {
    const ByteView prefix = owner.wire().first(owner.wire().size() - apex_octets_);
    out_.insert(out_.end(), prefix.begin(), prefix.end());
    u16(pointer_to_question);
    u16(static_cast<unsigned>(type));
    u16(class_in);
    u32(ttl.seconds);
    u16(static_cast<unsigned>(rdata.size()));
    out_.insert(out_.end(), rdata.begin(), rdata.end());
    ++out_[count_offset + 1];
  }

  void add_opt(bool dnssec_ok) {
    out_.push_back(0);
    u16(static_cast<unsigned>(RecordType::opt));
    u16(edns_octets);
    u32(dnssec_ok ? do_bit : 0);
    u16(0);
    ++out_[arcount_offset + 1];
  }

  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  void u16(unsigned value) {
    out_.push_back(static_cast<std::uint8_t>(value >> 8U));
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void u32(std::uint32_t value) {
    u16(value >> 16U);
    u16(value & 0xFFFFU);
  }

  Bytes out_;
  std::size_t apex_octets_ = 0;
};

}  // namespace

std::optional<std::size_t> SyntheticChildren::find_child(const Query& query,
                                                         std::size_t operator_index) const {
  if (!is_equal_without_case(query.zone, "example")) return std::nullopt;
  const auto child = world_.find_child(query.first_label);
  if (!child || world_.operator_of(*child) != operator_index) return std::nullopt;
  return child;
}

std::set<RecordType> SyntheticChildren::types_at_apex(const Child& child) {
  std::set<RecordType> types = {RecordType::a, RecordType::ns, RecordType::soa};
  if (!is_signed(child.kind)) return types;
  types.insert(RecordType::dnskey);
  if (denial_of(child.operator_index) == Denial::nsec3) types.insert(RecordType::nsec3param);
  if (publishes_cds(child.kind)) types.insert({RecordType::cds, RecordType::cdnskey});
  return types;
}

SyntheticChildren::Records SyntheticChildren::records(const Child& child, RecordType type) const {
  Records out;
  if (type == RecordType::soa) {
    const NameServer primary = World::name_server({child.operator_index, 0});
    out.push_back(soa_record(child.name, primary.name));
  } else if (type == RecordType::dnskey) {
    for (const ZoneKey& key : keys_.of(child.operator_index).keys) {
      out.push_back({child.name, RecordType::dnskey, zone_ttl, key.dnskey().to_rdata()});
    }
  } else if (type == RecordType::nsec3param) {
    out.push_back(nsec3param(child.name));
  } else if (type == RecordType::cds || type == RecordType::cdnskey) {
    out = request_records(child.name, keys_.of(child.operator_index));
  } else {
    out = plain_zone(child);
  }
  std::erase_if(
      out, [&](const Record& record) { return record.owner != child.name || record.type != type; });
  return out;
}

// The NSEC or NSEC3 of the apex, in a zone of two names.
dns::Record SyntheticChildren::denial(const Child& child) {
  const auto www = child.name.with_prefix(name("www"));
  CHECK(www.has_value());
  Bitmaps bitmaps = {{child.name, types_at_apex(child)}, {*www, {RecordType::a}}};
  const Denial denial = denial_of(child.operator_index);
  for (auto& [owner, types] : bitmaps) {
    types.insert(RecordType::rrsig);
    if (denial == Denial::nsec) types.insert(RecordType::nsec);
  }
  return denial == Denial::nsec ? nsec_chain(bitmaps).front()
                                : nsec3_record(child.name, child.name, bitmaps);
}

const Bytes& SyntheticChildren::signature(std::size_t index, const Child& child,
                                          const Records& records) {
  const RecordType type = records.front().type;
  const std::uint64_t place = std::uint64_t{index} << 16U | static_cast<std::uint16_t>(type);
  const auto [found, is_new] = signatures_.try_emplace(place);
  if (is_new) {
    const ZoneKey& key = key_for(keys_.of(child.operator_index), type);
    found->second = make_rrsig(child.name, records, key, validity_).rdata;
  }
  return found->second;
}

Bytes SyntheticChildren::respond(const Query& query, std::optional<std::size_t> index) {
  ResponseWriter writer(query, index ? dns::Rcode::noerror : dns::Rcode::refused);
  if (index) {
    const Child child = world_.child(*index);
    const bool needs_signatures = query.dnssec_ok && is_signed(child.kind);
    const auto add = [&](std::size_t section, const Records& rrset, dns::Ttl ttl) {
      for (const Record& record : rrset) {
        writer.add(section, record.owner, record.type, ttl, record.rdata);
      }
      if (!needs_signatures) return;
      writer.add(section, rrset.front().owner, RecordType::rrsig, ttl,
                 signature(*index, child, rrset));
    };
    if (types_at_apex(child).contains(query.type)) {
      add(ancount_offset, records(child, query.type), zone_ttl);
    } else {
      add(nscount_offset, records(child, RecordType::soa), negative_ttl);
      if (needs_signatures) add(nscount_offset, {denial(child)}, negative_ttl);
    }
  }
  if (query.has_edns) writer.add_opt(query.dnssec_ok);
  return writer.take();
}

}  // namespace dskeeper::bench
