// CSYNC (RFC 7477 §2.1): which of its data a child wants the parent to copy, and under what
// conditions.
//
// A value. What its flags and types mean for a delegation is decided in rules/rfc7477.h.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/denial.h"
#include "dns/types.h"

namespace dskeeper::dns {

struct Csync {
  static constexpr std::uint16_t immediate = 0x0001;    // §2.1.1.2
  static constexpr std::uint16_t soaminimum = 0x0002;   // §2.1.1.2
  static constexpr std::uint16_t flags_known = 0x0003;  // all others are reserved (§2.1.1.2)

  Serial serial;
  std::uint16_t flags = 0;
  TypeBitmap types;

  [[nodiscard]] static Result<Csync> from_rdata(ByteView rdata);
  [[nodiscard]] Bytes to_rdata() const;
  [[nodiscard]] std::string text()
      const;  // §2.1.2: "66 3 A NS AAAA", the types in the order of their numbers
  [[nodiscard]] bool is_immediate() const { return (flags & immediate) != 0; }
  [[nodiscard]] bool has_soaminimum() const { return (flags & soaminimum) != 0; }
  [[nodiscard]] bool has_unknown_flags() const { return (flags & ~flags_known) != 0; }
  // §2.1.1.1: may the data of a zone with this serial be used? Serials that RFC 1982 does not order
  // permit nothing.
  [[nodiscard]] bool permits(Serial zone_serial) const {
    return !has_soaminimum() || zone_serial == serial || zone_serial.is_newer_than(serial);
  }
  bool operator==(const Csync&) const = default;
};

}  // namespace dskeeper::dns
