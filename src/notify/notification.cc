#include "notify/notification.h"

#include <algorithm>

#include "dns/wire_reader.h"

namespace dskeeper::notify {
namespace {

using dns::Opcode;
using dns::Rcode;
using dns::RecordType;
using dns::WireReader;

constexpr std::size_t header_octets = 12;
constexpr std::uint32_t records_max = 16;
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t flag_qr = 0x8000;
constexpr std::uint16_t flag_aa = 0x0400;
constexpr std::uint16_t opcode_mask = 0x7800;
constexpr unsigned opcode_shift = 11;
constexpr std::uint16_t report_channel = 18;  // RFC 9567 §5
// What we could take over UDP, if anybody had more to say; in the OPT of answers.
constexpr std::uint16_t udp_octets = 1232;

struct Header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  std::uint16_t additional = 0;

  [[nodiscard]] Opcode opcode() const {
    return static_cast<Opcode>((flags & opcode_mask) >> opcode_shift);
  }
};

Header read_header(WireReader& reader) {
  Header header;
  header.id = reader.u16();
  header.flags = reader.u16();
  header.questions = reader.u16();
  header.answers = reader.u16();
  header.authorities = reader.u16();
  header.additional = reader.u16();
  return header;
}

class MessageReader {
 public:
  explicit MessageReader(ByteView wire) : wire_(wire), reader_(wire) {}

  std::optional<Incoming> read() {
    header_ = read_header(reader_);
    // A response is never answered: two servers could go on for ever.
    if (reader_.failed() || (header_.flags & flag_qr) != 0) return std::nullopt;
    incoming_.rcode = rcode_of_message();
    return std::move(incoming_);
  }

 private:
  Rcode rcode_of_message() {
    if (header_.opcode() == Opcode::query) return Rcode::refused;
    if (header_.opcode() != Opcode::notify) return Rcode::notimp;
    // RFC 9859 §4.3: more than one child in a message is none.
    if (header_.questions != 1) return Rcode::formerr;
    Notification notification;
    // A NOTIFY needs none but a hint, OPT and TSIG.
    if (std::uint32_t{header_.answers} + header_.authorities + header_.additional > records_max) {
      return Rcode::formerr;
    }
    // A name of its own, so that the question can be repeated as it stands.
    notification.child = reader_.plain_name();
    notification.type = RecordType{reader_.u16()};
    const std::uint16_t dns_class = reader_.u16();
    if (reader_.failed()) return Rcode::formerr;
    const std::size_t question_end = reader_.position();
    if (!read_records()) {
      incoming_.has_opt = false;
      incoming_.has_tsig = false;
      return Rcode::formerr;
    }
    incoming_.question_end = question_end;
    if (is_version_unknown_) return badvers;
    if (dns_class != class_in) return Rcode::refused;
    // RFC 9859 §6.2: these two are registered. CDNSKEY is not, nor is what RFC 1996 began with.
    if (notification.type != RecordType::cds && notification.type != RecordType::csync) {
      return Rcode::notimp;
    }
    if (agents_ == 1 && !agent_.is_root()) notification.agent = agent_;
    incoming_.notification = std::move(notification);
    return Rcode::noerror;
  }

  // Each takes eleven octets at least, so that the message itself bounds their number.
  bool read_records() {
    const std::uint32_t others = std::uint32_t{header_.answers} + header_.authorities;
    for (std::uint32_t i = 0; i < others; ++i) {
      if (!read_record(false, false)) return false;
    }
    for (std::uint32_t i = 0; i < header_.additional; ++i) {
      if (!read_record(true, i + 1 == header_.additional)) return false;
    }
    return reader_.is_complete();
  }

  bool read_record(bool is_additional, bool is_last) {
    const bool is_owner_root = reader_.compressed_name().is_root();
    const RecordType type{reader_.u16()};
    reader_.u16();  // the class; of OPT, the octets that the other side can take
    const std::uint32_t ttl = reader_.u32();
    const std::size_t octets = reader_.u16();
    const std::size_t begin = reader_.position();
    reader_.bytes(octets);
    if (reader_.failed()) return false;
    if (type == RecordType::tsig) {
      incoming_.has_tsig = is_additional && is_last;
      return incoming_.has_tsig;
    }
    if (type != RecordType::opt) return true;
    // RFC 6891 §6.1.1: once, at the root, in the additional section.
    if (!is_additional || !is_owner_root || incoming_.has_opt) return false;
    incoming_.has_opt = true;
    is_version_unknown_ = (ttl >> 16U & 0xFFU) != 0;
    WireReader options(wire_, begin, begin + octets);
    return is_version_unknown_ || read_options(options);
  }

  bool read_options(WireReader& options) {
    while (options.left() > 0) {
      const std::uint16_t code = options.u16();
      const std::uint16_t octets = options.u16();
      const std::size_t begin = options.position();
      options.bytes(octets);
      if (options.failed()) return false;
      if (code == report_channel) read_agent(begin, begin + octets);
    }
    return !options.failed();
  }

  // One that cannot be read, or stands beside another, is as if there were none: the change that is
  // announced matters more than where to report (standards.md §1.6).
  void read_agent(std::size_t begin, std::size_t end) {
    ++agents_;
    WireReader reader(wire_, begin, end);
    dns::Name agent = reader.plain_name();
    if (reader.is_complete()) agent_ = std::move(agent);
  }

  ByteView wire_;
  WireReader reader_;
  Header header_;
  Incoming incoming_;
  unsigned agents_ = 0;
  dns::Name agent_;
  bool is_version_unknown_ = false;
};

}  // namespace

std::optional<Incoming> read_message(ByteView wire) {
  return MessageReader(wire).read();
}

Bytes make_answer(ByteView wire, const Incoming& incoming, Rcode rcode) {
  constexpr std::size_t opt_octets = 11;
  const auto number = static_cast<std::uint16_t>(rcode);
  WireReader reader(wire);
  const Header asked = read_header(reader);
  const bool has_question = incoming.question_end != 0;
  Bytes out;
  out.reserve(std::max(header_octets, incoming.question_end) + opt_octets);
  dns::put_u16(out, asked.id);
  const std::uint16_t aa = asked.opcode() == Opcode::notify ? flag_aa : std::uint16_t{0};
  dns::put_u16(out, static_cast<std::uint16_t>(flag_qr | (asked.flags & opcode_mask) | aa |
                                               (number & 0x0FU)));
  dns::put_u16(out, has_question ? 1 : 0);
  dns::put_u32(out, 0);
  dns::put_u16(out, incoming.has_opt ? 1 : 0);
  if (has_question) {
    dns::put_bytes(out, wire.subspan(header_octets, incoming.question_end - header_octets));
  }
  if (incoming.has_opt) {  // RFC 6891 §6.1.1: who asked with one gets one
    out.push_back(0);
    dns::put_u16(out, static_cast<std::uint16_t>(RecordType::opt));
    dns::put_u16(out, udp_octets);
    dns::put_u32(out, static_cast<std::uint32_t>(number >> 4U) << 24U);
    dns::put_u16(out, 0);
  }
  return out;
}

}  // namespace dskeeper::notify
