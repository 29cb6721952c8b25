// DSYNC (RFC 9859 §2): where a parent wants to be notified of changes. ldns 1.8 does not know it.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/name.h"
#include "dns/types.h"

namespace dskeeper::dns {

// Open as in types.h; 0 and every scheme that we do not know mean: ignore the record.
enum class DsyncScheme : std::uint8_t { none = 0, notify = 1 };

struct Dsync {
  RecordType covered{};  // CDS or CSYNC
  DsyncScheme scheme = DsyncScheme::none;
  std::uint16_t port = 0;  // 0 means: ignore the record
  Name target;

  [[nodiscard]] static Result<Dsync> from_rdata(ByteView rdata);
  // "CDS NOTIFY 5359 cds-scanner.example.net."; a target without final dot is below `origin`.
  [[nodiscard]] static Result<Dsync> parse(std::string_view text, const Name& origin = {});
  [[nodiscard]] Bytes to_rdata() const;
  [[nodiscard]] std::string text() const;
  // The RDATA as who does not know the type reads it (RFC 3597 §5): "\# 30 003B…".
  [[nodiscard]] std::string generic_text() const;
  bool operator==(const Dsync&) const = default;
};

// The name of a child's record under a parent zone, above or at which the child's own labels end:
// `_dsync` in front of the parent's labels (§3, §4.1). kid.example. under example. is
// kid._dsync.example., and example. itself is _dsync.example.; fails where that would be longer
// than a name can be, or where the child does not lie there.
[[nodiscard]] Result<Name> dsync_name(const Name& child, const Name& parent);

}  // namespace dskeeper::dns
