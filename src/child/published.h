// What the public servers of a child show of the records that a NOTIFY is about, and whether all
// show what they shall (RFC 9859 §4.2: the parent asks them all, RFC 9975 §3).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "child/primary.h"
#include "model/survey.h"
#include "net/dns_client.h"
#include "net/resolver.h"

namespace dskeeper::child {

// Of each type the canonical set; empty where there is none.
using Records = std::map<dns::RecordType, std::vector<Bytes>>;
// NOTIFY(CDS) speaks for CDNSKEY too (RFC 9859 §4.2).
[[nodiscard]] std::vector<dns::RecordType> types_of(dns::RecordType notified);

struct Shown {
  ServerAddress server;
  Result<Records> records;
};

// The addresses of the hosts, as far as they can be found; sentences about the others go to
// `remarks`.
[[nodiscard]] boost::asio::awaitable<std::vector<ServerAddress>> find_addresses(
    net::Resolver& resolver, std::vector<dns::Name> hosts, std::vector<std::string>& remarks);

[[nodiscard]] boost::asio::awaitable<std::vector<Shown>> ask_servers(
    net::DnsClient& client, std::vector<ServerAddress> servers, dns::Name child,
    std::vector<dns::RecordType> types);
[[nodiscard]] boost::asio::awaitable<Result<Records>> ask_primary(
    Primary primary, dns::Name child, std::vector<dns::RecordType> types, const Clock& clock);

// A sentence for each server that does not show what it shall; none: all do. Where nobody says what
// that is, they shall show the same. Pure.
[[nodiscard]] std::vector<std::string> find_laggards(const std::optional<Records>& wanted,
                                                     std::span<const Shown> shown);

}  // namespace dskeeper::child
