#include "parent/registration_pool.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/packed_octets.h"

namespace dskeeper::parent {
namespace {

// Three states in two bits.
std::uint64_t bits_of(const std::optional<bool>& value) {
  if (!value) return 0;
  return *value ? 2 : 1;
}

std::optional<bool> bool_of(std::uint64_t bits) {
  if ((bits & 3U) == 0) return std::nullopt;
  return (bits & 3U) == 2;
}

std::string text_of(ByteView octets) {
  return {octets.begin(), octets.end()};
}

// A signed number so that small ones of both signs stay short.
std::uint64_t folded(std::int64_t value) {
  return value < 0 ? ~(static_cast<std::uint64_t>(value) << 1U)
                   : static_cast<std::uint64_t>(value) << 1U;
}
std::int64_t unfolded(std::uint64_t value) {
  return static_cast<std::int64_t>((value & 1U) != 0 ? ~(value >> 1U) : value >> 1U);
}

}  // namespace

std::uint32_t RegistrationPool::intern(const Registration& registration) {
  Bytes packed;
  put_number(packed, bits_of(registration.no_ds) | bits_of(registration.no_ns) << 2U |
                         bits_of(registration.bootstrap) << 4U |
                         (registration.created ? 1U : 0U) << 6U |
                         std::uint64_t{registration.statuses ? 1U : 0U} << 7U);
  put_octets(packed, as_bytes(registration.roid));
  put_number(packed, sponsors_.intern(as_bytes(registration.sponsor)));
  if (registration.created) {
    put_number(packed, folded(registration.created->time_since_epoch().count()));
  }
  if (registration.statuses) {
    Bytes words;
    put_number(words, registration.statuses->size());
    for (const std::string& word : *registration.statuses) put_octets(words, as_bytes(word));
    put_number(packed, statuses_.intern(words));
  }
  return registrations_.intern(packed);
}

Registration RegistrationPool::at(std::uint32_t number) const {
  PackedReader packed(registrations_.at(number));
  Registration out;
  const std::uint64_t bits = packed.number();
  out.no_ds = bool_of(bits);
  out.no_ns = bool_of(bits >> 2U);
  out.bootstrap = bool_of(bits >> 4U);
  out.roid = text_of(packed.octets());
  out.sponsor = text_of(sponsors_.at(static_cast<std::uint32_t>(packed.number())));
  if ((bits >> 6U & 1U) != 0) out.created = Time(Duration(unfolded(packed.number())));
  if ((bits >> 7U & 1U) != 0) {
    PackedReader words(statuses_.at(static_cast<std::uint32_t>(packed.number())));
    std::vector<std::string>& statuses = out.statuses.emplace();
    for (std::uint64_t left = words.number(); left > 0; --left) {
      statuses.push_back(text_of(words.octets()));
    }
  }
  return out;
}

void RegistrationPool::close() {
  registrations_.close();
  sponsors_.close();
  statuses_.close();
}

}  // namespace dskeeper::parent
