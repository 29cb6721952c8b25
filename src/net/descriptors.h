// Room for sockets: the kernel's default limit of 1,024 descriptors is below what a pass may use.
#pragma once

#include <cstddef>

namespace dskeeper::net {

// Sockets of one DnsClient and one Resolver at their defaults, the store and the rest, rounded up.
inline constexpr std::size_t descriptors_wanted = 4096;

// Raises the process' limit towards `descriptors_wanted`, as far as the hard limit lets; gives what
// it is now. For main(), once. With less, TCP connections wait for each other.
std::size_t raise_descriptor_limit();

}  // namespace dskeeper::net
