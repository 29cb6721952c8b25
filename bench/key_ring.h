// The keys that all synthetic children share: what is signed differs by its owner all the same, so
// that nobody who verifies is spared anything. Written beside the population, read by the
// responder.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "zone_key.h"

namespace dskeeper::bench {

struct KeyRing {
  ZoneKeys one_key = make_csk();
  ZoneKeys two_keys = make_ksk_and_zsk();

  [[nodiscard]] const ZoneKeys& of(std::size_t operator_index) const;
  [[nodiscard]] Result<void> write(const std::filesystem::path& directory) const;
  [[nodiscard]] static Result<KeyRing> read(const std::filesystem::path& directory);
};

}  // namespace dskeeper::bench
