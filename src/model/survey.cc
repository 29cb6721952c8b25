#include "model/survey.h"

#include <algorithm>

#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<14> status_words = {
    "answer",  "nodata",      "nxdomain",      "referral",  "not-authoritative",
    "refused", "servfail",    "other-rcode",   "malformed", "truncated",
    "timeout", "unreachable", "not-permitted", "not-asked"};
static_assert(status_words.size() == static_cast<std::size_t>(AnswerStatus::not_asked) + 1);

constexpr Words<2> transport_words = {"udp", "tcp"};

}  // namespace

std::string_view to_text(AnswerStatus status) {
  return word_of(status_words, status);
}
std::string_view to_text(Transport transport) {
  return word_of(transport_words, transport);
}

Result<AnswerStatus> parse_answer_status(std::string_view text) {
  return parse_word<AnswerStatus>(status_words, text, "the status of an answer");
}

Result<Transport> parse_transport(std::string_view text) {
  return parse_word<Transport>(transport_words, text, "a transport");
}

std::string ServerAddress::text() const {
  return address == IpAddress() ? host.text() : host.text() + " " + address.text();
}

const Answer* Survey::find(const IpAddress& address, dns::RecordType type) const {
  const auto found = std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) {
    return answer.type == type && answer.server.address == address;
  });
  return found == answers.end() ? nullptr : &*found;
}

}  // namespace dskeeper
