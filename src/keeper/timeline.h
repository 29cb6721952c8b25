// Days of looks as text, for the tests of this folder: a line is a moment, what the look found, and
// what is expected of the case.
//
//   0h   permit bootstrap A          => hold looks=1 ready=72h +hold-running
//   24h  silence bootstrap A         => retry looks=1
//   30h  set ns=ns9
//   72h  permit bootstrap A early    => retry -hold-running
//
// What a look finds: `idle`, `in-sync`, `permit R S`, `silence R S` (permitted but for silent
// servers), `missing R S` (answers missing otherwise), `mute` (nobody answered), `differ R`,
// `forbid R`, `policy-refuses R S`, `chain-broken`. R is bootstrap, update or delete, S a DS set:
// A, B, AB, … or `none`. Behind it: `signed=TIME` (inception of both types; of one: `cds=`,
// `cdnskey=`; of its denial: `no-cds=`, `no-cdnskey=`), `vantages=N`, `authenticated`, `early`,
// `same-look`,
// `who=NAMES` (the silent servers). `set`: ds=S, ns=NAMES, glue=ADDRESS, sponsor=, roid=, status=,
// revision=, ttl=N, no-ds, no-exit, exit-unknown. The outbox: `send
// taken|later|unknown|failed|not-as-judged`, `ask stands|not-yet|otherwise`. The operator: `act
// suspend|resume|resume-reset|approve|approve-other`. Expected: the outcome, then `looks=N`,
// `ready=TIME|never`, `+finding`, `-finding`, `queues`, `supersedes`, `refreshes`, `no-change`,
// `quiet` (no event), `unstored`, `suspended`, `free`.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "keeper/acts.h"
#include "keeper/advance.h"
#include "keeper/outbox.h"

namespace dskeeper::keeper {

inline const Time timeline_start = parse_time("2026-11-24T00:00:00Z").value();

inline dns::DsSet named_set(std::string_view letters) {
  std::vector<dns::Ds> records;
  if (letters == "none") return records;
  for (const char letter : letters) {
    records.push_back(dns::Ds{dns::KeyTag{static_cast<std::uint8_t>(letter)},
                              dns::Algorithm::ecdsap256sha256, dns::DigestType::sha256,
                              Bytes(32, static_cast<std::uint8_t>(letter))});
  }
  return dns::make_ds_set(std::move(records));
}

class Timeline {
 public:
  Policy policy;
  Delegation delegation;
  std::optional<Case> before;
  std::optional<Change> outbox;
  unsigned vantages_configured = 1;
  std::vector<Event> journal;
  Step step;
  Obeyed obeyed;

  Timeline() {
    delegation.child = dns::Name::parse("kid.example.").value();
    delegation.parent = dns::Name::parse("example.").value();
    delegation.revision = "100";
    set_hosts("ns1,ns2");
  }

  void run(const std::string& script) {
    std::istringstream lines(script);
    for (std::string line; std::getline(lines, line);) {
      if (line.find_first_not_of(' ') == std::string::npos) continue;
      SCOPED_TRACE(line);
      run_line(line);
    }
  }

  // A look without expectations.
  void look_for_test(const std::string& what, Duration after) {
    Words words = split("0h " + what, ' ');
    look(words, timeline_start + after);
  }

  [[nodiscard]] std::size_t count(EventKind kind) const {
    return static_cast<std::size_t>(std::count_if(
        journal.begin(), journal.end(), [&](const Event& event) { return event.kind == kind; }));
  }

 private:
  using Words = std::vector<std::string>;

