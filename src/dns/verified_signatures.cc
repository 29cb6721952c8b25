#include "dns/verified_signatures.h"

#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "base/check.h"

namespace dskeeper::dns {
namespace {

// Four cache lines: so many signatures may share one place.
constexpr std::size_t place_entries = 16;
constexpr std::size_t room_min = 1024;

// The file: this, the secret, the entries as they lie in memory, and a hash over all of it. Another
// byte order or another layout needs another version.
constexpr std::string_view magic = "dskeeper signatures 1 little-end\n";
static_assert(std::endian::native == std::endian::little);

// Full at three quarters: then one in thirty has given way to another.
constexpr bool is_full(std::size_t count, std::size_t room) {
  return count >= room / 4 * 3;
}

std::uint32_t seconds_of(Time time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return static_cast<std::uint32_t>(whole.time_since_epoch().count());
}

}  // namespace

VerifiedSignatures::VerifiedSignatures(std::size_t room_max)
    : room_max_(std::max(room_min, std::bit_floor(room_max))), entries_(room_min) {
  CHECK(RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) == 1);
}

std::size_t VerifiedSignatures::place_of(const Tag& tag) const {
  std::uint64_t number = 0;
  std::memcpy(&number, tag.data(), sizeof number);
  return number % (entries_.size() / place_entries) * place_entries;
}

bool VerifiedSignatures::contains(const Tag& tag) const {
  const std::scoped_lock lock(mutex_);
  const auto place = entries_.begin() + static_cast<std::ptrdiff_t>(place_of(tag));
  return std::any_of(place, place + place_entries,
                     [&](const Entry& entry) { return entry.expiration != 0 && entry.tag == tag; });
}

// Whether one more is there than before.
bool VerifiedSignatures::put(const Entry& entry) {
  const auto place = entries_.begin() + static_cast<std::ptrdiff_t>(place_of(entry.tag));
  const auto end = place + place_entries;
  const auto same = std::find_if(place, end, [&](const Entry& other) {
    return other.expiration != 0 && other.tag == entry.tag;
  });
  if (same != end) return false;
  const auto first_to_go = std::min_element(
      place, end, [](const Entry& a, const Entry& b) { return a.expiration < b.expiration; });
  const bool was_empty = first_to_go->expiration == 0;
  *first_to_go = entry;
  return was_empty;
}

void VerifiedSignatures::make_room(std::uint32_t now) {
  std::vector<Entry> live;
  std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(live),
               [&](const Entry& entry) { return entry.expiration >= std::max(now, 1U); });
  const std::size_t wanted = std::bit_ceil(std::max(room_min, live.size() * 2));
  entries_.assign(std::min(wanted, room_max_), Entry());
  count_ = 0;
  for (const Entry& entry : live) count_ += put(entry) ? 1U : 0U;
}

void VerifiedSignatures::add(const Tag& tag, Time expiration, Time now) {
  const std::scoped_lock lock(mutex_);
  // At the bound, to look through all of it with each signature would help nobody.
  if (is_full(count_, entries_.size()) && entries_.size() < room_max_) make_room(seconds_of(now));
  if (put({tag, std::max(seconds_of(expiration), 1U)})) ++count_;
  ++added_;
}

std::uint64_t VerifiedSignatures::added() const {
  const std::scoped_lock lock(mutex_);
  return added_;
}

std::size_t VerifiedSignatures::size() const {
  const std::scoped_lock lock(mutex_);
  return count_;
}

Bytes VerifiedSignatures::to_octets() const {
  const std::scoped_lock lock(mutex_);
  const std::size_t kept = entries_.size() * sizeof(Entry);
  const std::size_t hashed = magic.size() + secret_.size() + kept;
  Bytes out(hashed + sizeof(Sha256));
  auto at = std::copy(magic.begin(), magic.end(), out.begin());
  at = std::copy(secret_.begin(), secret_.end(), at);
  std::memcpy(&*at, entries_.data(), kept);
  const Sha256 hash = sha256(ByteView(out).first(hashed));
  std::copy(hash.begin(), hash.end(), at + static_cast<std::ptrdiff_t>(kept));
  return out;
}

std::size_t VerifiedSignatures::octets_max() {
  return magic.size() + sizeof(Secret) + signatures_max * sizeof(Entry) + sizeof(Sha256);
}

Result<std::shared_ptr<VerifiedSignatures>> VerifiedSignatures::from_octets(ByteView octets) {
  constexpr std::size_t before = magic.size() + sizeof(Secret);
  if (octets.size() < before + sizeof(Sha256) || octets.size() > octets_max() ||
      !std::equal(magic.begin(), magic.end(), octets.begin())) {
    return fail("it is no file of verified signatures, or one of another version");
  }
  const ByteView hashed = octets.first(octets.size() - sizeof(Sha256));
  const ByteView kept = hashed.subspan(before);
  const Sha256 hash = sha256(hashed);
  if (!std::equal(hash.begin(), hash.end(), octets.end() - sizeof(Sha256))) {
    return fail("it is damaged");
  }
  const std::size_t room = kept.size() / sizeof(Entry);
  if (kept.size() % sizeof(Entry) != 0 || room < room_min || !std::has_single_bit(room)) {
    return fail("it is damaged");
  }
  auto signatures = std::make_shared<VerifiedSignatures>();
  std::copy_n(octets.begin() + magic.size(), sizeof(Secret), signatures->secret_.begin());
  std::vector<Entry>& entries = signatures->entries_;
  entries.resize(room);
  std::memcpy(entries.data(), kept.data(), kept.size());
  signatures->count_ = static_cast<std::size_t>(std::count_if(
      entries.begin(), entries.end(), [](const Entry& entry) { return entry.expiration != 0; }));
  return signatures;
}

}  // namespace dskeeper::dns
