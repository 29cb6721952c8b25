// DNS UPDATE (RFC 2136) with TSIG (RFC 8945) at the parent's primary server.
//
// One message a change, over TCP:
//   zone          the parent, SOA, IN                                             §2.3
//   prerequisites the DS set is `before` (or there is none), the NS set is `hosts`   §2.4.2, §2.4.3
//   update        delete the DS RRset, add each DS with the change's TTL          §2.5.2, §2.5.1
// or, for name servers and glue, what name_server_update.h says.
// So it is applied whole or not at all, on nothing but what was judged, and never twice: after a
// lost response the repetition fails its prerequisites, and the server is asked for what it has.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dns/rrset.h"
#include "dns/update.h"
#include "net/exchange.h"
#include "parent/ds_question.h"
#include "parent/name_server_update.h"
#include "parent/referral.h"
#include "parent/sinks.h"

namespace dskeeper::parent {
namespace {

SendResult outcome(SendStatus status, std::string reason, bool concerns_all = false) {
  return {status, std::move(reason), concerns_all};
}

// What the server's RCODE means for a change (RFC 2136 §3.8, §3.4.2.6; standards.md §12).
struct Meaning {
  dns::Rcode rcode;
  SendStatus status;
  bool concerns_all;
  const char* sentence;
};
constexpr std::array<Meaning, 6> meanings = {{
    {dns::Rcode::noerror, SendStatus::taken, false, ""},
    {dns::Rcode::servfail, SendStatus::later, false, "the server could not do it now"},
    {dns::Rcode::refused, SendStatus::later, false,
     "the server does not allow this key to change these records there"},
    {dns::Rcode::notauth, SendStatus::later, true, "the server is not the zone's primary"},
    {dns::Rcode::notimp, SendStatus::failed, false, "the server takes no DNS UPDATE"},
    {dns::Rcode::notzone, SendStatus::failed, false, "the server says it is not in the zone"},
}};

bool is_prerequisite_failure(dns::Rcode rcode) {
  return rcode == dns::Rcode::nxrrset || rcode == dns::Rcode::yxrrset ||
         rcode == dns::Rcode::nxdomain || rcode == dns::Rcode::yxdomain;
}

std::vector<Bytes> rdata_of(const dns::DsSet& set) {
  std::vector<Bytes> rdata;
  for (const dns::Ds& ds : set) rdata.push_back(ds.to_rdata());
  return rdata;
}

std::vector<Bytes> rdata_of(const std::vector<dns::Name>& hosts) {
  std::vector<Bytes> rdata;
  for (const dns::Name& host : hosts) rdata.emplace_back(host.wire().begin(), host.wire().end());
  return rdata;
}

Result<Bytes> encode(const dns::Name& zone, const Change& change) {
  dns::UpdateMessage update(zone);
  update.require_equal(change.child, dns::RecordType::ds, rdata_of(change.before));
  update.require_equal(change.child, dns::RecordType::ns, rdata_of(change.hosts));
  update.delete_rrset(change.child, dns::RecordType::ds);
  for (Bytes& rdata : rdata_of(change.after)) {
    update.add(dns::Record{change.child, dns::RecordType::ds, change.ttl, std::move(rdata)});
  }
  return update.encode(net::random_message_id());
}

class UpdateSink final : public Sink {
 public:
  UpdateSink(UpdateSinkOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  boost::asio::awaitable<std::vector<SendResult>> send(std::span<const Change> changes,
                                                       const Snapshot& /*snapshot*/) override {
    std::vector<SendResult> results;
    std::optional<std::string> stopped;
    for (const Change& change : changes) {
      if (stopped) {
        results.push_back({SendStatus::later, *stopped, true});
        continue;
      }
      SendResult one = co_await send_one(change);
      if (one.concerns_all) stopped = "not sent: " + one.reason;
      results.push_back(std::move(one));
    }
    co_return results;
  }

 private:
  boost::asio::awaitable<SendResult> send_one(const Change& change) {
    // An empty set would become "there is no NS", which is not what was judged.
    if (change.hosts.empty()) co_return outcome(SendStatus::failed, "the change names no NS set");
    Result<Bytes> request;
    if (change.name_servers) {
      const auto standing = co_await ask_standing(change);
      if (!standing) co_return outcome(SendStatus::later, standing.error().text());
      if (!*standing) {
        co_return outcome(SendStatus::not_as_judged, "the parent no longer has the delegation");
      }
      request =
          encode_name_servers(options_.zone, change, (*standing)->ttl, net::random_message_id());
    } else {
      request = encode(options_.zone, change);
    }
    if (!request) co_return outcome(SendStatus::failed, request.error().text());
    dns::TsigExchange tsig(options_.key);
    Result<Bytes> signed_request = tsig.sign(*request, clock_.now());
    if (!signed_request) co_return outcome(SendStatus::failed, signed_request.error().text());
    net::Exchanged<Bytes> response =
        co_await net::exchange(options_.server, *std::move(signed_request), options_.timeout);
    if (!response) co_return no_answer(response.error());
    const SendResult judged = judge(*response, tsig);
    if (judged.status != SendStatus::not_as_judged) co_return judged;
    if (change.name_servers) {
      SendResult settled = co_await settle_name_servers(change);
      co_return settled;
    }
    SendResult settled = co_await settle(change);
    co_return settled;
  }

  boost::asio::awaitable<Result<std::optional<Referral>>> ask_standing(const Change& change) {
    ReferralQuestion question{options_.server, change.child, options_.key, options_.timeout};
    auto answer = co_await ask_referral(std::move(question), clock_);
    co_return answer;
  }

  // The same for name servers and glue.
  boost::asio::awaitable<SendResult> settle_name_servers(const Change& change) {
    const auto answer = co_await ask_standing(change);
    if (!answer) {
      co_return outcome(SendStatus::unknown,
                        "a prerequisite did not hold, and then: " + answer.error().text());
    }
    const std::optional<Referral>& current = *answer;
    const auto shows = [&](const std::vector<NameServer>& servers) {
      return current && is_same_to_csync(change.child, current->name_servers, servers);
    };
    if (shows(change.name_servers->after)) co_return outcome(SendStatus::taken, {});
    co_return outcome(SendStatus::not_as_judged,
                      shows(change.name_servers->before)
                          ? "the DS set is no longer the one judged"
                          : "the name servers or their glue are no longer those judged");
  }

  static SendResult no_answer(const net::ExchangeError& error) {
    // Only what was surely not sent was surely not applied.
    const SendStatus status = error.was_sent() ? SendStatus::unknown : SendStatus::later;
    const bool concerns_all = error.trouble == net::ExchangeTrouble::unreachable ||
                              error.trouble == net::ExchangeTrouble::timed_out;
    return outcome(status, error.error.text(), concerns_all);
  }

  SendResult judge(const Bytes& response, dns::TsigExchange& tsig) const {
    const std::string server = options_.server.text();
    const auto parsed = dns::parse_message(response, clock_.now());
    if (!parsed) {
      return outcome(SendStatus::unknown, fmt::format("{} sent a malformed response", server));
    }
    if (const auto verified = tsig.verify(response, clock_.now(), true); !verified) {
      const std::string reason =
          Error{verified.error().what, server, verified.error().remedy}.text();
      // NOTAUTH with BADKEY, BADSIG or BADTIME (RFC 8945 §5.2): the server has not touched the
      // request. The same request would fare the same, so that the others are not tried.
      if (parsed->rcode == dns::Rcode::notauth) return outcome(SendStatus::later, reason, true);
      return outcome(SendStatus::unknown, reason);
    }
    if (is_prerequisite_failure(parsed->rcode)) return outcome(SendStatus::not_as_judged, {});
    const auto meaning =
        std::find_if(meanings.begin(), meanings.end(),
                     [&](const Meaning& candidate) { return candidate.rcode == parsed->rcode; });
    if (meaning == meanings.end()) {
      return outcome(SendStatus::failed,
                     fmt::format("{} answers {}", server, dns::to_text(parsed->rcode)));
    }
    if (meaning->status == SendStatus::taken) return outcome(SendStatus::taken, {});
    return outcome(
        meaning->status,
        fmt::format("{} answers {}: {}", server, dns::to_text(parsed->rcode), meaning->sentence),
        meaning->concerns_all);
  }

  // A prerequisite did not hold: is the change already there (standards.md §19, 119)?
  boost::asio::awaitable<SendResult> settle(const Change& change) {
    DsQuestion question{options_.server, change.child, options_.key, options_.timeout};
    const Result<StandingSet> answer = co_await ask_ds(std::move(question), clock_);
    if (!answer) {
      // It may be an earlier sending of ours, whose response was lost, that has made the
      // difference.
      co_return outcome(SendStatus::unknown,
                        "a prerequisite did not hold, and then: " + answer.error().text());
    }
    const StandingSet& current = *answer;
    if (!current) {
      co_return outcome(SendStatus::not_as_judged, "the parent no longer has the delegation");
    }
    if (change.is_met_by(current->ds, current->ttl)) co_return outcome(SendStatus::taken, {});
    co_return outcome(SendStatus::not_as_judged, current->ds == change.before
                                                     ? "the NS set is no longer the one judged"
                                                     : "the DS set is no longer the one judged");
  }

  UpdateSinkOptions options_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Sink> make_update_sink(UpdateSinkOptions options, const Clock& clock) {
  return std::make_unique<UpdateSink>(std::move(options), clock);
}

}  // namespace dskeeper::parent
