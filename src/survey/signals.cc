#include "survey/signals.h"

#include <algorithm>
#include <utility>

#include "dns/rrset.h"
#include "model/signaling_name.h"
#include "model/standing.h"
#include "survey/nameserver_addresses.h"
#include "survey/signal_answers.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;

bool is_asking_type(RecordType type) {
  return type == RecordType::cds || type == RecordType::cdnskey;
}

std::vector<RecordType> types_of(const SignalQuestion& question) {
  std::vector<RecordType> types;
  if (question.ask_cds) types.push_back(RecordType::cds);
  if (question.ask_cdnskey) types.push_back(RecordType::cdnskey);
  return types;
}

std::vector<dns::Name> hosts_of(const Delegation& delegation) {
  std::vector<dns::Name> hosts = delegation.hosts();
  std::erase_if(hosts, [&](const dns::Name& host) { return !can_signal(delegation.child, host); });
  std::sort(hosts.begin(), hosts.end());
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  // Those beyond are not asked, so that nothing is authenticated.
  if (hosts.size() > name_servers_max) hosts.resize(name_servers_max);
  return hosts;
}

SecurityStatus security_of(const net::Resolution& resolution) {
  switch (resolution.status) {
    case net::ResolutionStatus::bogus:
      return SecurityStatus::bogus;
    case net::ResolutionStatus::servfail:
    case net::ResolutionStatus::cancelled:
      return SecurityStatus::unanswered;
    case net::ResolutionStatus::secure:
      return SecurityStatus::secure;
    case net::ResolutionStatus::insecure:
    case net::ResolutionStatus::nodata:
    case net::ResolutionStatus::nxdomain:
      break;
  }
  return resolution.is_validated ? SecurityStatus::secure : SecurityStatus::insecure;
}

}  // namespace

struct SignalSurveyor::Domain {
  Moment expires;
  std::optional<SignalAnswer> settled;  // for every name below it, whatever the type
  std::optional<dns::Name> zone;        // where it is there and secure: in which zone
  bool is_ready = false;                // and the fetcher knows who serves that
};

struct SignalSurveyor::Link {
  Moment expires;
  ChainLink link;
  std::optional<dns::Name> parent;  // the zone that signed the DS
  bool is_whole = false;            // both answers were validated
};

bool asks_for_first_ds(const Delegation& delegation, const Survey& survey, Time now) {
  if (delegation.is_secure() || survey.stopped_early) return false;
  return std::ranges::any_of(survey.answers, [&](const Answer& answer) {
    if (answer.status != AnswerStatus::answer || !is_asking_type(answer.type)) return false;
    const auto message = dns::parse_message(answer.wire, now);
    const dns::Rrset* rrset =
        message ? message->find_answer(delegation.child, answer.type) : nullptr;
    return rrset != nullptr && !is_delete_sentinel(*rrset);
  });
}

SignalSurveyor::SignalSurveyor(net::Resolver& resolver, net::Resolver& fetcher,
                               MakeResolver make_fresh, std::vector<TrustAnchor> anchors)
    : resolver_(resolver),
      fetcher_(fetcher),
      make_fresh_(std::move(make_fresh)),
      anchors_(std::move(anchors)) {}

SignalSurveyor::~SignalSurveyor() = default;

bool SignalSurveyor::is_anchored(const dns::Name& zone) const {
  return std::ranges::any_of(anchors_,
                             [&](const TrustAnchor& anchor) { return anchor.zone == zone; });
}

// A cache that has just begun may have been asked right before the signals came.
void SignalSurveyor::doubt_absence(const dns::Name& child) {
  const Moment now = std::chrono::steady_clock::now();
  if (doubted_.size() >= signal_cache_max) {
    std::erase_if(doubted_, [&](const auto& doubt) { return doubt.second <= now; });
  }
  if (doubted_.size() >= signal_cache_max) doubted_.clear();
  doubted_[child] = now + absence_doubted;
  fresh_.reset();
}

bool SignalSurveyor::is_absence_doubted(const dns::Name& child) const {
  const auto doubt = doubted_.find(child);
  return doubt != doubted_.end() && doubt->second > std::chrono::steady_clock::now();
}

