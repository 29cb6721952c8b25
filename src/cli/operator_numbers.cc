#include "cli/operator_numbers.h"

#include <limits>
#include <string>
#include <unordered_map>

#include "model/operator_name.h"

namespace dskeeper::cli {

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
