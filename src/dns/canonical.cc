#include "dns/canonical.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

// What RDATA is made of, as far as its names are concerned.
enum class Part : std::uint8_t {
  end,       // nothing may follow
  octets_2,  // as many octets
  octets_4,
  octets_6,
  octets_16,
  octets_18,
  octets_20,
  string,      // a length octet and as many octets
  name,        // a domain name, maybe compressed
  plain_name,  // a domain name that must not be compressed
  rest,        // whatever is left
};

struct Layout {
  std::uint16_t type;
  std::array<Part, 5> parts;
};

// RFC 4034 §6.2, less the never used A6; and the addresses, whose length everybody relies on.
constexpr auto layouts = std::to_array<Layout>({
    {1, {Part::octets_4}},                                                         // A
    {2, {Part::name}},                                                             // NS
    {3, {Part::name}},                                                             // MD
    {4, {Part::name}},                                                             // MF
    {5, {Part::name}},                                                             // CNAME
    {6, {Part::name, Part::name, Part::octets_20}},                                // SOA
    {7, {Part::name}},                                                             // MB
    {8, {Part::name}},                                                             // MG
    {9, {Part::name}},                                                             // MR
    {12, {Part::name}},                                                            // PTR
    {14, {Part::name, Part::name}},                                                // MINFO
    {15, {Part::octets_2, Part::name}},                                            // MX
    {17, {Part::name, Part::name}},                                                // RP
    {18, {Part::octets_2, Part::name}},                                            // AFSDB
    {21, {Part::octets_2, Part::name}},                                            // RT
    {24, {Part::octets_18, Part::plain_name, Part::rest}},                         // SIG
    {26, {Part::octets_2, Part::name, Part::name}},                                // PX
    {28, {Part::octets_16}},                                                       // AAAA
    {30, {Part::name, Part::rest}},                                                // NXT
    {33, {Part::octets_6, Part::name}},                                            // SRV
    {35, {Part::octets_4, Part::string, Part::string, Part::string, Part::name}},  // NAPTR
    {36, {Part::octets_2, Part::name}},                                            // KX
    {39, {Part::name}},                                                            // DNAME
    {46, {Part::octets_18, Part::plain_name, Part::rest}},                         // RRSIG
});

constexpr std::size_t octets_of(Part part) {
  switch (part) {
    case Part::octets_2:
      return 2;
    case Part::octets_4:
      return 4;
    case Part::octets_6:
      return 6;
    case Part::octets_16:
      return 16;
    case Part::octets_18:
      return 18;
    case Part::octets_20:
      return 20;
    default:
      return 0;
  }
}

void copy_part(Bytes& out, Part part, WireReader& reader) {
  switch (part) {
    case Part::name:
      return put_bytes(out, reader.compressed_name().wire());
    case Part::plain_name:
      return put_bytes(out, reader.plain_name().wire());
    case Part::string: {
      const std::uint8_t size = reader.u8();
      out.push_back(size);
      return put_bytes(out, reader.bytes(size));
    }
    case Part::rest:
      return put_bytes(out, reader.rest());
    default:
      return put_bytes(out, reader.bytes(octets_of(part)));
  }
}

const Layout* find_layout(RecordType type) {
  const auto number = static_cast<std::uint16_t>(type);
  if (number > layouts.back().type) return nullptr;
  const auto* found = std::lower_bound(
      layouts.begin(), layouts.end(), number,
      [](const Layout& layout, std::uint16_t value) { return layout.type < value; });
  return found->type == number ? found : nullptr;
}

}  // namespace

Result<Bytes> canonical_rdata(RecordType type, ByteView message, std::size_t begin,
                              std::size_t end) {
  const ByteView wire = message.subspan(begin, end - begin);
  const Layout* layout = find_layout(type);
  if (layout == nullptr) return Bytes(wire.begin(), wire.end());
  WireReader reader(message, begin, end);
  Bytes out;
  out.reserve(wire.size() + 32);
  for (const Part part : layout->parts) {
    if (part == Part::end) break;
    copy_part(out, part, reader);
  }
  if (!reader.is_complete())
    return fail(fmt::format("the RDATA of a {} is malformed", to_text(type)));
  return out;
}

}  // namespace dskeeper::dns
