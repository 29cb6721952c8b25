#include "model/verdict.h"

#include "base/bytes.h"
#include "model/hashed_field.h"
#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<4> request_words = {"none", "bootstrap", "update", "delete"};
constexpr Words<6> ruling_words = {"idle",       "in-sync",      "permit",
                                   "incomplete", "inconsistent", "forbid"};
static_assert(ruling_words.size() == static_cast<std::size_t>(Ruling::forbid) + 1);

}  // namespace

std::string_view to_text(Request request) {
  return word_of(request_words, request);
}
std::string_view to_text(Ruling ruling) {
  return word_of(ruling_words, ruling);
}

Result<Request> parse_request(std::string_view text) {
  return parse_word<Request>(request_words, text, "a request");
}

Result<Ruling> parse_ruling(std::string_view text) {
  return parse_word<Ruling>(ruling_words, text, "a ruling");
}

std::string Verdict::request_id() const {
  if (request == Request::none) return {};
  Bytes input;
  append_field(input, child.wire());
  append_field(input, as_bytes(to_text(request)));
  for (const dns::Ds& record : ds) append_field(input, record.to_rdata());
  return to_hex(sha256(input));
}

}  // namespace dskeeper
