#include "rules/missing.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "rules/own_fault.h"

namespace dskeeper::rules::rfc9975 {
namespace {

// Which finding names an answer that is missing.
FindingCode code_of(const Matter& matter, const ProvedAnswer& answer) {
  switch (answer.status) {
    case AnswerStatus::answer:
    case AnswerStatus::nodata:
      return matter.counts(answer) ? FindingCode::denial_unproven
                                   : FindingCode::answer_not_over_tcp;
    case AnswerStatus::nxdomain:  // the server does not know the zone (standards.md §5.4)
    case AnswerStatus::servfail:
    case AnswerStatus::other_rcode:
      return FindingCode::server_fails;
    case AnswerStatus::referral:
    case AnswerStatus::not_authoritative:
      return FindingCode::server_not_authoritative;
    case AnswerStatus::refused:
      return FindingCode::server_refuses;
    case AnswerStatus::malformed:
      return FindingCode::answer_malformed;
    case AnswerStatus::truncated:
      return FindingCode::answer_truncated;
    case AnswerStatus::not_permitted:
      return FindingCode::server_not_permitted;
    case AnswerStatus::timeout:
    case AnswerStatus::unreachable:
    case AnswerStatus::not_asked:
      break;
  }
  return FindingCode::server_silent;
}

std::string rcode_text(AnswerStatus status) {
  if (status == AnswerStatus::nxdomain) return "NXDOMAIN";
  if (status == AnswerStatus::servfail) return "SERVFAIL";
  return "an error";
}

// Answers that are missing for one reason: one finding, with all the types and servers.
class Gaps {
 public:
  void add(const ProvedAnswer& answer, const ServerAddress& server, FindingCode code) {
    const std::string rcode = code == FindingCode::server_fails ? rcode_text(answer.status) : "";
    Gap& gap = gaps_[{code, rcode}];
    gap.types.insert(answer.type);
    gap.servers.push_back(server);
  }

  void append_to(FindingList& findings) const {
    for (const auto& [reason, gap] : gaps_) {
      const std::vector<std::string> facts = facts_of(reason, gap);
      for (const ServerAddress& server : gap.servers) findings.add(reason.first, server, facts);
    }
  }

 private:
  using Reason = std::pair<FindingCode, std::string>;  // with the name of the RCODE, if it is one
  struct Gap {
    std::set<dns::RecordType> types;
    std::vector<ServerAddress> servers;
  };

  static std::vector<std::string> facts_of(const Reason& reason, const Gap& gap) {
    const auto& [code, rcode] = reason;
    if (code == FindingCode::server_silent || code == FindingCode::server_not_permitted) return {};
    std::string types;
    for (auto type = gap.types.begin(); type != gap.types.end(); ++type) {
      if (!types.empty()) types += std::next(type) == gap.types.end() ? " and " : ", ";
      types += dns::to_text(*type);
    }
    if (rcode.empty()) return {types};
    return {types, rcode};
  }

  std::map<Reason, Gap> gaps_;
};

// What came of the questions that the policy asks of one server from one vantage point.
struct Heard {
  bool any_silence = false;
  bool any_unasked = false;
  bool any_answer = false;

  // No question had any answer, and one at least had the time to get one.
  [[nodiscard]] bool is_silent() const { return any_silence && !any_answer; }
};

Heard hear(const Matter& matter, const Sight& sight) {
  Heard heard;
  const auto take = [&](AnswerStatus status) {
    const bool is_unasked = status == AnswerStatus::not_asked;
    heard.any_silence = heard.any_silence || is_silence(status);
    heard.any_unasked = heard.any_unasked || is_unasked;
    heard.any_answer = heard.any_answer || (!is_silence(status) && !is_unasked);
  };
  take(sight.server->soa.status);
  take(sight.server->dnskey.status);
  for (const ConsideredType& type : matter.types) take((sight.*type.reading).answer->status);
  return heard;
}

// The same server from every vantage point.
template <typename Predicate>
bool is_everywhere(const Matter& matter, const IpAddress& address, Predicate is_so) {
  return std::all_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return sight.server->server.address != address || is_so(hear(matter, sight));
  });
}

bool is_silent_everywhere(const Matter& matter, const IpAddress& address) {
  return is_everywhere(matter, address, [](const Heard& heard) { return heard.is_silent(); });
}

