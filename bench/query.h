// A DNS query as the responder reads it: only what it needs to know, without copying anything.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "dns/types.h"

namespace dskeeper::bench {

// Points into the octets that it was parsed from.
struct Query {
  std::uint16_t id = 0;
  bool recursion_desired = false;
  ByteView question;             // name, type and class, as received
  std::string_view first_label;  // of a name of two labels …
  std::string_view zone;         // … of which that is the other; both empty for any other name
  dns::RecordType type{};
  bool has_edns = false;
  bool dnssec_ok = false;
};

// Nothing for what is no query of one question in class IN, with at most an OPT record behind it.
[[nodiscard]] std::optional<Query> parse_query(ByteView message);

}  // namespace dskeeper::bench
