// Cases as they lie in memory between two looks. A registry of ten million delegations may have one
// for each child that ever asked for something, and as values, with all their names and lists, they
// would take some thousand octets each: packed it is some hundred.
//
// What comes out is what went in, as the store would give it back (model/json.h). One thread.
#pragma once

#include "base/bytes.h"
#include "model/case.h"
#include "store/compression.h"

namespace dskeeper::cli {

class CasePacker {
 public:
  [[nodiscard]] Bytes pack(const Case& value);
  // Of what pack() made.
  [[nodiscard]] Case unpack(ByteView packed);

 private:
  store::Compressor compressor_;
};

}  // namespace dskeeper::cli
