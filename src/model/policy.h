// A policy: what a registry accepts, how long it waits, and what it publishes (policies.md).
//
// The defaults here are those of `bcp246` (RFC 10026). A value; read from data/policies/ and the
// configuration by cli/, checked there.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "dns/types.h"
#include "model/algorithm_table.h"

namespace dskeeper {

enum class SignalTypes : std::uint8_t {
  either,  // one is enough; where both are published they must agree
  cds,     // CDNSKEY is not asked for
  cdnskey,
  cds_matched,  // CDS asks; CDNSKEY alone does not, but must agree where it is published
};
enum class BootstrapMethod : std::uint8_t { authenticated, delay };
enum class SecureTransport : std::uint8_t { any, tcp };

// How many vantage points must agree: a number, or all that are configured.
struct Quorum {
  bool all = false;
  unsigned count = 1;
  bool operator==(const Quorum&) const = default;
};

struct Policy {
  std::string name = "bcp246";
  SignalTypes signals = SignalTypes::either;
  bool strict_both = false;
  std::vector<BootstrapMethod> bootstrap = {BootstrapMethod::authenticated};
  // For a first DS only (standards.md §17-H): a name that is about to vanish is not made secure.
  std::vector<std::string> bootstrap_bar_status = {"serverHold", "pendingDelete",
                                                   "redemptionPeriod"};
  Duration hold = std::chrono::hours(72);
  unsigned looks = 3;
  SecureTransport secure_transport = SecureTransport::any;
  struct {
    Quorum bootstrap{.all = true, .count = 0};
    Quorum update{.all = false, .count = 1};
    Quorum remove{.all = true, .count = 0};
    Quorum csync{.all = false, .count = 1};
  } vantages;
  AlgorithmTable algorithms;
  std::vector<dns::DigestType> digests = {dns::DigestType::sha256};
  bool digests_enforce = false;
  bool algorithms_complete = false;  // each algorithm of the DS set signs (standards.md §17-F)
  // What was signed before the DS set was last changed by another channel asks for nothing.
  bool out_of_band_wins = false;
  unsigned keys_max = 6;
  unsigned cds_max = 12;
  unsigned ds_max = 12;
  std::vector<std::string> require_status;
  std::vector<std::string> bar_status;
  bool accept_delete = true;
  std::vector<std::string> csync = {"ns", "a", "aaaa"};
  bool csync_approval = false;
  unsigned ns_min = 2;
  std::vector<Duration> retry = {std::chrono::minutes(5), std::chrono::minutes(10),
                                 std::chrono::minutes(20), std::chrono::minutes(40)};
  struct {
    Duration drop_after = std::chrono::hours(24);
    unsigned looks = 2;
  } unreachable;  // maintenance only, never bootstrap or delete
  struct {
    dns::Ttl first{600};
    bool keep_on_update = true;  // `update = "keep"`; else `update`
    dns::Ttl update{600};
    dns::Ttl normal{3600};
    Duration restore_after = std::chrono::hours(48);
  } ds_ttl;
  Duration approval_expires = std::chrono::hours(7 * 24);
  Duration deep_interval = std::chrono::hours(7 * 24);
  Duration notified_interval{};  // of timed looks at who notifies; zero: as often as all others
  struct {
    double delete_share = 0.01;
    unsigned delete_min = 20;
    double change_share = 0.1;
    unsigned change_min = 200;
    double operator_share = 0.5;
    unsigned operator_min = 20;
  } breaker;
  Duration keep = std::chrono::hours(24 * 3650);

  [[nodiscard]] bool offers(BootstrapMethod method) const;
};

}  // namespace dskeeper
