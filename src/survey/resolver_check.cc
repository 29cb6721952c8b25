#include "survey/resolver_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "dns/rrset.h"

namespace dskeeper::survey {
namespace {

namespace asio = boost::asio;

std::string zone_text(const dns::Name& zone) {
  return zone.is_root() ? "the root zone" : zone.text();
}

// Tags and algorithms of the keys that an anchor of the zone names.
std::vector<std::pair<dns::KeyTag, dns::Algorithm>> anchored_keys(
    const dns::Rrset& rrset, const std::vector<TrustAnchor>& anchors) {
  std::vector<std::pair<dns::KeyTag, dns::Algorithm>> found;
  for (const Bytes& rdata : rrset.rdata) {
    const auto key = dns::Dnskey::from_rdata(rdata);
    if (!key) continue;
    const bool is_named = std::ranges::any_of(anchors, [&](const TrustAnchor& anchor) {
      return anchor.zone == rrset.owner && dns::names_key(anchor.ds, rrset.owner, *key);
    });
    if (is_named) found.emplace_back(key->key_tag(), key->algorithm);
  }
  return found;
}

// Of a set that does not validate: by the clock alone?
ResolverHealth diagnose_bogus(const dns::Rrset& rrset, const std::vector<TrustAnchor>& anchors,
                              Time now) {
  const auto keys = anchored_keys(rrset, anchors);
  if (keys.empty()) return {ResolverFault::wrong_anchor, {zone_text(rrset.owner)}};
  std::vector<const dns::Rrsig*> signatures;
  for (const dns::Rrsig& signature : rrset.signatures) {
    if (std::ranges::find(keys, std::pair(signature.key_tag, signature.algorithm)) != keys.end()) {
      signatures.push_back(&signature);
    }
  }
  const bool is_timely = std::ranges::any_of(signatures, [&](const dns::Rrsig* signature) {
    return now >= signature->inception && now <= signature->expiration;
  });
  if (signatures.empty() || is_timely) return {};
  const dns::Rrsig& latest =
      **std::ranges::max_element(signatures, {}, [](const auto* one) { return one->expiration; });
  return {ResolverFault::wrong_clock,
          {format_time(now), zone_text(rrset.owner), format_time(latest.inception),
           format_time(latest.expiration)}};
}

}  // namespace

ResolverHealth diagnose(const net::Resolution& resolution, const dns::Name& zone,
                        const std::vector<TrustAnchor>& anchors, Time now) {
  if (resolution.status == net::ResolutionStatus::cancelled) {
    return {ResolverFault::silent,
            {zone_text(zone),
             fmt::format("nothing came within {} s", resolver_check_time_max.count())}};
  }
  if (resolution.status == net::ResolutionStatus::servfail) {
    return {ResolverFault::silent, {zone_text(zone), resolution.why}};
  }
  if (resolution.status != net::ResolutionStatus::bogus) return {};
  const auto message = dns::parse_message(resolution.wire, now);
  const dns::Rrset* keys = message ? message->find_answer(zone, dns::RecordType::dnskey) : nullptr;
  return keys == nullptr ? ResolverHealth() : diagnose_bogus(*keys, anchors, now);
}

std::vector<dns::Name> ResolverCheck::zones() const {
  std::vector<dns::Name> zones;
  for (const TrustAnchor& anchor : anchors_) zones.push_back(anchor.zone);
  std::sort(zones.begin(), zones.end());
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  if (zones.empty()) zones.emplace_back();
  return zones;
}

asio::awaitable<ResolverHealth> ResolverCheck::look(const Clock& clock) {
  if (std::chrono::steady_clock::now() < known_until_) co_return known_;
  const std::shared_ptr<Probe> used = co_await probe();
  if (used == nullptr) co_return ResolverHealth();
  ResolverHealth health;
  // Where anything validates, nothing that is wrong is wrong with us.
  for (const dns::Name& zone : zones()) {
    const net::Resolution resolution =
        co_await used->resolver->resolve(zone, dns::RecordType::dnskey);
    health = diagnose(resolution, zone, anchors_, clock.now());
    if (health.fault == ResolverFault::none) break;
  }
  if (is_closed_) co_return ResolverHealth();
  known_ = health;
  known_until_ = std::chrono::steady_clock::now() + resolver_check_lasts;
  used->deadline.cancel();
  if (probe_ == used) probe_.reset();
  co_return health;
}

asio::awaitable<std::shared_ptr<ResolverCheck::Probe>> ResolverCheck::probe() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  if (is_closed_ || probe_ != nullptr) co_return probe_;
  auto made = make_();
  if (!made) co_return nullptr;
  probe_ = std::make_shared<Probe>(
      Probe{*std::move(made), asio::steady_timer(executor, resolver_check_time_max)});
  asio::co_spawn(executor, end_in_time(probe_), asio::detached);
  co_return probe_;
}

asio::awaitable<void> ResolverCheck::end_in_time(std::shared_ptr<Probe> probe) {
  boost::system::error_code cancelled;
  co_await probe->deadline.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (!cancelled) co_await probe->resolver->close();
}

asio::awaitable<void> ResolverCheck::close() {
  is_closed_ = true;
  const std::shared_ptr<Probe> used = std::exchange(probe_, nullptr);
  if (used == nullptr) co_return;
  used->deadline.cancel();
  co_await used->resolver->close();
}

}  // namespace dskeeper::survey
