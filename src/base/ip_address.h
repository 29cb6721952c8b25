// Internet addresses as values: an address, a prefix, and an address with its port.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace dskeeper {

// An IPv4 or IPv6 address. IPv4-mapped IPv6 text is kept as IPv6; `unmapped()` gives what it hides.
class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  [[nodiscard]] static Result<IpAddress> parse(std::string_view text);
  [[nodiscard]] static IpAddress v4(std::span<const std::uint8_t, 4> octets);
  [[nodiscard]] static IpAddress v6(std::span<const std::uint8_t, 16> octets);

  [[nodiscard]] bool is_v4() const { return v4_; }
  // 4 or 16 octets in network order.
  [[nodiscard]] ByteView octets() const { return ByteView(octets_).first(v4_ ? 4U : 16U); }
  [[nodiscard]] std::string text() const;
  // The IPv4 address inside an IPv4-mapped (::ffff:0:0/96), 6to4 (2002::/16) or NAT64
  // (64:ff9b::/96) one, else the address itself: what a packet to it may reach.
  [[nodiscard]] IpAddress unmapped() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> octets_{};
  bool v4_ = true;
};

// "192.0.2.0/24"; an address alone is a prefix of full length.
class IpPrefix {
 public:
  [[nodiscard]] static Result<IpPrefix> parse(std::string_view text);
  // The prefix of that length around `address`, whose bits behind it are cleared.
  [[nodiscard]] static IpPrefix around(const IpAddress& address, unsigned length);
  [[nodiscard]] const IpAddress& address() const { return address_; }
  [[nodiscard]] unsigned length() const { return length_; }
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] std::string text() const;
  auto operator<=>(const IpPrefix&) const = default;

 private:
  IpAddress address_;
  unsigned length_ = 32;
};

// "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353".
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 53;

  [[nodiscard]] static Result<Endpoint> parse(std::string_view text, std::uint16_t default_port);
  [[nodiscard]] std::string text() const;  // always with the port
  auto operator<=>(const Endpoint&) const = default;
};

}  // namespace dskeeper

template <>
struct std::hash<dskeeper::IpAddress> {
  std::size_t operator()(const dskeeper::IpAddress& address) const noexcept;
};
template <>
struct std::hash<dskeeper::Endpoint> {
  std::size_t operator()(const dskeeper::Endpoint& endpoint) const noexcept;
};
