#include "notify/answering.h"

#include <algorithm>
#include <utility>

namespace dskeeper::notify {

using dns::Rcode;

Answering::Answering(AnsweringOptions options, Intake& intake, FindDelegation find)
    : options_(std::move(options)), intake_(intake), find_(std::move(find)) {}

std::optional<Bytes> Answering::answer(ByteView message, const IpAddress& from, bool is_tcp,
                                       Time now) {
  ++counts_.received;
  auto incoming = read_message(message);
  if (!incoming) {
    ++counts_.malformed;
    return std::nullopt;
  }
  Reading reading{*std::move(incoming), std::nullopt};
  if (reading.incoming.has_tsig) {
    reading.tsig = dns::TsigRequest::read(message, options_.keys, now);
  }
  const std::optional<Rcode> rcode = decide(reading, from, is_tcp, now);
  if (!rcode) return std::nullopt;
  Bytes answer = make_answer(message, reading.incoming, *rcode);
  if (reading.tsig && reading.tsig->rcode() != Rcode::formerr) {
    Result<Bytes> with_tsig = reading.tsig->sign(answer, now);
    if (!with_tsig) return std::nullopt;
    answer = *std::move(with_tsig);
  }
  // Only what says BADTIME may be: it has our clock in it. Over TCP nobody else gets it.
  if (answer.size() > message.size() && !is_tcp) return std::nullopt;
  ++counts_.answered;
  return answer;
}

// Nothing: there is no answer, so that the sender repeats his message.
std::optional<Rcode> Answering::decide(const Reading& reading, const IpAddress& from, bool is_tcp,
                                       Time now) {
  if (reading.tsig && reading.tsig->rcode() != Rcode::noerror) {
    ++counts_.unsigned_or_forged;
    return reading.tsig->rcode();
  }
  const Incoming& incoming = reading.incoming;
  if (!incoming.notification) {
    ++counts_.malformed;
    return incoming.rcode;
  }
  if (options_.only_signed && !reading.tsig) {
    ++counts_.unsigned_or_forged;
    return Rcode::refused;
  }
  const Standing standing = find_(incoming.notification->child);
  if (standing.kind != Standing::Kind::delegated) {
    ++counts_.unknown;
    if (standing.kind == Standing::Kind::not_known_yet) return std::nullopt;
    return Rcode::refused;
  }
  const bool is_named = is_relay(from);
  const Sender sender{from, is_tcp, reading.tsig.has_value() || (is_named && is_tcp), is_named};
  switch (intake_.take(*incoming.notification, sender, standing.operator_key, now)) {
    case Intake::Taken::waits:
      ++counts_.taken;
      return Rcode::noerror;
    case Intake::Taken::joins:
      ++counts_.joined;
      return Rcode::noerror;
    case Intake::Taken::no_room:
      ++counts_.no_room;
      return std::nullopt;
  }
  return std::nullopt;
}

bool Answering::is_relay(const IpAddress& address) const {
  const IpAddress real = address.unmapped();
  return std::any_of(options_.relays.begin(), options_.relays.end(),
                     [&](const IpPrefix& prefix) { return prefix.contains(real); });
}

}  // namespace dskeeper::notify