boost::asio::awaitable<SignalSurvey> SignalSurveyor::look(SignalQuestion question,
                                                          const Clock& clock) {
  SignalSurvey survey;
  const std::vector<dns::Name> hosts = hosts_of(question.delegation);
  if (hosts.empty()) co_return survey;
  co_await look_at_domains(hosts, clock);
  const bool is_doubted = is_absence_doubted(question.delegation.child);

  std::vector<HostSignals*> to_ask;
  survey.hosts.reserve(hosts.size());
  for (const dns::Name& host : hosts) {
    HostSignals& signals = survey.hosts.emplace_back(HostSignals{host, {}});
    const auto domain = domains_.find(host);
    const bool has_name = signaling_name(question.delegation.child, host).has_value();
    const bool is_settled =
        has_name && domain != domains_.end() && domain->second.settled.has_value() && !is_doubted;
    for (const RecordType type : types_of(question)) {
      signals.answers.push_back(is_settled ? *domain->second.settled : SignalAnswer{});
      signals.answers.back().type = type;
    }
    if (!is_settled) to_ask.push_back(&signals);
  }
  const std::vector<ApexSays> apex =
      apex_says(question.survey, question.delegation.child, clock.now());
  co_await fetch(to_ask, question, apex, clock);

  const Time now = clock.now();
  std::erase_if(to_ask, [&](const HostSignals* host) {
    const dns::Name& child = question.delegation.child;
    return !is_otherwise(*host, child, apex, now) && !(is_doubted && is_absent(*host, child, now));
  });
  if (!to_ask.empty()) {
    const std::shared_ptr<net::Resolver> empty = fresh();
    if (empty != nullptr) {
      ++fetched_again_;
      co_await ask(*empty, to_ask, question);
    }
  }
  const Moment deadline = std::chrono::steady_clock::now() + chain_time_max;
  for (const dns::Name& signer : signers_of(survey, question.delegation.child, now)) {
    co_await add_chain(survey, signer, deadline, clock);
  }
  std::ranges::sort(survey.chain, {}, &ChainLink::zone);
  survey.anchors = anchors_;
  co_return survey;
}

// RFC 8020: where `_signal.<host>` does not exist, nothing below it does; and below a name in an
// insecure zone nothing can be secure without an anchor of its own.
boost::asio::awaitable<void> SignalSurveyor::look_at_domains(std::vector<dns::Name> hosts,
                                                             const Clock& clock) {
  const Moment now = std::chrono::steady_clock::now();
  std::vector<dns::Name> unknown;
  std::vector<dns::Question> questions;
  for (const dns::Name& host : hosts) {
    const auto known = domains_.find(host);
    if (known != domains_.end() && known->second.expires > now) continue;
    const auto domain = signaling_domain(host);
    if (!domain) continue;
    unknown.push_back(host);
    questions.push_back({*domain, RecordType::soa});
  }
  if (questions.empty()) co_return;
  std::vector<net::Resolution> resolutions = co_await resolver_.resolve_all(questions);
  if (domains_.size() >= signal_cache_max) domains_.clear();
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    take_domain(unknown[i], std::move(resolutions[i]), now, clock.now());
  }
  co_await make_ready(std::move(unknown), std::move(questions));
}

// Before the fetcher is asked for a name below a domain it must know who serves the domain, or
// servers further up would hear that name.
boost::asio::awaitable<void> SignalSurveyor::make_ready(std::vector<dns::Name> hosts,
                                                        std::vector<dns::Question> questions) {
  const std::vector<net::Resolution> told = co_await fetcher_.resolve_all(std::move(questions));
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto domain = domains_.find(hosts[i]);
    if (domain == domains_.end()) continue;
    domain->second.is_ready = domain->second.zone.has_value() && told[i].is_answer();
  }
}

void SignalSurveyor::take_domain(const dns::Name& host, net::Resolution resolution, Moment now,
                                 Time time) {
  const SecurityStatus status = security_of(resolution);
  const bool is_secure = status == SecurityStatus::secure;
  const bool is_missing = resolution.status == net::ResolutionStatus::nxdomain;
  // One that cannot be reached would keep each of its children waiting for as long.
  const bool is_silent = resolution.status == net::ResolutionStatus::servfail;
  Domain& domain = domains_[host];
  domain = {now + signal_cache_lasts, std::nullopt, std::nullopt};
  if (is_secure && !is_missing) domain.zone = signing_zone_in(resolution.wire, time);
  if (status == SecurityStatus::insecure || is_silent || (is_secure && is_missing)) {
    domain.settled =
        SignalAnswer{{}, status, std::move(resolution.why), std::move(resolution.wire)};
  }
}

// Nothing: the fetcher must not be asked.
std::optional<dns::Name> SignalSurveyor::ready_zone(const dns::Name& host) const {
  const auto domain = domains_.find(host);
  if (domain == domains_.end() || !domain->second.is_ready) return std::nullopt;
  return domain->second.zone;
}

// What the fetcher has is as good as what one server said, and stays in its cache: a child that
// comes again has perhaps not been proven by it.
bool SignalSurveyor::may_fetch(const dns::Name& child, Time now) {
  if (fetched_.size() >= signal_cache_max) fetched_.clear();
  const auto [at, is_new] = fetched_.try_emplace(child, now);
  const auto since = now - at->second;
  if (is_new || since < fetched_together) return true;
  if (since < std::chrono::seconds(net::cached_ttl_max_s)) return false;
  at->second = now;
  return true;
}

