#include "model/journal.h"

#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<7> kind_words = {"transition", "look",  "change", "report",
                                 "act",        "prune", "notify"};
constexpr Words<5> channel_words = {"scan", "named", "due", "notify", "signal"};

void append_number(Bytes& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(number >> static_cast<unsigned>(shift)));
  }
}

// Behind its length, so that moving an octet from one field to the next changes the hash.
void append_field(Bytes& out, ByteView field) {
  append_number(out, field.size());
  out.insert(out.end(), field.begin(), field.end());
}

}  // namespace

std::string_view to_text(EventKind kind) {
  return word_of(kind_words, kind);
}

Result<EventKind> parse_event_kind(std::string_view text) {
  return parse_word<EventKind>(kind_words, text, "a kind of event");
}

std::string_view to_text(Channel channel) {
  return word_of(channel_words, channel);
}

Sha256 Event::chained(const Sha256& previous) const {
  Bytes input(previous.begin(), previous.end());
  append_field(input, parent.wire());
  append_field(input, child.wire());
  append_number(input, static_cast<std::uint64_t>(at.time_since_epoch().count()));
  append_field(input, as_bytes(to_text(kind)));
  append_field(input, as_bytes(summary));
  append_field(input, as_bytes(details));
  return sha256(input);
}

}  // namespace dskeeper
