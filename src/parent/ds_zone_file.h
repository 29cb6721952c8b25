// The file of the zone-file sink: the DS set of every signed delegation of a parent zone.
//
//   ; DS records of example., written by dskeeper, which reads them again: do not edit.
//   ; revision 2026112401
//   ; ahead of the source kid.example. says 2371 13 2 C1F9…; 2371 13 4 0A…
//   kid.example. 3600 IN DS 60485 13 2 D4B7…
//   ; end
//
// "ahead" tells for which children the file is newer than the source, and what the source said when
// it was written: [nothing] for no DS. So a change is kept while the source still says that, and
// forgotten as soon as the source says anything else, be it the new set or another one.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "dns/name.h"
#include "dns/records.h"

namespace dskeeper::parent {

struct TimedDsSet {
  dns::DsSet ds;
  dns::Ttl ttl;
  bool operator==(const TimedDsSet&) const = default;
};

struct DsZoneFile {
  std::string revision;                   // of the source
  std::map<dns::Name, TimedDsSet> sets;   // of signed children only
  std::map<dns::Name, dns::DsSet> ahead;  // what the source said of these
  bool operator==(const DsZoneFile&) const = default;
};

// Nothing where there is no file yet. Fails where it is not such a file of this zone, or not whole.
[[nodiscard]] Result<std::optional<DsZoneFile>> read_ds_zone_file(const std::filesystem::path& path,
                                                                  const dns::Name& zone);

// Whole or not at all (atomic_file.h).
[[nodiscard]] Result<void> write_ds_zone_file(const std::filesystem::path& path,
                                              const dns::Name& zone, const DsZoneFile& contents);

}  // namespace dskeeper::parent
