// Parsing messages and building queries.
//
// Hand-written rather than through ldns' packets, which allocate an object for each field of each
// record; ldns is the oracle in message_test.cc.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "dns/canonical.h"
#include "dns/rrset.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::size_t header_octets = 12;
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t class_none = 254;
constexpr std::uint16_t class_any = 255;

constexpr std::uint16_t flag_qr = 0x8000;
constexpr std::uint16_t flag_aa = 0x0400;
constexpr std::uint16_t flag_tc = 0x0200;
constexpr std::uint16_t flag_rd = 0x0100;
constexpr std::uint16_t flag_ad = 0x0020;

struct Header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::array<std::uint16_t, 4> counts{};  // question, answer, authority, additional

  [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>(flags >> 11U & 0x0FU); }
  [[nodiscard]] std::uint16_t rcode() const { return flags & 0x0FU; }
};

Header read_header(WireReader& reader) {
  Header header;
  header.id = reader.u16();
  header.flags = reader.u16();
  for (std::uint16_t& count : header.counts) count = reader.u16();
  return header;
}

// One record as it stands on the wire; its RDATA is [begin, end) of the message.
struct RawRecord {
  Name owner;
  RecordType type{};
  std::uint16_t dns_class = 0;
  std::uint32_t ttl = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

RawRecord read_record(WireReader& reader) {
  RawRecord record;
  record.owner = reader.compressed_name();
  record.type = RecordType{reader.u16()};
  record.dns_class = reader.u16();
  record.ttl = reader.u32();
  const std::size_t octets = reader.u16();
  record.begin = reader.position();
  reader.bytes(octets);
  record.end = reader.position();
  return record;
}

// RFC 2181 §8: a TTL with the top bit set is zero.
Ttl ttl_of(std::uint32_t wire) {
  return Ttl{wire > 0x7FFFFFFFU ? 0 : wire};
}

// One section under construction. Records of one RRset mostly stand together, so that the search
// goes backwards; message_records_max bounds it.
class Section {
 public:
  Section(ByteView wire, Time now) : wire_(wire), now_(now) {}

  Result<void> add(RawRecord&& record) {
    auto rdata = canonical_rdata(record.type, wire_, record.begin, record.end);
    if (!rdata) return pass_on(std::move(rdata));
    if (record.type == RecordType::rrsig) return add_signature(std::move(record.owner), *rdata);
    const Ttl ttl = ttl_of(record.ttl);
    Rrset* rrset = find(record.owner, record.type);
    if (rrset == nullptr) {
      rrset = &rrsets_.emplace_back(Rrset{std::move(record.owner), record.type, ttl, {}, {}});
    }
    rrset->ttl = std::min(rrset->ttl, ttl);
    rrset->rdata.push_back(*std::move(rdata));
    return {};
  }

  // Canonical order, no duplicates, signatures where they belong; one without its RRset is dropped.
  std::vector<Rrset> finish() && {
    for (Rrset& rrset : rrsets_) rrset.rdata = make_rdata_set(std::move(rrset.rdata));
    for (Signature& signature : signatures_) {
      Rrset* rrset = find(signature.owner, signature.rrsig.covered);
      if (rrset == nullptr) continue;
      auto& known = rrset->signatures;
      if (std::find(known.begin(), known.end(), signature.rrsig) == known.end()) {
        known.push_back(std::move(signature.rrsig));
      }
    }
    return std::move(rrsets_);
  }

 private:
  struct Signature {
    Name owner;
    Rrsig rrsig;
  };

  Result<void> add_signature(Name&& owner, ByteView rdata) {
    auto rrsig = Rrsig::from_rdata(rdata, now_);
    if (!rrsig) return pass_on(std::move(rrsig));
    signatures_.push_back({std::move(owner), *std::move(rrsig)});
    return {};
  }

  Rrset* find(const Name& owner, RecordType type) {
    const auto found = std::find_if(rrsets_.rbegin(), rrsets_.rend(), [&](const Rrset& rrset) {
      return rrset.type == type && rrset.owner == owner;
    });
    return found == rrsets_.rend() ? nullptr : &*found;
  }

  ByteView wire_;
  Time now_;
  std::vector<Rrset> rrsets_;
  std::vector<Signature> signatures_;
};

class MessageParser {
 public:
  MessageParser(ByteView wire, Time now) : wire_(wire), now_(now), reader_(wire) {}

  Result<Message> parse() {
    header_ = read_header(reader_);
    if (reader_.failed()) return fail("the message is shorter than its header");
    if (auto checked = check_counts(); !checked) return pass_on(std::move(checked));
    take_header();
    if (auto taken = take_question(); !taken) return pass_on(std::move(taken));
    const std::array<std::vector<Rrset>*, 3> sections = {&message_.answer, &message_.authority,
                                                         &message_.additional};
    for (std::size_t i = 0; i < sections.size(); ++i) {
      auto rrsets = take_section(header_.counts[i + 1], i == 2);
      if (!rrsets) return pass_on(std::move(rrsets));
      *sections[i] = *std::move(rrsets);
    }
    if (!reader_.is_complete()) return fail("octets follow the last record");
    return std::move(message_);
  }

