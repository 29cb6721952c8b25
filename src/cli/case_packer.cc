#include "cli/case_packer.h"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "model/json.h"

namespace dskeeper::cli {

Bytes CasePacker::pack(const Case& value) {
  const std::string json = case_to_json(value);
  Bytes packed = compressor_.compress(as_bytes(json));
  packed.shrink_to_fit();
  return packed;
}

Case CasePacker::unpack(ByteView packed) {
  const Result<Bytes> json =
      compressor_.decompress(packed, std::numeric_limits<std::size_t>::max());
  CHECK(json.has_value());
  Result<Case> value = case_from_json({reinterpret_cast<const char*>(json->data()), json->size()});
  CHECK(value.has_value());
  return *std::move(value);
}

}  // namespace dskeeper::cli
