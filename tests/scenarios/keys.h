// Key pairs of every algorithm that a timeline may name, by the name it gives them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "rules/test_child.h"

namespace dskeeper::scenarios {

// Ed25519 keys follow from their number; the others are made anew in each run, so that no outcome
// can hang on a key's octets.
class KeyRing {
 public:
  // `algorithm` is a mnemonic in lower case ("rsasha256"); `is_zone_key_only` makes one without
  // SEP.
  [[nodiscard]] Result<void> add(const std::string& name, const std::string& algorithm,
                                 bool is_zone_key_only);
  // Null where there is none of that name.
  [[nodiscard]] const rules::test::TestKey* find(const std::string& name) const;

 private:
  std::map<std::string, std::unique_ptr<rules::test::TestKey>> keys_;
};

}  // namespace dskeeper::scenarios
