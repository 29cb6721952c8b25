// What everybody may see, by address.
#include "web/site.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "model/json.h"
#include "store/test_tamper.h"
#include "web/test_site.h"

namespace dskeeper::web {
namespace {

using http::Method;
using http::Status;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Event event(std::string_view when, EventKind kind, std::string summary) {
  return {name("example."), name("kid.example."), at(when), kind, std::move(summary), "{}"};
}

TEST_F(SiteTest, TheFrontPageLeadsToANamesPage) {
  const http::Response front = ask("/");
  EXPECT_THAT(front.body, AllOf(HasSubstr("<form"), HasSubstr("name=\"name\""),
                                HasSubstr("example. (policy slow)")));
  const http::Response found = ask("/?name=Kid.Example");
  EXPECT_EQ(found.status, Status::see_other);
  EXPECT_EQ(header(found, "Location"), "/domain/kid.example.");
  EXPECT_EQ(header(ask("/?name=a%5C000.example"), "Location"), "/domain/a%5C000.example.");
}

TEST_F(SiteTest, SaysWhatIsWrongWithANameThatWasTyped) {
  for (const auto& [typed, sentence] :
       {std::pair("other.test", "other.test. lies below no parent zone that is kept here."),
        std::pair("a..b", "This is no domain name"), std::pair("example", "lies below no parent"),
        std::pair("", "This is no domain name")}) {
    const http::Response response = ask(std::string("/?name=") + typed);
    EXPECT_EQ(response.status, Status::not_found);
    EXPECT_THAT(response.body, HasSubstr(sentence)) << typed;
  }
  EXPECT_EQ(ask("/domain/" + std::string(1025, 'a')).status, Status::not_found);
}

TEST_F(SiteTest, APageShowsWhereItStandsAndWhatToDo) {
  put({"kid.example."}, {waiting_case()},
      {event("2026-11-29T00:00:00Z", EventKind::transition, "A first DS set waits."),
       event("2026-11-29T01:00:00Z", EventKind::act, "DS automation was resumed by jane."),
       event("2026-11-29T02:00:00Z", EventKind::notify, "A NOTIFY came from 192.0.2.7."),
       event("2026-11-29T03:00:00Z", EventKind::look, "Look 2 of 3.")});
  const http::Response page = ask("/domain/kid.example.");
  EXPECT_EQ(page.status, Status::ok);
  EXPECT_THAT(page.content_type, HasSubstr("text/html"));
  for (const char* part :
       {"asks for a first DS set. It can be accepted, and waits until 2026-12-02T00:00:00Z",
        "<progress max=\"100\" value=\"50\" aria-label=\"Waiting period, 1 day 12 hours left\">",
        "<h3>Now</h3><p>none</p>", "2371 13 2 CCCC", "What to do: </b>Leave the records",
        "hold-running, RFC 8078 §3.3", "A first DS set waits.", "Look 2 of 3.",
        "action=\"/domain/kid.example./check\"", "href=\"/api/v1/domains/kid.example.\"",
        "href=\"https://test.example/kid.example./now\"", "All times are UTC."}) {
    EXPECT_THAT(page.body, HasSubstr(part));
  }
  // Who did what by hand, and who notified, is not for everybody.
  EXPECT_THAT(page.body, AllOf(Not(HasSubstr("jane")), Not(HasSubstr("192.0.2.7"))));
  // The newest first.
  EXPECT_LT(page.body.find("Look 2 of 3."), page.body.find("A first DS set waits."));
}

TEST_F(SiteTest, APageOfANameThatNeverAskedForAnything) {
  put({"calm.example."}, {});
  const http::Response page = ask("/domain/calm.example");
  EXPECT_EQ(page.status, Status::ok);
  EXPECT_THAT(page.body, HasSubstr("has never asked for anything"));
  const http::Response unknown = ask("/domain/none.example");
  EXPECT_EQ(unknown.status, Status::not_found);
  EXPECT_THAT(unknown.body,
              AllOf(HasSubstr("has no delegation of this name"), Not(HasSubstr("Check now"))));
  const http::Response object = ask("/api/v1/domains/none.example");
  EXPECT_EQ(object.status, Status::not_found);
  EXPECT_EQ(object.content_type, "application/problem+json");
  EXPECT_THAT(object.body, HasSubstr("has no delegation of this name"));
}

TEST_F(SiteTest, OfWhatIsRefusedNothingIsSaidToBeWanted) {
  Case refused = waiting_case();
  refused.outcome = Outcome::refuse;
  put({"kid.example."}, {refused});
  EXPECT_THAT(ask("/domain/kid.example.").body,
              HasSubstr("<h3>Wanted</h3><p>nothing that can be accepted: see the findings</p>"));
}

// RFC 7477: beside the request for a DS set there may be one for name servers and glue.
TEST_F(SiteTest, APageShowsTheNameServersThatAreAskedFor) {
  Case value = waiting_case();
  value.outcome = Outcome::in_sync;
  value.hold.reset();
  value.findings.clear();
  value.delegation.name_servers = {{name("old.kid.example."), {}}};
  value.csync.outcome = Outcome::hold;
  value.csync.name_servers = {{name("ns1.kid.example."), {IpAddress::parse("192.0.2.1").value()}},
                              {name("ns2.other.test."), {}}};
  value.csync.findings = {{FindingCode::csync_server_lame, {}, {}}};
  put({"kid.example."}, {value});
  const std::string page = ask("/domain/kid.example.").body;
  EXPECT_THAT(page, HasSubstr("Other name servers or glue are acceptable and wait. "));
  EXPECT_THAT(page, HasSubstr("<code>old.kid.example.</code>"));
  EXPECT_THAT(page, HasSubstr("<code>ns1.kid.example. 192.0.2.1</code>"));
  EXPECT_THAT(page, HasSubstr("<dt>CSYNC</dt><dd>hold</dd>"));
  value.csync = {};
  put({"kid.example."}, {value});
  EXPECT_THAT(ask("/domain/kid.example.").body, Not(HasSubstr("Name servers and glue")));
}

TEST_F(SiteTest, BeforeTheFirstReadingNothingIsSaidToBeMissing) {
  const http::Response page = ask("/domain/kid.example.");
  EXPECT_EQ(page.status, Status::ok);
  EXPECT_THAT(page.body, HasSubstr("has not been read yet"));
}

// Names, reasons and facts come from strangers.
TEST_F(SiteTest, NothingOfAChildBecomesMarkup) {
  Case value = waiting_case();
  value.child = name("<script>.example.");
  value.findings = {{FindingCode::record_malformed,
                     {{name("\"><img/src=x>.op.test."), IpAddress()}},
                     {"CDS", "<script>alert(1)</script>"}}};
  value.policy = "<b>";
  Event log = event("2026-11-29T00:00:00Z", EventKind::change, "<script>failed</script>");
  log.child = value.child;
  put({"<script>.example."}, {value}, {log});
  const http::Response page = ask("/domain/%3Cscript%3E.example.");
  EXPECT_EQ(page.status, Status::ok);
  // Ours is the only one.
  const std::string ours = "<script src=\"/assets/domain.js\" type=\"module\"></script>";
  ASSERT_THAT(page.body, HasSubstr(ours));
  std::string rest = page.body;
  rest.erase(rest.find(ours), ours.size());
  EXPECT_THAT(rest, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")),
                          HasSubstr("&lt;script&gt;alert(1)")));
}

TEST_F(SiteTest, ACaseIsTheContractsJson) {
  put({"kid.example."}, {waiting_case()});
  const http::Response response = ask("/api/v1/cases/kid.example.");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, case_to_contract_json(waiting_case()));
  EXPECT_THAT(header(response, "ETag"), Not(IsEmpty()));
  EXPECT_EQ(ask("/api/v1/cases/calm.example").status, Status::not_found);
  EXPECT_EQ(ask("/api/v1/cases/kid.other").status, Status::not_found);
}

