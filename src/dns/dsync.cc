#include "dns/dsync.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::string_view form =
    "Write type, scheme, port and target, as CDS NOTIFY 5359 cds-scanner.example.net.";

std::string_view take_field(std::string_view& text) {
  constexpr std::string_view space = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  const std::string_view field = text.substr(0, text.find_first_of(space));
  text.remove_prefix(field.size());
  return field;
}

template <typename Number>
Result<Number> number_of(std::string_view text, std::string_view what) {
  Number value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || rest != end) {
    return fail(fmt::format("\"{}\" is not a {}", text, what), {}, std::string(form));
  }
  return value;
}

Result<DsyncScheme> parse_scheme(std::string_view text) {
  if (text == "NOTIFY" || text == "notify") return DsyncScheme::notify;
  return number_of<std::uint8_t>(text, "DSYNC scheme").map([](std::uint8_t value) {
    return DsyncScheme{value};
  });
}

Result<Name> parse_target(std::string_view text, const Name& origin) {
  if (text == "@") return origin;
  auto name = Name::parse(text);
  if (!name || text.ends_with('.')) return name;
  return origin.with_prefix(*name);
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
  auto covered = parse_record_type(take_field(text));
  if (!covered) return pass_on(std::move(covered));
  auto scheme = parse_scheme(take_field(text));
  if (!scheme) return pass_on(std::move(scheme));
  auto port = number_of<std::uint16_t>(take_field(text), "port number");
  if (!port) return pass_on(std::move(port));
  auto target = parse_target(take_field(text), origin);
  if (!target) return pass_on(std::move(target));
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

}  // namespace dskeeper::dns
