#include "dns/transfer_message.h"

#include <fmt/core.h>

#include <algorithm>

#include "dns/canonical.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t flag_qr = 0x8000;
// A record takes at least 11 octets, so that a lying count reserves no memory.
constexpr std::size_t record_octets_min = 11;

Result<Record> read_record(WireReader& reader, ByteView wire) {
  Record record;
  record.owner = reader.compressed_name();
  record.type = RecordType{reader.u16()};
  const std::uint16_t dns_class = reader.u16();
  const std::uint32_t ttl = reader.u32();
  record.ttl = Ttl{ttl > 0x7FFFFFFFU ? 0 : ttl};  // RFC 2181 §8
  const std::size_t octets = reader.u16();
  const std::size_t begin = reader.position();
  reader.bytes(octets);
  if (reader.failed()) return fail("a record is malformed or cut off");
  if (dns_class != class_in) {
    return fail(fmt::format("the record {} {} is not of class IN", record.owner.text(),
                            to_text(record.type)));
  }
  auto rdata = canonical_rdata(record.type, wire, begin, begin + octets);
  if (!rdata) return pass_on(std::move(rdata));
  record.rdata = *std::move(rdata);
  return record;
}

Bytes make_query(std::uint16_t id, const Name& zone, RecordType type, std::uint16_t authority) {
  Bytes out;
  put_u16(out, id);
  put_u16(out, 0);          // a standard query
  put_u32(out, 1U << 16U);  // one question, no answer
  put_u16(out, authority);
  put_u16(out, 0);
  put_bytes(out, zone.wire());
  put_u16(out, static_cast<std::uint16_t>(type));
  put_u16(out, class_in);
  return out;
}

}  // namespace

Result<TransferMessage> parse_transfer_message(ByteView wire) {
  WireReader reader(wire);
  TransferMessage message;
  message.id = reader.u16();
  const std::uint16_t flags = reader.u16();
  const std::uint16_t questions = reader.u16();
  const std::uint16_t answers = reader.u16();
  reader.bytes(4);  // the authority and additional counts
  if (reader.failed()) return fail("the message is shorter than its header");
  if (questions > 1) return fail("the message has more than one question");
  message.is_response = (flags & flag_qr) != 0;
  message.rcode = static_cast<Rcode>(flags & 0x0FU);
  if (questions == 1) {
    Question question{reader.compressed_name(), RecordType{reader.u16()}};
    reader.u16();
    if (reader.failed()) return fail("the question is malformed");
    message.question = std::move(question);
  }
  message.records.reserve(std::min<std::size_t>(answers, reader.left() / record_octets_min));
  for (std::uint16_t i = 0; i < answers; ++i) {
    auto record = read_record(reader, wire);
    if (!record) return pass_on(std::move(record));
    message.records.push_back(*std::move(record));
  }
  return message;
}

Bytes make_transfer_query(std::uint16_t id, const Name& zone) {
  return make_query(id, zone, RecordType::axfr, 0);
}

Bytes make_difference_query(std::uint16_t id, const Name& zone, ByteView held_soa) {
  Bytes out = make_query(id, zone, RecordType::ixfr, 1);
  put_bytes(out, zone.wire());
  put_u16(out, static_cast<std::uint16_t>(RecordType::soa));
  put_u16(out, class_in);
  put_u32(out, 0);  // the TTL
  put_u16(out, static_cast<std::uint16_t>(held_soa.size()));
  put_bytes(out, held_soa);
  return out;
}

}  // namespace dskeeper::dns
