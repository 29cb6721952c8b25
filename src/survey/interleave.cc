#include "survey/interleave.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace dskeeper::survey {
namespace {

struct Turn {
  double place = 0;  // in the pass, from 0 to 1
  std::size_t index = 0;
};

struct Operator {
  std::size_t children = 0;
  std::size_t placed = 0;
};

}  // namespace

std::vector<std::size_t> interleave(const std::vector<std::size_t>& children,
                                    const OperatorAt& operator_at) {
  std::unordered_map<std::uint32_t, Operator> operators;
  for (const std::size_t index : children) ++operators[operator_at(index)].children;
  std::vector<Turn> turns;
  turns.reserve(children.size());
  for (const std::size_t index : children) {
    Operator& its = operators[operator_at(index)];
    // In the middle of its share, so that operators with one child each do not all come first.
    const double place =
        (static_cast<double>(its.placed++) + 0.5) / static_cast<double>(its.children);
    turns.push_back({place, index});
  }
  std::stable_sort(turns.begin(), turns.end(),
                   [](const Turn& one, const Turn& other) { return one.place < other.place; });
  std::vector<std::size_t> order;
  order.reserve(turns.size());
  for (const Turn& turn : turns) order.push_back(turn.index);
  return order;
}

}  // namespace dskeeper::survey
