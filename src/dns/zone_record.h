// One record's line of a zone file (RFC 1035 §5.1), for the forms and types that make up nearly all
// of a parent's zone. Internal to src/dns.
//
// Whatever is not plain gives nothing, and zone_file.cc hands the line to ldns, which costs some
// fifty times as much and has the last word on errors.
#pragma once

#include <optional>
#include <string_view>

#include "dns/name.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

// "@", or a name, which without final dot is below `origin`.
[[nodiscard]] Result<Name> parse_zone_name(std::string_view text, const Name& origin);

// What a line says in front of its RDATA: [owner] [TTL] [class] type.
struct RecordLine {
  Name owner;
  std::optional<Ttl> ttl;
  RecordType type{};
  std::string_view rdata;  // points into the line
};
// `previous` is the owner where the line begins with white space. Nothing where the line holds
// quotes, escapes (but for RFC 3597's \#), units of time or a class other than IN.
[[nodiscard]] std::optional<RecordLine> split_record(std::string_view line, const Name& origin,
                                                     const Name& previous);

// RDATA in canonical form; nothing for types and forms that are ldns' affair.
[[nodiscard]] std::optional<Bytes> plain_rdata(const RecordLine& line, const Name& origin);

}  // namespace dskeeper::dns
