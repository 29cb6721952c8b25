// Bringing the DSYNC records of a parent where they shall stand: reads what does, and sends what
// differs.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "cli/configuration.h"
#include "dns/update.h"
#include "parent/snapshot.h"

namespace dskeeper::cli {

struct DsyncUpdate {
  std::size_t put = 0;
  std::size_t removed = 0;
};

// `parent.dsync` must be there. The snapshot may be null where its endpoints name no sponsors.
[[nodiscard]] boost::asio::awaitable<Result<DsyncUpdate>> update_dsync(
    const Configuration& configuration, const ParentSettings& parent,
    std::shared_ptr<const parent::Snapshot> snapshot, const Clock& clock);

// What would be sent.
[[nodiscard]] boost::asio::awaitable<Result<dns::RrsetChanges>> find_dsync_changes(
    const Configuration& configuration, const ParentSettings& parent,
    std::vector<dns::Rrset> wanted, const Clock& clock);

}  // namespace dskeeper::cli
