// The responder's answers, through dskeeper's own rules: are they real enough, and do the outcomes
// come out as bench/run expects them, whatever was lost?
#include "expectation.h"

#include <gtest/gtest.h>

#include "child_zone.h"
#include "keeper/advance.h"
#include "rules/judge.h"
#include "rules/prove.h"
#include "service.h"
#include "survey/classify.h"

namespace dskeeper::bench {
namespace {

const Time now = *parse_time("2026-11-28T12:00:00Z");
constexpr unsigned all_heard = 0xFF;  // four types at two servers

class Scene {
 public:
  // The answers, one for each bit, of a child whose operator has that number.
  Scene(Kind kind, std::size_t operator_index) {
    while (World::kind_of(index_) != kind || world_.operator_of(index_) != operator_index) ++index_;
    child_ = world_.child(index_);
    delegation_.child = child_.name;
    delegation_.parent = name("example.");
    for (const NameServer& server : World::name_servers(operator_index)) {
      delegation_.name_servers.push_back({server.name, {}});
      addresses_.push_back(*IpAddress::parse(server.address));
    }
    if (is_secure(kind)) {
      delegation_.ds = {
          *dns::Ds::from_rdata(ds_record(child_.name, keys_.of(operator_index)).rdata)};
    }
    for (const dns::RecordType type : asked_types) {
      const Bytes wire = dns::make_query(1, {child_.name, type});
      const auto query = parse_query(wire);
      answers_.push_back(children_.respond(*query, children_.find_child(*query, operator_index)));
    }
  }

  // What dskeeper makes of a full look in which only these questions were answered.
  [[nodiscard]] Outcome judged(unsigned heard) {
    Survey survey;
    survey.child = child_.name;
    survey.started_at = survey.ended_at = now;
    for (std::size_t server = 0; server < servers_per_operator; ++server) {
      const dns::Name& host = delegation_.name_servers[server].host;
      survey.servers.push_back({host, {addresses_[server]}, {}});
      for (std::size_t type = 0; type < asked_types.size(); ++type) {
        Answer answer;
        answer.server = {host, addresses_[server]};
        answer.type = asked_types[type];
        answer.transport = delegation_.is_secure() ? Transport::udp : Transport::tcp;
        answer.status = AnswerStatus::timeout;
        if ((heard >> (server * asked_types.size() + type) & 1U) != 0) {
          answer.wire = answers_[type];
          answer.status = survey::classify(answer.wire, {child_.name, answer.type}, now).status;
        }
        survey.answers.push_back(std::move(answer));
      }
    }
    Policy policy;
    policy.bootstrap = {BootstrapMethod::delay};
    const std::vector<rules::Proved> proved = {rules::prove(survey, delegation_, verifier_, now)};
    const Verdict verdict = rules::judge(delegation_, proved, policy, now);
    return keeper::advance(std::nullopt, delegation_, verdict, std::nullopt, policy, 1, now)
        .next.outcome;
  }

 private:
  const World world_{{.children = 400, .operators = 8, .sizes = Sizes::zipf}};
  const KeyRing keys_;
  SyntheticChildren children_{
      world_, keys_, {now - std::chrono::hours(1), now + std::chrono::hours(1)}};
  std::size_t index_ = 0;
  Child child_;
  Delegation delegation_;
  std::vector<IpAddress> addresses_;
  std::vector<Bytes> answers_;
  dns::Verifier verifier_;
};

Heard full_look(unsigned heard) {
  Heard full;
  for (std::size_t server = 0; server < servers_per_operator; ++server) {
    for (std::size_t type = 0; type < asked_types.size(); ++type) {
      full.asked.add(server, asked_types[type]);
      const bool is_answered = (heard >> (server * asked_types.size() + type) & 1U) != 0;
      if (is_answered) full.answered.add(server, asked_types[type]);
    }
  }
  return full;
}

constexpr std::array<Kind, 4> kinds = {Kind::plain, Kind::silent, Kind::in_sync, Kind::asking};
// One key with NSEC, two keys with NSEC, and both with NSEC3.
constexpr std::array<std::size_t, 4> operators = {0, 1, 2, 3};

TEST(Expectation, WhereEverythingIsHeardEachKindComesToItsOutcome) {
  const std::array<Outcome, 4> outcomes = {Outcome::idle, Outcome::idle, Outcome::in_sync,
                                           Outcome::hold};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(expected_outcome(kinds[i], full_look(all_heard)), outcomes[i]) << to_text(kinds[i]);
  }
}

TEST(Expectation, IsWhatTheRulesSayWhateverIsHeard) {
  for (const Kind kind : kinds) {
    for (const std::size_t operator_index : operators) {
      Scene scene(kind, operator_index);
      for (unsigned heard = 0; heard <= all_heard; ++heard) {
        const Outcome judged = scene.judged(heard);
        EXPECT_EQ(to_text(expected_outcome(kind, full_look(heard))), to_text(judged))
            << to_text(kind) << " at operator " << operator_index << ", heard " << std::hex
            << heard;
      }
    }
  }
}

TEST(Expectation, ALookThatEndedAtTheFirstAnswerEndedAtTheStatusQuo) {
  Heard heard;
  heard.asked.add(1, dns::RecordType::cds);
  heard.answered.add(1, dns::RecordType::cds);
  EXPECT_EQ(expected_outcome(Kind::plain, heard), Outcome::idle);
  EXPECT_EQ(expected_outcome(Kind::silent, heard), Outcome::idle);
  EXPECT_EQ(expected_outcome(Kind::in_sync, heard), Outcome::in_sync);
}

TEST(Expectation, WhoHeardNothingTriesAgain) {
  for (const Kind kind : kinds) EXPECT_EQ(expected_outcome(kind, {}), Outcome::retry);
}

}  // namespace
}  // namespace dskeeper::bench
