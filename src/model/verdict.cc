#include "model/verdict.h"

#include "base/bytes.h"
#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<4> request_words = {"none", "bootstrap", "update", "delete"};
constexpr Words<6> ruling_words = {"idle",       "in-sync",      "permit",
                                   "incomplete", "inconsistent", "forbid"};
static_assert(ruling_words.size() == static_cast<std::size_t>(Ruling::forbid) + 1);

// Behind its length, so that no two inputs have the same octets.
void append(Bytes& out, ByteView field) {
  const std::size_t size = field.size();
  out.push_back(static_cast<std::uint8_t>(size >> 8U));
  out.push_back(static_cast<std::uint8_t>(size));
  out.insert(out.end(), field.begin(), field.end());
}

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
  append(input, child.wire());
  append(input, as_bytes(to_text(request)));
  for (const dns::Ds& record : ds) append(input, record.to_rdata());
  return to_hex(sha256(input));
}

}  // namespace dskeeper
