// What a CSYNC record points to: whether it was seen whole, validates, and is the same everywhere
// (RFC 7477 §3.1, RFC 9975 §3.2), and the name servers and glue that it comes to (§3.2).
#pragma once

#include <span>
#include <vector>

#include "rules/csync_sight.h"

namespace dskeeper::rules::rfc7477 {

// What was asked and not answered so that it counts.
struct CsyncMissing {
  FindingList findings;
  std::vector<bool> in_vantage;   // for each vantage point: is anything missing there …
  std::vector<bool> but_silence;  // … besides the answers of servers that are silent in all

  void note(std::size_t vantage, bool is_mere_silence) {
    in_vantage[vantage] = true;
    if (!is_mere_silence) but_silence[vantage] = true;
  }
};
// §3.1: SOA, CSYNC, the data, and the same SOA again, at every address (9975-20, 9975-22).
[[nodiscard]] CsyncMissing find_missing(const CsyncMatter& csync,
                                        std::span<const ServerAddress> silent);

// What the records point to can be asked for and published at all, within limits of our own.
void check_amount(const CsyncMatter& csync, FindingList& faults);

// §3.1: SOA, CSYNC and data are Secure; absence of data is proven (find_missing()).
void check_genuine(const CsyncMatter& csync, FindingList& faults);

// RFC 9975 §3.2: the same data everywhere, also where there are none.
void check_data_agreement(const CsyncMatter& csync, FindingList& differences);

// §3.2.1: an empty NS set is not copied; §3.1: nor what a zone below the child has; and a host
// inside the child exists.
void check_data(const CsyncMatter& csync, FindingList& faults);

// §3.2: what would stand, from what one server said whole. Sorted.
[[nodiscard]] std::vector<NameServer> make_name_servers(const CsyncMatter& csync,
                                                        const CsyncSight& sight,
                                                        FindingList& faults);

// Nothing is missing at this server.
[[nodiscard]] bool is_whole(const CsyncMatter& csync, const CsyncSight& sight);

}  // namespace dskeeper::rules::rfc7477
