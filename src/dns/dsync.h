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
  bool operator==(const Dsync&) const = default;
};

}  // namespace dskeeper::dns
