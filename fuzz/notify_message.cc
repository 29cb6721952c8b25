// What comes to the port of the NOTIFY receiver: parsing, TSIG, the answer and the intake.
//
// The first octet chooses the transport and the sender, the rest is the message. fuzz/README.md
// says how to run it.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "notify/answering.h"

namespace {

using dskeeper::Bytes;
using dskeeper::ByteView;
using namespace std::chrono_literals;
namespace dns = dskeeper::dns;
namespace notify = dskeeper::notify;

dns::TsigKey relay_key() {
  return {dns::Name::parse("relay.").value(), dns::TsigAlgorithm::hmac_sha256, Bytes(32, 0x5A)};
}

// Every name with two labels is a delegation.
notify::Standing find(const dns::Name& child) {
  const bool is_ours = child.label_count() == 2;
  return {is_ours ? notify::Standing::Kind::delegated : notify::Standing::Kind::not_ours,
          child.wire().size()};
}

struct Receiver {
  notify::Intake intake{{.waiting_max = 1000}, 1};
  notify::Answering answering{{.keys = {relay_key()}}, intake, find};
  dskeeper::Time now = dskeeper::parse_time("2026-11-24T03:00:00Z").value();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Receiver receiver;
  if (size == 0) return 0;
  const bool is_tcp = (data[0] & 1U) != 0;
  const std::array<std::uint8_t, 4> address = {192, 0, data[0], 1};
  const ByteView message(data + 1, size - 1);
  receiver.now += 1ms;
  const auto answer =
      receiver.answering.answer(message, dskeeper::IpAddress::v4(address), is_tcp, receiver.now);
  if (answer && !is_tcp && answer->size() > message.size()) std::abort();
  while (const auto notice = receiver.intake.next(receiver.now)) {
    receiver.intake.end(notice->child, receiver.now);
  }
  return 0;
}
