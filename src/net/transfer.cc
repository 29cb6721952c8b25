#include "net/transfer.h"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "dns/transfer_message.h"
#include "net/exchange.h"

namespace dskeeper::net {
namespace {

namespace asio = boost::asio;

// The receiving side of one transfer: checks each message, hands its records on, and knows when the
// zone is whole. Without I/O.
class Receiver {
 public:
  Receiver(const TransferOptions& options, RecordVisitor visitor, std::uint16_t id)
      : options_(options), visitor_(std::move(visitor)), id_(id) {
    if (options.key) tsig_.emplace(*options.key);
  }

  // The request as it goes out.
  Result<Bytes> request(Time now) {
    Bytes query = dns::make_transfer_query(id_, options_.zone);
    if (!tsig_) return query;
    return tsig_->sign(query, now);
  }

  Result<void> take(ByteView wire, Time now) {
    summary_.messages += 1;
    summary_.octets += wire.size();
    if (summary_.octets > options_.octets_max) {
      return failure(fmt::format("the zone is larger than {} octets", options_.octets_max),
                     "Is it the right zone?");
    }
    auto message = dns::parse_transfer_message(wire);
    if (!message) return failure("a malformed message: " + message.error().what);
    if (message->id != id_ || !message->is_response) {
      return failure("a message that does not belong to the transfer");
    }
    if (message->rcode != dns::Rcode::noerror) return refusal(message->rcode, wire, now);
    // The signature must cover the last message (RFC 8945 §5.3.1), so that the end is looked for
    // before it is verified. Nothing is handed on that the message's own signature contradicts.
    if (auto checked = check_shape(*message); !checked) return checked;
    if (tsig_) {
      if (auto verified = tsig_->verify(wire, now, is_whole_); !verified) {
        return failure(verified.error().what, verified.error().remedy);
      }
    }
    return hand_on(std::move(*message));
  }

  [[nodiscard]] bool is_whole() const { return is_whole_; }
  [[nodiscard]] const TransferSummary& summary() const { return summary_; }

  [[nodiscard]] tl::unexpected<Error> failure(const std::string& what,
                                              std::string remedy = {}) const {
    return fail(fmt::format("the transfer of {} failed: {}", options_.zone.text(), what),
                options_.server.text(), std::move(remedy));
  }

 private:
  [[nodiscard]] bool is_apex_soa(const dns::Record& record) const {
    return record.type == dns::RecordType::soa && record.owner == options_.zone;
  }

  // RFC 5936 §2.2: the SOA is the first and the last record, and stands nowhere between.
  Result<void> check_shape(const dns::TransferMessage& message) {
    if (message.records.empty()) return failure("a message without records");
    std::size_t first = 0;
    if (!soa_) {
      if (!is_apex_soa(message.records[0])) {
        return failure("it does not begin with the zone's SOA record");
      }
      soa_ = message.records[0].rdata;
      first = 1;
    }
    for (std::size_t i = first; i < message.records.size(); ++i) {
      if (!is_apex_soa(message.records[i])) continue;
      if (i + 1 != message.records.size()) return failure("records follow the last SOA record");
      if (message.records[i].rdata != *soa_) {
        return failure("the zone changed while it was sent", "It is read again at the next pass.");
      }
      is_whole_ = true;
    }
    return {};
  }

  Result<void> hand_on(dns::TransferMessage&& message) {
    if (summary_.records == 0) {
      auto soa = dns::Soa::from_rdata(*soa_);
      if (!soa) return failure("the SOA record is malformed: " + soa.error().what);
      summary_.serial = soa->serial;
    }
    if (is_whole_) message.records.pop_back();  // the SOA again
    for (dns::Record& record : message.records) {
      summary_.records += 1;
      if (auto taken = visitor_(std::move(record)); !taken) return taken;
    }
    return {};
  }

  // With a key that the server does not know or a clock that is wrong, the TSIG record of the
  // response says more than its RCODE.
  Result<void> refusal(dns::Rcode rcode, ByteView wire, Time now) {
    const std::string zone = options_.zone.text();
    if (tsig_) {
      auto verified = tsig_->verify(wire, now, true);
      if (!verified && rcode == dns::Rcode::notauth) {
        return fail(
            fmt::format("the server refuses the transfer of {}: {}", zone, verified.error().what),
            options_.server.text(), verified.error().remedy);
      }
    }
    if (rcode != dns::Rcode::refused && rcode != dns::Rcode::notauth) {
      return failure(fmt::format("the server answers {}", dns::to_text(rcode)));
    }
    std::string remedy = options_.key
                             ? fmt::format("Is {} there, and may the key {} transfer it?", zone,
                                           options_.key->name.text())
                             : std::string(
                                   "Is the zone there? Allow the transfer, or add the key to the "
                                   "source: key = \"…\".");
    return fail(
        fmt::format("the server refuses the transfer of {} ({})", zone, dns::to_text(rcode)),
        options_.server.text(), std::move(remedy));
  }

  const TransferOptions& options_;
  RecordVisitor visitor_;
  std::uint16_t id_;
  std::optional<dns::TsigExchange> tsig_;
  std::optional<Bytes> soa_;
  bool is_whole_ = false;
  TransferSummary summary_;
};

}  // namespace

asio::awaitable<Result<TransferSummary>> transfer_zone(TransferOptions options, const Clock& clock,
                                                       RecordVisitor visitor) {
  Receiver receiver(options, std::move(visitor), random_message_id());
  Result<Bytes> request = receiver.request(clock.now());
  if (!request) co_return pass_on(std::move(request));
  Exchanged<MessageStream> stream =
      co_await MessageStream::connect(options.server, options.silence_max, options.total_max);
  if (!stream) co_return receiver.failure(stream.error().error.what);
  const Exchanged<void> sent = co_await stream->send(*request);
  if (!sent) co_return receiver.failure(sent.error().error.what);
  while (!receiver.is_whole()) {
    const Exchanged<Bytes> message = co_await stream->receive();
    if (!message) co_return receiver.failure(message.error().error.what);
    Result<void> taken = receiver.take(*message, clock.now());
    if (!taken) co_return pass_on(std::move(taken));
  }
  co_return receiver.summary();
}

}  // namespace dskeeper::net
