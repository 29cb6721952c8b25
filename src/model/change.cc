#include "model/change.h"

#include "model/sending.h"
#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<4> state_words = {"queued", "sent", "confirmed", "failed"};
constexpr Words<5> send_words = {"taken", "not-as-judged", "later", "unknown", "failed"};
constexpr Words<3> standing_words = {"stands", "not-yet", "otherwise"};

}  // namespace

std::string_view to_text(ChangeState state) {
  return word_of(state_words, state);
}
std::string_view to_text(SendStatus status) {
  return word_of(send_words, status);
}
std::string_view to_text(Standing standing) {
  return word_of(standing_words, standing);
}

Result<ChangeState> parse_change_state(std::string_view text) {
  return parse_word<ChangeState>(state_words, text, "the state of a change");
}

Time Change::at() const {
  switch (state) {
    case ChangeState::queued:
      return queued_at;
    case ChangeState::sent:
      return sent_at.value_or(queued_at);
    case ChangeState::confirmed:
    case ChangeState::failed:
      return ended_at.value_or(queued_at);
  }
  return queued_at;
}

}  // namespace dskeeper
