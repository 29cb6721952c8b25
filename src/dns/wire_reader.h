// Reading DNS wire form with every bound checked. Internal to src/dns.
//
// A failure sticks: after the first read past the end everything reads as zero and `failed()` stays
// true, so that a decoder reads all its fields and asks once.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "dns/name.h"

namespace dskeeper::dns {

class WireReader {
 public:
  // Reads `whole` from `begin` up to `end`; compression pointers may point anywhere before
  // themselves in `whole`.
  WireReader(ByteView whole, std::size_t begin, std::size_t end)
      : whole_(whole), position_(begin), end_(end) {}
  explicit WireReader(ByteView whole) : WireReader(whole, 0, whole.size()) {}

  [[nodiscard]] bool failed() const { return failed_; }
  // All was read, and nothing failed.
  [[nodiscard]] bool is_complete() const { return !failed_ && position_ == end_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t left() const { return failed_ ? 0 : end_ - position_; }

  std::uint8_t u8() {
    const ByteView octets = bytes(1);
    return octets.empty() ? std::uint8_t{0} : octets[0];
  }
  std::uint16_t u16() {
    const ByteView octets = bytes(2);
    return octets.empty() ? std::uint16_t{0}
                          : static_cast<std::uint16_t>(octets[0] << 8U | octets[1]);
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16U | u16();
  }
  ByteView bytes(std::size_t count) {
    if (count > left()) {
      failed_ = true;
      return {};
    }
    position_ += count;
    return whole_.subspan(position_ - count, count);
  }
  ByteView rest() { return bytes(left()); }

  // A name, where compression pointers (RFC 1035 §4.1.4) are followed, and one where they fail.
  Name compressed_name() { return name(true); }
  Name plain_name() { return name(false); }

 private:
  Name name(bool follow_pointers) {
    if (failed_) return {};
    const ByteView visible = whole_.first(end_);
    auto name = Name::from_message(visible, position_, follow_pointers);
    if (name) return *std::move(name);
    failed_ = true;
    return {};
  }

  ByteView whole_;
  std::size_t position_;
  std::size_t end_;
  bool failed_ = false;
};

// Appending to wire form.
inline void put_u16(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}
inline void put_u32(Bytes& out, std::uint32_t value) {
  put_u16(out, static_cast<std::uint16_t>(value >> 16U));
  put_u16(out, static_cast<std::uint16_t>(value & 0xFFFFU));
}
inline void put_bytes(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace dskeeper::dns
