// Asking the parent's servers whether a change stands (design.md, "Nothing is lost").
#include <optional>
#include <utility>

#include "parent/ds_question.h"
#include "parent/referral.h"
#include "parent/sinks.h"

namespace dskeeper::parent {
namespace {

class ServersConfirmation final : public Confirmation {
 public:
  ServersConfirmation(ConfirmationOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  boost::asio::awaitable<Standing> ask(const Change& change) override {
    if (change.name_servers) {
      const Standing standing = co_await ask_for_name_servers(change);
      co_return standing;
    }
    bool all_have_it = !options_.servers.empty();
    for (const Endpoint& server : options_.servers) {
      DsQuestion question{server, change.child, std::nullopt, options_.timeout};
      const Result<StandingSet> answer = co_await ask_ds(std::move(question), clock_);
      const StandingSet current = answer.value_or(StandingSet());
      if (current && change.is_met_by(current->ds, current->ttl)) continue;
      if (current && current->ds != change.before) co_return Standing::otherwise;
      all_have_it = false;
    }
    co_return all_have_it ? Standing::stands : Standing::not_yet;
  }

 private:
  boost::asio::awaitable<Standing> ask_for_name_servers(const Change& change) {
    bool all_have_it = !options_.servers.empty();
    for (const Endpoint& server : options_.servers) {
      ReferralQuestion question{server, change.child, std::nullopt, options_.timeout};
      const auto answer = co_await ask_referral(std::move(question), clock_);
      const std::optional<Referral> current = answer.value_or(std::nullopt);
      const auto shows = [&](const std::vector<NameServer>& servers) {
        return current && is_same_to_csync(change.child, current->name_servers, servers);
      };
      if (shows(change.name_servers->after)) continue;
      if (current && !shows(change.name_servers->before)) co_return Standing::otherwise;
      all_have_it = false;
    }
    co_return all_have_it ? Standing::stands : Standing::not_yet;
  }

  ConfirmationOptions options_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Confirmation> make_confirmation(ConfirmationOptions options, const Clock& clock) {
  return std::make_unique<ServersConfirmation>(std::move(options), clock);
}

}  // namespace dskeeper::parent
