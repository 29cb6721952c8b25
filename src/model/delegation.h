// A delegation as the parent has it: what the survey starts from and a change is measured against.
//
// A value, made by a source (parent/) and never altered. Names and addresses in it are sorted and
// without duplicates. RFC 9499 §7 for the words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"

namespace dskeeper {

struct NameServer {
  dns::Name host;
  std::vector<IpAddress> glue;  // as the parent zone has it; empty for names outside it
  bool operator==(const NameServer&) const = default;
};

// What the registry's database says of the name beside its records (the `facts` file, EPP).
struct Registration {
  std::string roid;     // empty: unknown
  std::string sponsor;  // the registrar; empty: unknown
  std::optional<Time> created;
  // EPP statuses (RFC 5731 §2.3) and words of `facts`; nothing: unknown, which is not none.
  std::optional<std::vector<std::string>> statuses;
  std::optional<bool> no_ds;      // opted out of DS automation
  std::optional<bool> no_ns;      // opted out of NS and glue automation
  std::optional<bool> bootstrap;  // false: the registrar offers no way to disable DNSSEC
  [[nodiscard]] bool has_status(std::string_view status) const;
  bool operator==(const Registration&) const = default;
};

struct Delegation {
  dns::Name child;
  dns::Name parent;
  std::vector<NameServer> name_servers;
  dns::DsSet ds;    // empty: the delegation is unsigned
  dns::Ttl ds_ttl;  // of the standing set; 0 where unsigned or unknown
  // Hosts inside the child that other delegations of the zone use, with their glue; sorted.
  std::vector<NameServer> lent;
  Registration registration;
  std::string revision;  // which state of the source said so: a serial, a file's digest

  [[nodiscard]] bool is_secure() const { return !ds.empty(); }
  [[nodiscard]] std::vector<dns::Name> hosts() const;
  bool operator==(const Delegation&) const = default;
};

}  // namespace dskeeper
