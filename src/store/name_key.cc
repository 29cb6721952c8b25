#include "store/name_key.h"

#include <algorithm>

namespace dskeeper::store {
namespace {

constexpr std::uint8_t end_of_label = 0;
constexpr std::uint8_t escape = 1;

// Takes the label in front of the key, its final zero included, and undoes the escapes.
Result<Bytes> take_label(ByteView& key) {
  Bytes label;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == end_of_label) {
      key = key.subspan(i + 1);
      return label;
    }
    if (key[i] != escape) {
      label.push_back(key[i]);
      continue;
    }
    ++i;
    if (i == key.size() || key[i] < 1 || key[i] > 2) return fail("an escape of a name is wrong");
    label.push_back(static_cast<std::uint8_t>(key[i] - 1));
  }
  return fail("a label has no end");
}

}  // namespace

Bytes name_key(const dns::Name& name) {
  const std::vector<std::string_view> labels = name.labels();
  Bytes key;
  key.reserve(name.wire().size());
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    for (const std::uint8_t octet : as_bytes(*label)) {
      if (octet <= escape) {
        key.push_back(escape);
        key.push_back(static_cast<std::uint8_t>(octet + 1));
      } else {
        key.push_back(octet);
      }
    }
    key.push_back(end_of_label);
  }
  return key;
}

Result<dns::Name> name_of_key(ByteView key) {
  if (key.size() > 2 * dns::name_octets_max) return fail("a name is too long");
  Bytes reversed;  // the wire form from its end: each label reversed, then its length
  reversed.reserve(key.size() + 1);
  reversed.push_back(0);
  while (!key.empty()) {
    Result<Bytes> label = take_label(key);
    if (!label) return pass_on(std::move(label));
    if (label->size() > dns::label_octets_max) return fail("a label is too long");
    reversed.insert(reversed.end(), label->rbegin(), label->rend());
    reversed.push_back(static_cast<std::uint8_t>(label->size()));
  }
  std::ranges::reverse(reversed);
  return dns::Name::from_wire(reversed);
}

}  // namespace dskeeper::store