// Who decided by hand, and what the registry's own systems said, is for staff: on every address.
TEST_F(SiteTest, NobodyIsToldWhoDecidedOrWhatTheRegistrysSystemsSaid) {
  Case value = waiting_case();
  value.findings = {{FindingCode::approved, {}, {"jane.doe", "2026-11-29T00:00:00Z"}},
                    {FindingCode::change_failed, {}, {"/srv/zones/example: permission denied"}}};
  value.csync.findings = {{FindingCode::approved, {}, {"jane.doe", "2026-11-29T00:00:00Z"}}};
  Change change;
  change.child = value.child;
  change.parent = value.parent;
  change.state = ChangeState::failed;
  change.reason = "/srv/zones/example: permission denied";
  value.change = change;
  put({"kid.example."}, {value});
  for (const char* target :
       {"/api/v1/cases/kid.example", "/api/v1/domains/kid.example", "/domain/kid.example"}) {
    const http::Response response = ask(target);
    EXPECT_EQ(response.status, Status::ok) << target;
    EXPECT_THAT(response.body, AllOf(Not(HasSubstr("jane.doe")), Not(HasSubstr("/srv/zones"))))
        << target;
  }
}

TEST_F(SiteTest, ADomainIsItsPageAsJson) {
  put({"kid.example."}, {waiting_case()},
      {event("2026-11-29T00:00:00Z", EventKind::transition, "A first DS set waits."),
       event("2026-11-29T01:00:00Z", EventKind::act, "DS automation was resumed by jane.")});
  const http::Response response = ask("/api/v1/domains/kid.example.");
  EXPECT_THAT(
      response.body,
      AllOf(HasSubstr(R"("hold":{"since":"2026-11-29T00:00:00Z","until":"2026-12-02T00:00:00Z",)"
                      R"("seconds_left":129600})"),
            HasSubstr(R"("delegation":"unsigned")"),
            HasSubstr("\"case\":" + case_to_contract_json(waiting_case())),
            HasSubstr(R"({"code":"hold-running","text":"Leave the records)"),
            HasSubstr(R"("summary":"A first DS set waits.")"), Not(HasSubstr("jane"))));
  put({"calm.example."}, {});
  EXPECT_THAT(ask("/api/v1/domains/calm.example").body,
              AllOf(HasSubstr(R"("case":null)"), HasSubstr(R"("hold":null)")));
}

