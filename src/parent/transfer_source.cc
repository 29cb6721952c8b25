// The parent zone by AXFR from the server that has it (RFC 5936), signed with TSIG.
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
#include "parent/zone_intake.h"

namespace dskeeper::parent {
namespace {

class TransferSource final : public Source {
 public:
  TransferSource(TransferSourceOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  boost::asio::awaitable<SnapshotResult> read() override {
    Contents once = co_await transfer(ZoneIntake::Keep::while_at_apex);
    if (!once || *once) co_return finish(std::move(once));
    Contents again = co_await transfer(ZoneIntake::Keep::all);
    co_return finish(std::move(again));
  }

  boost::asio::awaitable<Result<bool>> has_changed(const Snapshot& snapshot) override {
    ParentQuestion question{
        options_.server, {options_.zone, dns::RecordType::soa}, options_.key, options_.silence_max};
    const Result<dns::Message> message = co_await ask_parent(std::move(question), clock_);
    if (!message) co_return tl::unexpected<Error>(message.error());
    co_return has_changed_since(snapshot, *message);
  }

 private:
  using Contents = Result<std::optional<ZoneContents>>;

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

  // The zone once; nothing where it must come again, see ZoneIntake::finish().
  boost::asio::awaitable<Contents> transfer(ZoneIntake::Keep keep) {
    net::TransferOptions transfer;
    transfer.zone = options_.zone;
    transfer.server = options_.server;
    transfer.key = options_.key;
    transfer.silence_max = options_.silence_max;
    ZoneIntake intake(options_.zone, clock_.now(), keep);
    net::RecordVisitor visitor = [&intake](dns::Record&& record) { return intake.add(record); };
    const Result<net::TransferSummary> summary =
        co_await net::transfer_zone(std::move(transfer), clock_, std::move(visitor));
    if (!summary) co_return tl::unexpected<Error>(summary.error());
    std::function<Contents()> work = [&intake] { return std::move(intake).finish(); };
    Contents contents = co_await run_aside<Contents>(std::move(work));
    co_return contents;
  }

  [[nodiscard]] SnapshotResult finish(Contents&& contents) const {
    if (!contents) {
      const Error& error = contents.error();
      return fail(error.what, error.where.empty() ? options_.server.text() : error.where,
                  error.remedy);
    }
    CHECK(*contents);
    ZoneContents& zone = **contents;
    SourceFacts source{state_at(zone.serial), zone.soa_signature, std::move(zone.warnings)};
    return make_snapshot(std::to_string(zone.serial.value), std::move(zone.delegations),
                         std::move(source), options_.facts);
  }

  static std::string state_at(dns::Serial serial) { return fmt::format("serial {}", serial.value); }

  TransferSourceOptions options_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_transfer_source(TransferSourceOptions options, const Clock& clock) {
  return std::make_unique<TransferSource>(std::move(options), clock);
}

}  // namespace dskeeper::parent
