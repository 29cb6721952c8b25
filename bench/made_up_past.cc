#include "made_up_past.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

namespace dskeeper {
namespace {

constexpr int days_past = 90;
constexpr unsigned seed = 7;
constexpr int cases_of_past = 900;

class Past {
 public:
  Past(store::Store& store, const dns::Name& parent, Time now)
      : store_(store), parent_(parent), today_(store::day_of(now)), now_(now) {}

  // Sizes fall as ranks rise; large operators are either wholly for DNSSEC or hardly.
  void add_operators(std::size_t operators, std::uint64_t delegations) {
    for (std::size_t rank = 0; rank < operators; ++rank) {
      store::OperatorShare share;
      share.operator_name = fmt::format("op{}.net.", rank);
      const double size =
          static_cast<double>(delegations) / 5 / std::pow(static_cast<double>(rank) + 1.5, 1.08);
      share.delegations = static_cast<std::uint64_t>(size * between(0.7, 1.3)) + 1;
      const double mood = between(0, 1);
      const double kept = mood < 0.25   ? 0
                          : mood < 0.45 ? between(0, 0.3)
                          : mood < 0.55 ? between(0.3, 0.7)
                                        : between(0.7, 1);
      share.secure = static_cast<std::uint64_t>(static_cast<double>(share.delegations) * kept);
      census_.whole.delegations += share.delegations;
      census_.whole.secure += share.secure;
      census_.largest.push_back(std::move(share));
    }
    census_.parent = parent_;
    census_.operators = operators;
    std::ranges::sort(census_.largest, std::greater(), &store::OperatorShare::delegations);
    census_.largest.resize(std::min(operators, store::Census::largest_max));
  }

  // More of them at the large operators.
  void add_cases() {
    using enum FindingCode;
    struct Kind {
      Outcome outcome;
      FindingCode finding;
      int weight;
    };
    constexpr std::array kinds = {Kind{Outcome::hold, hold_running, 34},
                                  Kind{Outcome::retry, server_silent, 12},
                                  Kind{Outcome::refuse, types_differ, 8},
                                  Kind{Outcome::refuse, would_break, 7},
                                  Kind{Outcome::refuse, signature_expired, 6},
                                  Kind{Outcome::refuse, algorithm_not_acceptable, 4},
                                  Kind{Outcome::suspended, server_refuses, 1}};
    std::vector<int> weights;
    for (const Kind& kind : kinds) weights.push_back(kind.weight);
    std::discrete_distribution<std::size_t> draw(weights.begin(), weights.end());
    store::Batch batch;
    for (int i = 0; i < cases_of_past; ++i) {
      const Kind& kind = kinds.at(draw(random_));
      Case value;
      value.child = child_of(fmt::format("past{}", i));
      value.parent = value.delegation.parent = parent_;
      value.delegation.child = value.child;
      const auto rank = static_cast<int>(std::pow(between(0, 1), 3) * 60);
      value.delegation.name_servers = {
          {dns::Name::parse(fmt::format("ns1.op{}.net.", rank)).value(), {}}};
      value.at = now_;
      value.policy = "bcp246";
      value.outcome = kind.outcome;
      value.findings = {{kind.finding, {}, {}}};
      batch.cases.push_back(std::move(value));
    }
    write(batch);
  }

  // What no zone should have and any may: markup and a policy of mail as names.
  void add_hostile_case() {
    Case value;
    value.child = child_of("<img\\032src=x\\032onerror=alert\\(1\\)>");
    value.parent = value.delegation.parent = parent_;
    value.delegation.child = value.child;
    const auto host = dns::Name::parse("<script>alert\\(2\\)</script>.op0.net.").value();
    value.delegation.name_servers = {{host, {}}};
    value.at = now_;
    value.policy = "bcp246";
    value.outcome = Outcome::refuse;
    value.request = Request::update;
    value.findings = {{FindingCode::record_malformed,
                       {{host, IpAddress::parse("192.0.2.1").value()}},
                       {"CDS", "v=spf1 \"><script>alert(2)</script>"}}};
    store::Batch batch;
    batch.roll = {{parent_, value.child, store::RollMark::secure}};
    batch.cases = {std::move(value)};
    write(batch);
  }

