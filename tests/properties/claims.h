// Random children for the property tests: what each server claims, in a form so small that a test
// can tell by itself what must follow, and the signed answers that say it.
//
// Real signatures, each made once: a claim's answer is kept by its content.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/delegation.h"
#include "model/survey.h"
#include "rules/test_child.h"

namespace dskeeper::properties {

// Keys by their number, as bits: three with SEP, the last without.
using KeyMask = unsigned;
inline constexpr unsigned key_count = 4;
inline constexpr KeyMask all_keys = 15;
[[nodiscard]] const dns::DsSet& ds_set(KeyMask keys);

// What a CDS or CDNSKEY RRset asks for.
struct Wish {
  bool is_removal = false;
  KeyMask keys = 0;  // 0, and no removal: not published
  [[nodiscard]] bool is_published() const { return is_removal || keys != 0; }
  bool operator==(const Wish&) const = default;
};

// What one server claims.
struct Claim {
  KeyMask keys = all_keys;     // its DNSKEY set
  KeyMask dnskey_signers = 1;  // who signs that
  Wish cds;
  Wish cdnskey;
  KeyMask signers = 1;  // of all the rest, denials included
  Time signed_at;
  bool is_expired = false;  // the signatures over CDS and CDNSKEY; an hour after signed_at
  bool is_forged = false;   // their octets are wrong
  std::optional<AnswerStatus> failure;  // instead of an answer …
  unsigned failing_types = 15;          // … to these questions: bits in the order of asked_types

  [[nodiscard]] bool answers(dns::RecordType type) const;
  // It answers what a DS set is decided upon. The SOA is not part of that, and a failure may have
  // been drawn that befalls no question.
  [[nodiscard]] bool is_whole() const;
};

// Order of the records, and a TTL, that must not matter.
struct Layout {
  bool is_reversed = false;
  dns::Ttl ttl{3600};
};

[[nodiscard]] Answer make_answer(const Claim& claim, std::size_t server, dns::RecordType type,
                                 Time now, const Layout& layout = {});
[[nodiscard]] Survey make_survey(const std::vector<Claim>& claims, const std::string& vantage,
                                 LookId look, Time now, const Layout& layout = {});
// Secure by the DS of `standing`, unsigned where that is 0.
[[nodiscard]] Delegation make_delegation(KeyMask standing, std::size_t servers);

// --- what a test knows without asking the rules --------------------------------------------------

// Does some key of the set sign this server's DNSKEY set?
[[nodiscard]] bool leaves_path(const Claim& claim, KeyMask set);
// All that it answered, in either type, asks for this and nothing else.
[[nodiscard]] bool asks_for(const Claim& claim, const Wish& wish);
// It says something else, or proves that it asks for nothing; a denial without proof is no answer.
[[nodiscard]] bool contradicts(const Claim& claim, const Wish& wish, KeyMask standing);
// It answered a question about CDS or CDNSKEY.
[[nodiscard]] bool has_spoken(const Claim& claim);
// The standing DS set names a key that is there and has signed the wish, validly.
[[nodiscard]] bool is_signed_by(const Claim& claim, KeyMask standing);

}  // namespace dskeeper::properties
