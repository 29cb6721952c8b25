// The kinds of sources: a zone file, a zone transfer, a list.
//
// Each is read whole or not at all, and puts the facts onto the delegations it finds. Reading may
// be repeated. Coroutines run on the caller's executor,
// files are read on a thread of their own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/ip_address.h"
#include "base/time.h"
#include "dns/tsig.h"
#include "parent/source.h"

namespace dskeeper::parent {

// `source = { zone-file = … }`: the records of the parent zone. The revision is its SOA's serial.
struct ZoneFileSourceOptions {
  dns::Name zone;
  std::filesystem::path file;
  std::optional<std::filesystem::path> facts;
};
[[nodiscard]] std::unique_ptr<Source> make_zone_file_source(ZoneFileSourceOptions options,
                                                            const Clock& clock);

// `source = { axfr = … }`: the parent zone from its server. The revision is its SOA's serial. With
// `differences` only what has changed since the last reading is asked for (IXFR, RFC 1995), where
// the server can do it and the zone has no ZONEMD.
struct TransferSourceOptions {
  dns::Name zone;
  Endpoint server;
  std::optional<dns::TsigKey> key;
  std::optional<std::filesystem::path> facts;
  Duration silence_max = std::chrono::seconds(30);
  bool differences = true;
};
[[nodiscard]] std::unique_ptr<Source> make_transfer_source(TransferSourceOptions options,
                                                           const Clock& clock);

// `source = { list = … }`: CSV with the columns of columns.h. The revision is the file's digest.
struct ListSourceOptions {
  dns::Name zone;
  std::filesystem::path file;
  std::optional<std::filesystem::path> facts;
  bool needs_glue = false;  // whole delegations are made of it
};
[[nodiscard]] std::unique_ptr<Source> make_list_source(ListSourceOptions options);

// The source, read again only where it has changed since its last reading; else that one is given
// again, as long as somebody works with it.
[[nodiscard]] std::unique_ptr<Source> make_changed_source(std::unique_ptr<Source> source);

}  // namespace dskeeper::parent
