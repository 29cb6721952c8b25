#include "tally.h"

#include <algorithm>

namespace dskeeper::bench {
namespace {

// Other types have no place, nor matter.
std::uint8_t bit_of(std::size_t server, dns::RecordType type) {
  const auto found = std::find(asked_types.begin(), asked_types.end(), type);
  if (found == asked_types.end()) return 0;
  const auto number = static_cast<std::size_t>(found - asked_types.begin());
  return static_cast<std::uint8_t>(1U << (server * asked_types.size() + number));
}

}  // namespace

void QuestionSet::add(std::size_t server, dns::RecordType type) {
  bits_ = static_cast<std::uint8_t>(bits_ | bit_of(server, type));
}

bool QuestionSet::has(std::size_t server, dns::RecordType type) const {
  return (bits_ & bit_of(server, type)) != 0;
}

bool QuestionSet::has_any(std::size_t server) const {
  return std::any_of(asked_types.begin(), asked_types.end(),
                     [&](dns::RecordType type) { return has(server, type); });
}

Tally::Tally(const World& world)
    : children_(world.child_count()), servers_(world.operator_count() * servers_per_operator) {}

ServerCounts& Tally::counts(const ServerPlace& place) {
  return servers_.at(place.operator_index * servers_per_operator + place.server);
}

const ServerCounts& Tally::of_server(const ServerPlace& place) const {
  return servers_.at(place.operator_index * servers_per_operator + place.server);
}

void Tally::count_question(const ServerPlace& place, Transport transport) {
  ++(transport == Transport::udp ? counts(place).udp : counts(place).tcp);
}

void Tally::count_withheld(const ServerPlace& place, Transport transport) {
  ++(transport == Transport::udp ? counts(place).udp_withheld : counts(place).tcp_withheld);
}

void Tally::asked(std::size_t child, std::size_t server, dns::RecordType type) {
  children_.at(child).asked.add(server, type);
}

void Tally::answered(std::size_t child, std::size_t server, dns::RecordType type) {
  children_.at(child).answered.add(server, type);
}

void Tally::clear() {
  std::fill(children_.begin(), children_.end(), Heard{});
  std::fill(servers_.begin(), servers_.end(), ServerCounts{});
}

}  // namespace dskeeper::bench
