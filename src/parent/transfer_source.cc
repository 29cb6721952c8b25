// The parent zone from the server that has it, signed with TSIG: whole (AXFR, RFC 5936), or what
// has changed since it was last read (IXFR, RFC 1995).
//
// The whole is read where there is nothing yet to apply differences to, where the server has none,
// where they do not fit to what we have, and in any case once a day, so that an error in them does
// not live on. A zone with a ZONEMD record (RFC 8976) is always read whole: the digest is over all
// of its records, of which we keep those that delegations are made of.
#include <fmt/core.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "net/transfer.h"
#include "parent/aside.h"
#include "parent/parent_question.h"
#include "parent/snapshot_maker.h"
#include "parent/sources.h"
#include "parent/zone_difference.h"
#include "parent/zone_intake.h"

namespace dskeeper::parent {
namespace {

// How long differences are applied before the whole is read again, and how long none are asked for
// from a server whose last ones were of no use.
constexpr Duration whole_interval = std::chrono::hours(24);

constexpr const char* whole_zone = "the whole zone";

// How often in a row differences may be of no use. One time may be a network's fault.
constexpr int failures_max = 2;

// The zone as it was last read. Where nobody works with that reading any more it was not believed:
// then differences to it are of no use, and the whole is to say whether it was right.
struct Held {
  std::weak_ptr<const Snapshot> snapshot;
  ZoneRemainder remainder;
  dns::Serial serial;
  Time whole_at;  // when it was last read whole
};

using Contents = Result<std::optional<ZoneContents>>;

// What one reading gives.
struct Reading {
  std::shared_ptr<const Snapshot> unchanged;  // else zone
  std::optional<ZoneContents> zone;
  std::string how;
  Time whole_at;
};

// What the answer to a request for differences is read into, whichever of its kinds it is.
class DifferenceIntake {
 public:
  DifferenceIntake(const dns::Name& zone, std::shared_ptr<const Snapshot> held,
                   const ZoneRemainder& remainder, Time now)
      : zone_(zone),
        held_(std::move(held)),
        now_(now),
        difference_(held_->delegations(), remainder, now) {}

  Result<void> take(dns::TransferPart part, dns::Record&& record) {
    switch (part) {
      case dns::TransferPart::version:
        version_ = std::move(record);
        return {};
      case dns::TransferPart::zone:
        if (auto begun = begin_whole(); !begun) return begun;
        return whole_->add(record);
      case dns::TransferPart::deletion:
        return difference_.apply(ZoneDifference::Step::removal, record);
      case dns::TransferPart::addition:
        return difference_.apply(ZoneDifference::Step::addition, record);
      case dns::TransferPart::end:
        break;
    }
    return {};
  }

  Contents finish_whole() {
    if (auto begun = begin_whole(); !begun) return pass_on(std::move(begun));
    return std::move(*whole_).finish();
  }

  Contents finish_differences() {
    auto version = std::move(difference_).finish();
    if (!version) return pass_on(std::move(version));
    auto contents = contents_of(*std::move(version), now_);
    if (!contents) return pass_on(std::move(contents));
    return std::optional(*std::move(contents));
  }

  // Does the server name the very version that is held?
  [[nodiscard]] bool is_of(const ZoneRemainder& remainder) const {
    return version_.rdata == remainder.soa;
  }

  // How the reading came to be.
  [[nodiscard]] std::string text(dns::Serial since) const {
    return fmt::format("changes since the serial {}: {} removed, {} added", since.value,
                       difference_.removed(), difference_.added());
  }

 private:
  Result<void> begin_whole() {
    if (whole_) return {};
    whole_.emplace(zone_, now_, ZoneIntake::Keep::while_at_apex, ZoneIntake::Next::differences);
    return whole_->add(version_);
  }

