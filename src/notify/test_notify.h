// NOTIFY messages for the tests of this room, octet by octet.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dns/wire_reader.h"

namespace dskeeper::notify {

inline dns::Name name_of(std::string_view text) {
  return dns::Name::parse(text).value();
}

// An option of OPT.
inline Bytes option(std::uint16_t code, ByteView value) {
  Bytes out;
  dns::put_u16(out, code);
  dns::put_u16(out, static_cast<std::uint16_t>(value.size()));
  dns::put_bytes(out, value);
  return out;
}

inline Bytes report_channel_to(std::string_view agent) {
  const dns::Name name = name_of(agent);
  return option(18, name.wire());
}

struct NotifyParts {
  std::uint16_t id = 0x1234;
  std::uint16_t flags = 0x2400;
  std::uint16_t questions = 1;
  std::string_view child = "example.com.";
  dns::RecordType type = dns::RecordType::cds;
  std::uint16_t dns_class = 1;
  bool has_opt = false;
  std::uint8_t edns_version = 0;
  Bytes options{};
  Bytes records{};  // in the answer section, and how many they are
  std::uint16_t answers = 0;
};

inline Bytes make_notify(const NotifyParts& parts = {}) {
  Bytes out;
  dns::put_u16(out, parts.id);
  dns::put_u16(out, parts.flags);
  dns::put_u16(out, parts.questions);
  dns::put_u16(out, parts.answers);
  dns::put_u16(out, 0);
  dns::put_u16(out, parts.has_opt ? 1 : 0);
  for (std::uint16_t i = 0; i < parts.questions; ++i) {
    const dns::Name child = name_of(parts.child);
    dns::put_bytes(out, child.wire());
    dns::put_u16(out, static_cast<std::uint16_t>(parts.type));
    dns::put_u16(out, parts.dns_class);
  }
  dns::put_bytes(out, parts.records);
  if (parts.has_opt) {
    out.push_back(0);
    dns::put_u16(out, static_cast<std::uint16_t>(dns::RecordType::opt));
    dns::put_u16(out, 1232);
    dns::put_u32(out, std::uint32_t{parts.edns_version} << 16U);
    dns::put_u16(out, static_cast<std::uint16_t>(parts.options.size()));
    dns::put_bytes(out, parts.options);
  }
  return out;
}

}  // namespace dskeeper::notify
