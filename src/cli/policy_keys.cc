#include "cli/policy_keys.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "cli/algorithms.h"

namespace dskeeper::cli {
namespace {

// A reader for a word out of a closed list.
template <typename Settings, typename Member>
auto one_of(Member Settings::*member, std::vector<std::pair<std::string_view, Member>> words) {
  return [member, words](Settings& settings, const Value& value, FaultList& faults) {
    std::string text;
    if (!read_value(text, value, faults)) return;
    std::vector<std::string_view> known;
    for (const auto& [word, meaning] : words) {
      known.push_back(word);
      if (word != text) continue;
      settings.*member = meaning;
      return;
    }
    faults.add(value.line, fmt::format("\"{}\" is not known here", text),
               did_you_mean(text, known));
  };
}

// A list of such words, each at most once.
template <typename Settings, typename Item>
auto list_of(std::vector<Item> Settings::*member,
             std::vector<std::pair<std::string_view, Item>> words) {
  struct One {
    Item item{};
  };
  return [member, read = one_of(&One::item, std::move(words))](
             Settings& settings, const Value& value, FaultList& faults) {
    if (value.array() == nullptr) {
      faults.add(value.line, "this must be a list in square brackets");
      return;
    }
    std::vector<Item> items;
    for (const Value& item : *value.array()) {
      One one;
      read(one, item, faults);
      if (std::find(items.begin(), items.end(), one.item) != items.end()) {
        faults.add(item.line, fmt::format("\"{}\" is given twice", *item.text()));
      }
      items.push_back(std::move(one.item));
    }
    settings.*member = std::move(items);
  };
}

// A number of which 0 would switch everything off.
template <typename Settings>
auto at_least_one(unsigned Settings::*member) {
  return [member](Settings& settings, const Value& value, FaultList& faults) {
    unsigned number = 0;
    if (!read_value(number, value, faults)) return;
    if (number == 0) {
      faults.add(value.line, "this must be at least 1");
    } else {
      settings.*member = number;
    }
  };
}

// A key that is a table of its own, inside a member of the policy.
template <typename Settings, typename Inner>
auto nested(std::string_view name, Inner Settings::*member, std::vector<Key<Inner>> keys) {
  return [name, member, keys](Settings& settings, const Value& value, FaultList& faults) {
    if (value.table() == nullptr) {
      faults.add(value.line, fmt::format("{} must be a table: {{ … }}", name));
      return;
    }
    read_table<Inner>(name, *value.table(), keys, settings.*member, faults);
  };
}

using Vantages = decltype(Policy::vantages);
using Unreachable = decltype(Policy::unreachable);
using DsTtl = decltype(Policy::ds_ttl);
using Breaker = decltype(Policy::breaker);

auto quorum(Quorum Vantages::*member) {
  return [member](Vantages& vantages, const Value& value, FaultList& faults) {
    if (value.text() != nullptr && *value.text() == "all") {
      vantages.*member = {.all = true, .count = 0};
    } else if (value.integer() != nullptr && *value.integer() >= 1 && *value.integer() <= 1000) {
      vantages.*member = {.all = false, .count = static_cast<unsigned>(*value.integer())};
    } else {
      faults.add(value.line, "this must be a number of vantage points, or \"all\"",
                 "Write 1, 2, … or \"all\".");
    }
  };
}

auto share(double Breaker::*member) {
  return [member](Breaker& breaker, const Value& value, FaultList& faults) {
    double number = 0;
    if (!read_value(number, value, faults)) return;
    if (number < 0 || number > 1) {
      faults.add(value.line, "a share must lie between 0 and 1");
    } else {
      breaker.*member = number;
    }
  };
}

bool read_ttl(dns::Ttl& out, const Value& value, FaultList& faults) {
  Duration duration{};
  if (!read_value(duration, value, faults)) return false;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  if (seconds != duration || seconds.count() > std::numeric_limits<std::int32_t>::max()) {
    faults.add(value.line, "a TTL must be whole seconds, at most 2147483647 of them");
    return false;
  }
  out.seconds = static_cast<std::uint32_t>(seconds.count());
  return true;
}

auto ttl(dns::Ttl DsTtl::*member) {
  return [member](DsTtl& settings, const Value& value, FaultList& faults) {
    static_cast<void>(read_ttl(settings.*member, value, faults));
  };
}

void read_update_ttl(DsTtl& settings, const Value& value, FaultList& faults) {
  settings.keep_on_update = value.text() != nullptr && *value.text() == "keep";
  if (!settings.keep_on_update) static_cast<void>(read_ttl(settings.update, value, faults));
}

// Whether they may be published is seen when the whole policy is read (policies.cc).
void read_digests(Policy& policy, const Value& value, FaultList& faults) {
  const Array* array = value.array();
  std::vector<dns::DigestType> digests;
  bool good = array != nullptr && !array->empty();
  for (std::size_t i = 0; good && i < array->size(); ++i) {
    const std::int64_t* number = (*array)[i].integer();
    good = number != nullptr && *number >= 0 && *number <= 255;
    if (good) digests.push_back(static_cast<dns::DigestType>(*number));
  }
  if (!good) {
    faults.add(value.line, "digests must be a list of digest types, as [2]");
    return;
  }
  policy.digests = std::move(digests);
}

// `base` is read before the other keys (read_policies), so that here it means nothing.
void skip(Policy&, const Value&, FaultList&) {}

// What may be asked, by whom, and who must agree.
std::vector<Key<Policy>> request_keys() {
  return {
      {{"base", "text", "\"bcp246\"", "The policy that every key not given here is taken from."},
       skip},
      {{"signals", "\"cds\", \"cdnskey\", \"either\" or \"cds-matched\"", "\"either\"",
        "Which of the two record types is asked for; with either, both are asked, one is enough, "
        "and both must agree; with cds-matched, both are asked and must agree, and CDNSKEY alone "
        "is no request."},
       one_of(&Policy::signals, {{"either", SignalTypes::either},
                                 {"cds", SignalTypes::cds},
                                 {"cdnskey", SignalTypes::cdnskey},
                                 {"cds-matched", SignalTypes::cds_matched}})},
      {{"strict-both", "true or false", "false",
        "Whether a type that no server has counts as an empty answer (RFC 9975 §3.1 to the "
        "letter)."},
       into(&Policy::strict_both)},
      {{"bootstrap", "list of \"authenticated\", \"delay\"", "[\"authenticated\"]",
        "The ways to a first DS, in order: RFC 9615 signals, or RFC 8078 §3.3; [] never."},
       list_of(&Policy::bootstrap, {{"authenticated", BootstrapMethod::authenticated},
                                    {"delay", BootstrapMethod::delay}})},
      {{"bootstrap-bar-status", "list of text",
        "[\"serverHold\", \"pendingDelete\", \"redemptionPeriod\"]",
        "EPP statuses or words of `facts` with which a first DS is refused."},
       into(&Policy::bootstrap_bar_status)},
      {{"hold", "duration", "\"72h\"", "With delay: unchanged for this long …"},
       into(&Policy::hold)},
      {{"looks", "number", "3",
        "… in this many whole, valid looks, spread over it, one at or after its end."},
       at_least_one(&Policy::looks)},
      {{"secure-transport", "\"any\" or \"tcp\"", "\"any\"",
        "How secure children are asked; unsigned ones always over TCP."},
       one_of(&Policy::secure_transport,
              {{"any", SecureTransport::any}, {"tcp", SecureTransport::tcp}})},
      {{"vantages", "table of numbers or \"all\"",
        "{ bootstrap = \"all\", update = 1, delete = \"all\", csync = 1 }",
        "How many vantage points must agree; none that answered may contradict."},
       nested<Policy, Vantages>("vantages", &Policy::vantages,
                                {{{"bootstrap", "", "", ""}, quorum(&Vantages::bootstrap)},
                                 {{"update", "", "", ""}, quorum(&Vantages::update)},
                                 {{"delete", "", "", ""}, quorum(&Vantages::remove)},
                                 {{"csync", "", "", ""}, quorum(&Vantages::csync)}})},
      {{"digests", "list of numbers", "[2]",
        "The DS digest types published, for every key asked for; a key known only by another "
        "digest "
        "keeps that."},
       read_digests},
      {{"algorithms", "table of \"counts\", \"ignored\", \"refused\"", "{}",
        "Where this policy departs from the table of algorithms below, by name or number."},
       read_algorithm_uses},
      {{"digest-types", "table of { eligible, publish, counts }", "{}",
        "Where this policy departs from the table of digest types below, by name or number."},
       read_digest_uses},
      {{"algorithms-complete", "true or false", "false",
        "Whether each algorithm that the DS set names must sign the DNSKEY set (RFC 4035 §2.2); "
        "otherwise one that does not is a warning."},
       into(&Policy::algorithms_complete)},
      {{"digests-enforce", "true or false", "false",
        "Whether the same keys under other digests are a change."},
       into(&Policy::digests_enforce)},
      {{"keys-max", "number", "6", "The most keys a child may ask for."},
       at_least_one(&Policy::keys_max)},
      {{"cds-max", "number", "12", "The most CDS records a child may publish."},
       at_least_one(&Policy::cds_max)},
      {{"ds-max", "number", "12", "The most DS records of one delegation."},
       at_least_one(&Policy::ds_max)},
  };
}

// Which delegations are left alone, what may change, when, and what is published.
std::vector<Key<Policy>> change_keys() {
  return {
      {{"out-of-band-wins", "true or false", "false",
        "Whether a request that was signed before the DS set was last changed by another channel "
        "is "
        "refused as replayed."},
       into(&Policy::out_of_band_wins)},
      {{"require-status", "list of text", "[]",
        "EPP statuses or words of `facts` without which automation stays off."},
       into(&Policy::require_status)},
      {{"bar-status", "list of text", "[]",
        "EPP statuses or words of `facts` with which automation is off."},
       into(&Policy::bar_status)},
      {{"delete", "true or false", "true", "Whether a child may ask for the removal of its DS."},
       into(&Policy::accept_delete)},
      {{"csync", "list of \"ns\", \"a\", \"aaaa\"", "[\"ns\", \"a\", \"aaaa\"]",
        "What CSYNC may change; [] means that it is not processed."},
       list_of<Policy, std::string>(&Policy::csync, {{"ns", "ns"}, {"a", "a"}, {"aaaa", "aaaa"}})},
      {{"csync-approval", "true or false", "false", "Whether a person approves each CSYNC change."},
       into(&Policy::csync_approval)},
      {{"ns-min", "number", "2", "The fewest name servers that CSYNC may leave."},
       at_least_one(&Policy::ns_min)},
      {{"retry", "list of durations", "[\"5m\", \"10m\", \"20m\", \"40m\"]",
        "When missing or contradicting answers are asked for again (RFC 9975 §3)."},
       into(&Policy::retry)},
      {{"unreachable", "table", "{ drop-after = \"24h\", looks = 2 }",
        "When a silent server is dropped from consideration; for maintenance only, never for a "
        "first DS or a delete."},
       nested<Policy, Unreachable>("unreachable", &Policy::unreachable,
                                   {{{"drop-after", "", "", ""}, into(&Unreachable::drop_after)},
                                    {{"looks", "", "", ""}, at_least_one(&Unreachable::looks)}})},
      {{"ds-ttl", "table of durations",
        "{ first = \"10m\", update = \"keep\", normal = \"1h\", restore-after = \"2d\" }",
        "The TTL of a first DS set, of an updated one (or \"keep\"), the usual one, and when it is "
        "restored (RFC 10026 §4.1.2; docs/ds-ttl.md says why updates keep theirs)."},
       nested<Policy, DsTtl>("ds-ttl", &Policy::ds_ttl,
                             {{{"first", "", "", ""}, ttl(&DsTtl::first)},
                              {{"update", "", "", ""}, read_update_ttl},
                              {{"normal", "", "", ""}, ttl(&DsTtl::normal)},
                              {{"restore-after", "", "", ""}, into(&DsTtl::restore_after)}})},
      {{"approval-expires", "duration", "\"7d\"", "How long a request may wait for a person."},
       into(&Policy::approval_expires)},
      {{"deep-interval", "duration", "\"7d\"",
        "How often every secure delegation is looked at in full."},
       into(&Policy::deep_interval)},
      {{"notified-interval", "duration", "\"0s\"",
        "Once a NOTIFY has revealed a change, passes look at the child only this often, until one "
        "finds what nobody notified; \"0s\" is at each pass (RFC 9859 §4.3)."},
       into(&Policy::notified_interval)},
      {{"breaker", "table of numbers",
        "{ delete-share = 0.01, delete-min = 20, change-share = 0.1, change-min = 200, "
        "operator-share = 0.5, operator-min = 20 }",
        "How many changes of one kind a day may bring before a person is asked."},
       nested<Policy, Breaker>("breaker", &Policy::breaker,
                               {{{"delete-share", "", "", ""}, share(&Breaker::delete_share)},
                                {{"delete-min", "", "", ""}, into(&Breaker::delete_min)},
                                {{"change-share", "", "", ""}, share(&Breaker::change_share)},
                                {{"change-min", "", "", ""}, into(&Breaker::change_min)},
                                {{"operator-share", "", "", ""}, share(&Breaker::operator_share)},
                                {{"operator-min", "", "", ""}, into(&Breaker::operator_min)}})},
      {{"keep", "duration", "\"10y\"", "How long evidence is kept."}, into(&Policy::keep)},
  };
}

}  // namespace

std::span<const Key<Policy>> policy_keys() {
  static const std::vector<Key<Policy>> all = [] {
    std::vector<Key<Policy>> keys = request_keys();
    for (const Key<Policy>& key : change_keys()) keys.push_back(key);
    return keys;
  }();
  return all;
}

}  // namespace dskeeper::cli
