#include "keeper/outage.h"

#include <fmt/core.h>

namespace dskeeper::keeper {
namespace {

// More than one in so many silent addresses is ours.
constexpr std::size_t part_silent_max = 5;
// With fewer addresses the two dead servers of a single child would be more than a fifth: one
// child's own fault would then void the looks of all, and its retries would never come to an end.
constexpr std::size_t addresses_min = 10;

std::optional<std::string> fault_of(std::string_view family, std::size_t asked,
                                    std::size_t silent) {
  if (asked < addresses_min || silent * part_silent_max <= asked) return std::nullopt;
  return fmt::format("{} of {} {} addresses gave no answer, which is more than a fifth", silent,
                     asked, family);
}

}  // namespace

void PassHealth::note(const Survey& survey) {
  for (const Answer& answer : survey.answers) {
    const bool was_asked = answer.status != AnswerStatus::not_asked &&
                           answer.status != AnswerStatus::not_permitted &&
                           answer.server.address != IpAddress();
    if (!was_asked) continue;
    Family& family = answer.server.address.is_v4() ? ipv4_ : ipv6_;
    const bool has_answered = !is_silence(answer.status);
    const auto [known, is_new] = family.answered.emplace(answer.server.address, has_answered);
    if (is_new) {
      family.silent += has_answered ? 0 : 1;
    } else if (has_answered && !known->second) {
      known->second = true;
      --family.silent;
    }
  }
}

std::optional<std::string> PassHealth::find_fault() const {
  if (auto fault = fault_of("IPv4", ipv4_.answered.size(), ipv4_.silent)) return fault;
  return fault_of("IPv6", ipv6_.answered.size(), ipv6_.silent);
}

std::optional<std::string> find_clock_fault(Time now, const std::optional<Time>& last_journal_entry,
                                            const std::optional<SignatureValidity>& soa_signature) {
  if (last_journal_entry && now < *last_journal_entry) {
    return fmt::format("the clock stands at {}, before the journal's last entry of {}",
                       format_time(now), format_time(*last_journal_entry));
  }
  if (!soa_signature) return std::nullopt;
  if (now >= soa_signature->inception && now <= soa_signature->expiration) return std::nullopt;
  return fmt::format(
      "the clock stands at {}, and the parent's own SOA signature is valid from {} to {}",
      format_time(now), format_time(soa_signature->inception),
      format_time(soa_signature->expiration));
}

}  // namespace dskeeper::keeper
