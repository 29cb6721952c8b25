#include "scenarios/servers.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace dskeeper::scenarios {
namespace {

using dns::RecordType;
using rules::test::TestChild;
using rules::test::TestKey;
using rules::test::Validity;
using rules::test::Zone;

// Longer than any timeline: only `resign` lets a signature expire.
constexpr Duration lifetime = std::chrono::hours(24 * 100);
constexpr std::size_t servers_max = 9;

constexpr std::array<RecordType, 5> signed_types = {
    RecordType::soa, RecordType::nsec, RecordType::dnskey, RecordType::cds, RecordType::cdnskey};

std::optional<AnswerStatus> status_word(const std::string& what) {
  if (what == "silent") return AnswerStatus::timeout;
  if (what == "lame") return AnswerStatus::not_authoritative;
  if (what == "refuses") return AnswerStatus::refused;
  if (what == "fails") return AnswerStatus::servfail;
  if (what == "garbles") return AnswerStatus::malformed;
  return std::nullopt;
}

std::size_t read_count(const std::string& text, Words& words) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0 ||
      count > servers_max) {
    words.report(fmt::format("\"{}\" is no number from 1 to {}", text, servers_max));
  }
  return count;
}

std::optional<dns::DigestType> digest_word(const std::string& word) {
  if (word == "sha1") return dns::DigestType::sha1;
  if (word == "sha256") return dns::DigestType::sha256;
  if (word == "sha384") return dns::DigestType::sha384;
  return std::nullopt;
}

// CDS and CDNSKEY, or the one that is named.
std::vector<RecordType> read_asking_types(Words& words) {
  if (words.take_if("cds")) return {RecordType::cds};
  if (words.take_if("cdnskey")) return {RecordType::cdnskey};
  return {RecordType::cds, RecordType::cdnskey};
}

// Each CDS or CDNSKEY that comes or goes also changes the NSEC.
void sign_at(Zone& zone, const std::vector<RecordType>& types, Time now) {
  for (const RecordType type : types) zone.validity[type] = {now, now + lifetime};
  zone.validity[RecordType::nsec] = {now, now + lifetime};
}

}  // namespace

Servers::Servers() {
  Words none("");
  lay_out(none, 2);
}

void Servers::lay_out(Words& words, std::size_t count) {
  if (words.is_faulty()) return;
  server_count_ = count;
  instances_.clear();
  Zone zone;
  zone.records[RecordType::soa] = {rules::test::soa_rdata()};
  for (std::size_t number = 1; number <= count; ++number) {
    for (const std::string& vantage : vantage_names_) instances_[{number, vantage}].zone = zone;
  }
}

void Servers::begin(Time now) {
  for (auto& [place, instance] : instances_) {
    for (const RecordType type : signed_types) {
      if (!instance.zone.validity.contains(type)) {
        instance.zone.validity[type] = {now, now + lifetime};
      }
    }
    instance.history.emplace_back(now, instance.zone);
  }
}

const Zone& Servers::Instance::held_at(std::optional<Time> moment) const {
  const Zone* held = &zone;
  for (const auto& [since, state] : history) {
    if (moment && since <= *moment) held = &state;
  }
  return *held;
}

bool Servers::take_event(const std::string& what, Words& words, Time now) {
  if (what == "servers") {
    lay_out(words, read_count(words.take("the number of servers"), words));
  } else if (what == "vantages") {
    vantage_names_.clear();
    const std::size_t count = read_count(words.take("the number of vantage points"), words);
    for (std::size_t i = 1; i <= count; ++i) vantage_names_.push_back(fmt::format("v{}", i));
    lay_out(words, server_count_);
  } else if (what == "key") {
    read_key(words);
  } else if (what == "keys") {
    const auto places = read_places(words);
    const auto keys = read_keys(words);
    for (Instance* instance : places) {
      instance->zone.set_keys(keys);
      sign_at(instance->zone, {RecordType::dnskey}, now);
    }
  } else if (what == "publish") {
    publish(words, now);
  } else if (what == "withdraw") {
    withdraw(words, now);
  } else if (what == "sign") {
    sign(words, now);
  } else if (what == "resign") {
    resign(words, now);
  } else if (what == "stale" || what == "fresh") {
    const auto places = read_places(words);
    std::optional<Time> since;
    if (what == "stale" && !words.is_empty()) {
      const auto moment = parse_moment(words.take("a moment"));
      if (!moment) words.report(moment.error().what);
      since = moment.value_or(now);
    }
    for (Instance* instance : places) {
      instance->stale.reset();
      if (what == "stale") instance->stale = instance->held_at(since);
    }
  } else if (what == "answers" || status_word(what)) {
    for (Instance* instance : read_places(words)) instance->status = status_word(what);
  } else {
    return false;
  }
  for (auto& [place, instance] : instances_) {
    if (!instance.history.empty()) instance.history.emplace_back(now, instance.zone);
  }
  return true;
}

