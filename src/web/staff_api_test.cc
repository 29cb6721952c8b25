// What staff may see and do, by address.
#include "web/staff_api.h"

#include <gmock/gmock.h>

#include "model/json.h"
#include "store/test_tamper.h"
#include "web/test_site.h"

namespace dskeeper::web {
namespace {

using http::Method;
using http::Status;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(SiteTest, EverythingForStaffNeedsTheToken) {
  std::size_t seen = 0;
  for (const http::Route& route : staff_->routes()) {
    std::string target = route.pattern;
    for (const std::string blank : {"{name}", "{id}", "{zone}"}) {
      const std::size_t place = target.find(blank);
      if (place != std::string::npos) target.replace(place, blank.size(), "kid.example");
    }
    EXPECT_EQ(ask(target, route.method).status, Status::unauthorized) << target;
    EXPECT_NE(ask_as_staff(target, route.method).status, Status::unauthorized) << target;
    ++seen;
  }
  EXPECT_GE(seen, 10U);
}

TEST_F(SiteTest, ListsCasesByFilter) {
  Case other = waiting_case();
  other.child = name("two.example.");
  other.outcome = Outcome::refuse;
  other.delegation.registration.sponsor = "R&D";
  put({}, {waiting_case(), other});
  const auto listed = [&](const std::string& query) {
    return ask_as_staff("/api/v1/cases?parent=example" + query).body;
  };
  EXPECT_THAT(listed(""), AllOf(HasSubstr("kid.example."), HasSubstr("two.example."),
                                HasSubstr("\"next\":null")));
  EXPECT_THAT(listed("&limit=1"),
              AllOf(HasSubstr("\"next\":\"kid.example.\"}"), Not(HasSubstr("two.example."))));
  EXPECT_THAT(listed("&limit=1&after=kid.example."), HasSubstr("two.example."));
  EXPECT_THAT(listed("&outcome=refuse"), Not(HasSubstr("kid.example.")));
  EXPECT_THAT(listed("&finding=hold-running&outcome=hold"), Not(HasSubstr("two.example.")));
  EXPECT_THAT(listed("&registrar=R%26D"),
              AllOf(HasSubstr("\"registrar\":\"R&D\""), Not(HasSubstr("kid.example."))));
  EXPECT_THAT(listed("&operator=OP.test"), HasSubstr("\"operator\":\"op.test.\""));
  EXPECT_THAT(listed("&operator=other.test"), HasSubstr("\"cases\":[]"));
}

TEST_F(SiteTest, ASlipInAQueryIsSaid) {
  for (const char* query :
       {"", "?parent=other", "?parent=example&outcome=great", "?parent=example&finding=nothing",
        "?parent=example&limit=0", "?parent=example&limit=201", "?parent=example&limit=1x",
        "?parent=example&outcom=hold", "?parent=example&after=a..b"}) {
    const http::Response response = ask_as_staff(std::string("/api/v1/cases") + query);
    EXPECT_EQ(response.status, Status::bad_request) << query;
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
}

TEST_F(SiteTest, TheHistoryOfStaffIsWhole) {
  put({"kid.example."}, {waiting_case()},
      {{name("example."), name("kid.example."), at("2026-11-29T01:00:00Z"), EventKind::act,
        "DS automation was resumed by jane.", "{}"}});
  EXPECT_THAT(ask_as_staff("/api/v1/cases/kid.example/history").body,
              AllOf(HasSubstr("{\"entries\":[{\"number\":1"), HasSubstr("jane")));
  EXPECT_EQ(ask_as_staff("/api/v1/cases/kid.other/history").status, Status::not_found);
}

TEST_F(SiteTest, EvidenceCanBeFetched) {
  PackedEvidence one;
  one.parent = name("example.");
  one.child = name("kid.example.");
  one.at = at("2026-11-29T00:00:00Z");
  one.document = R"({"a":"<"})";
  one.id = sha256(as_bytes(one.document));
  one.blobs = {{sha256(as_bytes("x")), {'x'}}};
  store::Batch batch;
  batch.evidence = {one};
  ASSERT_TRUE(store_->commit(batch));
  EXPECT_THAT(ask_as_staff("/api/v1/cases/kid.example/evidence").body,
              HasSubstr("\"id\":\"" + to_hex(one.id)));
  EXPECT_THAT(ask_as_staff("/api/v1/evidence/" + to_hex(one.id)).body,
              AllOf(HasSubstr(R"("document":"{\"a\":\"<\"}")"), HasSubstr(R"("octets":"eA==")")));
  EXPECT_EQ(ask_as_staff("/api/v1/evidence/" + std::string(64, '0')).status, Status::not_found);
  EXPECT_EQ(ask_as_staff("/api/v1/evidence/abc").status, Status::not_found);
}

TEST_F(SiteTest, ListsChanges) {
  Change change;
  change.child = name("kid.example.");
  change.parent = name("example.");
  change.queued_at = change.judged_at = at("2026-11-29T00:00:00Z");
  Change later = change;
  later.queued_at = at("2026-11-29T01:00:00Z");
  ASSERT_TRUE(store_->commit({.cases = {}, .changes = {change, later}, .events = {}}));
  const std::string first = ask_as_staff("/api/v1/changes?parent=example&limit=1").body;
  EXPECT_THAT(first, AllOf(HasSubstr("2026-11-29T01:00:00Z"), HasSubstr("\"next\":2}")));
  EXPECT_THAT(ask_as_staff("/api/v1/changes?name=kid.example&before=2").body,
              AllOf(HasSubstr("2026-11-29T00:00:00Z"), Not(HasSubstr("2026-11-29T01:00:00Z")),
                    HasSubstr("\"next\":null}")));
}

// While another process writes, visitors do not wait with the one who wants an act.
TEST_F(SiteTest, AnActThatCannotBeWrittenNowIsToBeSentAgain) {
  put({"kid.example."}, {waiting_case()});
  ASSERT_TRUE(store_->set_busy_wait(std::chrono::milliseconds(1)));
  store::Tamper writer((folder_ / "store.db").string());
  const auto resume = [this] {
    return ask_as_staff("/api/v1/cases/kid.example/resume", Method::post);
  };
  writer.run("BEGIN IMMEDIATE");
  const http::Response response = resume();
  EXPECT_EQ(response.status, Status::service_unavailable);
  EXPECT_EQ(header(response, "Retry-After"), "1");
  writer.run("COMMIT");
  EXPECT_EQ(resume().status, Status::accepted);
}

// Whoever listens shall notice: the stream ends, and who connects again is told what is wrong.
TEST_F(SiteTest, EventsEndWhereTheStoreFails) {
  const http::Response response = ask_as_staff("/api/v1/events");
  EXPECT_EQ(store_trouble_, "");
  store::Tamper((folder_ / "store.db").string()).run("ALTER TABLE case_counts RENAME TO stolen");
  EXPECT_EQ(response.next_event(), std::nullopt);
  EXPECT_THAT(store_trouble_, HasSubstr("no such table"));
}

TEST_F(SiteTest, EventsAreTheStatisticsWhereTheyChange) {
  const http::Response response = ask_as_staff("/api/v1/events");
  EXPECT_EQ(response.content_type, "text/event-stream");
  EXPECT_THAT(response.body, AllOf(testing::StartsWith("event: statistics\ndata: {\"parents\":"),
                                   testing::EndsWith("}\n\n")));
  ASSERT_TRUE(response.next_event);
  EXPECT_EQ(response.next_event(), "");
  put({}, {waiting_case()});
  EXPECT_THAT(response.next_event().value(), HasSubstr(R"("cases":{"hold":1})"));
  EXPECT_EQ(response.next_event(), "");
}

// RFC 7477: beside the request for a DS set there may be one for name servers and glue.
TEST_F(SiteTest, EitherRequestOfANameMayBeApproved) {
  Case both = waiting_case();
  both.csync.request_id = "EF56";
  put({"kid.example."}, {both});
  const auto approve = [&](const std::string& body) {
    return ask_as_staff("/api/v1/cases/kid.example/approve", Method::post, body).status;
  };
  EXPECT_EQ(approve(R"({"request_id":"AB12"})"), Status::accepted);
  EXPECT_EQ(approve(R"({"request_id":"EF56"})"), Status::accepted);
  EXPECT_EQ(approve(R"({"request_id":""})"), Status::conflict);
}

TEST_F(SiteTest, ActsAreHandedOver) {
  put({"kid.example."}, {waiting_case()});
  const auto post = [&](const std::string& path, const std::string& body) {
    return ask_as_staff("/api/v1/" + path, Method::post, body).status;
  };
  EXPECT_EQ(post("cases/kid.example/suspend", R"({"reason":"of a quarrel"})"), Status::accepted);
  EXPECT_EQ(post("cases/kid.example/resume", R"({"reset_replay":true})"), Status::accepted);
  EXPECT_EQ(post("cases/kid.example/approve", R"({"request_id":"AB12"})"), Status::accepted);
  EXPECT_EQ(post("breakers/example/resume", R"({"kind":"delete","operator":"Op.test"})"),
            Status::accepted);
  const std::vector<Act> acts = store_->pending_acts(name("example.")).value();
  ASSERT_EQ(acts.size(), 4U);
  EXPECT_EQ(acts[0].kind, ActKind::suspend);
  EXPECT_EQ(acts[0].reason, "of a quarrel");
  EXPECT_EQ(acts[0].actor, "staff by HTTP from 192.0.2.1");
  EXPECT_EQ(acts[0].at, clock_.now());
  EXPECT_TRUE(acts[1].reset_replay);
  EXPECT_EQ(acts[2].request_id, "AB12");
  EXPECT_EQ(acts[3].breaker_kind, Request::remove);
  EXPECT_EQ(acts[3].breaker_operator, "op.test.");
}

TEST_F(SiteTest, AnActThatCannotBeMeantIsNone) {
  put({"kid.example."}, {waiting_case()});
  struct Row {
    const char* path;
    const char* body;
    Status status;
  };
  for (const Row& row :
       {Row{"cases/kid.example/suspend", "", Status::bad_request},
        Row{"cases/kid.example/suspend", R"({"reason":"  "})", Status::bad_request},
        Row{"cases/kid.example/suspend", R"({"reason":"a\nb"})", Status::bad_request},
        Row{"cases/kid.example/suspend", R"({"reasons":"a"})", Status::bad_request},
        Row{"cases/kid.example/suspend", "reason=a", Status::bad_request},
        Row{"cases/kid.other/suspend", R"({"reason":"a"})", Status::not_found},
        Row{"cases/kid.example/approve", R"({"request_id":"CD34"})", Status::conflict},
        Row{"cases/calm.example/approve", R"({"request_id":""})", Status::conflict},
        Row{"breakers/other/resume", "", Status::not_found},
        Row{"breakers/example/resume", R"({"kind":"none"})", Status::bad_request},
        Row{"breakers/example/resume", R"({"kind":"all"})", Status::bad_request}}) {
    EXPECT_EQ(ask_as_staff(std::string("/api/v1/") + row.path, Method::post, row.body).status,
              row.status)
        << row.path << " " << row.body;
  }
  content_type_ = "application/x-www-form-urlencoded";
  EXPECT_EQ(ask_as_staff("/api/v1/cases/kid.example/suspend", Method::post,
                         R"({"reason":"of a quarrel"})")
                .status,
            Status::unsupported_media_type);
  EXPECT_TRUE(store_->pending_acts(name("example.")).value().empty());
}

}  // namespace
}  // namespace dskeeper::web
