// Who else wants to be notified of which children: the `endpoints` file of a parent's DSYNC
// records.
//
// CSV. The header names the columns, in any order: `target` and `port`, and `name` or `sponsor` or
// both, and perhaps `type`. A row is for one child (`name`), or for all children of one registrar
// (`sponsor`, as the source or the `facts` file says); a row for a child goes before its sponsor's.
// An empty `type` means every type.
//   name,sponsor,type,target,port
//   kid.example.,,,notify.registrar.test.,5300
//   ,registrar-17,cds,notify.other.test.,5300
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "parent/dsync_records.h"
#include "parent/snapshot.h"

namespace dskeeper::parent {

// Rows of a file, and children of one zone with records of their own; more is somebody's mistake.
inline constexpr std::size_t dsync_rows_max = 1'000'000;

struct SponsorEndpoint {
  std::string sponsor;
  std::optional<dns::RecordType> type;
  DsyncEndpoint endpoint;
};

struct DsyncEndpoints {
  std::vector<DsyncException> children;
  std::vector<SponsorEndpoint> sponsors;
};

// Every fault names file and line.
[[nodiscard]] Result<DsyncEndpoints> read_dsync_endpoints(const std::filesystem::path& path,
                                                          const dns::Name& zone);

// The children's own, and those of the sponsors' children, which the snapshot knows; it may be null
// where there are no sponsors. Pure.
[[nodiscard]] std::vector<DsyncException> dsync_exceptions(const DsyncEndpoints& endpoints,
                                                           const Snapshot* snapshot);

}  // namespace dskeeper::parent
