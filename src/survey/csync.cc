#include "survey/csync.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "dns/csync.h"
#include "net/dns_client.h"
#include "net/resolver.h"
#include "survey/status_quo.h"
#include "survey/taken_answer.h"

namespace dskeeper::survey {
namespace {

using boost::asio::awaitable;
using dns::RecordType;

// So many questions are under way at once: so much may be over the limit of octets when it is seen.
constexpr std::size_t batch_max = 64;

// One address of the child's servers, and what it has said so far.
struct Visited {
  ServerAddress server;
  Transport transport = Transport::tcp;
  bool has_records = false;
  std::optional<dns::Csync> record;  // exactly one that can be read
  std::vector<dns::Name> hosts;      // of its NS set
};

// To which of them, and what.
struct Step {
  std::size_t visited = 0;
  dns::Question question;
};

std::optional<dns::Csync> record_in(const dns::Rrset& rrset) {
  if (rrset.rdata.size() != 1) return std::nullopt;
  auto record = dns::Csync::from_rdata(rrset.rdata.front());
  if (!record) return std::nullopt;
  return *std::move(record);
}

std::vector<dns::Name> hosts_in(const dns::Rrset& rrset) {
  std::vector<dns::Name> hosts;
  for (const Bytes& rdata : rrset.rdata) {
    if (hosts.size() == name_servers_max) break;
    if (auto host = dns::Name::from_wire(rdata)) hosts.push_back(*std::move(host));
  }
  return hosts;
}

void add_addresses(const dns::Rrset& rrset, std::set<IpAddress>& addresses) {
  for (const Bytes& rdata : rrset.rdata) {
    const ByteView octets(rdata);
    if (octets.size() == 4) addresses.insert(IpAddress::v4(octets.first<4>()));
    if (octets.size() == 16) addresses.insert(IpAddress::v6(octets.first<16>()));
  }
}

class CsyncLook {
 public:
  CsyncLook(net::DnsClient& client, net::Resolver& resolver, const CsyncQuestion& question,
            const Clock& clock)
      : client_(client), resolver_(resolver), question_(question), clock_(clock) {
    for (const Answer& answer : question.survey.answers) {
      const auto is_it = [&](const Visited& known) {
        return known.server.address == answer.server.address;
      };
      if (std::ranges::any_of(visited_, is_it)) continue;
      asked_before_.insert(answer.server.address);
      if (!was_heard(answer.server.address)) continue;
      visited_.emplace_back();
      visited_.back().server = answer.server;
    }
  }

  [[nodiscard]] awaitable<CsyncSurvey> look();

 private:
  [[nodiscard]] const dns::Name& child() const { return question_.delegation.child; }
  [[nodiscard]] bool was_heard(const IpAddress& address) const;
  [[nodiscard]] awaitable<void> begin_runs();
  [[nodiscard]] awaitable<void> ask(std::vector<Step> steps);
  [[nodiscard]] awaitable<void> ask_within_limit(std::vector<Step> steps);
  [[nodiscard]] awaitable<void> ask_for_data();
  [[nodiscard]] awaitable<void> find_new_servers();
  [[nodiscard]] awaitable<void> ask_new_servers();
  void learn(const Step& step, const Classified& classified);
  [[nodiscard]] std::vector<Step> for_all(RecordType type) const;
  [[nodiscard]] std::vector<Step> address_steps() const;
  [[nodiscard]] std::set<dns::Name> hosts_to_come() const;
  [[nodiscard]] std::vector<IpAddress> glue_to_come(const dns::Name& host) const;
  [[nodiscard]] std::vector<IpAddress> addresses_to_try(const dns::Name& host) const;
  [[nodiscard]] bool points_to(RecordType type) const;

  net::DnsClient& client_;
  net::Resolver& resolver_;
  const CsyncQuestion& question_;
  const Clock& clock_;
  std::vector<Visited> visited_;
  std::set<IpAddress> asked_before_;
  std::map<dns::Name, std::set<IpAddress>> addresses_;  // that any of them gave
  std::size_t data_questions_ = 0;                      // asked for data so far, and
  std::size_t data_octets_ = 0;                         // what the answers came to
  CsyncSurvey survey_;
};

// Whom nobody heard in the look is not asked five times more: it is silent, and said to be.
bool CsyncLook::was_heard(const IpAddress& address) const {
  return std::ranges::any_of(question_.survey.answers, [&](const Answer& answer) {
    return answer.server.address == address && !is_silence(answer.status) &&
           answer.status != AnswerStatus::not_asked && answer.status != AnswerStatus::not_permitted;
  });
}

std::vector<Step> CsyncLook::for_all(RecordType type) const {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < visited_.size(); ++i) steps.push_back({i, {child(), type}});
  return steps;
}

void CsyncLook::learn(const Step& step, const Classified& classified) {
  if (classified.status != AnswerStatus::answer) return;
  const dns::Question& question = step.question;
  const dns::Rrset* rrset = classified.message->find_answer(question.name, question.type);
  if (rrset == nullptr) return;
  Visited& visited = visited_[step.visited];
  if (question.type == RecordType::csync) {
    visited.has_records = true;
    visited.record = record_in(*rrset);
  } else if (question.type == RecordType::ns) {
    visited.hosts = hosts_in(*rrset);
  } else if (question.type == RecordType::a || question.type == RecordType::aaaa) {
    add_addresses(*rrset, addresses_[question.name]);
  }
}

awaitable<void> CsyncLook::ask(std::vector<Step> steps) {
  if (steps.empty()) co_return;
  std::vector<net::Ask> asks;
  for (const Step& step : steps) {
    const Visited& visited = visited_[step.visited];
    asks.push_back(
        {visited.server.address, step.question, visited.transport, false, question_.is_notified});
  }
  const Time asked_at = clock_.now();
  std::vector<net::Reply> replies = co_await client_.ask_all(std::move(asks));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const ServerAddress& server = visited_[steps[i].visited].server;
    TakenAnswer taken = take_answer(server, steps[i].question, child(), asked_at,
                                    std::move(replies[i]), clock_.now());
    learn(steps[i], taken.classified);
    survey_.answers.push_back({steps[i].question.name, std::move(taken.answer)});
  }
}

