#include "model/operator_name.h"

#include <algorithm>
#include <map>

namespace dskeeper {
namespace {

constexpr std::size_t operator_labels_min = 2;
constexpr unsigned network_bits_v4 = 24;
constexpr unsigned network_bits_v6 = 48;

}  // namespace

std::string operator_of(const std::vector<dns::Name>& hosts) {
  std::map<dns::Name, std::size_t> covered;
  for (const dns::Name& host : hosts) {
    dns::Name domain = host.label_count() > operator_labels_min ? host.parent() : host;
    for (; domain.label_count() >= operator_labels_min; domain = domain.parent()) ++covered[domain];
  }
  const auto best =
      std::max_element(covered.begin(), covered.end(), [](const auto& a, const auto& b) {
        if (a.second != b.second) return a.second < b.second;
        return a.first.label_count() < b.first.label_count();
      });
  return best == covered.end() ? std::string() : best->first.text();
}

std::string operator_of(const Delegation& delegation) {
  for (const NameServer& server : delegation.name_servers) {
    if (!server.host.is_at_or_below(delegation.child) || server.glue.empty()) continue;
    const IpAddress& address = server.glue.front();
    const unsigned bits = address.is_v4() ? network_bits_v4 : network_bits_v6;
    return IpPrefix::around(address, bits).address().text();
  }
  return operator_of(delegation.hosts());
}

}  // namespace dskeeper
