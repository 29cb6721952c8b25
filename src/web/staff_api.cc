#include "web/staff_api.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/act_reason.h"
#include "model/case_requests.h"
#include "web/api_input.h"
#include "web/staff_json.h"
#include "web/statistics.h"

namespace dskeeper::web {
namespace {

using http::Parameters;
using http::Request;
using http::Response;
using http::Status;

constexpr std::size_t evidence_max = 200;
constexpr std::uint64_t days_fallback = 90;
constexpr std::uint64_t days_max = 400;

Response bad_request(const Error& error) {
  return http::problem(Status::bad_request, error.text());
}
Response not_found(std::string_view detail) {
  return http::problem(Status::not_found, detail);
}

const std::string& parameter(const Parameters& parameters, std::string_view name) {
  return parameters.find(name)->second;
}

// A page of another site can send forms, but no JSON.
bool is_json(const Request& request) {
  return request.body.empty() || request.content_type.starts_with("application/json");
}

Result<store::CaseFilter> read_filter(const Settings& settings, const http::Target& target) {
  store::CaseFilter filter;
  if (const std::string word = target.field("outcome"); !word.empty()) {
    const auto outcome = parse_outcome(word);
    if (!outcome) return tl::unexpected<Error>(outcome.error());
    filter.outcome = *outcome;
  }
  if (const std::string word = target.field("finding"); !word.empty()) {
    const auto finding = parse_finding_code(word);
    if (!finding) return tl::unexpected<Error>(finding.error());
    filter.finding = *finding;
  }
  filter.operator_name = target.field("operator");
  // A name as people type it, or a network.
  if (!filter.operator_name.empty() && !IpAddress::parse(filter.operator_name)) {
    const auto name = settings.read_name(filter.operator_name);
    if (!name) return tl::unexpected<Error>(name.error());
    filter.operator_name = name->text();
  }
  filter.registrar = target.field("registrar");
  return filter;
}

std::optional<Sha256> read_id(const std::string& text) {
  const auto octets = from_hex(text);
  Sha256 id{};
  if (!octets || octets->size() != id.size()) return std::nullopt;
  std::ranges::copy(*octets, id.begin());
  return id;
}

Result<const ParentZone*> only_parent(const Settings& settings, const http::Target& target) {
  const auto known = check_fields(target, {"parent"});
  if (!known) return tl::unexpected<Error>(known.error());
  return read_parent(settings, target.field("parent"));
}

Result<Response> as_json(Result<std::string>&& text) {
  return std::move(text).map([](std::string json) { return http::json_response(std::move(json)); });
}

// JSON of ours is one line.
std::string event_of(const std::string& json) {
  return "event: statistics\ndata: " + json + "\n\n";
}

}  // namespace

std::vector<http::Route> StaffApi::routes() {
  using http::Access;
  const http::Method get = http::Method::get;
  const http::Method post = http::Method::post;
  const Access staff = Access::staff;
  return {
      {get, "/api/v1/cases", staff, handler(&StaffApi::cases)},
      {get, "/api/v1/cases/{name}/history", staff, handler(&StaffApi::history)},
      {get, "/api/v1/cases/{name}/evidence", staff, handler(&StaffApi::evidence_list)},
      {get, "/api/v1/evidence/{id}", staff, handler(&StaffApi::evidence)},
      {get, "/api/v1/changes", staff, handler(&StaffApi::changes)},
      {get, "/api/v1/statistics", staff, handler(&StaffApi::statistics)},
      {get, "/api/v1/statistics/days", staff, handler(&StaffApi::days)},
      {get, "/api/v1/statistics/operators", staff, handler(&StaffApi::operators)},
      {get, "/api/v1/statistics/agents", staff, handler(&StaffApi::agents)},
      {get, "/api/v1/events", staff, handler(&StaffApi::events)},
      {post, "/api/v1/cases/{name}/suspend", staff, handler(&StaffApi::suspend)},
      {post, "/api/v1/cases/{name}/resume", staff, handler(&StaffApi::resume)},
      {post, "/api/v1/cases/{name}/approve", staff, handler(&StaffApi::approve)},
      {post, "/api/v1/breakers/{zone}/resume", staff, handler(&StaffApi::resume_breaker)},
  };
}

http::Handler StaffApi::handler(Method method) {
  return [this, method](const Request& request, const Parameters& parameters) {
    if (request.method == http::Method::post && !is_json(request)) {
      return http::problem(Status::unsupported_media_type, "The body must be application/json.");
    }
    Answer answer = (this->*method)(request, parameters);
    // What was refused may not have come to the store.
    if (!answer || answer->status < Status::bad_request) settings_.note_store(answer);
    if (answer) return *std::move(answer);
    // Staff may know what is wrong with it.
    Response response = http::problem(Status::service_unavailable, answer.error().text());
    response.headers.emplace_back("Retry-After", "1");
    return response;
  };
}

StaffApi::Answer StaffApi::cases(const Request& request, const Parameters& /*parameters*/) {
  const http::Target& target = request.target;
  const auto known = check_fields(
      target, {"parent", "outcome", "finding", "operator", "registrar", "limit", "after"});
  if (!known) return bad_request(known.error());
  const auto parent = read_parent(settings_, target.field("parent"));
  if (!parent) return bad_request(parent.error());
  const auto filter = read_filter(settings_, target);
  if (!filter) return bad_request(filter.error());
  const auto limit = read_limit(target);
  if (!limit) return bad_request(limit.error());
  const auto after = read_cursor(settings_, target, "after");
  if (!after) return bad_request(after.error());
  const auto page = store_.list_cases((*parent)->zone, *filter, *after, *limit);
  if (!page) return tl::unexpected<Error>(page.error());
  return http::json_response(cases_json((*parent)->zone, *page));
}

StaffApi::Answer StaffApi::history(const Request& /*request*/, const Parameters& parameters) {
  const auto child = read_child(settings_, parameter(parameters, "name"));
  if (!child) return not_found(child.error().text());
  const auto entries = store_.history(child->parent->zone, child->name);
  if (!entries) return tl::unexpected<Error>(entries.error());
  return http::json_response(history_json(*entries));
}

StaffApi::Answer StaffApi::evidence_list(const Request& /*request*/, const Parameters& parameters) {
  const auto child = read_child(settings_, parameter(parameters, "name"));
  if (!child) return not_found(child.error().text());
  const auto labels = store_.list_evidence(child->parent->zone, child->name, evidence_max);
  if (!labels) return tl::unexpected<Error>(labels.error());
  return http::json_response(evidence_list_json(*labels));
}

StaffApi::Answer StaffApi::evidence(const Request& /*request*/, const Parameters& parameters) {
  const auto id = read_id(parameter(parameters, "id"));
  if (!id) return not_found("The id of evidence is 64 hexadecimal digits.");
  for (const ParentZone& parent : settings_.parents) {
    const auto found = store_.find_evidence(parent.zone, *id);
    if (!found) return tl::unexpected<Error>(found.error());
    if (*found) return http::json_response(evidence_json(**found));
  }
  return not_found("There is no such evidence.");
}

StaffApi::Answer StaffApi::changes(const Request& request, const Parameters& /*parameters*/) {
  const http::Target& target = request.target;
  const auto known = check_fields(target, {"parent", "name", "limit", "before"});
  if (!known) return bad_request(known.error());
  const auto limit = read_limit(target);
  if (!limit) return bad_request(limit.error());
  const auto before = read_number(target, "before");
  if (!before) return bad_request(before.error());
  const auto child = read_cursor(settings_, target, "name");
  if (!child) return bad_request(child.error());
  const ParentZone* parent = *child ? settings_.parent_of(**child) : nullptr;
  if (parent == nullptr) {
    const auto named = read_parent(settings_, target.field("parent"));
    if (!named) return bad_request(named.error());
    parent = *named;
  }
  const auto changes = store_.list_changes(parent->zone, *child, *before, *limit);
  if (!changes) return tl::unexpected<Error>(changes.error());
  return http::json_response(changes_json(*changes, changes->size() == *limit));
}

StaffApi::Answer StaffApi::statistics(const Request& /*request*/,
                                      const Parameters& /*parameters*/) {
  return as_json(statistics_json(store_, settings_, desk_));
}

StaffApi::Answer StaffApi::days(const Request& request, const Parameters& /*parameters*/) {
  const http::Target& target = request.target;
  const auto known = check_fields(target, {"parent", "days"});
  if (!known) return bad_request(known.error());
  const auto parent = read_parent(settings_, target.field("parent"));
  if (!parent) return bad_request(parent.error());
  const auto days = read_number(target, "days");
  if (!days) return bad_request(days.error());
  const std::uint64_t count = days->value_or(days_fallback);
  if (count == 0 || count > days_max) {
    return http::problem(Status::bad_request,
                         fmt::format("\"days\" is between 1 and {}", days_max));
  }
  return as_json(days_json(store_, (*parent)->zone, store::day_of(clock_.now()),
                           static_cast<unsigned>(count)));
}

StaffApi::Answer StaffApi::operators(const Request& request, const Parameters& /*parameters*/) {
  const auto parent = only_parent(settings_, request.target);
  if (!parent) return bad_request(parent.error());
  return as_json(operators_json(store_, (*parent)->zone));
}

StaffApi::Answer StaffApi::agents(const Request& request, const Parameters& /*parameters*/) {
  const auto parent = only_parent(settings_, request.target);
  if (!parent) return bad_request(parent.error());
  return as_json(agents_json(store_, (*parent)->zone));
}

// What has not changed is not sent again.
StaffApi::Answer StaffApi::events(const Request& /*request*/, const Parameters& /*parameters*/) {
  auto first = statistics_json(store_, settings_, desk_);
  if (!first) return pass_on(std::move(first));
  Response response{.content_type = "text/event-stream", .body = event_of(*first)};
  // Where the store fails the stream ends: who connects again is told why.
  response.next_event = [this, last = *std::move(first)]() mutable -> std::optional<std::string> {
    auto next = statistics_json(store_, settings_, desk_);
    settings_.note_store(next);
    if (!next) return std::nullopt;
    if (*next == last) return std::string();
    last = *std::move(next);
    return event_of(last);
  };
  return response;
}

Act StaffApi::act_of(const Request& request, ActKind kind, const dns::Name& parent,
                     const dns::Name& child) const {
  Act act;
  act.kind = kind;
  act.parent = parent;
  act.child = child;
  act.at = clock_.now();
  act.actor = fmt::format("staff by HTTP from {}", request.client.text());
  return act;
}

StaffApi::Answer StaffApi::hand_over(const Act& act) {
  const auto number = add_act_(act);
  if (!number) return tl::unexpected<Error>(number.error());
  Response response = http::json_response(act_json(*number));
  response.status = Status::accepted;
  return response;
}

StaffApi::Answer StaffApi::suspend(const Request& request, const Parameters& parameters) {
  const auto child = read_child(settings_, parameter(parameters, "name"));
  if (!child) return not_found(child.error().text());
  const auto body = read_act_body(request);
  if (!body) return bad_request(body.error());
  if (!is_reason(body->reason)) {
    return http::problem(Status::bad_request,
                         fmt::format("\"reason\" must be one line of text, at most {} octets long, "
                                     "to follow \"because\".",
                                     reason_octets_max));
  }
  Act act = act_of(request, ActKind::suspend, child->parent->zone, child->name);
  act.reason = body->reason;
  return hand_over(act);
}

StaffApi::Answer StaffApi::resume(const Request& request, const Parameters& parameters) {
  const auto child = read_child(settings_, parameter(parameters, "name"));
  if (!child) return not_found(child.error().text());
  const auto body = read_act_body(request);
  if (!body) return bad_request(body.error());
  Act act = act_of(request, ActKind::resume, child->parent->zone, child->name);
  act.reset_replay = body->reset_replay;
  return hand_over(act);
}

// Only what was shown may be approved, and only while it is what the child asks for.
StaffApi::Answer StaffApi::approve(const Request& request, const Parameters& parameters) {
  const auto child = read_child(settings_, parameter(parameters, "name"));
  if (!child) return not_found(child.error().text());
  const auto body = read_act_body(request);
  if (!body) return bad_request(body.error());
  const auto found = store_.find_case(child->parent->zone, child->name);
  if (!found) return tl::unexpected<Error>(found.error());
  const std::vector<std::string> asked = *found ? request_ids(**found) : std::vector<std::string>();
  if (std::find(asked.begin(), asked.end(), body->request_id) == asked.end()) {
    return http::problem(Status::conflict,
                         asked.empty()
                             ? "The name asks for nothing that could be approved."
                             : "The name asks for something else by now: look at it, then "
                               "approve that \"request_id\".");
  }
  Act act = act_of(request, ActKind::approve, child->parent->zone, child->name);
  act.request_id = body->request_id;
  return hand_over(act);
}

StaffApi::Answer StaffApi::resume_breaker(const Request& request, const Parameters& parameters) {
  const auto parent = read_parent(settings_, parameter(parameters, "zone"));
  if (!parent) return not_found(parent.error().text());
  const auto body = read_act_body(request);
  if (!body) return bad_request(body.error());
  Act act = act_of(request, ActKind::resume_breaker, (*parent)->zone, (*parent)->zone);
  if (!body->kind.empty()) {
    const auto kind = parse_request(body->kind);
    if (!kind || *kind == dskeeper::Request::none) {
      return http::problem(Status::bad_request, "\"kind\" is bootstrap, update or delete.");
    }
    act.breaker_kind = *kind;
  }
  if (!body->operator_name.empty()) {
    const auto name = settings_.read_name(body->operator_name);
    if (!name) return bad_request(name.error());
    act.breaker_operator = name->text();
  }
  return hand_over(act);
}

}  // namespace dskeeper::web
