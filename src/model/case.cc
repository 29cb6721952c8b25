#include "model/case.h"

#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<7> outcome_words = {"idle",   "in-sync", "accept",   "hold",
                                    "refuse", "retry",   "suspended"};
static_assert(outcome_words.size() == static_cast<std::size_t>(Outcome::suspended) + 1);

constexpr Words<3> trouble_words = {"silence", "missing", "contradiction"};
constexpr Words<2> suspension_words = {"automatic", "operator"};

}  // namespace

std::string_view to_text(Outcome outcome) {
  return word_of(outcome_words, outcome);
}
std::string_view to_text(SuspensionKind kind) {
  return word_of(suspension_words, kind);
}

std::string_view to_text(Trouble trouble) {
  return word_of(trouble_words, trouble);
}

Result<Trouble> parse_trouble(std::string_view text) {
  return parse_word<Trouble>(trouble_words, text, "a trouble");
}

Result<Outcome> parse_outcome(std::string_view text) {
  return parse_word<Outcome>(outcome_words, text, "an outcome");
}

Result<SuspensionKind> parse_suspension_kind(std::string_view text) {
  return parse_word<SuspensionKind>(suspension_words, text, "a kind of suspension");
}

}  // namespace dskeeper
