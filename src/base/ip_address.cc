#include "base/ip_address.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/check.h"

namespace dskeeper {
namespace {

Result<unsigned> parse_number(std::string_view text, unsigned max) {
  unsigned value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest != text.data() + text.size() || value > max) {
    return fail(fmt::format("\"{}\" is not a number from 0 to {}", text, max));
  }
  return value;
}

bool starts_with(ByteView octets, ByteView prefix) {
  return octets.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), octets.begin());
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text);
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.octets_.data()) == 1) return address;
  if (inet_pton(AF_INET6, copy.c_str(), address.octets_.data()) == 1) {
    address.v4_ = false;
    return address;
  }
  return fail(fmt::format("\"{}\" is not an IPv4 or IPv6 address", text));
}

IpAddress IpAddress::v4(std::span<const std::uint8_t, 4> octets) {
  IpAddress address;
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

IpAddress IpAddress::v6(std::span<const std::uint8_t, 16> octets) {
  IpAddress address;
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  address.v4_ = false;
  return address;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(v4_ ? AF_INET : AF_INET6, octets_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

IpAddress IpAddress::unmapped() const {
  static constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  static constexpr std::array<std::uint8_t, 12> nat64 = {0, 0x64, 0xFF, 0x9B, 0, 0,
                                                         0, 0,    0,    0,    0, 0};
  static constexpr std::array<std::uint8_t, 2> six_to_four = {0x20, 0x02};
  if (v4_) return *this;
  const std::span<const std::uint8_t, 16> all(octets_);
  if (starts_with(all, mapped) || starts_with(all, nat64)) return v4(all.subspan<12, 4>());
  if (starts_with(all, six_to_four)) return v4(all.subspan<2, 4>());
  return *this;
}

Result<IpPrefix> IpPrefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return pass_on(std::move(address));
  IpPrefix prefix;
  prefix.address_ = *address;
  const unsigned full = address->is_v4() ? 32 : 128;
  prefix.length_ = full;
  if (slash != std::string_view::npos) {
    auto length = parse_number(text.substr(slash + 1), full);
    if (!length) return pass_on(std::move(length));
    prefix.length_ = *length;
  }
  return prefix;
}

IpPrefix IpPrefix::around(const IpAddress& address, unsigned length) {
  const ByteView octets = address.octets();
  CHECK(length <= octets.size() * 8);
  std::array<std::uint8_t, 16> masked{};
  for (unsigned at = 0; at * 8 < length; ++at) {
    const unsigned bits = std::min(8U, length - at * 8);
    masked[at] = static_cast<std::uint8_t>(octets[at] & (0xFFU << (8U - bits)));
  }
  IpPrefix prefix;
  const std::span<const std::uint8_t, 16> all(masked);
  prefix.address_ = address.is_v4() ? IpAddress::v4(all.first<4>()) : IpAddress::v6(all);
  prefix.length_ = length;
  return prefix;
}

bool IpPrefix::contains(const IpAddress& address) const {
  if (address.is_v4() != address_.is_v4()) return false;
  const ByteView ours = address_.octets();
  const ByteView theirs = address.octets();
  const unsigned whole = length_ / 8;
  if (!std::equal(ours.begin(), ours.begin() + whole, theirs.begin())) return false;
  const unsigned bits = length_ % 8;
  if (bits == 0) return true;
  const unsigned mask = 0xFFU << (8 - bits) & 0xFFU;
  return (ours[whole] & mask) == (theirs[whole] & mask);
}

std::string IpPrefix::text() const {
  return fmt::format("{}/{}", address_.text(), length_);
}

Result<Endpoint> Endpoint::parse(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::optional<std::string_view> port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return fail(fmt::format("\"{}\" lacks its ']'", text));
    host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') {
      return fail(fmt::format("\"{}\" is not an address with a port", text));
    }
    if (!rest.empty()) port = rest.substr(1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':') + 1);
  }
  auto address = IpAddress::parse(host);
  if (!address) return pass_on(std::move(address));
  Endpoint endpoint{*address, default_port};
  if (port) {
    auto number = parse_number(*port, 65535);
    if (!number) return pass_on(std::move(number));
    endpoint.port = static_cast<std::uint16_t>(*number);
  }
  return endpoint;
}

std::string Endpoint::text() const {
  return address.is_v4() ? fmt::format("{}:{}", address.text(), port)
                         : fmt::format("[{}]:{}", address.text(), port);
}

}  // namespace dskeeper

std::size_t std::hash<dskeeper::IpAddress>::operator()(
    const dskeeper::IpAddress& address) const noexcept {
  const dskeeper::ByteView octets = address.octets();
  return std::hash<std::string_view>()(
      {reinterpret_cast<const char*>(octets.data()), octets.size()});
}

std::size_t std::hash<dskeeper::Endpoint>::operator()(
    const dskeeper::Endpoint& endpoint) const noexcept {
  return std::hash<dskeeper::IpAddress>()(endpoint.address) * 31U + endpoint.port;
}
