// The presentation form of RDATA.
#include <fmt/core.h>

#include "base/ip_address.h"
#include "dns/csync.h"
#include "dns/dsync.h"
#include "dns/rrset.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

// RFC 3597 §5: the generic form, which every tool reads.
std::string generic_text(ByteView rdata) {
  return rdata.empty() ? "\\# 0" : fmt::format("\\# {} {}", rdata.size(), to_hex(rdata));
}

Result<std::string> address_text(ByteView rdata) {
  if (rdata.size() == 4) return IpAddress::v4(rdata.first<4>()).text();
  if (rdata.size() == 16) return IpAddress::v6(rdata.first<16>()).text();
  return fail("the address has a wrong length");
}

Result<std::string> name_text(ByteView rdata) {
  return Name::from_wire(rdata).map([](const Name& name) { return name.text(); });
}

Result<std::string> soa_text(ByteView rdata) {
  WireReader reader(rdata);
  std::string out = reader.plain_name().text();
  out += ' ' + reader.plain_name().text();
  constexpr int numbers = 5;  // serial, refresh, retry, expire, minimum
  for (int i = 0; i < numbers; ++i) out += fmt::format(" {}", reader.u32());
  if (!reader.is_complete()) return fail("an SOA record is malformed");
  return out;
}

// RFC 4034 §3.2: YYYYMMDDHHmmSS.
std::string signature_time_text(Time time) {
  std::string out;
  for (const char c : format_time(time)) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out;
}

Result<std::string> rrsig_text(ByteView rdata) {
  // The middle of the first era: the 32 bits as the seconds since 1970, which is what text can say.
  constexpr Time first_era{std::chrono::seconds(0x80000000LL)};
  return Rrsig::from_rdata(rdata, first_era).map([](const Rrsig& rrsig) {
    return fmt::format("{} {} {} {} {} {} {} {} {}", to_text(rrsig.covered),
                       static_cast<unsigned>(rrsig.algorithm), rrsig.labels,
                       rrsig.original_ttl.seconds, signature_time_text(rrsig.expiration),
                       signature_time_text(rrsig.inception), rrsig.key_tag.value,
                       rrsig.signer.text(), to_base64(rrsig.signature));
  });
}

Result<std::string> known_text(RecordType type, ByteView rdata) {
  const auto text_of = [](const auto& value) { return value.text(); };
  switch (type) {
    case RecordType::a:
    case RecordType::aaaa:
      return address_text(rdata);
    case RecordType::ns:
    case RecordType::cname:
    case RecordType::dname:
      return name_text(rdata);
    case RecordType::soa:
      return soa_text(rdata);
    case RecordType::ds:
    case RecordType::cds:
      return Ds::from_rdata(rdata).map(text_of);
    case RecordType::dnskey:
    case RecordType::cdnskey:
      return Dnskey::from_rdata(rdata).map(text_of);
    case RecordType::rrsig:
      return rrsig_text(rdata);
    case RecordType::csync:
      return Csync::from_rdata(rdata).map(text_of);
    case RecordType::dsync:
      return Dsync::from_rdata(rdata).map(text_of);
    default:
      return fail("no form of its own");
  }
}

}  // namespace

std::string rdata_text(RecordType type, ByteView rdata) {
  const auto text = known_text(type, rdata);
  return text ? *text : generic_text(rdata);
}

}  // namespace dskeeper::dns
