#include "notify/source_meter.h"

#include <algorithm>

namespace dskeeper::notify {
namespace {

std::int64_t microseconds_of(Time time) {
  return std::chrono::microseconds(time.time_since_epoch()).count();
}

// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30U) * 0xbf58476d1ce4e5b9U;
  value = (value ^ value >> 27U) * 0x94d049bb133111ebU;
  return value ^ value >> 31U;
}

}  // namespace

Source Source::of(const IpAddress& address, bool is_tcp) {
  const IpAddress real = address.unmapped();
  return {IpPrefix::around(real, real.is_v4() ? source_bits_v4 : source_bits_v6), is_tcp};
}

SourceMeter::SourceMeter(unsigned messages, Duration per, unsigned ahead_max, std::uint64_t seed)
    : interval_(std::max<Microseconds>(
          1, std::chrono::microseconds(per).count() / std::max(1U, messages))),
      horizon_(interval_ * ahead_max),
      seed_(seed),
      used_until_(rows * columns) {}

std::uint64_t SourceMeter::hash_of(const Source& source) const {
  std::uint64_t hash = mix(seed_ + (source.is_tcp ? 1U : 0U));
  for (const std::uint8_t octet : source.prefix.address().octets()) hash = mix(hash + octet + 1U);
  return hash;
}

std::size_t SourceMeter::cell(std::uint64_t hash, std::size_t row) {
  static_assert(columns == 1U << 16U && rows == 64 / 16);
  return row * columns + (hash >> (16U * row) & (columns - 1));
}

unsigned SourceMeter::ahead_of(Microseconds used_until, Microseconds now) const {
  return used_until <= now ? 0
                           : static_cast<unsigned>((used_until - now + interval_ - 1) / interval_);
}

// Further ahead than can be: the clock was set back.
SourceMeter::Microseconds SourceMeter::used_until(std::size_t cell, Microseconds now) const {
  const Microseconds value = used_until_[cell];
  return value > now + horizon_ ? 0 : value;
}

SourceMeter::Microseconds SourceMeter::least(std::uint64_t hash, Microseconds now) const {
  Microseconds least = used_until(cell(hash, 0), now);
  for (std::size_t row = 1; row < rows; ++row) {
    least = std::min(least, used_until(cell(hash, row), now));
  }
  return least;
}

unsigned SourceMeter::count(const Source& source, Time now) {
  const Microseconds present = microseconds_of(now);
  const std::uint64_t hash = hash_of(source);
  const Microseconds from =
      std::clamp(least(hash, present), present, present + horizon_ - interval_);
  // No cell need say more than this source has used (conservative update).
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t at = cell(hash, row);
    used_until_[at] = std::max(used_until(at, present), from + interval_);
  }
  return ahead_of(from + interval_, present);
}

unsigned SourceMeter::ahead(const Source& source, Time now) const {
  const Microseconds present = microseconds_of(now);
  return ahead_of(least(hash_of(source), present), present);
}

Duration SourceMeter::time_of(unsigned messages) const {
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(interval_ * messages));
}

}  // namespace dskeeper::notify