 private:
  // Before anything is allocated.
  Result<void> check_counts() const {
    if (wire_.size() > message_octets_max) return fail("the message is longer than 65535 octets");
    if (header_.counts[0] > 1) return fail("the message has more than one question");
    const std::size_t records =
        std::size_t{header_.counts[1]} + header_.counts[2] + header_.counts[3];
    if (records > message_records_max) {
      return fail(
          fmt::format("the message claims {} records, more than {}", records, message_records_max));
    }
    return {};
  }

  void take_header() {
    message_.id = header_.id;
    message_.opcode = header_.opcode();
    message_.is_response = (header_.flags & flag_qr) != 0;
    message_.is_authoritative = (header_.flags & flag_aa) != 0;
    message_.is_truncated = (header_.flags & flag_tc) != 0;
    message_.authentic_data = (header_.flags & flag_ad) != 0;
    message_.rcode = static_cast<Rcode>(header_.rcode());
  }

  Result<void> take_question() {
    if (header_.counts[0] == 0) return {};
    Question question;
    question.name = reader_.compressed_name();
    question.type = RecordType{reader_.u16()};
    const std::uint16_t dns_class = reader_.u16();
    if (reader_.failed()) return fail("the question is malformed");
    if (dns_class != class_in) return fail("the question is not of class IN");
    message_.question = std::move(question);
    return {};
  }

  Result<std::vector<Rrset>> take_section(std::uint16_t count, bool is_additional) {
    Section section(wire_, now_);
    for (std::uint16_t i = 0; i < count; ++i) {
      RawRecord record = read_record(reader_);
      if (reader_.failed()) return fail("a record is malformed or cut off");
      if (record.type == RecordType::opt || record.type == RecordType::tsig) {
        auto taken = take_pseudo_record(record, is_additional, i + 1 == count);
        if (!taken) return pass_on(std::move(taken));
        continue;
      }
      if (record.dns_class != class_in) {
        // An UPDATE response may repeat the request's sections (RFC 2136 §3.8), which use them.
        const bool is_update_class =
            record.dns_class == class_none || record.dns_class == class_any;
        if (header_.opcode() == Opcode::update && is_update_class) continue;
        return fail("a record is not of class IN");
      }
      if (auto added = section.add(std::move(record)); !added) return pass_on(std::move(added));
    }
    return std::move(section).finish();
  }

  // OPT: once, at the root, in the additional section (RFC 6891 §6.1.1). TSIG: the last record of
  // the message (RFC 8945 §5.1); tsig.h verifies it.
  Result<void> take_pseudo_record(const RawRecord& record, bool is_additional, bool is_last) {
    if (record.type == RecordType::tsig) {
      if (!is_additional || !is_last) return fail("a TSIG record is not the last one");
      return {};
    }
    if (!is_additional || has_opt_ || !record.owner.is_root()) {
      return fail("an OPT record is misplaced or repeated");
    }
    has_opt_ = true;
    message_.rcode = static_cast<Rcode>((record.ttl >> 24U) << 4U | header_.rcode());
    return {};
  }

  ByteView wire_;
  Time now_;
  WireReader reader_;
  Header header_;
  Message message_;
  bool has_opt_ = false;
};

}  // namespace

Result<Message> parse_message(ByteView wire, Time now) {
  return MessageParser(wire, now).parse();
}

Bytes make_query(std::uint16_t id, const Question& question, const QueryOptions& options) {
  constexpr std::size_t opt_octets = 11;
  constexpr std::uint32_t edns_do = 0x8000;
  Bytes out;
  out.reserve(header_octets + question.name.wire().size() + 4 + opt_octets);
  put_u16(out, id);
  put_u16(out, options.recursion_desired ? flag_rd : std::uint16_t{0});
  put_u32(out, 1U << 16U);  // one question, no answer,
  put_u32(out, 1U);         // no authority, one additional record
  put_bytes(out, question.name.wire());
  put_u16(out, static_cast<std::uint16_t>(question.type));
  put_u16(out, class_in);
  // OPT (RFC 6891 §6.1.2): root, type, buffer size, extended RCODE and flags, no options.
  out.push_back(0);
  put_u16(out, static_cast<std::uint16_t>(RecordType::opt));
  put_u16(out, options.udp_octets);
  put_u32(out, options.dnssec_ok ? edns_do : 0);
  put_u16(out, 0);
  return out;
}

bool is_response_to(ByteView wire, std::uint16_t id, const Question& question) {
  WireReader reader(wire);
  const Header header = read_header(reader);
  const bool is_response = (header.flags & flag_qr) != 0 && header.opcode() == Opcode::query;
  if (reader.failed() || !is_response || header.id != id) return false;
  if (header.counts[0] == 0) {
    const auto rcode = static_cast<Rcode>(header.rcode());
    return rcode == Rcode::formerr || rcode == Rcode::refused || rcode == Rcode::servfail ||
           rcode == Rcode::notimp;
  }
  if (header.counts[0] != 1) return false;
  const Name name = reader.compressed_name();
  const RecordType type{reader.u16()};
  const std::uint16_t dns_class = reader.u16();
  return !reader.failed() && name == question.name && type == question.type &&
         dns_class == class_in;
}

}  // namespace dskeeper::dns
