// The file of the zone-file sink: the DS set of every signed delegation of a parent zone, or all of
// every delegation.
//
//   ; Delegations of example., written by dskeeper, which reads them again: do not edit.
//   ; revision 2026112401
//   ; ahead of the source kid.example. says 2371 13 2 C1F9…; 2371 13 4 0A…
//   ; registered as 44312D4558 kid.example.
//   ; ahead of the source lad.example. says NS ns1.lad.example. 192.0.2.1 2001:db8::1; ns2.op.test.
//   kid.example. 3600 IN NS ns1.op.test.
//   kid.example. 600 IN DS 60485 13 2 D4B7…
//   lad.example. 3600 IN NS ns3.lad.example.
//   ns3.lad.example. 3600 IN A 192.0.2.3
//   ; end
//
// "ahead" tells for which children the file is newer than the source, and what the source said when
// it was written: [nothing] for no DS. So a change is kept while the source still says that, and
// forgotten as soon as the source says anything else, be it the new set or another one.
//
// The ROID, in hexadecimal, tells a name that was registered anew, whose source may say by chance
// what it said before. No time ends it: to go back to what the child has left would cut it off.
//
// Glue stands once, after the delegation that its host lies in, whoever uses it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "dns/records.h"
#include "parent/packed_delegations.h"
#include "parent/zone_file_content.h"

namespace dskeeper::parent {

struct DelegationFile {
  explicit DelegationFile(dns::Name zone) : delegations(std::move(zone)) {}

  std::string revision;  // of the source
  // In canonical order, each with the glue of the hosts inside it. Of `ds` signed ones only,
  // without name servers.
  PackedDelegations delegations;
  // By child: further hosts inside it, which only others name.
  std::map<dns::Name, std::vector<NameServer>> lent;
  dns::Ttl name_server_ttl;  // of NS and glue
  // What the source said of these.
  std::map<dns::Name, dns::DsSet> ds_ahead;
  std::map<dns::Name, std::vector<NameServer>> name_servers_ahead;
  // The ROID of each of these that has a known one: what is registered anew begins anew.
  std::map<dns::Name, std::string> registrations_ahead;

  [[nodiscard]] std::optional<Delegation> find(const dns::Name& child) const;
  bool operator==(const DelegationFile& other) const;
};

// Nothing where there is no file yet. Fails where it is not such a file of this zone, or not whole.
[[nodiscard]] Result<std::optional<DelegationFile>> read_delegation_file(
    const std::filesystem::path& path, const dns::Name& zone, ZoneFileContent content);

// Whole or not at all (atomic_file.h).
[[nodiscard]] Result<void> write_delegation_file(const std::filesystem::path& path,
                                                 ZoneFileContent content,
                                                 const DelegationFile& contents);

}  // namespace dskeeper::parent
