// A domain name as a value: its labels in wire form, folded to lower case.
//
// Case folding and the length limits (RFC 1035 §2.3.4: 63 octets a label, 255 a name) live here, so
// that everything above compares names label-wise and case-insensitively for free. Dotted text is
// parsed once, at the edge. Immutable; safe to share between threads.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace dskeeper::dns {

inline constexpr std::size_t name_octets_max = 255;
inline constexpr std::size_t label_octets_max = 63;

class Name {
 public:
  Name() : wire_(1, '\0') {}  // the root
  // Presentation form, RFC 1035 §5.1 escapes included. A missing final dot is forgiven.
  [[nodiscard]] static Result<Name> parse(std::string_view text);
  // Uncompressed wire form; the whole span must be one name.
  [[nodiscard]] static Result<Name> from_wire(ByteView wire);
  // The name at `offset` of a message, which then points behind it. Compression pointers
  // (RFC 1035 §4.1.4) are refused unless `follow_pointers`; each must point backwards.
  [[nodiscard]] static Result<Name> from_message(ByteView message, std::size_t& offset,
                                                 bool follow_pointers = true);

  // Absolute, lower case, escaped where needed, with the final dot.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] ByteView wire() const { return as_bytes(wire_); }

  [[nodiscard]] bool is_root() const { return wire_.size() == 1; }
  // Without the root label: "example." has 1, "." has 0.
  [[nodiscard]] std::size_t label_count() const;
  // The labels from the left, as octets, without their lengths.
  [[nodiscard]] std::vector<std::string_view> labels() const;
  // Equal to or below the ancestor, label by label ("in-domain", RFC 9499).
  [[nodiscard]] bool is_at_or_below(const Name& ancestor) const;
  // Strictly below.
  [[nodiscard]] bool is_below(const Name& ancestor) const;
  // Without its first label; the root's parent is the root.
  [[nodiscard]] Name parent() const;
  // `prefix` in front of this name: Name("_dsboot.kid.example.") under "_signal.ns1.op.". Fails
  // where the result would exceed 255 octets.
  [[nodiscard]] Result<Name> with_prefix(const Name& prefix) const;

  bool operator==(const Name&) const = default;
  // Canonical order of RFC 4034 §6.1: by labels from the right.
  std::strong_ordering operator<=>(const Name& other) const;

 private:
  explicit Name(std::string wire) : wire_(std::move(wire)) {}
  std::string wire_;  // length-prefixed labels, the root label last
};

}  // namespace dskeeper::dns

template <>
struct std::hash<dskeeper::dns::Name> {
  std::size_t operator()(const dskeeper::dns::Name& name) const noexcept;
};