  static Words split(const std::string& text, char by) {
    Words out;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, by);) {
      if (!word.empty()) out.push_back(word);
    }
    return out;
  }
  static Time moment(const std::string& text) {
    const bool is_before = text.starts_with('-');
    const Duration offset = parse_duration(is_before ? text.substr(1) : text).value();
    return is_before ? timeline_start - offset : timeline_start + offset;
  }

  void set_hosts(const std::string& names) {
    delegation.name_servers.clear();
    for (const std::string& host : split(names, ',')) {
      delegation.name_servers.push_back({dns::Name::parse(host + ".op.").value(), {}});
    }
  }

  void set(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    Registration& registration = delegation.registration;
    if (key == "ds") {
      delegation.ds = named_set(value);
    } else if (key == "ns") {
      set_hosts(value);
    } else if (key == "glue") {
      delegation.name_servers.front().glue = {IpAddress::parse(value).value()};
    } else if (key == "sponsor") {
      registration.sponsor = value;
    } else if (key == "roid") {
      registration.roid = value;
    } else if (key == "status") {
      if (!registration.statuses) registration.statuses.emplace();
      registration.statuses->push_back(value);
    } else if (key == "statuses-unknown") {
      registration.statuses.reset();
    } else if (key == "revision") {
      delegation.revision = value;
    } else if (key == "ttl") {
      delegation.ds_ttl = dns::Ttl{static_cast<std::uint32_t>(std::stoul(value))};
    } else if (key == "no-ds") {
      registration.no_ds = value != "no";
    } else if (key == "no-ds-unknown") {
      registration.no_ds.reset();
    } else if (key == "no-exit") {
      registration.bootstrap = false;
    } else if (key == "exit-unknown") {
      registration.bootstrap.reset();
    } else {
      ADD_FAILURE() << "unknown fact " << word;
    }
  }

  void run_line(const std::string& line) {
    const std::size_t arrow = line.find("=>");
    const Words words = split(line.substr(0, arrow), ' ');
    const Time now = moment(words.at(0));
    const std::string& what = words.at(1);
    if (what == "set") {
      for (std::size_t i = 2; i < words.size(); ++i) set(words[i]);
    } else if (what == "send" || what == "ask") {
      move_change(what, words.at(2), now);
    } else if (what == "act") {
      act(words.at(2), now);
    } else {
      look(words, now);
      ASSERT_NE(arrow, std::string::npos);
      expect(split(line.substr(arrow + 2), ' '));
    }
  }

  void move_change(const std::string& what, const std::string& how, Time now) {
    ASSERT_TRUE(outbox);
    Progress progress;
    if (what == "send") {
      progress = before_send(*outbox, now);
      for (const SendStatus status : {SendStatus::taken, SendStatus::not_as_judged,
                                      SendStatus::later, SendStatus::unknown, SendStatus::failed}) {
        if (to_text(status) == how) progress = after_send(progress.change, status, "Because.", now);
      }
    } else {
      for (const Standing standing : {Standing::stands, Standing::not_yet, Standing::otherwise}) {
        if (to_text(standing) == how) progress = after_confirmation(*outbox, standing, now);
      }
    }
    outbox = progress.change;
    ASSERT_TRUE(before);
    before = with_change(*before, *outbox);
    if (!outbox->is_open()) outbox.reset();
  }

  void act(const std::string& how, Time now) {
    Act act;
    act.parent = delegation.parent;
    act.child = delegation.child;
    act.at = now;
    act.actor = "kim";
    act.kind = how == "suspend"            ? ActKind::suspend
               : how.starts_with("resume") ? ActKind::resume
                                           : ActKind::approve;
    if (how == "suspend") act.reason = "of a test";
    act.reset_replay = how == "resume-reset";
    if (how == "approve") act.request_id = before ? before->request_id : "";
    if (how == "approve-other") act.request_id = "ABCD";
    obeyed = obey(act, before, &delegation, outbox, policy, now);
    if (obeyed.next) before = obeyed.next;
    if (obeyed.superseded) outbox.reset();
    journal.insert(journal.end(), obeyed.events.begin(), obeyed.events.end());
  }

  Verdict make_verdict(const Words& words, Time now) {
    Verdict verdict;
    verdict.child = delegation.child;
    verdict.at = now;
    verdict.whole = true;
    verdict.vantages = {"local"};
    const std::string& what = words.at(1);
    const std::vector<std::pair<const char*, Ruling>> rulings = {{"idle", Ruling::idle},
                                                                 {"in-sync", Ruling::in_sync},
                                                                 {"permit", Ruling::permit},
                                                                 {"silence", Ruling::incomplete},
                                                                 {"missing", Ruling::incomplete},
                                                                 {"mute", Ruling::incomplete},
                                                                 {"differ", Ruling::inconsistent},
                                                                 {"forbid", Ruling::forbid},
                                                                 {"policy-refuses", Ruling::forbid},
                                                                 {"chain-broken", Ruling::idle}};
    const auto found = std::find_if(rulings.begin(), rulings.end(),
                                    [&](const auto& entry) { return entry.first == what; });
    if (found == rulings.end()) {
      ADD_FAILURE() << "unknown look " << what;
    } else {
      verdict.ruling = found->second;
    }
    std::size_t next = 2;
    if (next < words.size()) {
      const auto request = parse_request(words[next]);
      if (request) {
        verdict.request = *request;
        ++next;
      }
    }
    const bool has_set =
        what == "permit" || what == "silence" || what == "missing" || what == "policy-refuses";
    if (has_set) verdict.ds = named_set(words.at(next++));
    verdict.only_silence_missing = what == "silence";
    if (what == "silence" || what == "mute") set_silent(verdict, "ns2");
    if (what == "policy-refuses") {
      verdict.findings.push_back({FindingCode::bootstrap_off, {}, {policy.name}});
    }
    if (what == "chain-broken") verdict.findings.push_back({FindingCode::chain_broken, {}, {}});
    if (what == "forbid") verdict.findings.push_back({FindingCode::signer_not_in_ds, {}, {"CDS"}});
    if (what == "differ") verdict.findings.push_back({FindingCode::servers_differ, {}, {"CDS"}});
    for (; next < words.size(); ++next) modify(verdict, words[next]);
    if (!is_same_look_) ++looks_;
    verdict.look = LookId{looks_};
    is_same_look_ = false;
    return verdict;
  }

  static void set_silent(Verdict& verdict, const std::string& host) {
    verdict.silent.clear();
    for (const std::string& name : split(host, ',')) {
      verdict.silent.push_back(
          {dns::Name::parse(name + ".op.").value(), IpAddress::parse("192.0.2.2").value()});
    }
    verdict.findings = {{FindingCode::server_silent, verdict.silent, {}}};
  }

  void modify(Verdict& verdict, const std::string& word) {
    if (word.starts_with("signed=")) {
      const Time inception = moment(word.substr(7));
      verdict.inception = verdict.asked_by = {inception, inception};
    } else if (word.starts_with("cds=")) {
      verdict.inception.cds = verdict.asked_by.cds = moment(word.substr(4));
    } else if (word.starts_with("cdnskey=")) {
      verdict.inception.cdnskey = verdict.asked_by.cdnskey = moment(word.substr(8));
    } else if (word.starts_with("no-cds=")) {
      verdict.inception.cds = moment(word.substr(7));
    } else if (word.starts_with("no-cdnskey=")) {
      verdict.inception.cdnskey = moment(word.substr(11));
    } else if (word.starts_with("vantages=")) {
      verdict.vantages.assign(std::stoul(word.substr(9)), "somewhere");
    } else if (word.starts_with("who=")) {
      set_silent(verdict, word.substr(4));
    } else if (word.starts_with("not-asked=")) {
      set_silent(verdict, word.substr(10));
      verdict.passed_over = std::exchange(verdict.silent, {});
      verdict.only_silence_missing = false;
      verdict.only_unheard_missing = true;
    } else if (word == "authenticated") {
      verdict.is_authenticated = true;
    } else if (word == "early") {
      verdict.whole = false;
    } else if (word == "same-look") {
      is_same_look_ = true;
    } else {
      ADD_FAILURE() << "unknown word " << word;
    }
  }

  void look(const Words& words, Time now) {
    const Verdict verdict = make_verdict(words, now);
    step = advance(before, delegation, verdict, outbox, policy, vantages_configured, now);
    // Pure: the same once more.
    const Step again =
        advance(before, delegation, verdict, outbox, policy, vantages_configured, now);
    EXPECT_EQ(step.next, again.next);
    if (step.is_worth_storing) before = step.next;
    for (const Change& change : step.changes) {
      outbox = change.is_open() ? std::optional<Change>(change) : std::nullopt;
    }
    journal.insert(journal.end(), step.events.begin(), step.events.end());
  }

  void expect(const Words& words) {
    EXPECT_EQ(to_text(step.next.outcome), words.at(0));
    for (std::size_t i = 1; i < words.size(); ++i) expect_word(words[i]);
  }

  void expect_word(const std::string& word) {
    const auto has = [&](const std::string& name) {
      const FindingCode code = parse_finding_code(name).value();
      return std::any_of(step.next.findings.begin(), step.next.findings.end(),
                         [&](const Finding& finding) { return finding.code == code; });
    };
    const bool refreshes = !step.changes.empty() && !step.queue && !step.supersede_queued;
    if (word.starts_with('+')) {
      EXPECT_TRUE(has(word.substr(1))) << word;
    } else if (word.starts_with('-')) {
      EXPECT_FALSE(has(word.substr(1))) << word;
    } else if (word.starts_with("looks=")) {
      EXPECT_EQ(step.next.hold ? step.next.hold->looks : 0, std::stoul(word.substr(6)));
    } else if (word == "ready=never") {
      EXPECT_FALSE(step.next.ready_at);
    } else if (word.starts_with("ready=")) {
      ASSERT_TRUE(step.next.ready_at);
      EXPECT_EQ(format_time(*step.next.ready_at), format_time(moment(word.substr(6))));
    } else if (word == "queues") {
      EXPECT_TRUE(step.queue);
    } else if (word == "supersedes") {
      EXPECT_TRUE(step.supersede_queued);
    } else if (word == "refreshes") {
      EXPECT_TRUE(refreshes);
    } else if (word == "no-change") {
      EXPECT_TRUE(step.changes.empty());
    } else if (word == "quiet") {
      EXPECT_TRUE(step.events.empty()) << step.events.front().summary;
    } else if (word == "unstored") {
      EXPECT_FALSE(step.is_worth_storing);
    } else if (word == "suspended") {
      EXPECT_TRUE(step.next.suspension);
    } else if (word == "free") {
      EXPECT_FALSE(step.next.suspension);
    } else {
      ADD_FAILURE() << "unknown expectation " << word;
    }
  }

  std::uint64_t looks_ = 0;
  bool is_same_look_ = false;
};

// A parent that takes a first DS after 72 hours and three looks.
inline Timeline delay_timeline() {
  Timeline timeline;
  timeline.policy.bootstrap = {BootstrapMethod::delay};
  return timeline;
}

// A secure child with the DS set A.
inline Timeline secure_timeline() {
  Timeline timeline;
  timeline.delegation.ds = named_set("A");
  timeline.delegation.ds_ttl = dns::Ttl{3600};
  return timeline;
}

}  // namespace dskeeper::keeper
