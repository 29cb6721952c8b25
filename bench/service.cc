#include "service.h"

namespace dskeeper::bench {

std::optional<Bytes> Service::answer(ByteView message, const std::array<std::uint8_t, 4>& address,
                                     Transport transport) {
  const auto place = world_.find_server(address);
  if (!place) return std::nullopt;
  const auto query = parse_query(message);
  if (!query) return std::nullopt;
  tally_.count_question(*place, transport);
  const auto child = children_.find_child(*query, place->operator_index);
  if (child) tally_.asked(*child, place->server, query->type);
  if (is_dead(weather_, *place)) return std::nullopt;
  if (losses_.draw()) {
    tally_.count_withheld(*place, transport);
    return std::nullopt;
  }
  if (child) tally_.answered(*child, place->server, query->type);
  return children_.respond(*query, child);
}

}  // namespace dskeeper::bench