TEST_F(SiteTest, CheckNowQueuesALook) {
  put({"kid.example."}, {});
  const http::Response page = ask("/domain/kid.example/check", Method::post);
  EXPECT_EQ(page.status, Status::accepted);
  EXPECT_THAT(page.body, HasSubstr("The check is queued."));
  EXPECT_THAT(desk_.wanted, ElementsAre("kid.example."));
  EXPECT_EQ(ask("/domain/kid.example/check").status, Status::method_not_allowed);
  EXPECT_EQ(ask("/domain/none.example/check", Method::post).status, Status::not_found);
  EXPECT_EQ(ask("/api/v1/domains/none.example/check", Method::post).status, Status::not_found);
  EXPECT_EQ(desk_.wanted.size(), 1U);
}

TEST_F(SiteTest, CheckNowHasALimitOfTheName) {
  put({"kid.example.", "two.example."}, {});
  const http::Response first = ask("/api/v1/domains/kid.example/check", Method::post);
  EXPECT_EQ(first.status, Status::accepted);
  EXPECT_EQ(first.body, R"({"name":"kid.example.","state":"queued"})");
  const http::Response again = ask("/api/v1/domains/KID.example/check", Method::post, "192.0.2.99");
  EXPECT_EQ(again.status, Status::too_many_requests);
  EXPECT_EQ(header(again, "Retry-After"), "60");
  EXPECT_EQ(ask("/api/v1/domains/two.example/check", Method::post).status, Status::accepted);
  clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(ask("/domain/kid.example/check", Method::post).status, Status::accepted);
}

TEST_F(SiteTest, CheckNowHasALimitOfTheClient) {
  std::vector<std::string> children;
  for (int child = 0; child < 7; ++child) {
    children.push_back("kid" + std::to_string(child) + ".example.");
  }
  put(children, {});
  std::vector<Status> seen;
  for (const std::string& child : children) {
    seen.push_back(ask("/domain/" + child + "/check", Method::post).status);
  }
  const Status ok = Status::accepted;
  EXPECT_THAT(
      seen, ElementsAre(ok, ok, ok, ok, ok, Status::too_many_requests, Status::too_many_requests));
  EXPECT_EQ(ask("/domain/kid6.example/check", Method::post, "192.0.2.2").status, ok);
}

TEST_F(SiteTest, CheckNowSaysWhereThereIsNoRoom) {
  put({"kid.example."}, {});
  desk_.has_room = false;
  EXPECT_EQ(ask("/domain/kid.example/check", Method::post).status, Status::service_unavailable);
}

// Strangers are told that it cannot be read; what is wrong is for the log, and staff.
TEST_F(SiteTest, WhereTheStoreFailsTheLogHearsWhy) {
  put({"kid.example."}, {waiting_case()});
  store::Tamper thief((folder_ / "store.db").string());
  const auto served = {"/domain/kid.example", "/api/v1/domains/kid.example", "/metrics",
                       "/api/v1/cases/kid.example"};
  for (const char* target : served) {
    EXPECT_EQ(ask(target).status, Status::ok) << target;
    EXPECT_EQ(store_trouble_, "") << target;
    for (const char* table : {"cases", "case_counts"}) {
      thief.run(fmt::format("ALTER TABLE {0} RENAME TO stolen_{0}", table));
    }
    const http::Response response = ask(target);
    EXPECT_EQ(response.status, Status::service_unavailable) << target;
    EXPECT_THAT(response.body, Not(HasSubstr("no such table")));
    EXPECT_THAT(store_trouble_, HasSubstr("no such table")) << target;
    // What has nothing to do with the store tells nothing of it.
    EXPECT_EQ(ask("/healthz").status, Status::ok);
    EXPECT_EQ(ask("/").status, Status::ok);
    EXPECT_EQ(ask_as_staff("/api/v1/cases?parent=other").status, Status::bad_request);
    EXPECT_THAT(store_trouble_, HasSubstr("no such table")) << target;
    for (const char* table : {"cases", "case_counts"}) {
      thief.run(fmt::format("ALTER TABLE stolen_{0} RENAME TO {0}", table));
    }
  }
}

