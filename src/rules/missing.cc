#include "rules/missing.h"

#include <algorithm>

#include "rules/gaps.h"
#include "rules/own_fault.h"

namespace dskeeper::rules::rfc9975 {
namespace {

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
    gaps.add(matter, answer, server.server);
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
