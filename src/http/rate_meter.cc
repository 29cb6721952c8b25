#include "http/rate_meter.h"

#include <algorithm>

#include "base/check.h"

namespace dskeeper::http {
namespace {

constexpr unsigned client_bits_v6 = 64;
// Looking through the whole table for idle entries costs milliseconds.
constexpr Duration forget_pause = std::chrono::seconds(1);

}  // namespace

RateMeter::RateMeter(const Rate& rate)
    : interval_(Microseconds(rate.per) / std::max(rate.count, 1U)),
      tolerance_(interval_ * (std::max(rate.burst, 1U) - 1)) {
  CHECK(interval_.count() > 0);
}

std::optional<Duration> RateMeter::take(const std::string& key, Time now) {
  Moment& used_until = entry_of(key, now);
  // After a clock was set back it would lie far ahead, and its client be locked out for as long.
  if (used_until - now > tolerance_ + interval_) used_until = now;
  const Moment start = std::max(used_until, Moment(now));
  const Microseconds ahead = start - now;
  if (ahead > tolerance_) return std::chrono::ceil<Duration>(ahead - tolerance_);
  used_until = start + interval_;
  return std::nullopt;
}

RateMeter::Moment& RateMeter::entry_of(const std::string& key, Time now) {
  const auto found = used_until_.find(key);
  if (found != used_until_.end()) return found->second;
  if (used_until_.size() == entries_max) forget_idle(now);
  if (used_until_.size() == entries_max) return shared_;
  return used_until_[key];
}

void RateMeter::forget_idle(Time now) {
  if (now < forget_at_) return;
  forget_at_ = now + forget_pause;
  std::erase_if(used_until_, [now](const auto& entry) { return entry.second <= now; });
}

// A dual-stack proxy writes the addresses of IPv4 as mapped ones (RFC 4291 §2.5.5.2).
std::string client_key(const IpAddress& address) {
  const IpAddress own = address.unmapped();
  if (own.is_v4()) return own.text();
  return IpPrefix::around(own, client_bits_v6).text();
}

}  // namespace dskeeper::http