bool is_unheard_everywhere(const Matter& matter, const IpAddress& address) {
  return is_everywhere(matter, address, [](const Heard& heard) { return !heard.any_answer; });
}

// A host without an address counts as unreachable (standards.md edge case 51).
bool has_address_somewhere(const Matter& matter, const dns::Name& host) {
  return std::any_of(matter.proved.begin(), matter.proved.end(), [&](const Proved* proved) {
    return std::none_of(proved->servers_without_address.begin(),
                        proved->servers_without_address.end(),
                        [&](const SurveyedServer& server) { return server.host == host; });
  });
}

// 9975-1: the answers that a sight lacks. A denial that cannot be judged for want of DNSKEY is
// not held against the child.
bool add_gaps(const Matter& matter, const Sight& sight, Gaps& gaps) {
  const ProvedServer& server = *sight.server;
  bool any = false;
  const auto add = [&](const ProvedAnswer& answer) {
    any = true;
    gaps.add(answer, server.server, code_of(matter, answer));
  };
  const bool has_dnskey = matter.counts(server.dnskey);
  for (const ConsideredType& considered : matter.types) {
    const Reading& reading = sight.*considered.reading;
    if (reading.is_received()) continue;
    if (reading.says != Says::unproven || has_dnskey) add(*reading.answer);
  }
  if (!has_dnskey) add(server.dnskey);
  return any;
}

// It answered what it was asked.
bool lacks_only_unasked(const Matter& matter, const Sight& sight) {
  const auto is_so = [&](const ProvedAnswer& answer) {
    return matter.counts(answer) || answer.status == AnswerStatus::not_asked;
  };
  return is_so(sight.server->dnskey) &&
         std::all_of(matter.types.begin(), matter.types.end(), [&](const ConsideredType& type) {
           const Reading& reading = sight.*type.reading;
           const bool awaits_dnskey =
               reading.says == Says::unproven && !matter.counts(sight.server->dnskey);
           return is_so(*reading.answer) && (reading.is_received() || awaits_dnskey ||
                                             reading.answer->status == AnswerStatus::not_asked);
         });
}

// 9975-1: hosts whose addresses, all or some, one vantage point could not find.
void add_lost_hosts(const Matter& matter, std::size_t vantage, Missing& missing) {
  for (const SurveyedServer& server : matter.proved[vantage]->servers_without_address) {
    missing.in_vantage[vantage] = true;
    missing.findings.note(FindingCode::server_without_address, {server.host.text()});
    if (has_address_somewhere(matter, server.host)) {
      missing.but_silence[vantage] = missing.but_unheard[vantage] = true;
    } else {
      missing.silent.push_back({server.host, {}});
    }
  }
  for (const SurveyedServer& server : matter.proved[vantage]->servers_not_resolved) {
    missing.in_vantage[vantage] = true;
    missing.but_silence[vantage] = missing.but_unheard[vantage] = true;
    if (note_own_fault(*matter.proved[vantage], missing.findings)) continue;
    missing.findings.note(FindingCode::server_not_resolved, {server.host.text(), server.trouble});
  }
}

}  // namespace

Missing find_missing(const Matter& matter) {
  Missing missing;
  missing.in_vantage.resize(matter.proved.size());
  missing.but_silence.resize(matter.proved.size());
  missing.but_unheard.resize(matter.proved.size());
  Gaps gaps;
  for (const Sight& sight : matter.sights) {
    if (!add_gaps(matter, sight, gaps)) continue;
    missing.in_vantage[sight.vantage] = true;
    const ServerAddress& server = sight.server->server;
    if (is_silent_everywhere(matter, server.address)) {
      missing.silent.push_back(server);
      continue;
    }
    missing.but_silence[sight.vantage] = true;
    if (is_unheard_everywhere(matter, server.address)) {
      missing.passed_over.push_back(server);
    } else if (!lacks_only_unasked(matter, sight)) {
      missing.but_unheard[sight.vantage] = true;
    }
  }
  gaps.append_to(missing.findings);
  for (std::size_t i = 0; i < matter.proved.size(); ++i) add_lost_hosts(matter, i, missing);
  for (std::vector<ServerAddress>* servers : {&missing.silent, &missing.passed_over}) {
    std::sort(servers->begin(), servers->end());
    servers->erase(std::unique(servers->begin(), servers->end()), servers->end());
  }
  return missing;
}

}  // namespace dskeeper::rules::rfc9975
