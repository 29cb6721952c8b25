#include "store/name_key.h"

namespace dskeeper::store {

Bytes name_key(const dns::Name& name) {
  const std::vector<std::string_view> labels = name.labels();
  Bytes key;
  key.reserve(name.wire().size());
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    for (const std::uint8_t octet : as_bytes(*label)) {
      if (octet <= 1) {
        key.push_back(1);
        key.push_back(static_cast<std::uint8_t>(octet + 1));
      } else {
        key.push_back(octet);
      }
    }
    key.push_back(0);
  }
  return key;
}

}  // namespace dskeeper::store
