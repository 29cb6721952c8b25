// Test support: a site over a store of its own, asked as the front door lets requests through.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/front_door.h"
#include "store/store.h"
#include "web/site.h"
#include "web/staff_api.h"

namespace dskeeper::web {

inline dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}
inline Time at(std::string_view text) {
  return parse_time(text).value();
}

class FakeDesk final : public Desk {
 public:
  bool want_look(const dns::Name& /*parent*/, const dns::Name& child) override {
    if (has_room) wanted.push_back(child.text());
    return has_room;
  }
  [[nodiscard]] std::size_t looks_waiting(const dns::Name& /*parent*/) const override {
    return wanted.size();
  }
  [[nodiscard]] bool is_read(const dns::Name& /*parent*/) const override { return has_read; }

  [[nodiscard]] std::optional<NotifyStanding> notify_standing() const override { return notify; }

  std::vector<std::string> wanted;
  std::optional<NotifyStanding> notify;
  bool has_room = true;
  bool has_read = true;
};

// kid.example. waits for its first DS set.
inline Case waiting_case() {
  Case value;
  value.child = name("kid.example.");
  value.parent = name("example.");
  value.at = at("2026-11-29T00:00:00Z");
  value.policy = "slow";
  value.delegation.child = value.child;
  value.delegation.parent = value.parent;
  value.delegation.name_servers = {{name("ns1.op.test."), {}}, {name("ns2.op.test."), {}}};
  value.request = Request::bootstrap;
  value.outcome = Outcome::hold;
  value.ready_at = at("2026-12-02T00:00:00Z");
  value.ds = dns::make_ds_set({dns::Ds::parse("2371 13 2 " + std::string(64, 'C')).value()});
  value.request_id = "AB12";
  value.first_valid_at = value.last_valid_at = value.at;
  value.hold = Hold{"AB12", value.at, value.at, {7}, 1};
  value.findings = {{FindingCode::hold_running, {}, {"2026-12-02T00:00:00Z", "1", "3"}}};
  return value;
}

class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    std::filesystem::create_directories(folder_);
    store_ =
        store::open_store("sqlite:" + (folder_ / "store.db").string(), store::Access::read_write)
            .value();
    settings_.parents = {{name("example."), "slow"}, {name("sub.example."), "bcp246"}};
    settings_.version = "1.2.3";
    settings_.zonemaster = "https://test.example/{name}/now";
    settings_.read_name = &dns::Name::parse;
    settings_.shown_name = [](const dns::Name& shown) { return shown.text(); };
    settings_.on_store = [this](const std::string& trouble) { store_trouble_ = trouble; };
    site_ = std::make_unique<Site>(settings_, *store_, desk_, clock_);
    staff_ = std::make_unique<StaffApi>(
        settings_, *store_, desk_, [this](const Act& act) { return store_->add_act(act); }, clock_);
    http::FrontDoorSettings door;
    door.client_rate = {1000, std::chrono::seconds(1), 1000};
    door.is_local = true;
    door.token = http::Token::make(token).value();
    const ServerCounts counts{{{200, 7}}, 3};
    std::vector<http::Route> routes = site_->routes([counts] { return counts; });
    for (http::Route& route : staff_->routes()) routes.push_back(std::move(route));
    door_ = std::make_unique<http::FrontDoor>(door, std::move(routes));
  }
  ~SiteTest() override { std::filesystem::remove_all(folder_); }

  // The children of example. as it was last read, and the cases.
  void put(const std::vector<std::string>& children, std::vector<Case> cases,
           std::vector<Event> events = {}) {
    store::Batch batch{.cases = std::move(cases), .changes = {}, .events = std::move(events)};
    for (const std::string& child : children) {
      batch.roll.push_back({name("example."), name(child), store::RollMark::without_ds});
    }
    batch.readings = {{name("example."), "1", at("2026-11-28T00:00:00Z")}};
    ASSERT_TRUE(store_->commit(batch));
  }

  http::Response ask(std::string_view target, http::Method method = http::Method::get,
                     std::string_view client = "192.0.2.1") {
    http::Request request;
    request.method = method;
    request.target = http::Target::parse(target).value();
    request.host = "localhost";
    request.client = IpAddress::parse(client).value();
    request.body = std::exchange(body_, {});
    request.content_type = content_type_;
    request.authorization = std::exchange(authorization_, {});
    return door_->answer(std::move(request), clock_.now());
  }
  // As staff.
  http::Response ask_as_staff(std::string_view target, http::Method method = http::Method::get,
                              std::string body = {}) {
    authorization_ = "Bearer " + std::string(token);
    body_ = std::move(body);
    return ask(target, method);
  }

  static constexpr std::string_view token = "0123456789abcdef0123";
  std::filesystem::path folder_ = testing::TempDir() + "dskeeper-web-" + std::to_string(getpid());
  std::unique_ptr<store::Store> store_;
  Settings settings_;
  FakeDesk desk_;
  FixedClock clock_{at("2026-11-30T12:00:00Z")};
  std::unique_ptr<Site> site_;
  std::unique_ptr<StaffApi> staff_;
  std::unique_ptr<http::FrontDoor> door_;
  std::string content_type_ = "application/json";  // of bodies
  std::string store_trouble_ = "nothing was told";

 private:
  std::string authorization_;
  std::string body_;
};

[[nodiscard]] inline std::string header(const http::Response& response, std::string_view key) {
  for (const auto& [word, value] : response.headers) {
    if (word == key) return value;
  }
  return "";
}

}  // namespace dskeeper::web
