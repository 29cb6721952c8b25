#include "model/csync.h"

#include "base/bytes.h"
#include "model/hashed_field.h"

namespace dskeeper {
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
