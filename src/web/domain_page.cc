#include "web/domain_page.h"

#include <fmt/core.h>

#include <algorithm>

#include "http/target.h"
#include "model/csync_sentence.h"
#include "web/chain_picture.h"
#include "web/page.h"

namespace dskeeper::web {
namespace {

Html time_of(Time time) {
  const std::string text = format_time(time);
  return element("time", {{"datetime", text}}, text);
}

Html optional_time(const std::optional<Time>& time) {
  return time ? time_of(*time) : Html("never");
}

Html fact(const std::string& word, const Html& value) {
  return element("div", {}, element("dt", {}, word), element("dd", {}, value));
}

Html facts_of(const Domain& domain, const Settings& settings) {
  Html list = fact("Parent zone", settings.shown_name(domain.parent));
  list.add(fact("Policy", domain.policy));
  if (domain.is_delegated())
    list.add(fact("Delegation", *domain.is_secure ? "secure" : "unsigned"));
  if (domain.read_at) list.add(fact("Parent zone read", time_of(*domain.read_at)));
  if (domain.value) {
    const Case& value = *domain.value;
    list.add(fact("Status", std::string(to_text(value.outcome))));
    list.add(fact("Asks for", asked_by(value)));
    if (has_csync(value)) list.add(fact("CSYNC", std::string(to_text(value.csync.outcome))));
    list.add(fact("Looked at", time_of(value.at)));
    if (value.request != Request::none) {
      list.add(fact("First seen valid", optional_time(value.first_valid_at)));
      list.add(fact("Last seen valid", optional_time(value.last_valid_at)));
    }
  }
  return element("dl", {{"class", "facts"}}, list);
}

Html hold_part(const Case& value, Time now) {
  const auto hold = hold_of(value, now);
  if (!hold) return {};
  const std::string left = span_text(hold->left) + " left";
  const std::string percent = fmt::format("{:.0f}", hold->share * 100);
  return element(
      "section", {{"aria-labelledby", "hold"}}, element("h2", {{"id", "hold"}}, "Waiting period"),
      element("progress",
              {{"max", "100"}, {"value", percent}, {"aria-label", "Waiting period, " + left}},
              percent + " %"),
      element("p", {}, left + ": from ", time_of(hold->since), " to ", time_of(hold->until), "."));
}

Html ds_list(const dns::DsSet& set) {
  if (set.empty()) return element("p", {}, "none");
  Html items;
  for (const dns::Ds& ds : set) items.add(element("li", {}, element("code", {}, ds.text())));
  return element("ul", {{"class", "records"}}, items);
}

Html wanted_ds(const Case& value) {
  switch (value.outcome) {
    case Outcome::accept:
    case Outcome::hold:
      return value.ds ? ds_list(*value.ds) : element("p", {}, "the same as now");
    case Outcome::refuse:
      return element("p", {}, "nothing that can be accepted: see the findings");
    case Outcome::retry:
      return element("p", {}, "not known yet: see the findings");
    case Outcome::suspended:
      return element("p", {}, "not asked while the name is suspended");
    case Outcome::idle:
    case Outcome::in_sync:
      break;
  }
  return element("p", {}, "the same as now");
}

Html ds_part(const Case& value) {
  const Html wanted = wanted_ds(value);
  return element("section", {{"aria-labelledby", "ds"}}, element("h2", {{"id", "ds"}}, "DS set"),
                 element("div", {{"class", "sides"}},
                         element("div", {}, element("h3", {}, "Now"), ds_list(value.delegation.ds)),
                         element("div", {}, element("h3", {}, "Wanted"), wanted)));
}

Html hosts_list(const std::vector<NameServer>& servers) {
  Html items;
  for (const NameServer& server : servers) {
    std::string text = server.host.text();
    for (const IpAddress& address : server.glue) text += " " + address.text();
    items.add(element("li", {}, element("code", {}, text)));
  }
  return element("ul", {{"class", "records"}}, items);
}

// What the child asks for by CSYNC (RFC 7477), where it does.
Html name_servers_part(const Case& value) {
  if (!has_csync(value)) return {};
  Html part = element("h2", {{"id", "name-servers"}}, "Name servers and glue");
  part.add(element("p", {}, csync_sentence(value.csync)));
  if (value.csync.name_servers) {
    part.add(element(
        "div", {{"class", "sides"}},
        element("div", {}, element("h3", {}, "Now"), hosts_list(value.delegation.name_servers)),
        element("div", {}, element("h3", {}, "Wanted"), hosts_list(*value.csync.name_servers))));
  }
  return element("section", {{"aria-labelledby", "name-servers"}}, part);
}

Html servers_text(const std::vector<ServerAddress>& servers) {
  Html items;
  for (const ServerAddress& server : servers) {
    items.add(element("li", {}, element("code", {}, server.text())));
  }
  return items.is_empty() ? Html() : element("ul", {{"class", "records"}}, items);
}

Html finding_item(const Finding& finding) {
  const FindingKind& kind = kind_of(finding.code);
  const std::string severity(to_text(kind.severity));
  Html item =
      element("p", {}, element("strong", {{"class", severity}}, severity), " ", finding.text());
  item.add(servers_text(finding.servers));
  if (!kind.remedy.empty()) {
    item.add(element("p", {}, element("b", {}, "What to do: "), kind.remedy));
  }
  item.add(element("p", {{"class", "small"}}, kind.name, ", ", kind.rule));
  return element("li", {}, item);
}

Html findings_part(const Case& value) {
  std::vector<Finding> findings = value.findings;
  findings.insert(findings.end(), value.csync.findings.begin(), value.csync.findings.end());
  sort_findings(findings);
  Html items;
  for (const Finding& finding : findings) items.add(finding_item(finding));
  const Html list = findings.empty() ? element("p", {}, "Nothing was noticed.")
                                     : element("ul", {{"class", "findings"}}, items);
  return element("section", {{"aria-labelledby", "findings"}},
                 element("h2", {{"id", "findings"}}, "Findings"), list);
}

Html chain_table(const Chain& chain) {
  Html rows;
  for (const ChainServer& server : chain.servers) {
    Html cells = element("th", {{"scope", "row"}}, server.server.text());
    for (const ChainLink& link : server.links) {
      cells.add(element("td", {}, link.text + " (" + std::string(to_text(link.light)) + ")"));
    }
    rows.add(element("tr", {}, cells));
  }
  return element(
      "details", {}, element("summary", {}, "The same as a table"),
      element("div",
              {{"class", "wide"},
               {"tabindex", "0"},
               {"role", "region"},
               {"aria-label", "The chain of trust as a table"}},
              element("table", {},
                      element("thead", {},
                              element("tr", {}, element("th", {{"scope", "col"}}, "Server"),
                                      element("th", {{"scope", "col"}}, "Keys"),
                                      element("th", {{"scope", "col"}}, "CDS"),
                                      element("th", {{"scope", "col"}}, "CDNSKEY"))),
                      element("tbody", {}, rows))));
}

Html chain_part(const Domain& domain) {
  if (!domain.chain || domain.chain->servers.empty()) return {};
  const Chain& chain = *domain.chain;
  return element(
      "section", {{"aria-labelledby", "chain"}}, element("h2", {{"id", "chain"}}, "Chain of trust"),
      element("p", {}, "The servers as they were seen at ", time_of(*chain.seen_at),
              ", for the last decision that is kept; the parent as it was at the last look, ",
              time_of(domain.value->at), "."),
      element("div",
              {{"class", "wide"},
               {"tabindex", "0"},
               {"role", "region"},
               {"aria-label", "The chain of trust as a picture"}},
              chain_picture(chain)),
      chain_table(chain));
}

Html log_part(const Domain& domain) {
  Html rows;
  for (const Event& event : domain.log) {
    rows.add(element("li", {}, time_of(event.at), " ", event.summary));
  }
  const Html list = domain.log.empty() ? element("p", {}, "Nothing yet.")
                                       : element("ol", {{"class", "log"}}, rows);
  return element("section", {{"aria-labelledby", "log"}},
                 element("h2", {{"id", "log"}}, "Looks and changes"), list);
}

Html actions_of(const Domain& domain, const Settings& settings) {
  const std::string name = domain.name.text();
  Html items;
  if (domain.is_delegated()) {
    items.add(element("form", {{"method", "post"}, {"action", path_of(name) + "/check"}},
                      element("button", {{"type", "submit"}}, "Check now")));
  }
  items.add(
      element("a", {{"href", "/api/v1/domains/" + http::percent_encoded(name)}}, "This as JSON"));
  if (const std::string address = settings.zonemaster_of(domain.name); !address.empty()) {
    items.add(
        element("a", {{"href", address}, {"rel", "noreferrer"}}, "Test this name at Zonemaster"));
  }
  return element("div", {{"class", "actions"}}, items);
}

std::string_view tone_of(const Domain& domain) {
  if (!domain.value) return "calm";
  switch (shown_outcome(*domain.value)) {
    case Outcome::refuse:
      return "bad";
    case Outcome::idle:
    case Outcome::in_sync:
    case Outcome::accept:
      return "good";
    default:
      return "calm";
  }
}

}  // namespace

http::Response domain_page(const Domain& domain, const Settings& settings, Time now,
                           std::string_view notice) {
  const std::string shown = settings.shown_name(domain.name);
  Html content;
  if (!notice.empty()) content.add(element("p", {{"class", "notice"}, {"role", "status"}}, notice));
  content.add(element("h1", {}, shown));
  content.add(
      element("p", {{"class", "standing " + std::string(tone_of(domain))}}, standing_of(domain)));
  content.add(actions_of(domain, settings));
  content.add(facts_of(domain, settings));
  if (domain.value) {
    content.add(hold_part(*domain.value, now));
    content.add(ds_part(*domain.value));
    content.add(name_servers_part(*domain.value));
    content.add(findings_part(*domain.value));
    content.add(chain_part(domain));
    content.add(log_part(domain));
  }
  return page_response({.title = shown + " - dskeeper",
                        .typed = domain.name.text(),
                        .content = content,
                        .status = domain.is_known() ? http::Status::ok : http::Status::not_found,
                        .caching = notice.empty() ? http::Caching::brief : http::Caching::none,
                        .script = "domain.js"});
}

http::Response front_page(const Settings& settings) {
  Html zones;
  for (const ParentZone& parent : settings.parents) {
    zones.add(element("li", {}, settings.shown_name(parent.zone), " (policy ", parent.policy, ")"));
  }
  const Html content =
      element("h1", {}, "How is my domain's delegation kept?")
          .add(element("p", {},
                       "Type a domain name to see what its servers ask for by CDS, CDNSKEY and "
                       "CSYNC records (RFC 7344, RFC 8078, RFC 9615, RFC 7477), what comes of it, "
                       "and what to do where something is wrong."))
          .add(element("h2", {}, "Parent zones that are kept here"))
          .add(element("ul", {}, zones));
  return page_response(
      {.title = "dskeeper", .typed = "", .content = content, .caching = http::Caching::brief});
}

http::Response dashboard_page() {
  Html content = element("h1", {}, "Dashboard");
  content.add(element("noscript", {}, element("p", {}, "The dashboard needs JavaScript.")));
  content.add(element("form", {{"id", "entry"}, {"class", "actions"}, {"method", "post"}},
                      element("label", {{"for", "token"}}, "Token of staff"),
                      empty_element("input", {{"id", "token"},
                                              {"type", "password"},
                                              {"autocomplete", "current-password"},
                                              {"required", ""}}),
                      element("button", {{"type", "submit"}}, "Show")));
  content.add(element("p", {{"id", "trouble"}, {"role", "alert"}}));
  content.add(element("div", {{"id", "zones"}}));
  return page_response({.title = "Dashboard - dskeeper",
                        .typed = "",
                        .content = content,
                        .caching = http::Caching::revalidate,
                        .script = "dashboard.js",
                        .style = "dashboard.css"});
}

http::Response trouble_page(http::Status status, std::string_view title, std::string_view sentence,
                            const std::string& typed) {
  Html content = element("h1", {}, title);
  content.add(element("p", {{"role", "alert"}}, sentence));
  return page_response({.title = std::string(title) + " - dskeeper",
                        .typed = typed,
                        .content = content,
                        .status = status,
                        .caching = http::Caching::none});
}

}  // namespace dskeeper::web
