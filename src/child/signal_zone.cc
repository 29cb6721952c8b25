#include "child/signal_zone.h"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "dns/zone_file.h"

namespace dskeeper::child {
namespace {

// For secondaries that hear no NOTIFY; negative answers are to be forgotten soon, since a parent
// that looked too early looks again.
constexpr unsigned refresh_s = 3600;
constexpr unsigned retry_s = 600;
constexpr unsigned expire_s = 1209600;
constexpr unsigned negative_s = 300;

}  // namespace

Result<SignalFile> read_signal_file(const std::filesystem::path& path, const dns::Name& domain) {
  SignalFile out;
  std::error_code trouble;
  if (!std::filesystem::exists(path, trouble) && !trouble) return out;
  auto reader = dns::ZoneFileReader::open(
      path, domain, {dns::RecordType::soa, dns::RecordType::cds, dns::RecordType::cdnskey});
  if (!reader) return pass_on(std::move(reader));
  while (true) {
    auto record = reader->next();
    if (!record) return pass_on(std::move(record));
    if (!*record) return out;
    if ((*record)->type == dns::RecordType::soa) {
      auto soa = dns::Soa::from_rdata((*record)->rdata);
      if (!soa) return fail(soa.error().what, reader->where());
      out.serial = soa->serial;
    } else if (is_signal_owner((*record)->owner, domain)) {
      add_signal(out.signals, **record);
    }
  }
}

std::string signal_records_text(const Signals& signals) {
  std::string text;
  for (const auto& [key, rrset] : signals) {
    for (const Bytes& rdata : rrset.rdata) {
      text += fmt::format("{} {} {} {}\n", rrset.owner.text(), rrset.ttl.seconds,
                          dns::to_text(rrset.type), dns::rdata_text(rrset.type, rdata));
    }
  }
  return text;
}

std::string signal_zone_text(const HostPlan& plan, const std::vector<dns::Name>& hosts,
                             dns::Ttl ttl, dns::Serial serial) {
  const std::string apex = plan.domain.text();
  std::string text = fmt::format(
      "; Made by dskeeper signal (RFC 9615); what is written here by hand is lost.\n"
      "{0} {1} SOA {2} hostmaster.{3} {4} {5} {6} {7} {8}\n",
      apex, ttl.seconds, hosts.front().text(), plan.host.text(), serial.value, refresh_s, retry_s,
      expire_s, std::min(negative_s, ttl.seconds));
  for (const dns::Name& host : hosts) {
    text += fmt::format("{} {} NS {}\n", apex, ttl.seconds, host.text());
  }
  return text + signal_records_text(plan.signals);
}

dns::Serial next_serial(std::optional<dns::Serial> before, Time now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const dns::Serial by_time{static_cast<std::uint32_t>(seconds)};
  if (!before || by_time.is_newer_than(*before)) return by_time;
  return dns::Serial{before->value + 1};
}

std::string signal_file_name(const HostPlan& plan) {
  std::string name = plan.domain.text();
  // A label may hold any octet; a file's name must not leave its folder.
  std::replace(name.begin(), name.end(), '/', '_');
  return name + "zone";
}

}  // namespace dskeeper::child