// As expected and with a signature, or else through the validating resolver.
boost::asio::awaitable<void> SignalSurveyor::fetch(const std::vector<HostSignals*>& hosts,
                                                   const SignalQuestion& question,
                                                   const std::vector<ApexSays>& apex,
                                                   const Clock& clock) {
  const dns::Name& child = question.delegation.child;
  std::vector<HostSignals*> quick;
  std::vector<HostSignals*> rest;
  const bool is_first = may_fetch(child, clock.now());
  for (HostSignals* const host : hosts) {
    (is_first && ready_zone(host->host) ? quick : rest).push_back(host);
  }
  co_await ask(fetcher_, quick, question);
  for (HostSignals* const host : quick) {
    const auto name = signaling_name(child, host->host);
    const auto zone = ready_zone(host->host);
    bool is_expected = name.has_value() && zone.has_value();
    for (SignalAnswer& answer : host->answers) {
      if (!is_expected) break;
      const auto signer = signer_of_expected(answer, *name, apex, clock.now());
      is_expected = signer && signer->is_at_or_below(*zone);
      if (is_expected) is_expected = co_await is_chained(*signer, clock);
      answer.status = SecurityStatus::is_signed;
    }
    if (!is_expected) rest.push_back(host);
  }
  co_await ask(resolver_, rest, question);
}

// Whether the zone's keys and its DS were validated.
boost::asio::awaitable<bool> SignalSurveyor::is_chained(const dns::Name& zone, const Clock& clock) {
  const Link link = co_await find_link(zone, clock);
  co_return link.is_whole;
}

boost::asio::awaitable<void> SignalSurveyor::ask(net::Resolver& resolver,
                                                 std::vector<HostSignals*> hosts,
                                                 const SignalQuestion& question) {
  std::vector<SignalAnswer*> places;
  std::vector<dns::Question> questions;
  for (HostSignals* host : hosts) {
    const auto name = signaling_name(question.delegation.child, host->host);
    if (!name) continue;  // too long: stays not asked
    for (SignalAnswer& answer : host->answers) {
      places.push_back(&answer);
      questions.push_back({*name, answer.type});
    }
  }
  std::vector<net::Resolution> resolutions = co_await resolver.resolve_all(std::move(questions));
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i]->status = security_of(resolutions[i]);
    places[i]->why = std::move(resolutions[i].why);
    places[i]->wire = std::move(resolutions[i].wire);
  }
}

// Up to a trust anchor; each step leads to an ancestor.
boost::asio::awaitable<void> SignalSurveyor::add_chain(SignalSurvey& survey, dns::Name zone,
                                                       Moment deadline, const Clock& clock) {
  std::optional<dns::Name> next = std::move(zone);
  while (next) {
    const bool is_there =
        std::ranges::find(survey.chain, *next, &ChainLink::zone) != survey.chain.end();
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    if (is_there || is_late || survey.chain.size() >= chain_links_max) co_return;
    Link link = co_await find_link(*next, clock);
    survey.chain.push_back(std::move(link.link));
    next = std::move(link.parent);
  }
}

boost::asio::awaitable<SignalSurveyor::Link> SignalSurveyor::find_link(dns::Name zone,
                                                                       const Clock& clock) {
  const Moment now = std::chrono::steady_clock::now();
  const auto known = links_.find(zone);
  if (known != links_.end() && known->second.expires > now) co_return known->second;
  const bool has_ds = !zone.is_root() && !is_anchored(zone);
  std::vector<dns::Question> questions;
  questions.push_back({zone, RecordType::dnskey});
  if (has_ds) questions.push_back({zone, RecordType::ds});
  std::vector<net::Resolution> resolutions = co_await resolver_.resolve_all(std::move(questions));
  Link link;
  link.expires = now + signal_cache_lasts;
  link.link.zone = zone;
  link.link.dnskey = std::move(resolutions[0].wire);
  if (has_ds) {
    link.link.ds = std::move(resolutions[1].wire);
    const auto message = dns::parse_message(link.link.ds, clock.now());
    const dns::Rrset* ds = message ? message->find_answer(zone, RecordType::ds) : nullptr;
    if (ds != nullptr && !ds->signatures.empty() && zone.is_below(ds->signatures.front().signer)) {
      link.parent = ds->signatures.front().signer;
    }
  }
  // What failed is asked again by the next one.
  link.is_whole =
      std::ranges::all_of(resolutions, [](const net::Resolution& one) { return one.is_validated; });
  if (link.is_whole) {
    if (links_.size() >= link_cache_max) links_.clear();
    links_[zone] = link;
  }
  co_return link;
}

std::shared_ptr<net::Resolver> SignalSurveyor::fresh() {
  const Moment now = std::chrono::steady_clock::now();
  if (is_closed_) return nullptr;
  if (fresh_ != nullptr && now - fresh_since_ < fresh_cache_lasts) return fresh_;
  auto made = make_fresh_();
  fresh_ = made ? std::shared_ptr<net::Resolver>(*std::move(made)) : nullptr;
  fresh_since_ = now;
  std::erase_if(made_, [](const auto& one) { return one.expired(); });
  if (fresh_ != nullptr) made_.push_back(fresh_);
  return fresh_;
}

boost::asio::awaitable<void> SignalSurveyor::close() {
  is_closed_ = true;
  const std::vector<std::weak_ptr<net::Resolver>> made = std::move(made_);
  for (const std::weak_ptr<net::Resolver>& one : made) {
    if (const std::shared_ptr<net::Resolver> used = one.lock()) co_await used->close();
  }
}

}  // namespace dskeeper::survey
