// The lease of a parent zone as a locked file beside the database.
//
// The kernel drops the lock however the process dies, so that no lease is ever stale. The file
// stays: removing it would let two processes lock two files of one name. What stands in it, the
// holder's process id, is for people only.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "dns/name.h"
#include "store/store.h"

namespace dskeeper::store {

// Locks "DATABASE.ZONE.lease"; fails at once where another one holds it.
[[nodiscard]] Result<std::unique_ptr<Lease>> take_file_lease(const std::string& database_path,
                                                             const dns::Name& zone);

}  // namespace dskeeper::store
