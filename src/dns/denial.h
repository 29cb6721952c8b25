// NSEC records (RFC 4034 §4), and denial of existence (RFC 4035 §5.4, RFC 5155 §8.5): which types a
// name has, above all the apex.
//
// At a name that exists, only an NSEC that stands at the name, or an NSEC3 whose hash is the
// name's, can prove NODATA. Pure; signatures are verified by the caller.
#pragma once

#include <optional>
#include <set>
#include <utility>

#include "dns/name.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

// The types that an NSEC or NSEC3 bitmap lists.
class TypeBitmap {
 public:
  TypeBitmap() = default;
  explicit TypeBitmap(std::set<RecordType> types) : types_(std::move(types)) {}
  // RFC 4034 §4.1.2; fails on malformed windows.
  [[nodiscard]] static Result<TypeBitmap> from_wire(ByteView wire);
  [[nodiscard]] bool has(RecordType type) const { return types_.contains(type); }
  [[nodiscard]] const std::set<RecordType>& types() const { return types_; }
  [[nodiscard]] Bytes to_wire() const;
  bool operator==(const TypeBitmap&) const = default;

 private:
  std::set<RecordType> types_;
};

// RFC 4034 §4.1.
struct Nsec {
  Name next;  // in canonical order; behind the last name it is the apex
  TypeBitmap types;

  [[nodiscard]] static Result<Nsec> from_rdata(ByteView rdata);
};

struct Denial {
  const Rrset* proof = nullptr;  // the NSEC or NSEC3 RRset inside the message, with its signatures
  TypeBitmap types;
};

inline constexpr unsigned nsec3_iterations_max = 150;

// The NSEC at `apex`, or the NSEC3 that matches it, in the authority section of a negative answer;
// nothing where there is none. More NSEC3 iterations than nsec3_iterations_max count as none, and
// so does a bitmap without SOA: that is the parent's record about the zone cut (RFC 6840 §4.1).
[[nodiscard]] std::optional<Denial> find_apex_denial(const Message& message, const Name& apex);

// The same for a name below the apex of `zone`. Nothing where the record is that of a zone cut: it
// says nothing about the types at the apex of the zone below (RFC 6840 §4.1).
[[nodiscard]] std::optional<Denial> find_denial(const Message& message, const Name& name,
                                                const Name& zone);

}  // namespace dskeeper::dns
