// The zone `_signal.<host>` as a file, whole: for name servers that sign what they load.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "child/signals.h"

namespace dskeeper::child {

// More is no signaling zone that we wrote.
inline constexpr std::size_t signal_zone_octets_max = std::size_t{4} << 30U;

// What stands in a file that was written before.
struct SignalFile {
  std::optional<dns::Serial> serial;  // none: there is no file, or it has no SOA
  Signals signals;
};

// A file that is not there has nothing in it.
[[nodiscard]] Result<SignalFile> read_signal_file(const std::filesystem::path& path,
                                                  const dns::Name& domain);

// The zone in canonical order: SOA, NS, signals. `hosts` serve it. Pure.
[[nodiscard]] std::string signal_zone_text(const HostPlan& plan,
                                           const std::vector<dns::Name>& hosts, dns::Ttl ttl,
                                           dns::Serial serial);

// The next serial: the time in seconds, so that it says something, or one more where the zone has
// been there already (RFC 1982).
[[nodiscard]] dns::Serial next_serial(std::optional<dns::Serial> before, Time now);

// The signals alone, with absolute owners, for a file that a zone includes.
[[nodiscard]] std::string signal_records_text(const Signals& signals);

// "_signal.ns1.op.example.zone"
[[nodiscard]] std::string signal_file_name(const HostPlan& plan);

}  // namespace dskeeper::child
