#include "child/notify_message.h"

#include "dns/wire_reader.h"

namespace dskeeper::child {
namespace {

constexpr std::uint16_t flags_notify = 0x2400;  // opcode 4, AA (RFC 1996 §3.7)
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t udp_octets = 1232;
constexpr std::uint16_t option_report_channel = 18;
constexpr std::size_t option_head_octets = 4;

void put_opt(Bytes& out, const dns::Name& agent) {
  const ByteView name = agent.wire();
  out.push_back(0);  // OPT stands at the root (RFC 6891 §6.1.1)
  dns::put_u16(out, static_cast<std::uint16_t>(dns::RecordType::opt));
  dns::put_u16(out, udp_octets);
  dns::put_u32(out, 0);
  dns::put_u16(out, static_cast<std::uint16_t>(option_head_octets + name.size()));
  dns::put_u16(out, option_report_channel);
  dns::put_u16(out, static_cast<std::uint16_t>(name.size()));
  dns::put_bytes(out, name);
}

}  // namespace

Bytes make_notify(std::uint16_t id, const dns::Question& question,
                  const std::optional<dns::Name>& agent) {
  Bytes out;
  dns::put_u16(out, id);
  dns::put_u16(out, flags_notify);
  dns::put_u16(out, 1);  // one child a message (RFC 9859 §4.2)
  dns::put_u32(out, 0);
  dns::put_u16(out, agent ? 1 : 0);
  dns::put_bytes(out, question.name.wire());
  dns::put_u16(out, static_cast<std::uint16_t>(question.type));
  dns::put_u16(out, class_in);
  if (agent) put_opt(out, *agent);
  return out;
}

std::optional<dns::Rcode> read_notify_answer(ByteView wire, std::uint16_t id,
                                             const dns::Question& question) {
  const auto message = dns::parse_message(wire, Time{});
  if (!message || message->id != id || !message->is_response) return std::nullopt;
  if (message->opcode != dns::Opcode::notify) return std::nullopt;
  // Who cannot read a message may not repeat its question.
  const bool may_be_bare =
      message->rcode == dns::Rcode::formerr || message->rcode == dns::Rcode::notimp ||
      message->rcode == dns::Rcode::refused || message->rcode == dns::Rcode::servfail;
  if (message->question ? *message->question != question : !may_be_bare) return std::nullopt;
  return message->rcode;
}

}  // namespace dskeeper::child
