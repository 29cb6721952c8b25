#include "model/csync.h"

#include <algorithm>

#include "base/bytes.h"
#include "model/hashed_field.h"

namespace dskeeper {

bool is_same_to_csync(const dns::Name& child, const std::vector<NameServer>& a,
                      const std::vector<NameServer>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](const NameServer& one, const NameServer& other) {
                      if (one.host != other.host) return false;
                      return !one.host.is_at_or_below(child) || one.glue == other.glue;
                    });
}

std::string csync_request_id(const dns::Name& child, const std::vector<NameServer>& name_servers) {
  Bytes input;
  append_field(input, child.wire());
  append_field(input, as_bytes("csync"));
  for (const NameServer& server : name_servers) {
    append_field(input, server.host.wire());
    std::string glue;
    for (const IpAddress& address : server.glue) glue += address.text() + ' ';
    append_field(input, as_bytes(glue));
  }
  return to_hex(sha256(input));
}

}  // namespace dskeeper
