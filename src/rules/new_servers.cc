#include "rules/new_servers.h"

#include <algorithm>

#include "rules/rfc7344.h"

namespace dskeeper::rules::new_servers {
namespace {

// What a look asks (survey/nameserver_addresses.h).
constexpr std::size_t name_servers_max = 32;
constexpr std::size_t addresses_max = 64;

bool is_named_now(const CsyncMatter& csync, const dns::Name& host) {
  const auto& standing = csync.matter.delegation.name_servers;
  return std::ranges::find(standing, host, &NameServer::host) != standing.end();
}

// From one vantage point.
class Visit {
 public:
  Visit(const CsyncMatter& csync, std::size_t vantage, rfc7477::CsyncMissing& missing,
        FindingList& faults)
      : csync_(csync),
        proved_(*csync.matter.proved[vantage]),
        vantage_(vantage),
        missing_(missing),
        faults_(faults) {}

  void check(const NameServer& server) {
    // Hosts outside that are named now were asked, and are missing where they were not heard.
    const bool is_inside = csync_.is_in_domain(server.host);
    if (!is_inside && is_named_now(csync_, server.host)) return;
    const auto& found = proved_.csync.new_servers;
    const auto entry = std::ranges::find(found, server.host, &SurveyedServer::host);
    if (entry == found.end()) return miss({server.host, {}});
    if (!entry->is_complete) {
      missing_.note(vantage_, false);
      missing_.findings.note(FindingCode::server_not_resolved,
                             {server.host.text(), entry->trouble});
      return;
    }
    if (entry->addresses.empty() && !is_inside) {
      faults_.note(FindingCode::server_without_address, {server.host.text()});
    }
    for (const IpAddress& address : entry->addresses) check_address({server.host, address});
    if (is_inside) check_coverage(server, entry->addresses);
  }

 private:
  // Glue of a family that we do not use cannot be tried (design.md: our fault, never the child's);
  // that of the other one must have been.
  void check_coverage(const NameServer& server, const std::vector<IpAddress>& tried) {
    if (tried.empty() && !server.glue.empty()) return miss({server.host, server.glue.front()});
    for (const IpAddress& address : server.glue) {
      const bool is_family_used = std::ranges::any_of(
          tried, [&](const IpAddress& other) { return other.is_v4() == address.is_v4(); });
      const bool is_tried = std::ranges::find(tried, address) != tried.end() ||
                            std::ranges::any_of(proved_.servers, [&](const ProvedServer& known) {
                              return known.server.address == address;
                            });
      if (is_family_used && !is_tried) miss({server.host, address});
    }
  }

  void miss(const ServerAddress& server) {
    missing_.note(vantage_, false);
    missing_.findings.add(FindingCode::csync_server_silent, server);
  }

  void check_address(const ServerAddress& server) {
    const auto is_it = [&](const auto& known) { return known.server.address == server.address; };
    // Those that the parent names were asked everything; what they lack is missing already. But an
    // address that we must not ask, which a present host has by now, the parent must not publish.
    const auto present = std::ranges::find_if(proved_.servers, is_it);
    if (present != proved_.servers.end()) {
      if (present->dnskey.status != AnswerStatus::not_permitted) return;
      return faults_.add(FindingCode::csync_server_not_permitted, server);
    }
    const auto newcomer = std::ranges::find_if(proved_.csync.newcomers, is_it);
    if (newcomer == proved_.csync.newcomers.end()) return miss(server);
    check_newcomer(server, *newcomer);
  }

  void check_newcomer(const ServerAddress& server, const ProvedNewcomer& newcomer) {
    for (const ProvedAnswer* answer : {&newcomer.soa, &newcomer.dnskey}) {
      const AnswerStatus status = answer->status;
      if (status == AnswerStatus::not_permitted) {
        return faults_.add(FindingCode::csync_server_not_permitted, server);
      }
      if (is_silence(status) || status == AnswerStatus::not_asked) return miss(server);
      if (status != AnswerStatus::answer || !csync_.matter.counts(*answer)) {
        return faults_.add(FindingCode::csync_server_lame, server);
      }
    }
    if (!rfc7344::is_chain_whole(csync_.matter, newcomer.dnskey)) {
      faults_.add(FindingCode::csync_server_breaks, server);
    }
  }

  const CsyncMatter& csync_;
  const Proved& proved_;
  std::size_t vantage_;
  rfc7477::CsyncMissing& missing_;
  FindingList& faults_;
};

// Is it one of the present servers, under whichever name?
bool remains(const CsyncMatter& csync, const NameServer& server) {
  if (!csync.is_in_domain(server.host)) return is_named_now(csync, server.host);
  return std::ranges::any_of(csync.sights, [&](const CsyncSight& sight) {
    const IpAddress& present = sight.server().address;
    return std::ranges::find(server.glue, present) != server.glue.end();
  });
}

}  // namespace

void check_set(const CsyncMatter& csync, std::span<const NameServer> name_servers,
               FindingList& faults) {
  const Policy& policy = csync.matter.policy;
  const std::size_t count = name_servers.size();
  const auto& standing = csync.matter.delegation.name_servers;
  const bool has_other_hosts =
      !std::ranges::equal(name_servers, standing, {}, &NameServer::host, &NameServer::host);
  if (has_other_hosts && count < policy.ns_min) {
    faults.note(FindingCode::csync_too_few_servers,
                {std::to_string(count), std::to_string(policy.ns_min)});
  }
  if (count > name_servers_max) {
    faults.note(FindingCode::too_many_records,
                {std::to_string(count), "name servers", std::to_string(name_servers_max)});
  }
  std::size_t addresses = 0;  // of families that we do not use, too: nothing else limits those
  for (const NameServer& server : name_servers) {
    if (csync.is_in_domain(server.host)) addresses += server.glue.size();
  }
  if (addresses > addresses_max) {
    faults.note(
        FindingCode::too_many_records,
        {std::to_string(addresses), "addresses of name servers", std::to_string(addresses_max)});
  }
  for (const NameServer& server : name_servers) {
    if (!csync.is_in_domain(server.host) || !server.glue.empty()) continue;
    faults.note(FindingCode::csync_host_without_glue, {server.host.text()});
  }
}

void check_answers(const CsyncMatter& csync, std::span<const NameServer> name_servers,
                   rfc7477::CsyncMissing& missing, FindingList& faults) {
  for (std::size_t vantage = 0; vantage < csync.matter.proved.size(); ++vantage) {
    if (!csync.matter.proved[vantage]->csync.was_asked) continue;
    Visit visit(csync, vantage, missing, faults);
    for (const NameServer& server : name_servers) visit.check(server);
  }
}

void note_consequences(const CsyncMatter& csync, std::span<const NameServer> name_servers,
                       FindingList& warnings) {
  if (std::ranges::none_of(name_servers,
                           [&](const NameServer& server) { return remains(csync, server); })) {
    warnings.note(FindingCode::csync_none_remains);
  }
  const auto& lent = csync.matter.delegation.lent;
  for (const NameServer& server : name_servers) {
    const auto shared = std::ranges::find(lent, server.host, &NameServer::host);
    if (shared == lent.end() || shared->glue == server.glue) continue;
    warnings.note(FindingCode::csync_glue_shared, {server.host.text()});
  }
}

}  // namespace dskeeper::rules::new_servers
