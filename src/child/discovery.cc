#include "child/discovery.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "dns/rrset.h"

namespace dskeeper::child {
namespace {

Result<DsyncLookup> lookup(const dns::Name& child, const dns::Name& parent) {
  auto name = dns::dsync_name(child, parent);
  if (!name) return fail(name.error().what, child.text(), "It cannot be notified of this way.");
  return DsyncLookup{*std::move(name), parent};
}

tl::unexpected<Error> no_answer(const dns::Name& name, const net::Resolution& resolution) {
  std::string what = fmt::format("DSYNC of {}: {}", name.text(), to_text(resolution.status));
  if (!resolution.why.empty()) what += ", " + resolution.why;
  return fail(std::move(what), {},
              "That is no denial, so that nothing is known of where to send. Try again later.");
}

}  // namespace

Result<DsyncLookup> first_lookup(const dns::Name& child) {
  if (child.is_root()) return fail("the root has no parent that could be notified");
  return lookup(child, child.parent());
}

Result<std::optional<DsyncLookup>> next_lookup(const dns::Name& child, const DsyncLookup& denied,
                                               const dns::Name& soa) {
  if (!denied.name.is_at_or_below(soa)) {
    return fail(fmt::format("the denial of {} is of the zone {}, in which it does not lie",
                            denied.name.text(), soa.text()));
  }
  const auto some = [](DsyncLookup&& next) { return std::optional(std::move(next)); };
  // A zone at `_dsync` or below it is the parent's own affair: the parent is what was supposed.
  if (denied.parent.is_below(soa)) return lookup(child, soa).map(some);
  const dns::Name base = dns::dsync_name(denied.parent, denied.parent).value();
  if (denied.name == base) return std::optional<DsyncLookup>();
  return std::optional(DsyncLookup{base, denied.parent});
}

std::optional<dns::Name> soa_owner(ByteView wire) {
  const auto message = dns::parse_message(wire, Time{});
  if (!message) return std::nullopt;
  const auto found = std::ranges::find(message->authority, dns::RecordType::soa, &dns::Rrset::type);
  if (found == message->authority.end()) return std::nullopt;
  return found->owner;
}

const dns::Dsync* Discovery::find(dns::RecordType type) const {
  const auto found = std::ranges::find_if(records, [&](const dns::Dsync& dsync) {
    return dsync.covered == type && dsync.scheme == dns::DsyncScheme::notify && dsync.port != 0 &&
           !dsync.target.is_root();
  });
  return found == records.end() ? nullptr : &*found;
}

boost::asio::awaitable<Result<Discovery>> discover_dsync(net::Resolver& resolver, dns::Name child) {
  Discovery discovery;
  Result<DsyncLookup> asked = first_lookup(child);
  if (!asked) co_return pass_on(std::move(asked));
  while (true) {
    const net::Resolution answer = co_await resolver.resolve(asked->name, dns::RecordType::dsync);
    discovery.steps.push_back({asked->name, answer.status, answer.is_validated});
    if (!answer.is_answer()) co_return no_answer(asked->name, answer);
    if (answer.has_data()) {
      for (const Bytes& rdata : answer.rdata) {
        if (auto dsync = dns::Dsync::from_rdata(rdata)) {
          discovery.records.push_back(*std::move(dsync));
        }
      }
      co_return discovery;
    }
    const std::optional<dns::Name> soa = soa_owner(answer.wire);
    if (!soa) {
      co_return fail(fmt::format("the denial of DSYNC at {} has no SOA", asked->name.text()), {},
                     "Without it nobody can tell which zone the parent is. Look at its servers.");
    }
    Result<std::optional<DsyncLookup>> next = next_lookup(child, *asked, *soa);
    if (!next) co_return pass_on(std::move(next));
    if (!*next) co_return discovery;
    if (discovery.steps.size() >= dsync_lookups_max) {
      co_return fail(fmt::format("after {} names there is no end to the search for DSYNC records",
                                 dsync_lookups_max),
                     child.text(), "The parent's servers contradict themselves.");
    }
    asked = **std::move(next);
  }
}

}  // namespace dskeeper::child
