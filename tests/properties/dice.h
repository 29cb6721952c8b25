// What RapidCheck draws for the property tests, so that it can also shrink it: small values are the
// harmless ones.
#pragma once

#include <rapidcheck.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "properties/claims.h"

namespace dskeeper::properties {

// 0 … sides - 1, whatever the size that RapidCheck has reached.
[[nodiscard]] inline unsigned roll(unsigned sides) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0U, sides));
}
// Once in so many.
[[nodiscard]] inline bool rarely(unsigned times) {
  return roll(times) == times - 1;
}

[[nodiscard]] inline Wish any_wish() {
  const unsigned drawn = roll(all_keys + 2);
  return drawn > all_keys ? Wish{true, 0} : Wish{false, drawn};
}

[[nodiscard]] inline AnswerStatus any_failure() {
  return *rc::gen::element(AnswerStatus::timeout, AnswerStatus::unreachable, AnswerStatus::refused,
                           AnswerStatus::servfail, AnswerStatus::nxdomain, AnswerStatus::malformed,
                           AnswerStatus::not_authoritative, AnswerStatus::truncated,
                           AnswerStatus::answer);  // says so, and has nothing to show
}

// Signatures are from the beginning of a day, so that few of them serve many timelines.
[[nodiscard]] inline Time day_of(Time now) {
  return std::chrono::floor<std::chrono::days>(now);
}

// A server on which nothing may be built. Its signatures are up to four days old.
[[nodiscard]] inline Claim any_claim(Time now) {
  Claim claim;
  claim.keys = all_keys - roll(all_keys + 1);
  claim.dnskey_signers = roll(all_keys + 1);
  claim.cds = any_wish();
  claim.cdnskey = rarely(3) ? any_wish() : claim.cds;
  claim.signers = roll(all_keys + 1);
  claim.signed_at = day_of(now) - std::chrono::days(roll(4));
  claim.is_expired = rarely(8);
  claim.is_forged = rarely(8);
  if (rarely(4)) {
    claim.failure = any_failure();
    claim.failing_types = rarely(2) ? all_keys : roll(all_keys + 1);
  }
  return claim;
}

// A child that does all right: it asks for keys of which one signs already.
[[nodiscard]] inline Claim honest_claim(KeyMask standing, Time now) {
  Claim claim;
  claim.signed_at = day_of(now);
  claim.signers = claim.dnskey_signers = standing == 0 ? 1U : standing;
  claim.dnskey_signers |= roll(all_keys + 1);
  claim.cds = any_wish();
  if (!claim.cds.is_removal && rarely(2)) claim.cds.keys |= claim.dnskey_signers;
  claim.cdnskey = claim.cds;
  if (rarely(4)) (rarely(2) ? claim.cds : claim.cdnskey) = Wish{};
  return claim;
}

// More than 100,000 cases in all, within a minute: a timeline costs as much as ten judgements.
inline constexpr int judgements = 22'000;
inline constexpr int timelines = 2'600;

// Runs a property so many times, unless RC_PARAMS says how often. Prints what falsifies it, and how
// to see that again.
template <typename Property>
[[nodiscard]] bool holds(const std::string& sentence, int cases, const Property& property) {
  rc::detail::TestMetadata metadata;
  metadata.id = metadata.description = sentence;
  rc::detail::TestParams parameters = rc::detail::configuration().testParams;
  const char* given = std::getenv("RC_PARAMS");
  const bool is_counted =
      given != nullptr && std::string(given).find("max_success") != std::string::npos;
  if (!is_counted) parameters.maxSuccess = cases;
  const auto result = rc::detail::checkTestable(property, metadata, parameters);
  rc::detail::printResultMessage(result, std::cerr);
  std::cerr << '\n';
  return result.template is<rc::detail::SuccessResult>();
}

}  // namespace dskeeper::properties
