#include "net/transfer.h"

#include <fmt/core.h>

#include <string>
#include <utility>
#include <vector>

#include "dns/transfer_message.h"
#include "net/exchange.h"

namespace dskeeper::net {
namespace {

namespace asio = boost::asio;

// The receiving side of one transfer: checks each message, hands its records on, and knows when the
// answer is whole. Without I/O.
class Receiver {
 public:
  // `held_soa` where differences are asked for.
  Receiver(const TransferOptions& options, std::optional<Bytes> held_soa, PartVisitor visitor,
           std::uint16_t id)
      : options_(options),
        held_soa_(std::move(held_soa)),
        visitor_(std::move(visitor)),
        id_(id),
        answer_(options.zone, held_soa_) {
    if (options.key) tsig_.emplace(*options.key);
  }

  // The request as it goes out.
  Result<Bytes> request(Time now) {
    Bytes query = held_soa_ ? dns::make_difference_query(id_, options_.zone, *held_soa_)
                            : dns::make_transfer_query(id_, options_.zone);
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
    if (auto checked = find_parts(*message); !checked) return checked;
    if (tsig_) {
      if (auto verified = tsig_->verify(wire, now, is_whole()); !verified) {
        return failure(verified.error().what, verified.error().remedy);
      }
    }
    return hand_on(std::move(*message));
  }

  [[nodiscard]] bool is_whole() const { return answer_.is_whole(); }
  [[nodiscard]] TransferSummary summary() const {
    TransferSummary summary = summary_;
    summary.kind = answer_.kind();
    summary.serial = answer_.serial();
    return summary;
  }

  [[nodiscard]] tl::unexpected<Error> failure(const std::string& what,
                                              std::string remedy = {}) const {
    return fail(fmt::format("the transfer of {} failed: {}", options_.zone.text(), what),
                options_.server.text(), std::move(remedy));
  }

 private:
  Result<void> find_parts(const dns::TransferMessage& message) {
    if (message.records.empty()) return failure("a message without records");
    parts_.clear();
    for (const dns::Record& record : message.records) {
      auto part = answer_.next(record);
      if (!part) return failure(part.error().what, part.error().remedy);
      parts_.push_back(*part);
    }
    return {};
  }

  Result<void> hand_on(dns::TransferMessage&& message) {
    for (std::size_t i = 0; i < message.records.size(); ++i) {
      if (parts_[i] == dns::TransferPart::end) continue;
      summary_.records += 1;
      auto taken = visitor_(parts_[i], std::move(message.records[i]));
      if (!taken) return taken;
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
  std::optional<Bytes> held_soa_;
  PartVisitor visitor_;
  std::uint16_t id_;
  std::optional<dns::TsigExchange> tsig_;
  dns::TransferAnswer answer_;
  std::vector<dns::TransferPart> parts_;  // of the message's records
  TransferSummary summary_;               // without what the answer knows
};

asio::awaitable<Result<TransferSummary>> receive_all(TransferOptions options,
                                                     std::optional<Bytes> held_soa,
                                                     const Clock& clock, PartVisitor visitor) {
  Receiver receiver(options, std::move(held_soa), std::move(visitor), random_message_id());
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

}  // namespace

asio::awaitable<Result<TransferSummary>> transfer_zone(TransferOptions options, const Clock& clock,
                                                       RecordVisitor visitor) {
  PartVisitor each = [visitor = std::move(visitor)](dns::TransferPart, dns::Record&& record) {
    return visitor(std::move(record));
  };
  std::optional<Bytes> whole;
  Result<TransferSummary> done =
      co_await receive_all(std::move(options), std::move(whole), clock, std::move(each));
  co_return done;
}

asio::awaitable<Result<TransferSummary>> transfer_differences(TransferOptions options,
                                                              Bytes held_soa, const Clock& clock,
                                                              PartVisitor visitor) {
  std::optional<Bytes> held(std::move(held_soa));
  Result<TransferSummary> done =
      co_await receive_all(std::move(options), std::move(held), clock, std::move(visitor));
  co_return done;
}

}  // namespace dskeeper::net
