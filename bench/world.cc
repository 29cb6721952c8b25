#include "world.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include "base/check.h"
#include "zone_signer.h"

namespace dskeeper::bench {
namespace {

constexpr std::size_t children_per_operator = 500;

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_u32(Bytes& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

Kind kind_of(std::size_t index) {
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

std::size_t World::operator_count() const {
  return std::max<std::size_t>(1, children_ / children_per_operator);
}

Child World::child(std::size_t index) const {
  return {name(fmt::format("c{:07}.example.", index)), kind_of(index),
          index / 10 % operator_count()};
}

std::vector<NameServer> World::name_servers(std::size_t operator_index) const {
  constexpr std::size_t networks = 250;  // of 127.x.0.0/16 used
  std::vector<NameServer> out;
  for (const int i : {1, 2}) {
    out.push_back({name(fmt::format("ns{}.op{}.op.", i, operator_index)),
                   fmt::format("127.{}.{}.{}", 16 + operator_index / networks,
                               operator_index % networks, i)});
  }
  return out;
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
  append(rdata, name("hostmaster.op.").wire());
  for (const std::uint32_t number : {1U, 86400U, 7200U, 3600000U, negative_ttl.seconds}) {
    append_u32(rdata, number);
  }
  return {owner, dns::RecordType::soa, zone_ttl, std::move(rdata)};
}

}  // namespace dskeeper::bench
