#include "cli/operator_numbers.h"

#include <limits>
#include <string>
#include <unordered_map>

#include "keeper/breaker.h"

namespace dskeeper::cli {
namespace {

constexpr unsigned network_bits_v4 = 24;
constexpr unsigned network_bits_v6 = 48;

}  // namespace

std::string operator_of(const Delegation& delegation) {
  for (const NameServer& server : delegation.name_servers) {
    if (!server.host.is_at_or_below(delegation.child) || server.glue.empty()) continue;
    const IpAddress& address = server.glue.front();
    const unsigned bits = address.is_v4() ? network_bits_v4 : network_bits_v6;
    return IpPrefix::around(address, bits).address().text();
  }
  return keeper::operator_of(delegation.hosts());
}

std::vector<std::uint32_t> operator_numbers(const parent::Snapshot& snapshot,
                                            const std::vector<std::size_t>& children) {
  if (children.size() == 1) return {0};
  constexpr std::uint32_t unknown = std::numeric_limits<std::uint32_t>::max();
  std::unordered_map<std::string, std::uint32_t> operators;
  // Who shares all name servers shares its operator: spares most of the reckoning.
  std::vector<std::uint32_t> by_key(snapshot.operator_keys(), unknown);
  std::vector<std::uint32_t> numbers;
  numbers.reserve(children.size());
  for (const std::size_t index : children) {
    std::uint32_t& number = by_key[snapshot.operator_key(index)];
    if (number == unknown) {
      const auto next = static_cast<std::uint32_t>(operators.size());
      number = operators.emplace(operator_of(snapshot.at(index)), next).first->second;
    }
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace dskeeper::cli
