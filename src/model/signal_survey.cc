#include "model/signal_survey.h"

#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<6> status_words = {"secure", "signed",     "insecure",
                                   "bogus",  "unanswered", "not-asked"};
static_assert(status_words.size() == static_cast<std::size_t>(SecurityStatus::not_asked) + 1);

}  // namespace

std::string_view to_text(SecurityStatus status) {
  return word_of(status_words, status);
}

Result<SecurityStatus> parse_security_status(std::string_view text) {
  return parse_word<SecurityStatus>(status_words, text, "the security status of an answer");
}

}  // namespace dskeeper
