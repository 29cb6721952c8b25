#include "query.h"

#include <vector>

namespace dskeeper::bench {
namespace {

constexpr std::size_t header_octets = 12;
constexpr std::size_t label_octets_max = 63;
constexpr std::size_t opt_octets = 11;  // an OPT record without options
constexpr std::uint16_t class_in = 1;
constexpr std::uint8_t rd_bit = 0x01;
constexpr std::uint8_t do_bit = 0x80;

std::uint16_t u16_at(ByteView octets, std::size_t at) {
  return static_cast<std::uint16_t>(octets[at] << 8U | octets[at + 1]);
}

struct TwoLabels {
  std::string_view first;
  std::string_view second;
};

// The name at the start of `octets`; `end` is then behind it. Nothing where it is cut off or
// compressed.
std::optional<TwoLabels> read_name(ByteView octets, std::size_t& end) {
  TwoLabels labels;
  std::size_t count = 0;
  for (end = 0; end < octets.size();) {
    const std::size_t length = octets[end++];
    if (length == 0) return count == 2 ? labels : TwoLabels{};
    if (length > label_octets_max || length > octets.size() - end) return std::nullopt;
    const std::string_view label(reinterpret_cast<const char*>(&octets[end]), length);
    (count == 0 ? labels.first : labels.second) = label;
    ++count;
    end += length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Query> parse_query(ByteView message) {
  if (message.size() < header_octets) return std::nullopt;
  const bool is_query = (message[2] & 0xF8U) == 0;  // QR and opcode
  if (!is_query || u16_at(message, 4) != 1 || u16_at(message, 6) != 0 || u16_at(message, 8) != 0) {
    return std::nullopt;
  }
  Query query;
  query.id = u16_at(message, 0);
  query.recursion_desired = (message[2] & rd_bit) != 0;
  const ByteView behind_header = message.subspan(header_octets);
  std::size_t end = 0;
  const auto labels = read_name(behind_header, end);
  if (!labels || behind_header.size() - end < 4) return std::nullopt;
  query.first_label = labels->first;
  query.zone = labels->second;
  query.type = static_cast<dns::RecordType>(u16_at(behind_header, end));
  if (u16_at(behind_header, end + 2) != class_in) return std::nullopt;
  query.question = behind_header.first(end + 4);
  const ByteView rest = behind_header.subspan(end + 4);
  if (rest.size() < opt_octets || u16_at(message, 10) == 0) return query;
  query.has_edns = rest[0] == 0 && u16_at(rest, 1) == static_cast<unsigned>(dns::RecordType::opt);
  query.dnssec_ok = query.has_edns && (rest[7] & do_bit) != 0;
  return query;
}

}  // namespace dskeeper::bench