// RFC 7477 §3.1 asks for TCP where it can be had; what has no TCP is asked over UDP after all.
awaitable<void> CsyncLook::begin_runs() {
  std::vector<Step> all = for_all(RecordType::soa);
  co_await ask(std::move(all));
  if (question_.over_tcp_only) co_return;
  std::vector<Step> again;
  std::vector<CsyncAnswer> kept;
  for (std::size_t i = 0; i < visited_.size(); ++i) {
    if (is_silence(survey_.answers[i].answer.status)) {
      visited_[i].transport = Transport::udp;
      again.push_back({i, {child(), RecordType::soa}});
    } else {
      kept.push_back(std::move(survey_.answers[i]));
    }
  }
  survey_.answers = std::move(kept);
  co_await ask(std::move(again));
}

// All servers together: what they point to costs no more than this, however many they are. Whoever
// makes it more is told so, and gets nothing.
awaitable<void> CsyncLook::ask_within_limit(std::vector<Step> steps) {
  data_questions_ += steps.size();
  survey_.is_over_limit = survey_.is_over_limit || data_questions_ > csync_questions_max;
  for (std::size_t from = 0; from < steps.size() && !survey_.is_over_limit; from += batch_max) {
    const std::size_t count = std::min(batch_max, steps.size() - from);
    const auto first = steps.begin() + static_cast<std::ptrdiff_t>(from);
    std::vector<Step> batch(first, first + static_cast<std::ptrdiff_t>(count));
    const std::size_t before = survey_.answers.size();
    co_await ask(std::move(batch));
    for (std::size_t i = before; i < survey_.answers.size(); ++i) {
      data_octets_ += survey_.answers[i].answer.wire.size();
    }
    survey_.is_over_limit = data_octets_ > csync_octets_max;
  }
}

// RFC 7477 §3.2.2: of hosts inside the child, out of the new NS set where NS is copied.
std::vector<Step> CsyncLook::address_steps() const {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < visited_.size(); ++i) {
    const auto& record = visited_[i].record;
    if (!record) continue;
    const bool copies_names = record->types.has(RecordType::ns);
    for (const dns::Name& host : copies_names ? visited_[i].hosts : question_.delegation.hosts()) {
      if (!host.is_at_or_below(child())) continue;
      for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
        if (record->types.has(type)) steps.push_back({i, {host, type}});
      }
    }
  }
  return steps;
}

// NS first, since it says which hosts' addresses count (RFC 7477 §3.2.2).
awaitable<void> CsyncLook::ask_for_data() {
  std::vector<Step> names;
  for (std::size_t i = 0; i < visited_.size(); ++i) {
    const auto& record = visited_[i].record;
    if (record && record->types.has(RecordType::ns))
      names.push_back({i, {child(), RecordType::ns}});
  }
  co_await ask_within_limit(std::move(names));
  if (survey_.is_over_limit) co_return;
  std::vector<Step> addresses = address_steps();
  co_await ask_within_limit(std::move(addresses));
}

bool CsyncLook::points_to(RecordType type) const {
  return std::ranges::any_of(visited_, [&](const Visited& visited) {
    return visited.record && visited.record->types.has(type);
  });
}

// Where the servers do not agree, all that any of them names: nothing will come of it, but then the
// findings are whole.
std::set<dns::Name> CsyncLook::hosts_to_come() const {
  std::set<dns::Name> hosts;
  if (points_to(RecordType::ns)) {
    for (const Visited& visited : visited_)
      hosts.insert(visited.hosts.begin(), visited.hosts.end());
  } else {
    for (const NameServer& server : question_.delegation.name_servers) hosts.insert(server.host);
  }
  while (hosts.size() > name_servers_max) hosts.erase(std::prev(hosts.end()));
  return hosts;
}

