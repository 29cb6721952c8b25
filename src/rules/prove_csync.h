// What the answers of a CSYNC run are worth (RFC 7477 §3.1): SOA, CSYNC, the data that it points to
// and the SOA again, at each server; and SOA and DNSKEY at the servers that would come.
//
// Pure but for the Verifier's memory. RFC 7477 §3.1: all of it must validate, so that here the SOA
// is weighed, too.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "model/csync_survey.h"
#include "rules/proved_answer.h"

namespace dskeeper::rules {

class Weigher;
struct ProvedServer;

// More is not looked at, so that it counts as not asked.
inline constexpr std::size_t csync_data_max = 96;

struct ProvedCsyncData {
  dns::Name name;
  ProvedAnswer answer;
  bool is_in_grandchild = false;  // the name belongs to a zone below the child
};

struct ProvedRun {
  ServerAddress server;
  ProvedAnswer soa;
  ProvedAnswer csync;
  std::vector<ProvedCsyncData> data;
  ProvedAnswer soa_after;
  std::optional<dns::Serial> serial;
  std::optional<dns::Serial> serial_after;

  // nullptr where it was not asked for.
  [[nodiscard]] const ProvedCsyncData* find(const dns::Name& name, dns::RecordType type) const;
};

// A server that would come, at an address that was not asked before.
struct ProvedNewcomer {
  ServerAddress server;
  std::vector<dns::Dnskey> keys;
  ProvedAnswer soa;
  ProvedAnswer dnskey;
};

struct ProvedCsync {
  bool was_asked = false;
  bool is_over_limit = false;               // CsyncSurvey::is_over_limit
  std::vector<ProvedRun> runs;              // one for each server of the look, in its order
  std::vector<SurveyedServer> new_servers;  // hosts of the NS set to come
  std::vector<ProvedNewcomer> newcomers;
};

[[nodiscard]] ProvedCsync prove_csync(const CsyncSurvey& survey, const dns::Name& child,
                                      std::span<const ProvedServer> servers, Weigher& weigher,
                                      Time now);

}  // namespace dskeeper::rules
