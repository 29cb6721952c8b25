#include "dns/zone_record.h"

#include <strings.h>

#include "base/ip_address.h"
#include "dns/canonical.h"
#include "dns/dsync.h"
#include "dns/fields.h"

namespace dskeeper::dns {
namespace {

bool equal_without_case(std::string_view one, std::string_view other) {
  return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <typename T>
std::optional<Bytes> rdata_of(const Result<T>& record) {
  if (!record) return std::nullopt;
  return record->to_rdata();
}

std::optional<Bytes> address_rdata(std::string_view text, bool is_v4) {
  const auto address = IpAddress::parse(take_field(text));
  if (!address || address->is_v4() != is_v4 || !take_field(text).empty()) return std::nullopt;
  return Bytes(address->octets().begin(), address->octets().end());
}

std::optional<Bytes> name_rdata(std::string_view text, const Name& origin) {
  const auto name = parse_zone_name(take_field(text), origin);
  if (!name || !take_field(text).empty()) return std::nullopt;
  return Bytes(name->wire().begin(), name->wire().end());
}

// RFC 3597 §5: \# length hexadecimal.
std::optional<Bytes> generic_rdata(RecordType type, std::string_view text) {
  const auto octets = parse_number<std::uint32_t>(take_field(text), "length");
  const auto rdata = from_hex(text);
  if (!octets || !rdata || rdata->size() != *octets) return std::nullopt;
  auto canonical = canonical_rdata(type, *rdata, 0, rdata->size());
  if (!canonical) return std::nullopt;
  return *std::move(canonical);
}

}  // namespace

Result<Name> parse_zone_name(std::string_view text, const Name& origin) {
  if (text == "@") return origin;
  auto name = Name::parse(text);
  if (!name || text.ends_with('.')) return name;
  return origin.with_prefix(*name);
}

std::optional<RecordLine> split_record(std::string_view line, const Name& origin,
                                       const Name& previous) {
  if (line.find('"') != std::string_view::npos) return std::nullopt;
  const std::size_t escape = line.find('\\');
  if (escape != std::string_view::npos && line.substr(escape, 2) != "\\#") return std::nullopt;

  RecordLine out;
  if (white_space.find(line.front()) != std::string_view::npos) {
    out.owner = previous;
  } else {
    auto owner = parse_zone_name(take_field(line), origin);
    if (!owner) return std::nullopt;
    out.owner = *std::move(owner);
  }
  std::string_view field = take_field(line);
  for (int i = 0; i < 2; ++i) {  // TTL and class stand in either order
    if (!field.empty() && is_digit(field.front())) {
      const auto ttl = parse_number<std::uint32_t>(field, "TTL");
      if (!ttl || out.ttl) return std::nullopt;
      out.ttl = Ttl{*ttl};
    } else if (!equal_without_case(field, "IN")) {
      break;
    }
    field = take_field(line);
  }
  const auto type = parse_record_type(field);
  if (!type || *type == RecordType{0}) return std::nullopt;
  out.type = *type;
  out.rdata = line;
  return out;
}

std::optional<Bytes> plain_rdata(const RecordLine& line, const Name& origin) {
  std::string_view text = line.rdata;
  if (take_field(text) == "\\#") return generic_rdata(line.type, text);
  switch (line.type) {
    case RecordType::a:
    case RecordType::aaaa:
      return address_rdata(line.rdata, line.type == RecordType::a);
    case RecordType::ns:
    case RecordType::cname:
    case RecordType::dname:
      return name_rdata(line.rdata, origin);
    case RecordType::ds:
    case RecordType::cds:
      return rdata_of(Ds::parse(line.rdata));
    case RecordType::dnskey:
    case RecordType::cdnskey:
      return rdata_of(Dnskey::parse(line.rdata));
    case RecordType::dsync:
      return rdata_of(Dsync::parse(line.rdata, origin));
    default:
      return std::nullopt;
  }
}

}  // namespace dskeeper::dns
