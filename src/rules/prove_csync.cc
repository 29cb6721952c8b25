#include "rules/prove_csync.h"

#include <algorithm>
#include <utility>

#include "rules/prove.h"
#include "rules/weighing.h"

namespace dskeeper::rules {
namespace {

using dns::RecordType;

std::optional<dns::Serial> serial_of(const ProvedAnswer& soa) {
  if (!soa.rrset || soa.rrset->rdata.size() != 1) return std::nullopt;
  const auto read = dns::Soa::from_rdata(soa.rrset->rdata.front());
  if (!read) return std::nullopt;
  return read->serial;
}

bool is_cut_between(const dns::Name& zone, const dns::Name& name, const dns::Name& child) {
  return zone.is_below(child) && name.is_at_or_below(zone);
}

// Does the answer come from, or point to, a zone between the child and the name?
bool is_in_grandchild(const Answer& seen, const ProvedCsyncData& data, const dns::Name& child,
                      Time now) {
  if (data.answer.rrset) {
    return std::ranges::any_of(data.answer.rrset->signatures, [&](const dns::Rrsig& signature) {
      return is_cut_between(signature.signer, data.name, child);
    });
  }
  const auto message = dns::parse_message(seen.wire, now);
  if (!message) return false;
  return std::ranges::any_of(message->authority, [&](const dns::Rrset& rrset) {
    const bool names_zone = rrset.type == RecordType::soa || rrset.type == RecordType::ns;
    return names_zone && is_cut_between(rrset.owner, data.name, child);
  });
}

class CsyncProver {
 public:
  CsyncProver(const dns::Name& child, Weigher& weigher, Time now)
      : child_(child), weigher_(weigher), now_(now) {}

  ProvedRun prove_run(const CsyncSurvey& survey, const ProvedServer& server) {
    ProvedRun run{.server = server.server,
                  .soa = {},
                  .csync = {},
                  .data = {},
                  .soa_after = {},
                  .serial = {},
                  .serial_after = {}};
    run.soa.type = run.soa_after.type = RecordType::soa;
    run.csync.type = RecordType::csync;
    bool is_soa_seen = false;
    for (const CsyncAnswer& asked : survey.answers) {
      if (asked.answer.server.address != server.server.address) continue;
      if (is_data(asked)) {
        prove_data(asked, server, run);
      } else if (asked.name != child_) {
        continue;
      } else if (asked.answer.type == RecordType::csync) {
        prove_one(child_, asked.answer, server.keys, run.csync);
      } else if (asked.answer.type == RecordType::soa) {
        prove_one(child_, asked.answer, server.keys, is_soa_seen ? run.soa_after : run.soa);
        is_soa_seen = true;
      }
    }
    run.serial = serial_of(run.soa);
    run.serial_after = serial_of(run.soa_after);
    return run;
  }

  ProvedNewcomer prove_newcomer(const CsyncSurvey& survey, ServerAddress server) {
    ProvedNewcomer newcomer{.server = std::move(server), .keys = {}, .soa = {}, .dnskey = {}};
    newcomer.soa.type = RecordType::soa;
    newcomer.dnskey.type = RecordType::dnskey;
    for (const Answer& seen : survey.new_answers) {
      if (seen.server.address != newcomer.server.address) continue;
      dns::Message message;
      if (seen.type == RecordType::soa) weigher_.read(child_, seen, message, newcomer.soa);
      if (seen.type != RecordType::dnskey) continue;
      weigher_.read(child_, seen, message, newcomer.dnskey);
      Weigher::take_keys(newcomer.dnskey, newcomer.keys);
      weigher_.weigh(child_, newcomer.dnskey, message, newcomer.keys);
    }
    return newcomer;
  }

 private:
  void prove_one(const dns::Name& name, const Answer& seen, const std::vector<dns::Dnskey>& keys,
                 ProvedAnswer& answer) {
    dns::Message message;
    weigher_.read(name, seen, message, answer);
    weigher_.weigh(name, answer, message, keys);
  }

  // A host may have the child's own name.
  [[nodiscard]] bool is_data(const CsyncAnswer& asked) const {
    const RecordType type = asked.answer.type;
    if (type == RecordType::ns) return asked.name == child_;
    const bool is_address = type == RecordType::a || type == RecordType::aaaa;
    return is_address && asked.name.is_at_or_below(child_);
  }

  void prove_data(const CsyncAnswer& asked, const ProvedServer& server, ProvedRun& run) {
    const RecordType type = asked.answer.type;
    if (run.data.size() >= csync_data_max || run.find(asked.name, type) != nullptr) return;
    ProvedCsyncData data{.name = asked.name, .answer = {}, .is_in_grandchild = false};
    data.answer.type = type;
    prove_one(asked.name, asked.answer, server.keys, data.answer);
    data.is_in_grandchild = is_in_grandchild(asked.answer, data, child_, now_);
    run.data.push_back(std::move(data));
  }

  const dns::Name& child_;
  Weigher& weigher_;
  Time now_;
};

}  // namespace

const ProvedCsyncData* ProvedRun::find(const dns::Name& name, dns::RecordType type) const {
  const auto found = std::ranges::find_if(data, [&](const ProvedCsyncData& one) {
    return one.answer.type == type && one.name == name;
  });
  return found == data.end() ? nullptr : &*found;
}

ProvedCsync prove_csync(const CsyncSurvey& survey, const dns::Name& child,
                        std::span<const ProvedServer> servers, Weigher& weigher, Time now) {
  ProvedCsync proved;
  if (survey.empty()) return proved;
  proved.was_asked = true;
  proved.is_over_limit = survey.is_over_limit;
  CsyncProver prover(child, weigher, now);
  for (const ProvedServer& server : servers) {
    proved.runs.push_back(prover.prove_run(survey, server));
  }
  proved.new_servers = survey.new_servers;
  for (const SurveyedServer& server : survey.new_servers) {
    for (const IpAddress& address : server.addresses) {
      const auto is_it = [&](const auto& known) { return known.server.address == address; };
      const bool is_known =
          std::ranges::any_of(servers, is_it) || std::ranges::any_of(proved.newcomers, is_it);
      if (!is_known) {
        proved.newcomers.push_back(prover.prove_newcomer(survey, {server.host, address}));
      }
    }
  }
  return proved;
}

}  // namespace dskeeper::rules
