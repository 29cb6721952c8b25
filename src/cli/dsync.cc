// `dskeeper dsync [ZONE]`: the DSYNC records that a parent publishes (RFC 9859 §2, §3).
//
// Prints them; or compares them with what stands there (--check), or brings them there (--update).
#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <set>
#include <utility>

#include "cli/commands.h"
#include "cli/dsync_settings.h"
#include "cli/dsync_update.h"
#include "cli/shown_text.h"
#include "cli/typed_child.h"
#include "cli/workplace.h"
#include "dns/dsync.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

void rethrow(const std::exception_ptr& exception) {
  if (exception) std::rethrow_exception(exception);
}

// One parent zone's.
class DsyncRun {
 public:
  DsyncRun(const Configuration& configuration, const ParentSettings& parent,
           const DsyncCommand& command)
      : configuration_(configuration), parent_(parent), command_(command) {}

  // The exit status.
  Result<int> run() {
    auto endpoints = read_endpoints(parent_);
    if (!endpoints) return pass_on(std::move(endpoints));
    asio::io_context context;
    std::unique_ptr<Workplace> workplace;
    if (command_.check || !endpoints->sponsors.empty()) {
      auto made = Workplace::make(context.get_executor(), configuration_, clock_);
      if (!made) return pass_on(std::move(made));
      workplace = *std::move(made);
    }
    Result<int> status = exit_done;
    asio::co_spawn(context, work(workplace.get(), *endpoints, status), rethrow);
    context.run();
    return status;
  }

 private:
  asio::awaitable<void> work(Workplace* workplace, const parent::DsyncEndpoints& endpoints,
                             Result<int>& status) {
    status = co_await steps(workplace, endpoints);
    if (workplace != nullptr) co_await workplace->close();
  }

  asio::awaitable<Result<int>> steps(Workplace* workplace,
                                     const parent::DsyncEndpoints& endpoints) {
    std::shared_ptr<const parent::Snapshot> snapshot;
    if (!endpoints.sponsors.empty()) {
      auto read = co_await workplace->find(parent_.zone)->source->read();
      if (!read) co_return pass_on(std::move(read));
      snapshot = *std::move(read);
    }
    if (command_.update) co_return co_await update(std::move(snapshot));
    const auto wanted = wanted_dsync(parent_, endpoints, snapshot.get());
    if (!wanted) co_return tl::unexpected(wanted.error());
    if (command_.check) co_return co_await check(*workplace, *wanted);
    for (const dns::Rrset& rrset : *wanted) print(rrset);
    co_return exit_done;
  }

  asio::awaitable<Result<int>> update(std::shared_ptr<const parent::Snapshot> snapshot) {
    Result<DsyncUpdate> done =
        co_await update_dsync(configuration_, parent_, std::move(snapshot), clock_);
    if (!done) co_return pass_on(std::move(done));
    fmt::print(stderr, "{}: {} DSYNC RRset(s) put, {} removed.\n", parent_.zone.text(), done->put,
               done->removed);
    co_return exit_done;
  }

  asio::awaitable<Result<int>> check(Workplace& workplace, std::vector<dns::Rrset> wanted) {
    Result<dns::RrsetChanges> changes =
        co_await find_dsync_changes(configuration_, parent_, wanted, clock_);
    if (!changes) co_return pass_on(std::move(changes));
    const bool is_right = report(*changes);
    const bool are_found = co_await find_targets(workplace, wanted);
    co_return is_right&& are_found ? exit_done : exit_could_not;
  }

  // One line for each RRset that stands otherwise.
  static bool report(const dns::RrsetChanges& changes) {
    for (const dns::Rrset& rrset : changes.remove) {
      fmt::print("remove {} DSYNC\n", rrset.owner.text());
    }
    for (const dns::Rrset& rrset : changes.put) fmt::print("put {} DSYNC\n", rrset.owner.text());
    return changes.are_none();
  }

  // §2.1: a target must resolve to at least one address.
  static asio::awaitable<bool> find_targets(Workplace& workplace,
                                            const std::vector<dns::Rrset>& wanted) {
    std::set<dns::Name> targets;
    for (const dns::Rrset& rrset : wanted) {
      for (const Bytes& rdata : rrset.rdata) {
        if (const auto dsync = dns::Dsync::from_rdata(rdata)) targets.insert(dsync->target);
      }
    }
    const std::vector<dns::Name> hosts(targets.begin(), targets.end());
    const auto found = co_await workplace.resolver().addresses_of(hosts);
    bool are_all_found = true;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (!found[i]->addresses.empty()) continue;
      are_all_found = false;
      fmt::print("unresolved {}: {}\n", hosts[i].text(), shown_text(found[i]->trouble));
    }
    co_return are_all_found;
  }

  void print(const dns::Rrset& rrset) const {
    for (const Bytes& rdata : rrset.rdata) {
      const auto dsync = dns::Dsync::from_rdata(rdata);
      if (!dsync) continue;  // ours can be read
      const std::string record =
          command_.generic
              ? fmt::format("TYPE{} {}", static_cast<unsigned>(rrset.type), dsync->generic_text())
              : "DSYNC " + dsync->text();
      fmt::print("{} {} IN {}\n", rrset.owner.text(), rrset.ttl.seconds, record);
    }
  }

  const Configuration& configuration_;
  const ParentSettings& parent_;
  const DsyncCommand& command_;
  SystemClock clock_;
};

// The parent that is named, or all that publish DSYNC records.
Result<std::vector<const ParentSettings*>> select(const Configuration& configuration,
                                                  const std::string& zone) {
  std::vector<const ParentSettings*> selected;
  if (!zone.empty()) {
    auto parent = read_typed_parent(configuration, zone);
    if (!parent) return pass_on(std::move(parent));
    if ((*parent)->dsync) selected.push_back(*parent);
  } else {
    for (const ParentSettings& parent : configuration.parents) {
      if (parent.dsync) selected.push_back(&parent);
    }
  }
  if (selected.empty()) {
    return fail(zone.empty() ? "no parent zone has a section dsync"
                             : fmt::format("the parent zone {} has no section dsync", zone),
                configuration.file.string(),
                "Add dsync = { target = \"HOST\" } to its [[parent]], the host that takes NOTIFY.");
  }
  return selected;
}

}  // namespace

int run_dsync(const Configuration& configuration, const DsyncCommand& command) {
  if (command.check && command.update) {
    return wrong_use({"--check and --update exclude each other", {}, "Give one of them."});
  }
  const auto parents = select(configuration, command.zone);
  if (!parents) return wrong_use(parents.error());
  int worst = exit_done;
  for (const ParentSettings* parent : *parents) {
    const Result<int> status = DsyncRun(configuration, *parent, command).run();
    worst = std::max(worst, status ? *status : could_not(status.error()));
  }
  return worst;
}

}  // namespace dskeeper::cli