void Servers::read_key(Words& words) {
  const std::string name = words.take("the name of the key");
  const bool is_zone_key_only = words.take_if("zsk");
  const std::string algorithm = words.take("the algorithm of the key");
  if (words.is_faulty()) return;
  if (auto added = keys_.add(name, algorithm, is_zone_key_only); !added) {
    words.report(added.error().what);
  }
}

std::vector<Servers::Instance*> Servers::read_places(Words& words) {
  const auto at = words.take_after("at");
  const std::vector<std::string> from = vantages(words);
  std::vector<std::size_t> numbers;
  for (const std::string& number : split(at.value_or(""), ',')) {
    numbers.push_back(read_count(number, words));
    if (numbers.back() > server_count_) words.report(fmt::format("there is no server {}", number));
  }
  std::vector<Instance*> out;
  if (words.is_faulty()) return out;
  for (auto& [place, instance] : instances_) {
    const bool is_here =
        !at || std::find(numbers.begin(), numbers.end(), place.first) != numbers.end();
    const bool is_seen = std::find(from.begin(), from.end(), place.second) != from.end();
    if (is_here && is_seen) out.push_back(&instance);
  }
  return out;
}

std::vector<std::string> Servers::vantages(Words& words) const {
  const auto from = words.take_after("from");
  if (!from) return vantage_names_;
  for (const std::string& name : split(*from, ',')) {
    if (std::find(vantage_names_.begin(), vantage_names_.end(), name) == vantage_names_.end()) {
      words.report(fmt::format("there is no vantage point {}", name));
    }
  }
  return split(*from, ',');
}

std::vector<const TestKey*> Servers::read_keys(Words& words) const {
  std::vector<const TestKey*> out;
  while (!words.is_empty()) {
    const std::string name = words.take("a key");
    const TestKey* key = keys_.find(name);
    if (key == nullptr) words.report(fmt::format("there is no key {}", name));
    out.push_back(key);
  }
  return words.is_faulty() ? std::vector<const TestKey*>{} : out;
}

dns::DsSet Servers::read_ds_set(const std::string& text, Words& words) const {
  std::vector<dns::Ds> out;
  if (text == "none") return out;
  for (const std::string& part : split(text, '+')) {
    const std::vector<std::string> pieces = split(part, '/');
    const TestKey* key = keys_.find(pieces.front());
    if (key == nullptr) {
      words.report(fmt::format("there is no key {}", pieces.front()));
      return {};
    }
    if (pieces.size() == 1) out.push_back(key->ds());
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const auto digest = digest_word(pieces[i]);
      if (!digest) words.report(fmt::format("\"{}\" is no digest", pieces[i]));
      out.push_back(key->ds(digest.value_or(dns::DigestType::sha256)));
    }
  }
  return dns::make_ds_set(std::move(out));
}

void Servers::publish(Words& words, Time now) {
  const auto places = read_places(words);
  const std::string what = words.take("the keys to publish");
  const std::vector<RecordType> types = read_asking_types(words);
  const bool is_removal = what == "delete";
  const dns::DsSet cds = is_removal || words.is_faulty() ? dns::DsSet{} : read_ds_set(what, words);
  if (words.is_faulty()) return;
  Zone wanted;
  if (is_removal) {
    wanted.ask_removal();
  } else {
    wanted.set_cds(cds);
    std::vector<dns::Dnskey> cdnskey;
    for (const std::string& part : split(what, '+')) {
      cdnskey.push_back(keys_.find(split(part, '/').front())->record());
    }
    wanted.set_cdnskey(cdnskey);
  }
  for (Instance* instance : places) {
    for (const RecordType type : types) instance->zone.records[type] = wanted.records[type];
    sign_at(instance->zone, types, now);
  }
}

