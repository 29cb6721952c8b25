// What follows from the sink of a parent zone, and from its source: what the file of a zone-file
// sink has in it, and whether changes of name servers and glue have a way at all.
#pragma once

#include <string>

#include "cli/configuration.h"
#include "cli/configuration_keys.h"
#include "cli/key.h"

namespace dskeeper::cli {

// Checks what the keys of `{ zone-file = … }` say against each other.
[[nodiscard]] ZoneFileSinkSettings complete_zone_file_sink(const RawParentSettings::Sink& sink,
                                                           unsigned line,
                                                           const Configuration& configuration,
                                                           FaultList& faults);

// NS records and glue come out of the sink, and not DS sets alone.
[[nodiscard]] bool writes_delegations(const ParentSettings& parent);

// Of a parent for which nobody is named who confirms.
void check_confirm(const ParentSettings& parent, unsigned line, FaultList& faults);

// Why CSYNC (RFC 7477) is not asked for, as the end of a sentence that begins so; empty where it
// is.
[[nodiscard]] std::string reason_without_csync(const ParentSettings& parent, const Policy& policy);

}  // namespace dskeeper::cli
