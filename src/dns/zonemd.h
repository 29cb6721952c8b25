// Message digests for zones (ZONEMD, RFC 8976): has a zone come whole and unaltered?
//
// The check follows a zone's records as they are read, in any order. It gathers them only while the
// zone may still turn out to have a ZONEMD record: servers and files begin with the apex, so that a
// zone without one costs nothing. One whose ZONEMD stands elsewhere is read twice.
//
// The digest alone guards against accidents and cut transfers, not against an attacker who can
// write the file: that takes the zone's signatures, or TSIG.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/record_sorter.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

struct Zonemd {
  Serial serial;
  std::uint8_t scheme = 0;
  std::uint8_t hash = 0;
  Bytes digest;

  [[nodiscard]] static Result<Zonemd> from_rdata(ByteView rdata);
};

enum class ZonemdStatus : std::uint8_t {
  absent,
  verified,
  unsupported,  // no ZONEMD of a scheme and hash that we know
  late,         // it came after the apex, and the records before it were not kept: read again
  failed,
};

struct ZonemdResult {
  ZonemdStatus status = ZonemdStatus::absent;
  std::string why;  // of `failed` and `unsupported`: what follows "the ZONEMD record …"
};

class ZonemdCheck {
 public:
  enum class Keep : std::uint8_t { while_at_apex, all };
  explicit ZonemdCheck(Name zone, Keep keep = Keep::while_at_apex);

  [[nodiscard]] Result<void> add(const Record& record);
  // Are records still gathered?
  [[nodiscard]] bool is_gathering() const { return sorter_.has_value(); }
  // Fails where the disk does. Costs a pass over all records where there is a ZONEMD.
  [[nodiscard]] Result<ZonemdResult> finish();

 private:
  [[nodiscard]] ZonemdResult check_records(std::vector<Zonemd>& usable) const;

  Name zone_;
  Keep keep_;
  std::optional<RecordSorter> sorter_;
  bool is_late_ = false;
  std::optional<Serial> serial_;
  std::vector<Bytes> zonemds_;  // RDATA
};

}  // namespace dskeeper::dns
