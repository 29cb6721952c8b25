#include "world.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <numeric>

#include "base/check.h"
#include "zone_signer.h"

namespace dskeeper::bench {
namespace {

constexpr std::size_t children_per_operator = 500;
constexpr std::size_t label_octets = 8;          // "c" and seven digits
constexpr std::size_t networks_per_octet = 250;  // of 127.x.0.0/16 used
constexpr std::size_t first_octet = 16;

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_u32(Bytes& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

// Where the child stands in a shuffled zone: a permutation of 0 … count-1, the same each time.
// Steps that can be undone, on as many bits as the count needs; what falls outside goes round
// again.
std::size_t shuffled(std::size_t index, std::size_t count) {
  const auto bits = static_cast<unsigned>(std::bit_width(count - 1));
  if (bits < 2) return index;
  const std::size_t mask = (std::size_t{1} << bits) - 1;
  const unsigned half = (bits + 1) / 2;
  do {
    for (const std::size_t odd : {0x9E3779B97F4A7C15U, 0xBF58476D1CE4E5B9U, 0x94D049BB133111EBU}) {
      index = (index * odd + 1) & mask;
      index ^= index >> half;
    }
  } while (index >= count);
  return index;
}

// Zipf's law, rounded so that the sizes add up and everybody has a child.
std::vector<std::size_t> zipf_ends(std::size_t children, std::size_t operators) {
  double sum = 0;
  for (std::size_t k = 1; k <= operators; ++k) sum += 1 / static_cast<double>(k);
  std::vector<std::size_t> sizes;
  std::size_t given = 0;
  for (std::size_t k = 1; k <= operators; ++k) {
    const double share = static_cast<double>(children) / (static_cast<double>(k) * sum);
    sizes.push_back(std::max<std::size_t>(1, static_cast<std::size_t>(share)));
    given += sizes.back();
  }
  for (std::size_t at = 0; given != children; at = (at + 1) % operators) {
    if (given < children) {
      ++sizes[at];
      ++given;
    } else if (sizes[at] > 1) {
      --sizes[at];
      --given;
    }
  }
  std::partial_sum(sizes.begin(), sizes.end(), sizes.begin());
  return sizes;
}

}  // namespace

const char* to_text(Kind kind) {
  switch (kind) {
    case Kind::plain:
      return "unsigned";
    case Kind::silent:
      return "silent";
    case Kind::in_sync:
      return "in-sync";
    case Kind::asking:
      return "asking";
  }
  return "";
}

World::World(const Scale& scale) : children_(scale.children), operators_(scale.operators) {
  CHECK(children_ > 0 && children_ <= children_max && operators_ <= operators_max);
  if (operators_ == 0) operators_ = std::max<std::size_t>(1, children_ / children_per_operator);
  operators_ = std::min(operators_, children_);
  if (scale.sizes == Sizes::zipf) ends_ = zipf_ends(children_, operators_);
}

Kind World::kind_of(std::size_t index) {
  switch (index % 10) {
    case 5:
    case 6:
      return Kind::silent;
    case 7:
    case 8:
      return Kind::in_sync;
    case 9:
      return Kind::asking;
    default:
      return Kind::plain;
  }
}

std::size_t World::operator_of(std::size_t index) const {
  if (ends_.empty()) return index / 10 % operators_;
  const auto end = std::upper_bound(ends_.begin(), ends_.end(), shuffled(index, children_));
  return static_cast<std::size_t>(end - ends_.begin());
}

Child World::child(std::size_t index) const {
  return {name(fmt::format("c{:07}.example.", index)), kind_of(index), operator_of(index)};
}

std::optional<std::size_t> World::find_child(std::string_view label) const {
  std::size_t index = 0;
  if (label.size() != label_octets || (label[0] != 'c' && label[0] != 'C')) return std::nullopt;
  const char* const end = label.data() + label.size();
  const auto parsed = std::from_chars(label.data() + 1, end, index);
  if (parsed.ec != std::errc() || parsed.ptr != end || index >= children_) return std::nullopt;
  return index;
}

NameServer World::name_server(const ServerPlace& place) {
  const auto [first, second, third, fourth] = server_address(place);
  return {name(fmt::format("ns{}.op{}.op.", place.server + 1, place.operator_index)),
          fmt::format("{}.{}.{}.{}", first, second, third, fourth)};
}

std::vector<NameServer> World::name_servers(std::size_t operator_index) {
  std::vector<NameServer> out;
  for (std::size_t server = 0; server < servers_per_operator; ++server) {
    out.push_back(name_server({operator_index, server}));
  }
  return out;
}

std::array<std::uint8_t, 4> World::server_address(const ServerPlace& place) {
  return {127, static_cast<std::uint8_t>(first_octet + place.operator_index / networks_per_octet),
          static_cast<std::uint8_t>(place.operator_index % networks_per_octet),
          static_cast<std::uint8_t>(place.server + 1)};
}

std::optional<ServerPlace> World::find_server(const std::array<std::uint8_t, 4>& address) const {
  const auto [first, second, third, fourth] = address;
  if (first != 127 || second < first_octet || third >= networks_per_octet) return std::nullopt;
  const ServerPlace place{(second - first_octet) * networks_per_octet + third, fourth - 1U};
  const bool exists = place.operator_index < operators_ && place.server < servers_per_operator;
  return exists ? std::optional(place) : std::nullopt;
}

NameServer root_server() {
  return {name("a.root-servers.test."), "127.0.1.1"};
}

NameServer parent_server() {
  return {name("ns1.op."), "127.0.2.1"};
}

dns::Name name(const std::string& text) {
  const auto parsed = dns::Name::parse(text);
  CHECK(parsed.has_value());
  return *parsed;
}

dns::Record ns_record(const dns::Name& owner, const dns::Name& server) {
  return {owner, dns::RecordType::ns, zone_ttl, {server.wire().begin(), server.wire().end()}};
}

dns::Record a_record(const dns::Name& owner, const std::string& address) {
  Bytes rdata(4);
  CHECK(inet_pton(AF_INET, address.c_str(), rdata.data()) == 1);
  return {owner, dns::RecordType::a, zone_ttl, std::move(rdata)};
}

dns::Record soa_record(const dns::Name& owner, const dns::Name& primary) {
  Bytes rdata;
  append(rdata, primary.wire());
  static const dns::Name responsible = name("hostmaster.op.");
  append(rdata, responsible.wire());
  for (const std::uint32_t number : {1U, 86400U, 7200U, 3600000U, negative_ttl.seconds}) {
    append_u32(rdata, number);
  }
  return {owner, dns::RecordType::soa, zone_ttl, std::move(rdata)};
}

}  // namespace dskeeper::bench