TEST_F(SiteTest, IsReadyWithItsSourcesAndAPassBegun) {
  EXPECT_EQ(ask("/healthz").body, "alive\n");
  desk_.has_read = false;
  EXPECT_EQ(ask("/readyz").status, Status::service_unavailable);
  EXPECT_THAT(ask("/readyz").body, HasSubstr("example. has not been read"));
  desk_.has_read = true;
  EXPECT_THAT(ask("/readyz").body, HasSubstr("example. had no pass"));
  for (const char* zone : {"example.", "sub.example."}) {
    store::PassRecord pass;
    pass.parent = name(zone);
    pass.started_at = clock_.now();
    ASSERT_TRUE(store_->record_pass(pass));
  }
  EXPECT_EQ(ask("/readyz").body, "ready\n");
}

TEST_F(SiteTest, MetricsAreInTheExpositionFormat) {
  put({"kid.example."}, {waiting_case()},
      {event("2026-11-29T00:00:00Z", EventKind::transition, "A first DS set waits.")});
  store::PassRecord pass;
  pass.parent = name("example.");
  pass.started_at = at("2026-11-29T00:00:00Z");
  pass.ended_at = at("2026-11-29T00:00:10Z");
  pass.outcomes = {{"hold", 1}, {"idle", 5}};
  ASSERT_TRUE(store_->record_pass(pass));
  desk_.wanted = {"kid.example."};
  const http::Response response = ask("/metrics");
  EXPECT_THAT(response.content_type, HasSubstr("text/plain; version=0.0.4"));
  for (const char* line :
       {"# TYPE dskeeper_cases gauge\n", "dskeeper_cases{zone=\"example.\",outcome=\"hold\"} 1\n",
        "dskeeper_open_changes{zone=\"example.\",state=\"queued\"} 0\n",
        "dskeeper_breakers_open{zone=\"sub.example.\",kind=\"delete\"} 0\n",
        "dskeeper_last_pass_children{zone=\"example.\",outcome=\"idle\"} 5\n",
        "# TYPE dskeeper_journal_entries_total counter\n",
        "dskeeper_journal_entries_total{zone=\"example.\"} 1\n",
        "dskeeper_wanted_looks{zone=\"example.\"} 1\n",
        "dskeeper_build_info{version=\"1.2.3\"} 1\n",
        "dskeeper_http_responses_total{code=\"200\"} 7\n", "dskeeper_http_connections 3\n"}) {
    EXPECT_THAT(response.body, HasSubstr(line));
  }
}

// It has data for those alone who show the token.
TEST_F(SiteTest, TheDashboardIsAShell) {
  put({"kid.example."}, {waiting_case()});
  const http::Response page = ask("/dashboard");
  EXPECT_THAT(page.body,
              AllOf(HasSubstr("<script src=\"/assets/dashboard.js\""), Not(HasSubstr("example."))));
  EXPECT_THAT(page.body, HasSubstr("href=\"/assets/dashboard.css\""));
  for (const char* module : {"dashboard", "domain", "zone", "plot", "treemap", "tables"}) {
    EXPECT_THAT(ask("/assets/" + std::string(module) + ".js").content_type,
                HasSubstr("text/javascript"))
        << module;
  }
  EXPECT_THAT(ask("/").body, Not(HasSubstr("<script")));
}

TEST_F(SiteTest, TheStylesheetIsServedByTheProgram) {
  const http::Response style = ask("/assets/style.css");
  EXPECT_THAT(style.content_type, HasSubstr("text/css"));
  EXPECT_THAT(style.body, AllOf(HasSubstr("prefers-color-scheme"), Not(HasSubstr("http"))));
}

TEST(SpanText, IsAsPeopleSayIt) {
  using std::chrono::minutes;
  EXPECT_EQ(span_text(std::chrono::seconds(59)), "less than a minute");
  EXPECT_EQ(span_text(minutes(1)), "1 minute");
  EXPECT_EQ(span_text(minutes(61)), "1 hour 1 minute");
  EXPECT_EQ(span_text(minutes(49 * 60)), "2 days 1 hour");
}

}  // namespace
}  // namespace dskeeper::web
