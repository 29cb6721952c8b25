#include "child/primary.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "child/catalog.h"
#include "net/exchange.h"
#include "net/transfer.h"

namespace dskeeper::child {
namespace {

constexpr std::array<dns::RecordType, 3> types = {dns::RecordType::ns, dns::RecordType::cds,
                                                  dns::RecordType::cdnskey};

// What is asked of some zones on one connection, and what has come of it. Without I/O.
class Batch {
 public:
  Batch(const Primary& primary, std::span<const dns::Name> zones)
      : primary_(primary), zones_(zones), answers_(zones.size()) {}

  // All questions, each under an ID of its own.
  Result<std::vector<Bytes>> requests(Time now) {
    std::vector<Bytes> requests;
    auto id = net::random_message_id();
    for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
      for (std::size_t type = 0; type < types.size(); ++type) {
        ++id;
        Asked asked{zone, type, std::nullopt};
        Bytes query = dns::make_query(id, {zones_[zone], types[type]}, {.dnssec_ok = false});
        if (primary_.key) {
          asked.tsig.emplace(*primary_.key);
          auto signed_query = asked.tsig->sign(query, now);
          if (!signed_query) return pass_on(std::move(signed_query));
          query = *std::move(signed_query);
        }
        asked_.emplace(id, std::move(asked));
        requests.push_back(std::move(query));
      }
    }
    return requests;
  }

  [[nodiscard]] bool is_done() const { return asked_.empty(); }

  // Fails where the message belongs to nothing that is open: then the connection is out of step.
  Result<void> take(const Bytes& wire, Time now) {
    if (wire.size() < 2) return fail("a message without an ID", primary_.server.text());
    const auto id = static_cast<std::uint16_t>(wire[0] << 8U | wire[1]);
    const auto found = asked_.find(id);
    if (found == asked_.end()) {
      return fail("an answer to a question that was not asked", primary_.server.text());
    }
    Asked asked = std::move(found->second);
    asked_.erase(found);
    put(asked, read(asked, wire, now));
    return {};
  }

  // For all zones, whatever has come: one half of an answer is none.
  void give_up(const Error& error) {
    asked_.clear();
    for (auto& answers : answers_) answers.fill(tl::unexpected<Error>(error));
  }

  [[nodiscard]] std::vector<ReadZone> finish() && {
    std::vector<ReadZone> out;
    for (std::size_t i = 0; i < zones_.size(); ++i) {
      out.push_back({zones_[i], reading_of(zones_[i], answers_[i])});
    }
    return out;
  }

 private:
  using RdataSet = Result<std::vector<Bytes>>;
  struct Asked {
    std::size_t zone = 0;
    std::size_t type = 0;
    std::optional<dns::TsigExchange> tsig;
  };

  void put(const Asked& asked, RdataSet set) { answers_[asked.zone][asked.type] = std::move(set); }

  [[nodiscard]] RdataSet read(Asked& asked, const Bytes& wire, Time now) const {
    const std::string where = primary_.server.text();
    const dns::Question question{zones_[asked.zone], types[asked.type]};
    if (asked.tsig) {
      if (auto verified = asked.tsig->verify(wire, now, true); !verified) {
        return fail(verified.error().what, where, verified.error().remedy);
      }
    }
    auto message = dns::parse_message(wire, now);
    if (!message) return fail("a malformed answer: " + message.error().what, where);
    if (message->question != question) return fail("an answer to another question", where);
    if (message->rcode != dns::Rcode::noerror) {
      return fail(fmt::format("asked for {} the server says {}", dns::to_text(question.type),
                              dns::to_text(message->rcode)),
                  where, "Is the zone there?");
    }
    if (!message->is_authoritative || message->is_truncated) {
      return fail("the server does not answer with authority", where, "Name the zone's primary.");
    }
    const dns::Rrset* rrset = message->find_answer(question.name, question.type);
    return rrset == nullptr ? std::vector<Bytes>() : rrset->rdata;
  }

  static Result<ZoneReading> reading_of(const dns::Name& zone,
                                        std::array<RdataSet, types.size()>& answers) {
    for (RdataSet& answer : answers) {
      if (!answer) return pass_on(std::move(answer));
    }
    ZoneReading reading;
    reading.zone = zone;
    for (const Bytes& rdata : *answers[0]) {
      auto host = dns::Name::from_wire(rdata);
      if (!host) return pass_on(std::move(host));
      reading.hosts.push_back(*std::move(host));
    }
    if (reading.hosts.empty()) return fail("the zone has no NS records");
    reading.cds = *std::move(answers[1]);
    reading.cdnskey = *std::move(answers[2]);
    return reading;
  }

  const Primary& primary_;
  std::span<const dns::Name> zones_;
  std::map<std::uint16_t, Asked> asked_;
  std::vector<std::array<RdataSet, types.size()>> answers_;
};

// One connection for as many batches as it bears.
class Connection {
 public:
  Connection(const Primary& primary, const Clock& clock) : primary_(primary), clock_(clock) {}