  const dns::Name& zone_;
  std::shared_ptr<const Snapshot> held_;
  Time now_;
  ZoneDifference difference_;
  dns::Record version_;
  std::optional<ZoneIntake> whole_;
};

class TransferSource final : public Source {
 public:
  TransferSource(TransferSourceOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  boost::asio::awaitable<SnapshotResult> read() override {
    std::optional<Error> trouble;
    if (asks_for_differences()) {
      Result<std::optional<Reading>> followed = co_await follow();
      failures_ = followed ? 0 : failures_ + 1;
      if (followed && *followed) co_return finish(**std::move(followed));
      if (!followed) trouble = std::move(followed.error());
    }
    Result<Reading> whole = co_await read_whole(std::move(trouble));
    if (!whole) co_return failure(whole.error());
    co_return finish(*std::move(whole));
  }

  // Once a day nobody can tell: contents may change while the serial stays.
  boost::asio::awaitable<Result<bool>> has_changed(const Snapshot& snapshot) override {
    if (read_whole_at_ && clock_.now() >= *read_whole_at_ + whole_interval) co_return true;
    ParentQuestion question{
        options_.server, {options_.zone, dns::RecordType::soa}, options_.key, options_.silence_max};
    const Result<dns::Message> message = co_await ask_parent(std::move(question), clock_);
    if (!message) co_return tl::unexpected<Error>(message.error());
    co_return has_changed_since(snapshot, *message);
  }

 private:
  [[nodiscard]] Result<bool> has_changed_since(const Snapshot& snapshot,
                                               const dns::Message& message) const {
    const dns::Rrset* rrset = message.find_answer(options_.zone, dns::RecordType::soa);
    if (rrset == nullptr || rrset->rdata.size() != 1) {
      return fail(fmt::format("the server has no SOA record of {}", options_.zone.text()),
                  options_.server.text());
    }
    auto soa = dns::Soa::from_rdata(rrset->rdata.front());
    if (!soa) return fail(soa.error().what, options_.server.text());
    const auto state = state_with_facts(state_at(soa->serial), options_.facts);
    return state.map([&](const std::string& now) { return now != snapshot.state(); });
  }

  [[nodiscard]] net::TransferOptions transfer_options() const {
    net::TransferOptions transfer;
    transfer.zone = options_.zone;
    transfer.server = options_.server;
    transfer.key = options_.key;
    transfer.silence_max = options_.silence_max;
    return transfer;
  }

  // What the differences failed of goes into the log. Where that happens again though the whole can
  // be read, none are asked for till tomorrow.
  boost::asio::awaitable<Result<Reading>> read_whole(std::optional<Error> trouble) {
    Contents contents = co_await transfer(ZoneIntake::Keep::while_at_apex);
    if (contents && !*contents) {
      Contents again = co_await transfer(ZoneIntake::Keep::all);
      contents = std::move(again);
    }
    if (!contents) co_return pass_on(std::move(contents));
    CHECK(*contents);
    if (trouble) {
      const bool is_given_up = failures_ >= failures_max;
      if (is_given_up) no_differences_before_ = clock_.now() + whole_interval;
      (*contents)->warnings.push_back(fmt::format(
          "the zone {} was read whole{}, since the changes alone (IXFR) were of no "
          "use: {}",
          options_.zone.text(), is_given_up ? ", as it is for a day" : "", trouble->text()));
    }
    co_return Reading{nullptr, *std::move(contents), whole_zone, clock_.now()};
  }

  // The zone once; nothing where it must come again, see ZoneIntake::finish().
  boost::asio::awaitable<Contents> transfer(ZoneIntake::Keep keep) {
    ZoneIntake intake(options_.zone, clock_.now(), keep, next_reading());
    net::TransferOptions options = transfer_options();
    net::RecordVisitor visitor = [&intake](dns::Record&& record) { return intake.add(record); };
    const Result<net::TransferSummary> summary =
        co_await net::transfer_zone(std::move(options), clock_, std::move(visitor));
    if (!summary) co_return tl::unexpected<Error>(summary.error());
    std::function<Contents()> work = [&intake] { return std::move(intake).finish(); };
    Contents contents = co_await run_aside<Contents>(std::move(work));
    co_return contents;
  }

  [[nodiscard]] ZoneIntake::Next next_reading() const {
    return options_.differences ? ZoneIntake::Next::differences : ZoneIntake::Next::whole;
  }

  [[nodiscard]] bool asks_for_differences() const {
    const Time now = clock_.now();
    return held_ && !held_->snapshot.expired() && now < held_->whole_at + whole_interval &&
           now >= no_differences_before_;
  }

  // By what has changed since. Nothing where the whole must be read though nothing is wrong.
  boost::asio::awaitable<Result<std::optional<Reading>>> follow() {
    const std::shared_ptr<const Snapshot> held = held_->snapshot.lock();
    CHECK(held);  // asks_for_differences()
    DifferenceIntake intake(options_.zone, held, held_->remainder, clock_.now());
    net::TransferOptions options = transfer_options();
    net::PartVisitor visitor = [&intake](dns::TransferPart part, dns::Record&& record) {
      return intake.take(part, std::move(record));
    };
    Bytes soa = held_->remainder.soa;
    const Result<net::TransferSummary> summary = co_await net::transfer_differences(
        std::move(options), std::move(soa), clock_, std::move(visitor));
    if (!summary) co_return tl::unexpected<Error>(summary.error());
    if (summary->kind == dns::TransferKind::nothing_newer) {
      // An older version, or another one with our serial, is for the reader to judge, who must have
      // it whole.
      if (!intake.is_of(held_->remainder)) co_return std::nullopt;
      if (is_unchanged(*held)) co_return Reading{held, std::nullopt, {}, {}};
    }
    const bool is_whole = summary->kind == dns::TransferKind::whole;
    std::function<Contents()> work = [&intake, is_whole] {
      return is_whole ? intake.finish_whole() : intake.finish_differences();
    };
    Contents contents = co_await run_aside<Contents>(std::move(work));
    if (!contents) co_return pass_on(std::move(contents));
    if (!*contents) co_return std::nullopt;
    if (is_whole) co_return Reading{nullptr, *std::move(contents), whole_zone, clock_.now()};
    co_return Reading{nullptr, *std::move(contents), intake.text(held_->serial), held_->whole_at};
  }

  // The facts, too, are as they were.
  [[nodiscard]] bool is_unchanged(const Snapshot& held) const {
    const auto state = state_with_facts(state_at(held_->serial), options_.facts);
    return state && *state == held.state();
  }

  [[nodiscard]] tl::unexpected<Error> failure(const Error& error) const {
    return fail(error.what, error.where.empty() ? options_.server.text() : error.where,
                error.remedy);
  }

  SnapshotResult finish(Reading&& reading) {
    if (!reading.zone) return std::move(reading.unchanged);
    ZoneContents& zone = *reading.zone;
    SourceFacts source{state_at(zone.serial), zone.soa_signature, std::move(zone.warnings),
                       std::move(reading.how)};
    SnapshotResult made =
        make_snapshot(std::to_string(zone.serial.value), std::move(zone.delegations),
                      std::move(source), options_.facts);
    if (!made) return made;
    held_.reset();
    read_whole_at_ = reading.whole_at;
    if (zone.remainder) {
      held_.emplace(Held{*made, *std::move(zone.remainder), zone.serial, reading.whole_at});
    }
    return made;
  }

  static std::string state_at(dns::Serial serial) { return fmt::format("serial {}", serial.value); }

  TransferSourceOptions options_;
  const Clock& clock_;
  std::optional<Held> held_;
  int failures_ = 0;  // of differences, in a row
  Time no_differences_before_;
  std::optional<Time> read_whole_at_;
};

}  // namespace

std::unique_ptr<Source> make_transfer_source(TransferSourceOptions options, const Clock& clock) {
  return std::make_unique<TransferSource>(std::move(options), clock);
}

}  // namespace dskeeper::parent
