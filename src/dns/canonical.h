// RDATA in canonical form (RFC 4034 §6.2): names uncompressed and, for the types that the RFC
// lists, in lower case. Internal to src/dns.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "dns/types.h"

namespace dskeeper::dns {

// The RDATA at [begin, end) of `message` in canonical form. Types that are not listed are opaque
// (RFC 3597), NSEC too, whose next name keeps its case (RFC 6840 §5.1). Compression is accepted in
// the listed types, except where their RFCs forbid it (RRSIG, SIG: RFC 4034 §3.1.7).
[[nodiscard]] Result<Bytes> canonical_rdata(RecordType type, ByteView message, std::size_t begin,
                                            std::size_t end);

}  // namespace dskeeper::dns
