// A name as octets whose plain order is the canonical order of names (RFC 4034 §6.1).
//
// The labels from the right, each ended by a zero octet; the octets 0 and 1 inside a label are
// escaped, so that "a." sorts before "a\000." as it must. A name's key is a prefix of the keys of
// the names below it.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "dns/name.h"

namespace dskeeper::store {

[[nodiscard]] Bytes name_key(const dns::Name& name);
[[nodiscard]] Result<dns::Name> name_of_key(ByteView key);

}  // namespace dskeeper::store
