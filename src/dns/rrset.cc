#include "dns/rrset.h"

#include <algorithm>
#include <cstring>

#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::uint16_t class_in = 1;

// The owner that was signed: of an answer expanded from a wildcard, the wildcard itself
// (RFC 4035 §5.3.2). RRSIG.labels counts neither the root nor the asterisk.
Bytes signed_owner(const Name& owner, std::uint8_t labels) {
  const ByteView wire = owner.wire();
  const std::size_t count = owner.label_count();
  if (labels >= count) return {wire.begin(), wire.end()};
  std::size_t at = 0;
  for (std::size_t i = labels; i < count; ++i) at += 1U + wire[at];
  Bytes out = {1, '*'};
  put_bytes(out, wire.subspan(at));
  return out;
}

// RFC 4034 §6.3: as left-justified octets; where one ends first it comes first. Not vector's own
// comparison, about whose memcmp gcc 12 warns wrongly.
bool is_canonically_less(const Bytes& one, const Bytes& other) {
  const std::size_t common = std::min(one.size(), other.size());
  const int order = common == 0 ? 0 : std::memcmp(one.data(), other.data(), common);
  return order != 0 ? order < 0 : one.size() < other.size();
}

}  // namespace

std::vector<Bytes> make_rdata_set(std::vector<Bytes> rdata) {
  std::sort(rdata.begin(), rdata.end(), is_canonically_less);
  rdata.erase(std::unique(rdata.begin(), rdata.end()), rdata.end());
  return rdata;
}

Bytes signed_data(const Rrset& rrset, const Rrsig& signature) {
  Bytes record = signed_owner(rrset.owner, signature.labels);
  put_u16(record, static_cast<std::uint16_t>(rrset.type));
  put_u16(record, class_in);
  put_u32(record, signature.original_ttl.seconds);

  Bytes out = signature.rdata_without_signature();
  std::size_t octets = out.size();
  for (const Bytes& rdata : rrset.rdata) octets += record.size() + 2 + rdata.size();
  out.reserve(octets);
  for (const Bytes& rdata : rrset.rdata) {
    put_bytes(out, record);
    put_u16(out, static_cast<std::uint16_t>(rdata.size()));
    put_bytes(out, rdata);
  }
  return out;
}

const Rrset* Message::find_answer(const Name& owner, RecordType type) const {
  for (const Rrset& rrset : answer) {
    if (rrset.type == type && rrset.owner == owner) return &rrset;
  }
  return nullptr;
}

}  // namespace dskeeper::dns
