// The store in one SQLite file: what a registry's first installation uses, and most keep.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/sqlite_database.h"
#include "store/store.h"

namespace dskeeper::store {

[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                               Access access,
                                                               const SqliteLimits& limits = {});

}  // namespace dskeeper::store
