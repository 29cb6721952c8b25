// The parent zone by AXFR from the server that has it (RFC 5936), signed with TSIG.
#include <string>
#include <utility>

#include "net/transfer.h"
#include "parent/delegation_builder.h"
#include "parent/snapshot_maker.h"
#include "parent/sources.h"

namespace dskeeper::parent {
namespace {

class TransferSource final : public Source {
 public:
  TransferSource(TransferSourceOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  boost::asio::awaitable<SnapshotResult> read() override {
    net::TransferOptions transfer;
    transfer.zone = options_.zone;
    transfer.server = options_.server;
    transfer.key = options_.key;
    transfer.silence_max = options_.silence_max;
    DelegationBuilder builder(options_.zone);
    net::RecordVisitor visitor = [&builder](dns::Record&& record) { return builder.add(record); };
    Result<net::TransferSummary> summary =
        co_await net::transfer_zone(std::move(transfer), clock_, std::move(visitor));
    if (!summary) co_return pass_on(std::move(summary));
    co_return finish(std::move(builder), *summary);
  }

 private:
  [[nodiscard]] SnapshotResult finish(DelegationBuilder&& builder,
                                      const net::TransferSummary& summary) const {
    auto delegations = std::move(builder).finish();
    if (!delegations) {
      return fail(delegations.error().what, options_.server.text(), delegations.error().remedy);
    }
    return make_snapshot(options_.zone, std::to_string(summary.serial.value),
                         *std::move(delegations), options_.facts);
  }

  TransferSourceOptions options_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_transfer_source(TransferSourceOptions options, const Clock& clock) {
  return std::make_unique<TransferSource>(std::move(options), clock);
}

}  // namespace dskeeper::parent
