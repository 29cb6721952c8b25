#include "scenarios/parent.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace dskeeper::scenarios {

Parent::Parent() {
  actual_.child = rules::test::child_name;
  actual_.parent = dns::Name::parse("example.").value();
  name_servers(2);
  publish();
}

void Parent::publish() {
  actual_.revision = std::to_string(++serial_);
}

void Parent::name_servers(std::size_t count) {
  actual_.name_servers.clear();
  for (std::size_t i = 0; i < count; ++i) {
    actual_.name_servers.push_back({rules::test::server_address(i).host, {}});
  }
}

bool Parent::take_event(const std::string& what, Words& words, const Servers& servers) {
  if (what == "source") {
    const std::string how = words.take("\"lags\" or \"current\"");
    if (how != "lags" && how != "current") words.report("a source is \"lags\" or \"current\"");
    lags_ = how == "lags";
    shown_ = actual_;
    return true;
  }
  if (what != "parent") return false;
  read_fact(words.take("a fact"), words, servers);
  while (!words.is_empty()) read_fact(words.take("a fact"), words, servers);
  publish();
  return true;
}

void Parent::read_fact(const std::string& word, Words& words, const Servers& servers) {
  const std::size_t equals = std::min(word.find('='), word.size());
  const std::string key = word.substr(0, equals);
  const std::string value = equals < word.size() ? word.substr(equals + 1) : "";
  if (key == "ds") {
    actual_.ds = servers.read_ds_set(value, words);
    if (actual_.ds.empty()) actual_.ds_ttl = {};
    if (!actual_.ds.empty() && actual_.ds_ttl.seconds == 0) actual_.ds_ttl = dns::Ttl{3600};
  } else if (key == "ttl") {
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc() || *end != '\0') words.report(fmt::format("\"{}\" is no TTL", value));
    actual_.ds_ttl = dns::Ttl{seconds};
  } else if (key == "ns") {
    set_hosts(value);
  } else if (key == "glue") {
    const auto address = IpAddress::parse(value);
    if (!address) return words.report(address.error().what);
    actual_.name_servers.front().glue = {*address};
  } else {
    read_registration(key, value, words);
  }
}

void Parent::read_registration(const std::string& key, const std::string& value, Words& words) {
  Registration& registration = actual_.registration;
  if (key == "sponsor") {
    registration.sponsor = value;
  } else if (key == "roid") {
    registration.roid = value;
  } else if (key == "status") {
    registration.statuses = split(value, ',');
  } else if (key == "no-ds") {
    registration.no_ds = value != "no";
  } else if (key == "bootstrap") {
    registration.bootstrap = value != "no";
  } else {
    words.report(fmt::format("\"{}\" is no fact of a delegation", key));
  }
}

void Parent::set_hosts(const std::string& names) {
  actual_.name_servers.clear();
  for (const std::string& name : split(names, ',')) {
    actual_.name_servers.push_back({dns::Name::parse(name + ".op.example.").value(), {}});
  }
}

SendStatus Parent::apply(const Change& change) {
  if (change.is_met_by(actual_.ds, actual_.ds_ttl)) return SendStatus::taken;
  if (actual_.ds != change.before || actual_.hosts() != change.hosts) {
    return SendStatus::not_as_judged;
  }
  actual_.ds = change.after;
  actual_.ds_ttl = change.after.empty() ? dns::Ttl{} : change.ttl;
  publish();
  return SendStatus::taken;
}

Standing Parent::standing(const Change& change) const {
  if (change.is_met_by(actual_.ds, actual_.ds_ttl)) return Standing::stands;
  return actual_.ds == change.before ? Standing::not_yet : Standing::otherwise;
}

}  // namespace dskeeper::scenarios