  // Where a connection that has served before fails, a new one is tried once: servers close those
  // that have answered enough (RFC 7766 §6.2.3).
  boost::asio::awaitable<std::vector<ReadZone>> read(std::span<const dns::Name> zones) {
    const bool was_open = stream_.has_value();
    Batch batch(primary_, zones);
    const Result<void> asked = co_await ask(batch);
    if (asked) co_return std::move(batch).finish();
    Batch again(primary_, zones);
    if (was_open) {
      const Result<void> asked_again = co_await ask(again);
      if (!asked_again) again.give_up(asked_again.error());
    } else {
      again.give_up(asked.error());
    }
    co_return std::move(again).finish();
  }

 private:
  boost::asio::awaitable<Result<void>> ask(Batch& batch) {
    Result<void> asked = co_await ask_on_stream(batch);
    if (!asked) stream_.reset();
    co_return asked;
  }

  boost::asio::awaitable<Result<void>> ask_on_stream(Batch& batch) {
    if (!stream_) {
      net::Exchanged<net::MessageStream> opened = co_await net::MessageStream::connect(
          primary_.server, primary_.timeout, life_of_a_connection_max);
      if (!opened) co_return tl::unexpected<Error>(std::move(opened.error().error));
      stream_.emplace(*std::move(opened));
    }
    Result<std::vector<Bytes>> requests = batch.requests(clock_.now());
    if (!requests) co_return pass_on(std::move(requests));
    for (Bytes& request : *requests) {
      net::Exchanged<void> sent = co_await stream_->send(std::move(request));
      if (!sent) co_return tl::unexpected<Error>(std::move(sent.error().error));
    }
    while (!batch.is_done()) {
      net::Exchanged<Bytes> message = co_await stream_->receive();
      if (!message) co_return tl::unexpected<Error>(std::move(message.error().error));
      Result<void> taken = batch.take(*message, clock_.now());
      if (!taken) co_return taken;
    }
    co_return Result<void>();
  }

  static constexpr Duration life_of_a_connection_max = std::chrono::hours(24);

  const Primary& primary_;
  const Clock& clock_;
  std::optional<net::MessageStream> stream_;
};

net::TransferOptions transfer_of(const Primary& primary, const dns::Name& zone) {
  net::TransferOptions options;
  options.zone = zone;
  options.server = primary.server;
  options.key = primary.key;
  options.silence_max = primary.timeout;
  return options;
}

}  // namespace

boost::asio::awaitable<std::vector<ReadZone>> read_zones(Primary primary,
                                                         std::vector<dns::Name> zones,
                                                         const Clock& clock) {
  std::vector<ReadZone> all;
  all.reserve(zones.size());
  Connection connection(primary, clock);
  for (std::size_t at = 0; at < zones.size(); at += zones_in_flight_max) {
    const std::size_t count = std::min(zones_in_flight_max, zones.size() - at);
    const std::span<const dns::Name> some = std::span<const dns::Name>(zones).subspan(at, count);
    std::vector<ReadZone> read = co_await connection.read(some);
    std::move(read.begin(), read.end(), std::back_inserter(all));
  }
  co_return all;
}

boost::asio::awaitable<Result<std::vector<dns::Name>>> read_catalog(Primary primary,
                                                                    dns::Name catalog,
                                                                    const Clock& clock) {
  CatalogReader reader(catalog);
  net::TransferOptions options = transfer_of(primary, catalog);
  net::RecordVisitor visitor = [&reader](dns::Record&& record) -> Result<void> {
    reader.add(record);
    return {};
  };
  Result<net::TransferSummary> summary =
      co_await net::transfer_zone(std::move(options), clock, std::move(visitor));
  if (!summary) co_return pass_on(std::move(summary));
  co_return reader.finish();
}

boost::asio::awaitable<Result<std::vector<Signals>>> read_signals(Primary primary, dns::Name zone,
                                                                  std::vector<dns::Name> domains,
                                                                  const Clock& clock) {
  std::vector<Signals> signals(domains.size());
  net::TransferOptions options = transfer_of(primary, zone);
  net::RecordVisitor visitor = [&](dns::Record&& record) -> Result<void> {
    if (record.type != dns::RecordType::cds && record.type != dns::RecordType::cdnskey) return {};
    for (std::size_t i = 0; i < domains.size(); ++i) {
      if (is_signal_owner(record.owner, domains[i])) add_signal(signals[i], record);
    }
    return {};
  };
  Result<net::TransferSummary> summary =
      co_await net::transfer_zone(std::move(options), clock, std::move(visitor));
  if (!summary) co_return pass_on(std::move(summary));
  co_return signals;
}

}  // namespace dskeeper::child
