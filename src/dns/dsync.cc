#include "dns/dsync.h"

#include <fmt/core.h>

#include "dns/fields.h"
#include "dns/wire_reader.h"
#include "dns/zone_record.h"

namespace dskeeper::dns {
namespace {

constexpr std::string_view form =
    "Write type, scheme, port and target, as CDS NOTIFY 5359 cds-scanner.example.net.";

Result<DsyncScheme> parse_scheme(std::string_view text) {
  if (text == "NOTIFY" || text == "notify") return DsyncScheme::notify;
  return parse_number<std::uint8_t>(text, "DSYNC scheme").map([](std::uint8_t value) {
    return DsyncScheme{value};
  });
}

}  // namespace

Result<Dsync> Dsync::from_rdata(ByteView rdata) {
  WireReader reader(rdata);
  Dsync dsync;
  dsync.covered = RecordType{reader.u16()};
  dsync.scheme = DsyncScheme{reader.u8()};
  dsync.port = reader.u16();
  dsync.target = reader.plain_name();  // never compressed, RFC 9859 §2.1
  if (!reader.is_complete()) return fail("a DSYNC record is malformed");
  return dsync;
}

Result<Dsync> Dsync::parse(std::string_view text, const Name& origin) {
  const auto refuse = [](const Error& error) { return fail(error.what, {}, std::string(form)); };
  auto covered = parse_record_type(take_field(text));
  if (!covered) return refuse(covered.error());
  auto scheme = parse_scheme(take_field(text));
  if (!scheme) return refuse(scheme.error());
  auto port = parse_number<std::uint16_t>(take_field(text), "port number");
  if (!port) return refuse(port.error());
  auto target = parse_zone_name(take_field(text), origin);
  if (!target) return refuse(target.error());
  if (!take_field(text).empty()) return fail("text follows a DSYNC record", {}, std::string(form));
  return Dsync{*covered, *scheme, *port, *std::move(target)};
}

Bytes Dsync::to_rdata() const {
  Bytes out;
  put_u16(out, static_cast<std::uint16_t>(covered));
  out.push_back(static_cast<std::uint8_t>(scheme));
  put_u16(out, port);
  put_bytes(out, target.wire());
  return out;
}

std::string Dsync::text() const {
  const std::string scheme_text =
      scheme == DsyncScheme::notify ? "NOTIFY" : std::to_string(static_cast<unsigned>(scheme));
  return fmt::format("{} {} {} {}", to_text(covered), scheme_text, port, target.text());
}

std::string Dsync::generic_text() const {
  const Bytes rdata = to_rdata();
  return fmt::format("\\# {} {}", rdata.size(), to_hex(rdata));
}

Result<Name> dsync_name(const Name& child, const Name& parent) {
  static const Name label = Name::parse("_dsync.").value();
  if (!child.is_at_or_below(parent)) {
    return fail(fmt::format("{} does not lie below {}", child.text(), parent.text()));
  }
  auto above = parent.with_prefix(label);
  if (!above) return above;
  // The labels in front of the parent's, and the root's.
  const ByteView wire = child.wire();
  const ByteView own = wire.first(wire.size() - parent.wire().size());
  Bytes relative(own.begin(), own.end());
  relative.push_back(0);
  return above->with_prefix(Name::from_wire(relative).value());
}

}  // namespace dskeeper::dns
