#include "net/unbound_answer.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "dns/canonical.h"
#include "dns/wire_reader.h"

namespace dskeeper::net {
namespace {

constexpr std::uint16_t class_in = 1;
constexpr std::size_t soa_minimum_octets = 4;  // the last of its RDATA

struct Header {
  std::uint16_t flags = 0;
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  std::uint16_t additionals = 0;
};

struct Record {
  dns::Name owner;
  dns::RecordType type{};
  std::uint16_t dns_class = 0;
  std::uint32_t ttl = 0;
  std::size_t begin = 0;  // of the RDATA
  std::size_t end = 0;
};

class AnswerReader {
 public:
  AnswerReader(const dns::Question& question, ByteView packet)
      : packet_(packet), reader_(packet), wanted_(question.name), type_(question.type) {}

  // Into `rdata` and `ttl`; gives the rcode, or nothing where the packet is malformed.
  std::optional<dns::Rcode> read(Resolution& resolution) {
    read_header();
    std::uint32_t ttl_s = cached_ttl_max_s;
    for (std::uint16_t at = 0; at < header_.answers && !reader_.failed(); ++at) {
      const Record record = read_record();
      ttl_s = std::min(ttl_s, record.ttl);
      take(record, resolution.rdata);
    }
    // The time of data is that of the answer section, of a denial that of the whole.
    if (resolution.rdata.empty()) ttl_s = std::min(ttl_s, ttl_of_denial());
    if (reader_.failed()) return std::nullopt;
    resolution.ttl = dns::Ttl{ttl_s};
    return static_cast<dns::Rcode>(header_.flags & 0x0FU);
  }

 private:
  void read_header() {
    reader_.u16();  // the ID, which is 0
    header_.flags = reader_.u16();
    header_.questions = reader_.u16();
    header_.answers = reader_.u16();
    header_.authorities = reader_.u16();
    header_.additionals = reader_.u16();
    for (std::uint16_t at = 0; at < header_.questions && !reader_.failed(); ++at) {
      reader_.compressed_name();
      reader_.u32();
    }
  }

  Record read_record() {
    Record record;
    record.owner = reader_.compressed_name();
    record.type = dns::RecordType{reader_.u16()};
    record.dns_class = reader_.u16();
    record.ttl = reader_.u32();
    if (record.ttl > 0x7FFFFFFFU) record.ttl = 0;  // RFC 2181 §8
    const std::size_t octets = reader_.u16();
    record.begin = reader_.position();
    reader_.bytes(octets);
    record.end = reader_.position();
    return record;
  }

  // Along the CNAMEs to what was asked for.
  void take(const Record& record, std::vector<Bytes>& rdata) {
    if (reader_.failed() || record.dns_class != class_in || record.owner != wanted_) return;
    if (record.type == type_) {
      rdata.push_back(rdata_of(record));
    } else if (record.type == dns::RecordType::cname && rdata.empty()) {
      dns::WireReader target(packet_, record.begin, record.end);
      wanted_ = target.compressed_name();
    }
  }

  // Without compression. What is malformed is given as it is: whoever wants it looks at it.
  [[nodiscard]] Bytes rdata_of(const Record& record) const {
    auto rdata = dns::canonical_rdata(record.type, packet_, record.begin, record.end);
    if (rdata) return *std::move(rdata);
    const ByteView octets = packet_.subspan(record.begin, record.end - record.begin);
    return {octets.begin(), octets.end()};
  }

  // RFC 2308 §5, within our limit.
  std::uint32_t ttl_of_denial() {
    std::uint32_t ttl_s = cached_ttl_max_s;
    const unsigned records = unsigned{header_.authorities} + header_.additionals;
    for (unsigned at = 0; at < records && !reader_.failed(); ++at) {
      const Record record = read_record();
      if (record.type == dns::RecordType::opt) continue;
      ttl_s = std::min(ttl_s, record.ttl);
      const bool is_soa = record.type == dns::RecordType::soa && at < header_.authorities;
      if (!is_soa || record.end - record.begin < soa_minimum_octets) continue;
      dns::WireReader minimum(packet_, record.end - soa_minimum_octets, record.end);
      ttl_s = std::min({ttl_s, minimum.u32(), cached_trouble_s});
    }
    return ttl_s;
  }

  ByteView packet_;
  dns::WireReader reader_;
  dns::Name wanted_;
  dns::RecordType type_;
  Header header_;
};

// What stands in for an answer that is none: a header that says so (RFC 1035 §4.1.1).
Bytes error_message(int rcode) {
  constexpr std::uint8_t response_to_recursive = 0x81;
  constexpr std::uint8_t recursion_available = 0x80;
  Bytes message(12);
  message[2] = response_to_recursive;
  message[3] = static_cast<std::uint8_t>(recursion_available | (rcode & 0x0F));
  return message;
}

std::string resolver_says(dns::Rcode rcode) {
  return fmt::format("the resolver says {}", dns::to_text(rcode));
}

}  // namespace

Resolution resolution_of(const dns::Question& question, const UnboundAnswer& answer) {
  Resolution resolution;
  resolution.status = ResolutionStatus::servfail;
  if (answer.rcode != 0) {
    resolution.why = resolver_says(static_cast<dns::Rcode>(answer.rcode));
    resolution.wire = error_message(answer.rcode);
    return resolution;
  }
  resolution.wire.assign(answer.packet.begin(), answer.packet.end());
  AnswerReader reader(question, resolution.wire);
  const std::optional<dns::Rcode> rcode = reader.read(resolution);
  const bool is_secure = answer.security == UnboundAnswer::Security::secure;
  if (!rcode) {
    resolution.rdata.clear();
    resolution.why = "the resolver's answer is malformed";
  } else if (answer.security == UnboundAnswer::Security::bogus || answer.why_bogus != nullptr) {
    // The second alone where a key's sentinel says so (RFC 8509), which the first does not tell.
    resolution.rdata.clear();
    resolution.status = ResolutionStatus::bogus;
    resolution.why = answer.why_bogus != nullptr ? answer.why_bogus : "validation failed";
  } else if (!resolution.rdata.empty()) {
    resolution.status = is_secure ? ResolutionStatus::secure : ResolutionStatus::insecure;
  } else if (*rcode == dns::Rcode::nxdomain) {
    resolution.status = ResolutionStatus::nxdomain;
  } else if (*rcode == dns::Rcode::noerror) {
    resolution.status = ResolutionStatus::nodata;
  } else {
    resolution.why = resolver_says(*rcode);
  }
  resolution.is_validated = rcode.has_value() && is_secure;
  return resolution;
}

}  // namespace dskeeper::net
