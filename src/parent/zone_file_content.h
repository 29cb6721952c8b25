// What the file of a zone-file sink has in it.
#pragma once

#include <cstdint>

namespace dskeeper::parent {

enum class ZoneFileContent : std::uint8_t {
  ds,           // DS sets, for a zone that has its NS records elsewhere
  delegations,  // NS, DS and glue, for a zone that leaves its delegations to us
};

}  // namespace dskeeper::parent
