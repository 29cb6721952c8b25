// Not tests themselves: the values of test_support.h, linked into the test program only.
#include <unistd.h>

#include <cstdlib>

#include "base/check.h"
#include "store/test_support.h"

namespace dskeeper::store {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dskeeper-store-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

dns::Name name(std::string_view text) {
  Result<dns::Name> parsed = dns::Name::parse(text);
  CHECK(parsed.has_value());
  return *parsed;
}

Time at_second(std::int64_t seconds) {
  constexpr std::int64_t midnight = 1'795'478'400;  // 2026-11-24T00:00:00Z
  return Time(std::chrono::seconds(midnight + seconds));
}

namespace {

dns::DsSet sample_ds_set() {
  return dns::make_ds_set({dns::Ds{.key_tag = {2371},
                                   .algorithm = dns::Algorithm::ecdsap256sha256,
                                   .digest_type = dns::DigestType::sha256,
                                   .digest = Bytes(32, 0xC1)}});
}

}  // namespace

Change sample_change(std::string_view child, std::string_view parent, std::int64_t second) {
  Change change;
  change.child = name(child);
  change.parent = name(parent);
  change.request = Request::bootstrap;
  change.after = sample_ds_set();
  change.ttl = {600};
  change.hosts = {name("ns1.op.example."), name("ns2.op.example.")};
  change.request_id = "6b86b273ff34fce1";
  change.revision = "2026112401";
  change.queued_at = at_second(second);
  change.judged_at = at_second(second);
  return change;
}

Case sample_case(std::string_view child, std::string_view parent, std::int64_t second) {
  Case value;
  value.child = name(child);
  value.parent = name(parent);
  value.at = at_second(second);
  value.policy = "bcp246";
  value.delegation.child = value.child;
  value.delegation.parent = value.parent;
  value.delegation.name_servers = {{.host = name("ns1.op.example."), .glue = {}},
                                   {.host = name("ns2.op.example."), .glue = {}}};
  value.delegation.revision = "2026112401";
  value.request = Request::bootstrap;
  value.outcome = Outcome::hold;
  value.ready_at = at_second(second + 72 * 3600);
  value.ds = sample_ds_set();
  value.request_id = "6b86b273ff34fce1";
  value.first_valid_at = at_second(second);
  value.last_valid_at = at_second(second);
  value.hold = Hold{.request_id = value.request_id,
                    .since = value.at,
                    .last_counted_at = value.at,
                    .last_look = {7},
                    .looks = 1};
  return value;
}

Event sample_event(std::string_view child, std::string_view parent, std::int64_t second) {
  Event event;
  event.parent = name(parent);
  event.child = name(child);
  event.at = at_second(second);
  event.kind = EventKind::transition;
  event.summary = "hold: the request is acceptable, and waits";
  event.details = R"({"outcome":"hold"})";
  return event;
}

}  // namespace dskeeper::store