// Of a host inside the child: what the servers say of the families that are pointed to, and what
// the parent has of the others.
std::vector<IpAddress> CsyncLook::glue_to_come(const dns::Name& host) const {
  std::set<IpAddress> glue;
  if (const auto found = addresses_.find(host); found != addresses_.end()) glue = found->second;
  for (const auto* list : {&question_.delegation.name_servers, &question_.delegation.lent}) {
    const auto standing = std::ranges::find(*list, host, &NameServer::host);
    if (standing == list->end()) continue;
    for (const IpAddress& address : standing->glue) {
      if (!points_to(address.is_v4() ? RecordType::a : RecordType::aaaa)) glue.insert(address);
    }
  }
  return {glue.begin(), glue.end()};
}

// Those of families that we use; and whatever the parent must not publish, which the client refuses
// to ask in any family.
std::vector<IpAddress> CsyncLook::addresses_to_try(const dns::Name& host) const {
  std::vector<IpAddress> out = glue_to_come(host);
  std::erase_if(out, [&](const IpAddress& address) {
    return !question_.families.has(address) && client_.is_permitted(address);
  });
  return out;
}

awaitable<void> CsyncLook::find_new_servers() {
  std::vector<dns::Name> outside;
  const std::vector<dns::Name> standing = question_.delegation.hosts();
  for (const dns::Name& host : hosts_to_come()) {
    if (host.is_at_or_below(child())) {
      SurveyedServer server{host, addresses_to_try(host), {}};
      if (server.addresses.empty()) {
        server.trouble = host.text() + " has no address of a family that we use";
        server.is_complete = false;
      }
      survey_.new_servers.push_back(std::move(server));
    } else if (std::ranges::find(standing, host) == standing.end()) {
      outside.push_back(host);
    }
  }
  if (outside.empty()) co_return;
  const auto found = co_await resolver_.addresses_of(outside);
  for (std::size_t i = 0; i < outside.size(); ++i) {
    SurveyedServer server{outside[i],
                          merge_addresses({}, found[i]->addresses, question_.families),
                          {},
                          found[i]->is_complete};
    if (!server.is_complete || server.addresses.empty()) server.trouble = found[i]->trouble;
    survey_.new_servers.push_back(std::move(server));
  }
}

awaitable<void> CsyncLook::ask_new_servers() {
  NameserverAddresses limited = limit_addresses(std::move(survey_.new_servers));
  survey_.new_servers = std::move(limited.servers);
  const Transport transport = question_.over_tcp_only ? Transport::tcp : Transport::udp;
  std::vector<net::Ask> asks;
  std::vector<ServerAddress> asked;
  for (const ServerAddress& server : limited.addresses) {
    if (asked_before_.contains(server.address)) continue;
    for (const RecordType type : {RecordType::soa, RecordType::dnskey}) {
      asks.push_back({server.address,
                      {child(), type},
                      transport,
                      type == RecordType::soa,
                      question_.is_notified});
      asked.push_back(server);
    }
  }
  if (asks.empty()) co_return;
  const std::vector<net::Ask> questions = asks;
  const Time asked_at = clock_.now();
  std::vector<net::Reply> replies = co_await client_.ask_all(std::move(asks));
  for (std::size_t i = 0; i < replies.size(); ++i) {
    survey_.new_answers.push_back(take_answer(std::move(asked[i]), questions[i].question, child(),
                                              asked_at, std::move(replies[i]), clock_.now())
                                      .answer);
  }
}

awaitable<CsyncSurvey> CsyncLook::look() {
  co_await begin_runs();
  std::vector<Step> csync = for_all(RecordType::csync);
  co_await ask(std::move(csync));
  const bool is_there = std::ranges::any_of(visited_, &Visited::has_records);
  // Kept also where nobody has a record: another vantage point may have seen one.
  if (!is_there) co_return std::move(survey_);

  co_await ask_for_data();
  if (survey_.is_over_limit) co_return std::move(survey_);
  std::vector<Step> last;
  for (std::size_t i = 0; i < visited_.size(); ++i) {
    if (visited_[i].record) last.push_back({i, {child(), RecordType::soa}});
  }
  co_await ask(std::move(last));
  co_await find_new_servers();
  co_await ask_new_servers();
  co_return std::move(survey_);
}

}  // namespace

bool may_ask_by_csync(const Delegation& delegation, const Survey& survey, Time now) {
  if (!delegation.is_secure() || survey.stopped_early) return false;
  bool is_denied = false;
  for (const Answer& answer : survey.answers) {
    if (answer.status != AnswerStatus::nodata) continue;
    const auto message = dns::parse_message(answer.wire, now);
    if (!message) continue;
    const Listed listed = is_listed(delegation.child, RecordType::csync, *message);
    if (listed == Listed::yes) return true;
    is_denied = is_denied || listed == Listed::no;
  }
  return !is_denied;
}

awaitable<CsyncSurvey> look_for_csync(net::DnsClient& client, net::Resolver& resolver,
                                      CsyncQuestion question, const Clock& clock) {
  CsyncLook look(client, resolver, question, clock);
  CsyncSurvey survey = co_await look.look();
  co_return std::move(survey);
}

}  // namespace dskeeper::survey