  void add_pass() {
    const store::PassRecord pass{.parent = parent_,
                                 .started_at = now_ - std::chrono::minutes(50),
                                 .ended_at = now_ - std::chrono::minutes(38),
                                 .revision = "2026112901",
                                 .children = census_.whole.delegations,
                                 .outcomes = {}};
    if (const auto done = store_.record_pass(pass); !done) {
      throw std::runtime_error(done.error().text());
    }
  }

  void add_days() {
    for (int back = days_past; back >= 0; --back) {
      const store::Day day = today_ - std::chrono::days(back);
      const bool is_weekend = std::chrono::weekday(day).iso_encoding() >= 6;
      const double busy = is_weekend ? 0.3 : 1;
      store::Batch batch;
      add_changes(batch, day, busy * (back < 25 ? 1.7 : 1), back == 34);
      add_messages(batch, day, busy);
      store::Census census = census_;
      census.at = back == 0 ? now_ : Time(day) + std::chrono::hours(3);
      const auto gone = static_cast<double>(back) / days_past;
      census.whole.delegations -=
          static_cast<std::uint64_t>(static_cast<double>(census.whole.delegations) * 0.01 * gone);
      census.whole.secure -= static_cast<std::uint64_t>(static_cast<double>(census.whole.secure) *
                                                        (0.05 * gone + 0.02 * gone * gone));
      batch.censuses = {std::move(census)};
      write(batch);
    }
  }

 private:
  void write(const store::Batch& batch) {
    const auto done = store_.commit(batch);
    if (!done) throw std::runtime_error(done.error().text());
  }

  double between(double low, double high) {
    return std::uniform_real_distribution(low, high)(random_);
  }

  void add_changes(store::Batch& batch, store::Day day, double busy, bool is_odd) {
    add_kind(batch, day, Request::bootstrap, busy * between(20, 38));
    add_kind(batch, day, Request::update, busy * between(14, 22));
    add_kind(batch, day, Request::remove, is_odd ? 31 : busy * between(1, 6));
    add_kind(batch, day, Request::update, busy * between(0, 4), true);
  }

  void add_kind(store::Batch& batch, store::Day day, Request request, double count,
                bool has_name_servers = false) {
    const bool is_today = day == today_;
    for (int i = 0; i < static_cast<int>(count); ++i) {
      Change change;
      change.parent = parent_;
      change.child = child_of(made_++);
      change.request = request;
      const auto ds = dns::Ds::parse("2371 13 2 " + std::string(64, 'C')).value();
      if (request != Request::bootstrap) change.before = {ds};
      if (request == Request::update) {
        change.after = {dns::Ds::parse("4242 13 2 " + std::string(64, 'D')).value()};
      }
      if (request == Request::bootstrap) change.after = {ds};
      if (has_name_servers) change.name_servers.emplace();
      change.queued_at = Time(day) + std::chrono::minutes(i);
      change.state = between(0, 1) < 0.97 ? ChangeState::confirmed : ChangeState::failed;
      if (is_today && i < 3) change.state = ChangeState::queued;
      if (!change.is_open()) change.ended_at = change.queued_at + std::chrono::seconds(20);
      batch.changes.push_back(std::move(change));
    }
  }

  void add_messages(store::Batch& batch, store::Day day, double busy) {
    for (int i = 0; i < static_cast<int>(busy * between(10, 40)); ++i) {
      const bool is_report = i % 9 == 8;
      batch.events.push_back(
          {parent_, child_of(made_++), Time(day) + std::chrono::minutes(i),
           is_report ? EventKind::report : EventKind::notify,
           is_report ? "The agent was told." : "A NOTIFY came.",
           is_report ? fmt::format(R"({{"agent":"agent.op{}.net."}})", i % 5) : std::string("{}")});
    }
  }

  [[nodiscard]] dns::Name child_of(const std::string& label) const {
    return dns::Name::parse(label + "." + parent_.text()).value();
  }
  [[nodiscard]] dns::Name child_of(unsigned number) const {
    return child_of(fmt::format("c{:07}", number));
  }

  store::Store& store_;
  dns::Name parent_;
  store::Day today_;
  Time now_;
  std::mt19937 random_{seed};
  store::Census census_;
  unsigned made_ = 0;
};

}  // namespace

void add_made_up_past(store::Store& store, const dns::Name& parent, std::size_t operators,
                      std::uint64_t delegations, Time now) {
  Past past(store, parent, now);
  past.add_operators(operators, delegations);
  past.add_days();
  past.add_cases();
  past.add_hostile_case();
  past.add_pass();
}

}  // namespace dskeeper