void Servers::withdraw(Words& words, Time now) {
  const auto places = read_places(words);
  const std::vector<RecordType> types = read_asking_types(words);
  for (Instance* instance : places) {
    for (const RecordType type : types) instance->zone.records.erase(type);
    sign_at(instance->zone, {}, now);
  }
}

// `sign all A`, `sign dnskey A B`: whose signatures each RRset bears from now on.
void Servers::sign(Words& words, Time now) {
  const auto places = read_places(words);
  const std::string what = words.take("\"all\" or a type");
  const std::vector<const TestKey*> keys = read_keys(words);
  if (words.is_faulty()) return;
  const auto type = dns::parse_record_type(what);
  if (!type && what != "all") return words.report(fmt::format("\"{}\" is no type", what));
  for (Instance* instance : places) {
    Zone& zone = instance->zone;
    if (type) {
      zone.signers[*type] = keys;
      zone.validity[*type] = {now, now + lifetime};
    } else {
      zone.signers.clear();
      zone.default_signers = keys;
      sign_at(zone, {signed_types.begin(), signed_types.end()}, now);
    }
  }
}

// `resign`, `resign cds cdnskey inception -2d expiration 9h`: new signatures over what is there.
void Servers::resign(Words& words, Time now) {
  const auto places = read_places(words);
  const auto read_moment = [&](const char* word, Time otherwise) {
    const auto text = words.take_after(word);
    if (!text) return otherwise;
    const auto moment = parse_moment(*text);
    if (!moment) words.report(moment.error().what);
    return moment.value_or(otherwise);
  };
  const Time inception = read_moment("inception", now);
  const Time expiration = read_moment("expiration", now + lifetime);
  std::vector<RecordType> types;
  while (!words.is_empty()) {
    const std::string word = words.take("a type");
    const auto type = dns::parse_record_type(word);
    if (!type) words.report(fmt::format("\"{}\" is no type", word));
    types.push_back(type.value_or(RecordType::cds));
  }
  if (types.empty()) types.assign(signed_types.begin(), signed_types.end());
  for (Instance* instance : places) {
    for (const RecordType type : types) instance->zone.validity[type] = {inception, expiration};
  }
}

Survey Servers::survey(const std::vector<NameServer>& name_servers, const std::string& vantage,
                       LookId look, Time now) const {
  Survey made;
  made.child = rules::test::child_name;
  made.vantage = vantage;
  made.look = look;
  made.started_at = made.ended_at = now;
  for (std::size_t number = 1; number <= server_count_; ++number) {
    const ServerAddress server = rules::test::server_address(number - 1);
    const bool is_named = std::any_of(name_servers.begin(), name_servers.end(),
                                      [&](const NameServer& ns) { return ns.host == server.host; });
    if (!is_named) continue;
    made.servers.push_back({server.host, {server.address}, {}});
    for (const RecordType type : TestChild::types) {
      made.answers.push_back(answer(instances_.at({number, vantage}), server, type, now));
    }
  }
  return made;
}

Answer Servers::answer(const Instance& instance, const ServerAddress& server, RecordType type,
                       Time now) {
  Answer made{.server = server,
              .type = type,
              .transport = Transport::tcp,
              .asked_at = now,
              .round_trip = std::chrono::milliseconds(12),
              .status = AnswerStatus::nodata,
              .wire = {}};
  if (instance.status) {
    made.status = *instance.status;
    return made;
  }
  rules::test::Response response =
      rules::test::respond(instance.stale ? *instance.stale : instance.zone, type);
  made.status = response.status;
  made.wire = std::move(response.wire);
  return made;
}

}  // namespace dskeeper::scenarios
