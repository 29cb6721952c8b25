#include "net/unbound_settings.h"

#include <fmt/core.h>
#include <unbound.h>

#include <utility>

#include "net/address_permit.h"

namespace dskeeper::net {
namespace {

using Settings = std::vector<std::pair<const char*, std::string>>;

std::string yes_or_no(bool yes) {
  return yes ? "yes" : "no";
}

Settings settings_of(const ResolverOptions& options) {
  Settings settings = {
      {"module-config:", "validator iterator"},
      {"do-ip4:", yes_or_no(options.ipv4)},
      {"do-ip6:", yes_or_no(options.ipv6)},
      {"qname-minimisation:", yes_or_no(options.minimises)},
      {"tcp-upstream:", yes_or_no(options.over_tcp)},
      {"edns-buffer-size:", "1232"},
      {"outgoing-range:", "512"},
      {"num-queries-per-thread:", "512"},
      {"outgoing-num-tcp:", "32"},
      {"msg-cache-size:", "16m"},
      {"rrset-cache-size:", "32m"},
      {"key-cache-size:", "16m"},
      {"cache-max-ttl:", std::to_string(cached_ttl_max_s)},
      {"cache-max-negative-ttl:", std::to_string(cached_trouble_s)},
      // A server that was down is tried again within a minute, not after a quarter of an hour.
      {"infra-host-ttl:", "60"},
      // The permit below says it exactly; this option would go beyond it.
      {"do-not-query-localhost:", "no"},
  };
  if (!options.root_hints.empty()) settings.emplace_back("root-hints:", options.root_hints);
  const AddressPermit permit(
      options.permit, options.refuse_own_addresses ? own_addresses() : std::vector<IpAddress>());
  for (const IpPrefix& prefix : permit.refused()) {
    settings.emplace_back("do-not-query-address:", prefix.text());
  }
  for (const IpAddress& source : options.source_addresses) {
    settings.emplace_back("outgoing-interface:", source.text());
  }
  return settings;
}

}  // namespace

Result<void> configure(ub_ctx& context, const ResolverOptions& options) {
  for (const auto& [option, value] : settings_of(options)) {
    const int error = ub_ctx_set_option(&context, option, value.c_str());
    if (error == 0) continue;
    return fail(fmt::format("libunbound refuses \"{} {}\": {}", option, value, ub_strerror(error)));
  }
  if (options.forward_to) {
    const std::string to =
        fmt::format("{}@{}", options.forward_to->address.text(), options.forward_to->port);
    if (ub_ctx_set_fwd(&context, to.c_str()) != 0) {
      return fail("libunbound refuses the forwarder", to);
    }
  }
  if (options.trust_anchor.empty()) return {};
  if (ub_ctx_add_ta_file(&context, options.trust_anchor.c_str()) != 0) {
    return fail("the trust anchor cannot be used", options.trust_anchor);
  }
  return {};
}

}  // namespace dskeeper::net
