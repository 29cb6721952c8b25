#include "web/site.h"

#include <fmt/core.h>

#include <utility>

#include "model/json.h"
#include "web/assets.h"
#include "web/domain_json.h"
#include "web/domain_page.h"
#include "web/page.h"

namespace dskeeper::web {
namespace {

using http::Access;
using http::Method;
using http::Parameters;
using http::Request;
using http::Response;
using http::Status;

// In presentation form, U-labels of course longer.
constexpr std::size_t typed_octets_max = 1024;

void add_retry_after(Response& response, Duration wait) {
  response.headers.emplace_back(
      "Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
}

const std::string& name_of(const Parameters& parameters) {
  return parameters.find("name")->second;
}

Response unavailable() {
  return http::problem(Status::service_unavailable, "The store cannot be read now.");
}

Response unavailable_page(const std::string& typed) {
  return trouble_page(Status::service_unavailable, "The store cannot be read now",
                      "Try again in a moment.", typed);
}

http::Handler asset(const Asset& one) {
  return [&one](const Request&, const Parameters&) {
    return Response{.content_type = std::string(one.content_type),
                    .body = std::string(one.content),
                    .caching = http::Caching::revalidate};
  };
}

}  // namespace

Site::Site(const Settings& settings, store::Store& store, Desk& desk, const Clock& clock)
    : settings_(settings),
      store_(store),
      desk_(desk),
      clock_(clock),
      checks_of_client_(settings.checks_of_client),
      checks_of_name_(settings.checks_of_name) {}

std::vector<http::Route> Site::routes(std::function<ServerCounts()> counts) {
  std::vector<http::Route> routes;
  const auto open = [&routes](Method method, std::string pattern, http::Handler handler) {
    routes.push_back({method, std::move(pattern), Access::everybody, std::move(handler)});
  };
  open(Method::get, "/",
       [this](const Request& request, const Parameters&) { return front(request); });
  open(Method::get, "/domain/{name}", [this](const Request&, const Parameters& parameters) {
    return domain(name_of(parameters));
  });
  open(Method::post, "/domain/{name}/check",
       [this](const Request& request, const Parameters& parameters) {
         return check_form(request, name_of(parameters));
       });
  open(Method::get, "/api/v1/domains/{name}", [this](const Request&, const Parameters& parameters) {
    return domain_object(name_of(parameters));
  });
  open(Method::post, "/api/v1/domains/{name}/check",
       [this](const Request& request, const Parameters& parameters) {
         return check_call(request, name_of(parameters));
       });
  open(Method::get, "/api/v1/cases/{name}", [this](const Request&, const Parameters& parameters) {
    return case_object(name_of(parameters));
  });
  open(Method::get, "/dashboard",
       [](const Request&, const Parameters&) { return dashboard_page(); });
  open(Method::get, "/healthz", [](const Request&, const Parameters&) {
    return Response{.content_type = "text/plain", .body = "alive\n"};
  });
  open(Method::get, "/readyz", [this](const Request&, const Parameters&) { return ready(); });
  open(Method::get, "/metrics",
       [this, counts = std::move(counts)](const Request&, const Parameters&) {
         auto text = metrics_text(store_, settings_, desk_, counts());
         settings_.note_store(text);
         if (!text) return unavailable();
         return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                         .body = *std::move(text)};
       });
  for (const Asset& one : assets()) {
    if (one.name == "openapi.json") open(Method::get, "/api/v1/openapi.json", asset(one));
    open(Method::get, "/assets/" + std::string(one.name), asset(one));
  }
  return routes;
}

Site::Found Site::find(const std::string& typed) const {
  Found found;
  if (typed.size() > typed_octets_max) {
    found.trouble = "This is too long for a domain name.";
    return found;
  }
  const auto name = settings_.read_name(typed);
  if (!name) {
    found.trouble = fmt::format("This is no domain name: {}.", name.error().what);
    return found;
  }
  found.name = *name;
  found.parent = settings_.parent_of(*name);
  if (found.parent == nullptr) {
    found.trouble =
        fmt::format("{} lies below no parent zone that is kept here.", settings_.shown_name(*name));
  }
  return found;
}

Response Site::front(const Request& request) {
  if (!request.target.query.contains("name")) return front_page(settings_);
  const std::string typed = request.target.field("name");
  const Found found = find(typed);
  if (found.parent == nullptr) {
    return trouble_page(Status::not_found, "Nothing is known of this name", found.trouble, typed);
  }
  return {.status = Status::see_other, .headers = {{"Location", path_of(found.name.text())}}};
}

Response Site::domain(const std::string& typed) {
  const Found found = find(typed);
  if (found.parent == nullptr) {
    return trouble_page(Status::not_found, "Nothing is known of this name", found.trouble, typed);
  }
  const auto known = read_domain(store_, chains_, *found.parent, found.name);
  settings_.note_store(known);
  if (!known) return unavailable_page(typed);
  return domain_page(*known, settings_, clock_.now());
}

Response Site::domain_object(const std::string& typed) {
  const Found found = find(typed);
  if (found.parent == nullptr) return http::problem(Status::not_found, found.trouble);
  const auto known = read_domain(store_, chains_, *found.parent, found.name);
  settings_.note_store(known);
  if (!known) return unavailable();
  if (!known->is_known()) return http::problem(Status::not_found, standing_of(*known));
  return http::json_response(domain_json(*known, clock_.now()), http::Caching::brief);
}

Response Site::case_object(const std::string& typed) {
  const Found found = find(typed);
  if (found.parent == nullptr) return http::problem(Status::not_found, found.trouble);
  const auto value = store_.find_case(found.parent->zone, found.name);
  settings_.note_store(value);
  if (!value) return unavailable();
  if (!*value) {
    return http::problem(Status::not_found, "This name never asked for anything, and has no case.");
  }
  return http::json_response(case_to_contract_json(for_everybody(**value)), http::Caching::brief);
}

Result<Site::Checked> Site::check(const Request& request, const Found& found) {
  const auto is_secure = store_.find_on_roll(found.parent->zone, found.name);
  if (!is_secure) return tl::unexpected<Error>(is_secure.error());
  if (!*is_secure) {
    return Checked{Status::not_found, "The parent zone does not delegate this name.", {}};
  }
  const Time now = clock_.now();
  if (const auto wait = checks_of_client_.take(http::client_key(request.client), now)) {
    return Checked{Status::too_many_requests,
                   "There were too many checks from this address. Wait a moment.", wait};
  }
  if (const auto wait = checks_of_name_.take(found.name.text(), now)) {
    return Checked{Status::too_many_requests,
                   "This name was checked a moment ago; see what came of it.", wait};
  }
  if (!desk_.want_look(found.parent->zone, found.name)) {
    return Checked{Status::service_unavailable,
                   "Too many checks wait already. The next pass looks at it anyway.",
                   {}};
  }
  return Checked{Status::accepted,
                 "The check is queued. Load this page again in a moment to see what came of it.",
                 {}};
}

Response Site::check_form(const Request& request, const std::string& typed) {
  const Found found = find(typed);
  if (found.parent == nullptr) {
    return trouble_page(Status::not_found, "Nothing is known of this name", found.trouble, typed);
  }
  const auto checked = check(request, found);
  const auto known = checked ? read_domain(store_, chains_, *found.parent, found.name)
                             : Result<Domain>(tl::unexpected<Error>(checked.error()));
  settings_.note_store(known);
  if (!known) return unavailable_page(typed);
  Response page = domain_page(*known, settings_, clock_.now(), checked->sentence);
  page.status = checked->status;
  if (checked->wait) add_retry_after(page, *checked->wait);
  return page;
}

Response Site::check_call(const Request& request, const std::string& typed) {
  const Found found = find(typed);
  if (found.parent == nullptr) return http::problem(Status::not_found, found.trouble);
  const auto checked = check(request, found);
  settings_.note_store(checked);
  if (!checked) return unavailable();
  if (checked->status != Status::accepted) {
    Response response = http::problem(checked->status, checked->sentence);
    if (checked->wait) add_retry_after(response, *checked->wait);
    return response;
  }
  Response response = http::json_response(check_json(found.name));
  response.status = Status::accepted;
  return response;
}

// It has its store, its sources, and a pass behind it or under way (contract.md, "HTTP").
Response Site::ready() {
  std::string missing;
  for (const ParentZone& parent : settings_.parents) {
    const auto pass = store_.last_pass(parent.zone);
    settings_.note_store(pass);
    if (!pass) {
      missing += "the store cannot be read\n";
      break;
    }
    if (!desk_.is_read(parent.zone)) {
      missing += parent.zone.text() + " has not been read\n";
    } else if (!*pass) {
      missing += parent.zone.text() + " had no pass\n";
    }
  }
  return {.status = missing.empty() ? Status::ok : Status::service_unavailable,
          .content_type = "text/plain",
          .body = missing.empty() ? "ready\n" : "not ready: " + missing};
}

}  // namespace dskeeper::web
