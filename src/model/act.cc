#include "model/act.h"

#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<4> act_words = {"suspend", "resume", "approve", "resume-breaker"};

}  // namespace

std::string_view to_text(ActKind kind) {
  return word_of(act_words, kind);
}

Result<ActKind> parse_act_kind(std::string_view text) {
  return parse_word<ActKind>(act_words, text, "an act");
}

}  // namespace dskeeper
