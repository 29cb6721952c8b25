#include "cli/explain_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "cli/case_text.h"
#include "cli/explain_csync.h"
#include "cli/explain_signals.h"
#include "cli/typed_name.h"
#include "dns/rrset.h"
#include "model/csync_sentence.h"
#include "model/deciding_finding.h"

namespace dskeeper::cli {
namespace {

constexpr std::size_t rdata_text_max = 76;  // longer ones are shortened in the middle of nothing

std::string shortened(std::string text) {
  if (text.size() <= rdata_text_max) return text;
  text.resize(rdata_text_max - 3);
  return text + "...";
}

std::string key_text(ByteView rdata) {
  const auto key = dns::Dnskey::from_rdata(rdata);
  if (!key || key->algorithm == dns::Algorithm::none) {
    return dns::rdata_text(dns::RecordType::cdnskey, rdata);
  }
  return fmt::format("key tag {}, algorithm {} ({}), flags {}", key->key_tag().value,
                     static_cast<int>(key->algorithm), to_text(key->algorithm), key->flags);
}

std::vector<std::string> answer_lines(const Answer& answer, const dns::Name& child, Time now) {
  std::vector<std::string> lines;
  const auto message = dns::parse_message(answer.wire, now);
  if (!message) return lines;
  const dns::Rrset* rrset = message->find_answer(child, answer.type);
  if (rrset == nullptr) return lines;
  const bool is_key =
      answer.type == dns::RecordType::dnskey || answer.type == dns::RecordType::cdnskey;
  for (const Bytes& rdata : rrset->rdata) {
    lines.push_back(is_key ? key_text(rdata) : shortened(dns::rdata_text(answer.type, rdata)));
  }
  for (const dns::Rrsig& signature : rrset->signatures) {
    lines.push_back(fmt::format("signed by key {} of {}, {} to {}", signature.key_tag.value,
                                signature.signer.text(), format_time(signature.inception),
                                format_time(signature.expiration)));
  }
  return lines;
}

void add_parent(std::string& out, const Delegation& delegation) {
  out += "1. What the parent says\n";
  out += fmt::format("   The delegation is {} (revision {} of the parent zone).\n",
                     delegation.is_secure() ? "secure" : "unsigned", delegation.revision);
  for (const NameServer& server : delegation.name_servers) {
    std::string glue;
    for (const IpAddress& address : server.glue) glue += " " + address.text();
    out += fmt::format("   NS  {}{}\n", server.host.text(), glue.empty() ? "" : "  glue" + glue);
  }
  for (const dns::Ds& ds : delegation.ds) out += fmt::format("   DS  {}\n", ds.text());
  if (delegation.ds.empty()) out += "   DS  none\n";
}

// What one server said to each question; two servers that say the same give the same text.
std::string said(const std::vector<const Answer*>& answers, const Survey& survey) {
  std::string out;
  for (const Answer* answer : answers) {
    out += fmt::format("     {:8}{}\n", to_text(answer->type), to_text(answer->status));
    for (const std::string& line : answer_lines(*answer, survey.child, survey.started_at)) {
      out += fmt::format("             {}\n", line);
    }
  }
  return out;
}

// "127.0.3.1, 3 ms over udp": the slowest answer, and every transport that was used.
std::string timing(const std::vector<const Answer*>& answers) {
  Duration slowest{};
  std::string transports;
  for (const Answer* answer : answers) {
    if (answer->status == AnswerStatus::not_asked) continue;
    slowest = std::max(slowest, answer->round_trip);
    const std::string transport(to_text(answer->transport));
    if (transports.find(transport) == std::string::npos) {
      transports += (transports.empty() ? "" : " and ") + transport;
    }
  }
  if (transports.empty()) return "not asked";
  return fmt::format("{} ms over {}", slowest.count(), transports);
}

void add_survey(std::string& out, const Survey& survey) {
  out += fmt::format("\n2. What the name servers say (asked from \"{}\" at {})\n", survey.vantage,
                     format_time(survey.started_at));
  for (const SurveyedServer& server : survey.servers) {
    if (!server.trouble.empty()) {
      out += fmt::format("   {}  {}\n", server.host.text(), server.trouble);
    }
  }
  std::map<std::string, std::vector<const Answer*>> by_server;
  for (const Answer& answer : survey.answers) by_server[answer.server.text()].push_back(&answer);
  std::map<std::string, std::string> first_to_say;  // by what was said
  for (const auto& [server, answers] : by_server) {
    const std::string text = said(answers, survey);
    const auto [first, is_new] = first_to_say.emplace(text, server);
    out += fmt::format("   {} ({}){}\n", server, timing(answers),
                       is_new ? "" : " says the same as " + first->second);
    if (is_new) out += text;
  }
  if (survey.stopped_early)
    out += "   Nobody else was asked: nothing could have changed any more.\n";
  out += signals_text(survey);
  out += csync_survey_text(survey);
}

std::string request_sentence(Request request) {
  switch (request) {
    case Request::none:
      return "The child asks for nothing that does not already stand.";
    case Request::bootstrap:
      return "The child asks for its first DS records.";
    case Request::update:
      return "The child asks for other DS records.";
    case Request::remove:
      return "The child asks for the removal of its DS records.";
  }
  return {};
}

void add_list(std::string& out, const std::vector<Finding>& findings) {
  if (findings.empty()) out += "   Nothing else was noticed.\n";
  for (const Finding& finding : findings) {
    const FindingKind& kind = kind_of(finding.code);
    out += fmt::format("   {}: {} ({}, {})\n", to_text(kind.severity), finding.text(), kind.name,
                       kind.rule);
    for (const ServerAddress& server : finding.servers) {
      out += fmt::format("       at {}\n", server.text());
    }
    if (!kind.remedy.empty()) out += fmt::format("       What to do: {}\n", kind.remedy);
  }
}

void add_findings(std::string& out, const Case& value) {
  out += "\n3. What the rules say\n";
  out += fmt::format("   {}\n", request_sentence(value.request));
  add_list(out, value.findings);
  if (!has_csync(value)) return;
  out += "   By CSYNC the child asks for other name servers or glue.\n";
  add_list(out, value.csync.findings);
}

void add_csync_outcome(std::string& out, const CsyncCase& csync) {
  out += fmt::format("   CSYNC {}: {}\n", to_text(csync.outcome), csync_sentence(csync));
  if (!csync.name_servers) return;
  out += "   The name servers and their glue would then be:\n";
  out += name_servers_text(csync, "     ");
  out += fmt::format("   To be approved as request {}\n", csync.request_id);
}

bool waits_for_breaker(const Case& value) {
  return std::any_of(value.findings.begin(), value.findings.end(), [](const Finding& finding) {
    return finding.code == FindingCode::breaker_open;
  });
}

std::string outcome_sentence(const Case& value) {
  const std::string when = value.ready_at ? format_time(*value.ready_at) : "";
  switch (value.outcome) {
    case Outcome::idle:
      return "Nothing is asked, and nothing is done.";
    case Outcome::in_sync:
      return "What is asked already stands in the parent zone.";
    case Outcome::accept:
      return waits_for_breaker(value)
                 ? "The request is accepted; its change waits for a person at the registry."
                 : "The request is accepted and is to be applied now.";
    case Outcome::hold:
      return when.empty() ? "The request is acceptable and waits."
                          : fmt::format("The request is acceptable and waits until {}.", when);
    case Outcome::refuse:
      return "The request is refused.";
    case Outcome::retry:
      return when.empty()
                 ? "Answers are missing or contradict each other; the child is asked again in "
                   "the next pass."
                 : fmt::format(
                       "Answers are missing or contradict each other; the child is asked "
                       "again at {}.",
                       when);
    case Outcome::suspended:
      return "Automation is off for this delegation.";
  }
  return {};
}

void add_outcome(std::string& out, const Case& value, bool has_memory) {
  out += fmt::format("\n4. What follows under the policy {}\n", value.policy);
  out += fmt::format("   {}: {}\n", to_text(value.outcome), outcome_sentence(value));
  if (value.ds) {
    out += "   The DS set would then be:\n";
    for (const dns::Ds& ds : *value.ds) out += fmt::format("     {}\n", ds.text());
    if (value.ds->empty()) out += "     none\n";
  }
  if (value.first_valid_at) {
    out += fmt::format("   First seen whole and valid {}", format_time(*value.first_valid_at));
    out += value.last_valid_at ? fmt::format(", last {}.\n", format_time(*value.last_valid_at))
                               : ".\n";
  }
  if (has_csync(value)) add_csync_outcome(out, value.csync);
  if (!has_memory) {
    out += "   There is no store yet: holds, retries and suspensions of the past are not known.\n";
  }
  if (value.change) {
    out += fmt::format("   The latest change is {} since {}{}{}\n", to_text(value.change->state),
                       format_time(value.change->at()), value.change->reason.empty() ? "." : ": ",
                       value.change->reason);
  }
}

// For the help desk: two sentences at most, to be read aloud.
void add_answer(std::string& out, const Case& value) {
  out += "\n5. What to tell who asks\n";
  const bool is_by_csync = is_at_rest(value.outcome) && has_csync(value);
  out +=
      fmt::format("   {}\n", is_by_csync ? csync_sentence(value.csync) : outcome_sentence(value));
  if (is_by_csync) {
    if (!value.csync.findings.empty()) {
      out += fmt::format("   {}\n", value.csync.findings.front().text());
    }
    return;
  }
  const Finding* finding = is_at_rest(value.outcome) ? nullptr : deciding_finding(value);
  if (finding == nullptr) return;
  out += fmt::format("   {}\n", finding->text());
  const std::string_view remedy = kind_of(finding->code).remedy;
  if (!remedy.empty()) out += fmt::format("   {}\n", remedy);
}

}  // namespace

std::string explain_text(const Delegation& delegation, const LookResult& result, bool has_memory) {
  std::string out =
      fmt::format("{} below {}\n\n", shown_name(delegation.child), shown_name(delegation.parent));
  add_parent(out, delegation);
  for (const Survey& survey : result.surveys) add_survey(out, survey);
  add_findings(out, result.after);
  add_outcome(out, result.after, has_memory);
  add_answer(out, result.after);
  return out;
}

}  // namespace dskeeper::cli
