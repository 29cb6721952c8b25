#include "expectation.h"

#include <algorithm>

namespace dskeeper::bench {
namespace {

using dns::RecordType;

// Only a full look asks for SOA and DNSKEY.
bool was_full(const Heard& heard) {
  for (std::size_t server = 0; server < servers_per_operator; ++server) {
    if (heard.asked.has(server, RecordType::soa)) return true;
    if (heard.asked.has(server, RecordType::dnskey)) return true;
  }
  return false;
}

struct Answered {
  bool cds = false;
  bool cdnskey = false;
  bool dnskey = false;
};

Answered answers_of(const Heard& heard, std::size_t server) {
  return {heard.answered.has(server, RecordType::cds),
          heard.answered.has(server, RecordType::cdnskey),
          heard.answered.has(server, RecordType::dnskey)};
}

template <typename Predicate>
bool any_server(const Heard& heard, Predicate predicate) {
  for (std::size_t server = 0; server < servers_per_operator; ++server) {
    if (predicate(answers_of(heard, server))) return true;
  }
  return false;
}

}  // namespace

Outcome expected_outcome(Kind kind, const Heard& heard) {
  // A look that ended early ended at the status quo.
  const bool ended_early = !was_full(heard) && any_server(heard, [](const Answered& one) {
    return one.cds || one.cdnskey;
  });
  switch (kind) {
    case Kind::plain:
      // Neither type, at some server.
      if (ended_early) return Outcome::idle;
      return any_server(heard, [](const Answered& one) { return one.cds && one.cdnskey; })
                 ? Outcome::idle
                 : Outcome::retry;
    case Kind::silent:
      // The same, and proven by keys that the same server showed (RFC 9975 §3).
      if (ended_early) return Outcome::idle;
      return any_server(heard,
                        [](const Answered& one) { return one.cds && one.cdnskey && one.dnskey; })
                 ? Outcome::idle
                 : Outcome::retry;
    case Kind::in_sync:
      // One type that confirms what stands is enough (RFC 9975 §3.1).
      return any_server(heard, [](const Answered& one) { return one.cds || one.cdnskey; })
                 ? Outcome::in_sync
                 : Outcome::retry;
    case Kind::asking:
      // Everything, from every server (RFC 9975 §3).
      return any_server(heard,
                        [](const Answered& one) { return !one.cds || !one.cdnskey || !one.dnskey; })
                 ? Outcome::retry
                 : Outcome::hold;
  }
  return Outcome::retry;
}

}  // namespace dskeeper::bench
